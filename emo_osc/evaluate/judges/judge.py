"""Independent judges: classifiers trained on labelled human clips only, applied to made melodies.

They share no code with composing and ranking except reading tokens and fitting keys, are not trained on test clips, and
their accuracy on human test clips of the same form is reported beside ours. There are two, trained on different
corpora; claim only what both confirm. A judge gives the probabilities of the four quadrants; arousal and valence are
sums of two. Hyperparameters were chosen by cross-validation over training songs (docs/judges.md).

Each row appears twice: *as they are*, and *within their set*, where features are standardised over their own set of
clips, without labels. A judge trained on dense pop piano may classify all sparse melodies as calm; within their set
it still ranks them. Human clips are treated alike, so rows are comparable; the absolute level is lost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GroupKFold

from emo_osc.config.preset import Preset
from emo_osc.core.affect import Affect
from emo_osc.core.score import TICKS_PER_BEAT, Melody
from emo_osc.evaluate.judges.features import Floats
from emo_osc.evaluate.judges.grid_features import grid_features
from emo_osc.evaluate.judges.labelled import CORPORA, FORMS, Clips, Labelled
from emo_osc.evaluate.judges.played_features import played_features
from emo_osc.evaluate.judges.two_sample import by_group
from emo_osc.evaluate.makers import Maker, Table
from emo_osc.render.offline import play
from emo_osc.studio.attributes import measure
from emo_osc.studio.generators import Composed
from emo_osc.studio.tokens import melody_of, tokens_of

Row = dict[str, float]
Predictions = dict[str, NDArray[np.int64]]  # axis -> the prediction for each clip
Shares = Mapping[str, Floats]  # maker -> shares of predicted quadrants (4 columns) for each target (4 rows)

CENTRES = tuple(Affect(v, a) for v, a in ((0.6, 0.6), (-0.6, 0.6), (-0.6, -0.6), (0.6, -0.6)))
"""The middle of each quadrant, 1 to 4."""

TREES, LEAST_LEAF = 300, 2
FOLDS = 5
SCALINGS = {"as they are": False, "within their set": True}
PEOPLE, ALL_PEOPLE = "human test clips", "all human clips, five folds by song"
AXES: dict[str, Callable[[NDArray[np.int64]], NDArray[np.int64]]] = {
    "quadrant": lambda quadrant: quadrant,
    "arousal": lambda quadrant: (quadrant <= 2).astype(np.int64),
    "valence": lambda quadrant: ((quadrant == 1) | (quadrant == 4)).astype(np.int64),
}


@dataclass(frozen=True, slots=True)
class Judge:
    """A random forest that predicts quadrants from features, as they are or standardised within their set."""

    forest: RandomForestClassifier
    is_relative: bool

    @classmethod
    def fit(cls, clips: Clips, is_relative: bool, seed: int = 0) -> "Judge":
        """A judge trained on clips; quadrants have equal weight."""
        forest = RandomForestClassifier(
            TREES, min_samples_leaf=LEAST_LEAF, class_weight="balanced", random_state=seed, n_jobs=1
        )
        forest.fit(_scaled(clips.values, is_relative), clips.quadrant, sample_weight=clips.weight)
        return cls(forest, is_relative)

    def probabilities(self, values: Floats) -> Floats:
        """The probability of each quadrant, for features (N, F) of one set, (N, 4)."""
        probabilities: Floats = self.forest.predict_proba(_scaled(values, self.is_relative))
        return probabilities


@dataclass(frozen=True, slots=True)
class QuadrantMelodies:
    """N melodies (N, 256) with their target quadrant 1..4, (N,), and their playing tempo in bpm, (N,)."""

    tokens: NDArray[np.int64]
    quadrant: NDArray[np.int64]
    bpm: Floats


@dataclass(frozen=True, slots=True)
class Judgements:
    """Results of the judges: accuracy tables by title, and confusions of quadrants by form and judge."""

    tables: dict[str, Table]
    confusions: dict[str, dict[str, Shares]]


def judge_makers(makers: Mapping[str, Maker], clips: Labelled, samples: int) -> Judgements:
    """The predictions of both judges for human clips and for each maker's melodies, `samples` per maker.

    One table per form and judge, and one per form with what both judges confirm.
    """
    made = {name: compose_quadrants(maker, samples) for name, maker in makers.items()}
    tables: dict[str, Table] = {}
    confusions: dict[str, dict[str, Shares]] = {}
    for form in FORMS:
        theirs = {name: _as_clips(form, each) for name, each in made.items()}
        for corpus in CORPORA:
            table, shares_by_scaling = one_judge(clips[form][corpus], theirs)
            tables[f"{form}, judged by {corpus}"] = table
            confusions.setdefault(form, {}).update(
                {f"{corpus}, {scaling}": who for scaling, who in shares_by_scaling.items()}
            )
        tables[f"{form}, what both judges hear"] = both_judges(clips[form], theirs)
    return Judgements(tables, confusions)


def compose_quadrants(maker: Maker, samples: int) -> QuadrantMelodies:
    """Melodies for the middle of each quadrant, equally many, `samples` in all."""
    each = max(1, samples // len(CENTRES))
    made = [maker.make(affect, each, seed) for seed, affect in enumerate(CENTRES)]
    paces = [maker.pace(tokens, affect) for tokens, affect in zip(made, CENTRES, strict=True)]
    return QuadrantMelodies(np.concatenate(made), np.repeat(np.arange(1, 5), each), np.concatenate(paces))


def one_judge(clips: Clips, made: Mapping[str, Clips]) -> tuple[Table, dict[str, Shares]]:
    """A judge's accuracy on held-out human clips and on each maker's melodies; and its confusions by scaling."""
    known, test = clips.select(~clips.is_test), clips.select(clips.is_test)
    table: Table = {}
    shares_by_scaling: dict[str, Shares] = {}
    for scaling, is_relative in SCALINGS.items():
        judge = Judge.fit(known, is_relative)
        sets = {PEOPLE: test, **made}
        predicted = {who: _predictions(judge.probabilities(each.values)) for who, each in sets.items()}
        table |= {f"{who}, {scaling}": scores(predicted[who], each) for who, each in sets.items()}
        shares_by_scaling[scaling] = {who: confused(predicted[who]["quadrant"], each) for who, each in sets.items()}
        if not is_relative:
            table[ALL_PEOPLE] = scores(_predictions(out_of_fold(clips)), clips)
    return table, shares_by_scaling


def both_judges(clips: Mapping[str, Clips], made: Mapping[str, Clips]) -> Table:
    """Shares of clips that both judges classify correctly within their set: test clips of each corpus, and each
    maker's.
    """
    judges = [Judge.fit(each.select(~each.is_test), is_relative=True) for each in clips.values()]
    sets = {f"{corpus}'s test clips": each.select(each.is_test) for corpus, each in clips.items()} | dict(made)
    return {
        name: scores([_predictions(judge.probabilities(some.values)) for judge in judges], some)
        for name, some in sets.items()
    }


def confused(predicted: NDArray[np.int64], clips: Clips) -> Floats:
    """The share of each predicted quadrant (columns) for each target (rows), (4, 4); pieces have equal weight.

    >>> clips = Clips(np.zeros((3, 1)), np.array([1, 1, 3]), np.ones(3), np.arange(3), np.ones(3, dtype=bool))
    >>> confused(np.array([1, 4, 3]), clips)[:3].tolist()
    [[0.5, 0.0, 0.0, 0.5], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]
    """
    counts = np.zeros((4, 4))
    np.add.at(counts, (clips.quadrant - 1, predicted - 1), clips.weight)
    return np.asarray(counts / counts.sum(axis=1, keepdims=True).clip(1e-9))


def scores(predicted: Sequence[Predictions] | Predictions, clips: Clips) -> Row:
    """Accuracy (where every judge is right) by axis, with 95 % intervals by song."""
    answers = [predicted] if isinstance(predicted, dict) else list(predicted)
    row: Row = {}
    for axis, of in AXES.items():
        is_right = np.logical_and.reduce([answer[axis] == of(clips.quadrant) for answer in answers])
        low, high = by_group(is_right, clips.song, weights=clips.weight)
        row |= {axis: float(np.average(is_right, weights=clips.weight)), f"{axis}_low": low, f"{axis}_high": high}
    return row | {"pieces": float(round(clips.weight.sum()))}


def played(melody: Melody, affect: Affect, bpm: float, seed: int = 0) -> NDArray[np.float64]:
    """A melody as the stage plays it for an affect: (notes, 4) of onset s, duration s, pitch, velocity.

    `seed` is the phrase's: velocities vary with it.
    """
    composed = Composed(melody, measure(np.array(tokens_of(melody))), 0.0, seed)
    second = bpm / 60.0 * TICKS_PER_BEAT
    notes = play(composed, affect, Preset(), melody.bars).played.notes
    return np.array([[n.start_tick / second, n.duration_tick / second, n.pitch, n.velocity] for n in notes])


def _as_clips(form: str, made: QuadrantMelodies) -> Clips:
    count = len(made.tokens)
    if form == "notes":
        values, _ = grid_features(made.tokens)
    else:
        voices = [
            played(melody_of(made.tokens[row].tolist()), CENTRES[made.quadrant[row] - 1], made.bpm[row], seed=row)
            for row in range(count)
        ]
        values, _ = played_features(voices)
    return Clips(values, made.quadrant, np.ones(count), np.arange(count), np.ones(count, dtype=bool))


def _predictions(probabilities: Floats) -> Predictions:
    """The prediction on each axis."""
    return {
        "quadrant": probabilities.argmax(axis=1) + 1,
        "arousal": (probabilities[:, [0, 1]].sum(axis=1) > 0.5).astype(np.int64),
        "valence": (probabilities[:, [0, 3]].sum(axis=1) > 0.5).astype(np.int64),
    }


def out_of_fold(clips: Clips) -> Floats:
    """The probabilities (N, 4) from judges that were not fitted to the clip's song, in five folds."""
    probabilities = np.zeros((len(clips.values), 4))
    for learn, ask in GroupKFold(FOLDS, shuffle=True, random_state=0).split(clips.values, groups=clips.song):
        is_learned = np.isin(np.arange(len(probabilities)), learn)
        probabilities[ask] = Judge.fit(clips.select(is_learned), is_relative=False).probabilities(clips.values[ask])
    return probabilities


def _scaled(values: Floats, is_relative: bool) -> Floats:
    """Features as they are, or standardised within their own set."""
    if not is_relative:
        return values
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0).clip(1e-6))
