"""What a generator composes to be reported on: for moods and a grid, for people's own conditions, for an evening."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import MOODS, NEUTRAL, Affect
from emo_osc.evaluate.melodies.melody_list import MelodyList
from emo_osc.evaluate.melodies.sounding import sounding
from emo_osc.studio.aims import Aims
from emo_osc.studio.attributes import Floats, targets
from emo_osc.studio.generators import Generator, build
from emo_osc.studio.tokens import tokens_of
from emo_osc.train.corpora.corpus import Corpus

GRID = (-0.75, -0.25, 0.25, 0.75)
AFFECTS = tuple(mood.affect for mood in MOODS) + tuple(Affect(v, a) for v in GRID for a in GRID)
"""The sixteen moods and sixteen points of the plane."""

LOT = 8  # melodies at a time, as for the stage: the best of many would flatter
SEEDS = 1000  # more than there are affects
MIDDLE = 0.5

Build = Callable[[GeneratorSection, Aims], Generator]


def composed_list(generator: Generator, each: int = LOT, sets: int = 3) -> MelodyList:
    """`each` melodies for every affect of `AFFECTS`, `sets` times with other seeds."""
    made: list[list[int]] = []
    affects: list[Affect] = []
    for turn in range(1, sets + 1):
        for index, affect in enumerate(AFFECTS):
            made += [tokens_of(melody.melody) for melody in generator.compose(affect, each, SEEDS * turn + index)]
            affects += [affect] * each
    numbers = np.repeat(np.arange(sets), each * len(AFFECTS))
    return MelodyList.of(np.array(made), affects, numbers)


def evening(generator: Generator, affect: Affect, count: int) -> NDArray[np.int64]:
    """`count` melodies for one affect, a few at a time, as they sound, (count, 256)."""
    lots = [generator.compose(affect, min(LOT, count - at), SEEDS * SEEDS + at) for at in range(0, count, LOT)]
    tokens = np.array([tokens_of(melody.melody) for lot in lots for melody in lot])
    return sounding(tokens, [affect] * len(tokens))


def as_people(section: GeneratorSection, people: Corpus, count: int, seed: int = 0, make: Build = build) -> MelodyList:
    """Melodies asked to be as dense, as high and as major as people's own, one for each of `count` of theirs.

    What affects ask for then gives nothing away: this is to be told from all people. Songs are taken in turn.
    """
    conditions = people.attributes()[_in_turn(people.group, count, seed)]
    asked = _Asked(conditions[0])
    generator = make(section, asked)
    made = []
    for row, condition in enumerate(conditions):
        asked.now = condition
        made.append(tokens_of(generator.compose(NEUTRAL, 1, SEEDS * (seed + 1) + row)[0].melody))
    return MelodyList.of(np.array(made), None, np.full(len(made), seed))


class _Asked(Aims):
    """An aim that asks for one condition (3,) at a time, whatever the affect; mode is one or the other."""

    def __init__(self, now: Floats) -> None:
        super().__init__()
        self.now = now

    def __call__(self, affect: Affect) -> Floats:
        notes, pitch, major = self.now
        return np.array([max(notes, 0.25), pitch, float(major > MIDDLE)])

    def times(self, affect: Affect) -> float:
        """How many times as many notes as the formulas ask for."""
        return float(self(affect)[0] / targets(affect)[0])


def _in_turn(songs: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """`count` rows, a song only again after all others."""
    rng = np.random.default_rng(seed).permutation(len(songs))
    turn = np.zeros(len(songs), dtype=np.int64)
    for song in np.unique(songs):
        rows = rng[songs[rng] == song]
        turn[rows] = np.arange(len(rows))
    return np.asarray(rng[np.argsort(turn[rng], kind="stable")][:count])
