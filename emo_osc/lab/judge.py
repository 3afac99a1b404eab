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

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GroupKFold

from emo_osc.affect import Affect
from emo_osc.lab.features import Floats
from emo_osc.lab.grid_features import grid_features
from emo_osc.lab.labelled import CORPORA, FORMS, Clips, load_clips
from emo_osc.lab.played_features import played_features
from emo_osc.lab.takes import play
from emo_osc.lab.two_sample import by_group
from emo_osc.preset import Preset
from emo_osc.score import TICKS_PER_BEAT, Melody
from emo_osc.studio.attributes import measure
from emo_osc.studio.generators import Composed
from emo_osc.studio.tokens import tokens_of

Make = Callable[[Affect, int, int], list[Melody]]
Row = dict[str, float]
Table = dict[str, Row]

CENTRES = tuple(Affect(v, a) for v, a in ((0.6, 0.6), (-0.6, 0.6), (-0.6, -0.6), (0.6, -0.6)))
"""The middle of each quadrant, 1 to 4."""

TREES, LEAST_LEAF = 300, 2
FOLDS = 5
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


def judge_tables(make: Make, data: Path, samples: int) -> dict[str, Table]:
    """What both judges hear in what `make(affect, count, seed)` composes for the four quadrants, beside human clips.

    `samples` melodies in all. One table for each form and judge, and one for each form with what both hear.

    Raises:
        EmoOscError: the labelled clips are not in the folder `data`.
    """
    made, asked = compose_quadrants(make, samples)
    tables: dict[str, Table] = {}
    for form in FORMS:
        ours = _ours(form, made, asked)
        clips = {corpus: load_clips(data, corpus, form) for corpus in CORPORA}
        for corpus in CORPORA:
            tables[f"{form}, judged by {corpus}"] = one_judge(clips[corpus], ours)
        tables[f"{form}, what both judges hear"] = both_judges(clips, ours)
    return tables


def compose_quadrants(make: Make, samples: int) -> tuple[list[Melody], NDArray[np.int64]]:
    """As many melodies for the middle of each quadrant, and which quadrant was asked for."""
    each = max(1, samples // len(CENTRES))
    made = [melody for seed, affect in enumerate(CENTRES) for melody in make(affect, each, seed)]
    return made, np.repeat(np.arange(1, 5), each)


def one_judge(clips: Clips, ours: Clips) -> Table:
    """A judge's shares of right answers, for human clips of songs it has not heard, and for ours."""
    known, test = clips.select(~clips.is_test), clips.select(clips.is_test)
    table: Table = {}
    for words, is_relative in (("as they are", False), ("within their set", True)):
        judge = Judge.taught(known, is_relative)
        table[f"human test clips, {words}"] = scores(_most(judge.chances(test.values)), test)
        if not is_relative:
            table["all human clips, five folds by song"] = scores(_most(_out_of_fold(clips)), clips)
        table[f"ours, {words}"] = scores(_most(judge.chances(ours.values)), ours)
    return table


def both_judges(clips: dict[str, Clips], ours: Clips) -> Table:
    """Shares of clips of which both judges, within their set, are right; each corpus's test clips, and ours."""
    judges = [Judge.taught(each.select(~each.is_test), is_relative=True) for each in clips.values()]
    sets = {f"{corpus}'s test clips": each.select(each.is_test) for corpus, each in clips.items()} | {"ours": ours}
    return {name: scores([_most(judge.chances(some.values)) for judge in judges], some) for name, some in sets.items()}


def scores(heard: Sequence[dict[str, NDArray[np.int64]]] | dict[str, NDArray[np.int64]], clips: Clips) -> Row:
    """The share of clips heard rightly (by every judge that answered), on each axis, with 95 % intervals by song."""
    answers = [heard] if isinstance(heard, dict) else list(heard)
    row: Row = {}
    for axis, of in AXES.items():
        is_right = np.logical_and.reduce([answer[axis] == of(clips.quadrant) for answer in answers])
        low, high = by_group(is_right, clips.song, weights=clips.weight)
        row |= {axis: float(np.average(is_right, weights=clips.weight)), f"{axis}_low": low, f"{axis}_high": high}
    return row | {"pieces": float(round(clips.weight.sum()))}


def played(melody: Melody, affect: Affect, seed: int = 0) -> NDArray[np.float64]:
    """A melody as the stage plays it for an affect, at the affect's tempo: onset s, duration s, pitch, velocity.

    `seed` is the phrase's, by which its velocities vary.
    """
    composed = Composed(melody, measure(np.array(tokens_of(melody))), 0.0, seed)
    second = tempo(affect) / 60.0 * TICKS_PER_BEAT
    notes = play(composed, affect, Preset(), melody.bars).played.notes
    return np.array([[n.start_tick / second, n.duration_tick / second, n.pitch, n.velocity] for n in notes])


def tempo(affect: Affect) -> float:
    """Beats a minute when the clock is ours (emotion reference, section 3).

    >>> tempo(Affect(0.0, 0.0))
    110.0
    """
    return float(np.clip(110.0 * np.exp(0.37 * affect.arousal + 0.15 * affect.valence), 55.0, 180.0))


def _ours(form: str, made: Sequence[Melody], asked: NDArray[np.int64]) -> Clips:
    if form == "notes":
        values, _ = grid_features(np.array([tokens_of(melody) for melody in made]))
    else:
        voices = [played(melody, CENTRES[asked[row] - 1], seed=row) for row, melody in enumerate(made)]
        values, _ = played_features(voices)
    return Clips(values, asked, np.ones(len(made)), np.arange(len(made)), np.ones(len(made), dtype=bool))


def _most(chances: Floats) -> dict[str, NDArray[np.int64]]:
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
