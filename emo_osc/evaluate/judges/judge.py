"""Honest judges: classifiers that learned from labelled human clips alone say which feeling they hear in our melodies.

They share no code with what composes and ranks but the reading of tokens and the fit of keys, never see a test clip
while they learn, and their figures for human test clips in the same form stand beside ours. There are two, which
learned from corpora of different kinds; only what both hear is to be claimed. A judge gives four chances, one a
quadrant; arousal and valence are sums of two. What was chosen was chosen by folds over training songs
(docs/judges.md).

Each row stands twice, *as they are* and *within their set*: there, every feature is counted in deviations of its own
set of clips, all four quadrants together, without their labels. A judge that only knows pop piano may take all of our
melodies for calm, since few of its own have as few notes; within their set it can still hear which are the calmer
ones. Human clips are treated the same way, so the rows compare; what is lost is the absolute level.
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
Heard = dict[str, NDArray[np.int64]]  # axis -> what is likeliest of each clip
Shares = Mapping[str, Floats]  # who -> the share of each quadrant heard (4 columns) for each asked (4 rows)

CENTRES = tuple(Affect(v, a) for v, a in ((0.6, 0.6), (-0.6, 0.6), (-0.6, -0.6), (0.6, -0.6)))
"""The middle of each quadrant, 1 to 4."""

TREES, LEAST_LEAF = 300, 2
FOLDS = 5
WORDS = {"as they are": False, "within their set": True}
PEOPLE, ALL_PEOPLE = "human test clips", "all human clips, five folds by song"
AXES: dict[str, Callable[[NDArray[np.int64]], NDArray[np.int64]]] = {
    "quadrant": lambda quadrant: quadrant,
    "arousal": lambda quadrant: (quadrant <= 2).astype(np.int64),
    "valence": lambda quadrant: ((quadrant == 1) | (quadrant == 4)).astype(np.int64),
}


@dataclass(frozen=True, slots=True)
class Judge:
    """A forest that learned the quadrants of clips, as they are or within their set."""

    forest: RandomForestClassifier
    is_relative: bool

    @classmethod
    def taught(cls, clips: Clips, is_relative: bool, seed: int = 0) -> "Judge":
        """A judge that has learned from these clips; quadrants weigh the same however many clips each has."""
        forest = RandomForestClassifier(
            TREES, min_samples_leaf=LEAST_LEAF, class_weight="balanced", random_state=seed, n_jobs=1
        )
        forest.fit(_seen(clips.values, is_relative), clips.quadrant, sample_weight=clips.weight)
        return cls(forest, is_relative)

    def chances(self, values: Floats) -> Floats:
        """The chance of each quadrant for features (N, F) of one set, (N, 4)."""
        chances: Floats = self.forest.predict_proba(_seen(values, self.is_relative))
        return chances


@dataclass(frozen=True, slots=True)
class Asked:
    """N melodies (N, 256) with the quadrant, 1..4, that was asked for, and the beats a minute to play them at, (N,)."""

    tokens: NDArray[np.int64]
    quadrant: NDArray[np.int64]
    bpm: Floats


@dataclass(frozen=True, slots=True)
class Hearing:
    """What judges hear: tables of right answers by title, and by form and judge which quadrant is heard for which."""

    tables: dict[str, Table]
    confusions: dict[str, dict[str, Shares]]


def hear(makers: Mapping[str, Maker], clips: Labelled, samples: int) -> Hearing:
    """What both judges hear in people's clips and in what each maker makes for the quadrants, `samples` in all.

    One table for each form and judge, and one for each form with what both hear.
    """
    made = {name: compose_quadrants(maker, samples) for name, maker in makers.items()}
    tables: dict[str, Table] = {}
    confusions: dict[str, dict[str, Shares]] = {}
    for form in FORMS:
        theirs = {name: _as_clips(form, each) for name, each in made.items()}
        for corpus in CORPORA:
            table, told = one_judge(clips[form][corpus], theirs)
            tables[f"{form}, judged by {corpus}"] = table
            confusions.setdefault(form, {}).update({f"{corpus}, {words}": who for words, who in told.items()})
        tables[f"{form}, what both judges hear"] = both_judges(clips[form], theirs)
    return Hearing(tables, confusions)


def compose_quadrants(maker: Maker, samples: int) -> Asked:
    """As many melodies for the middle of each quadrant, `samples` in all."""
    each = max(1, samples // len(CENTRES))
    made = [maker.make(affect, each, seed) for seed, affect in enumerate(CENTRES)]
    paces = [maker.pace(tokens, affect) for tokens, affect in zip(made, CENTRES, strict=True)]
    return Asked(np.concatenate(made), np.repeat(np.arange(1, 5), each), np.concatenate(paces))


def one_judge(clips: Clips, made: Mapping[str, Clips]) -> tuple[Table, dict[str, Shares]]:
    """A judge's shares of right answers for human clips of songs it has not heard, and for each maker's; and, as they
    are and within their set, which quadrant it hears for which.
    """
    known, test = clips.select(~clips.is_test), clips.select(clips.is_test)
    table: Table = {}
    told: dict[str, Shares] = {}
    for words, is_relative in WORDS.items():
        judge = Judge.taught(known, is_relative)
        sets = {PEOPLE: test, **made}
        heard = {who: _most(judge.chances(each.values)) for who, each in sets.items()}
        table |= {f"{who}, {words}": scores(heard[who], each) for who, each in sets.items()}
        told[words] = {who: confused(heard[who]["quadrant"], each) for who, each in sets.items()}
        if not is_relative:
            table[ALL_PEOPLE] = scores(_most(_out_of_fold(clips)), clips)
    return table, told


def both_judges(clips: Mapping[str, Clips], made: Mapping[str, Clips]) -> Table:
    """Shares of clips of which both judges, within their set, are right; each corpus's test clips, and each maker's."""
    judges = [Judge.taught(each.select(~each.is_test), is_relative=True) for each in clips.values()]
    sets = {f"{corpus}'s test clips": each.select(each.is_test) for corpus, each in clips.items()} | dict(made)
    return {name: scores([_most(judge.chances(some.values)) for judge in judges], some) for name, some in sets.items()}


def confused(heard: NDArray[np.int64], clips: Clips) -> Floats:
    """The share of each quadrant heard, of those that each was asked of, (4, 4); pieces weigh the same.

    >>> clips = Clips(np.zeros((3, 1)), np.array([1, 1, 3]), np.ones(3), np.arange(3), np.ones(3, dtype=bool))
    >>> confused(np.array([1, 4, 3]), clips)[:3].tolist()
    [[0.5, 0.0, 0.0, 0.5], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]
    """
    counts = np.zeros((4, 4))
    np.add.at(counts, (clips.quadrant - 1, heard - 1), clips.weight)
    return np.asarray(counts / counts.sum(axis=1, keepdims=True).clip(1e-9))


def scores(heard: Sequence[Heard] | Heard, clips: Clips) -> Row:
    """The share of clips heard rightly (by every judge that answered), on each axis, with 95 % intervals by song."""
    answers = [heard] if isinstance(heard, dict) else list(heard)
    row: Row = {}
    for axis, of in AXES.items():
        is_right = np.logical_and.reduce([answer[axis] == of(clips.quadrant) for answer in answers])
        low, high = by_group(is_right, clips.song, weights=clips.weight)
        row |= {axis: float(np.average(is_right, weights=clips.weight)), f"{axis}_low": low, f"{axis}_high": high}
    return row | {"pieces": float(round(clips.weight.sum()))}


def played(melody: Melody, affect: Affect, bpm: float, seed: int = 0) -> NDArray[np.float64]:
    """A melody as the stage plays it for an affect: onset s, duration s, pitch, velocity.

    `seed` is the phrase's, by which its velocities vary.
    """
    composed = Composed(melody, measure(np.array(tokens_of(melody))), 0.0, seed)
    second = bpm / 60.0 * TICKS_PER_BEAT
    notes = play(composed, affect, Preset(), melody.bars).played.notes
    return np.array([[n.start_tick / second, n.duration_tick / second, n.pitch, n.velocity] for n in notes])


def _as_clips(form: str, made: Asked) -> Clips:
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


def _most(chances: Floats) -> Heard:
    """What is likeliest on each axis."""
    return {
        "quadrant": chances.argmax(axis=1) + 1,
        "arousal": (chances[:, [0, 1]].sum(axis=1) > 0.5).astype(np.int64),
        "valence": (chances[:, [0, 3]].sum(axis=1) > 0.5).astype(np.int64),
    }


def _out_of_fold(clips: Clips) -> Floats:
    chances = np.zeros((len(clips.values), 4))
    for learn, ask in GroupKFold(FOLDS, shuffle=True, random_state=0).split(clips.values, groups=clips.song):
        is_learned = np.isin(np.arange(len(chances)), learn)
        chances[ask] = Judge.taught(clips.select(is_learned), is_relative=False).chances(clips.values[ask])
    return chances


def _seen(values: Floats, is_relative: bool) -> Floats:
    """Features as a judge takes them: as they are, or in deviations within their own set."""
    if not is_relative:
        return values
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0).clip(1e-6))
