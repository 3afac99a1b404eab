"""Latents to re-train, as text beside what they measure: found by what an affect asks for. Knows no generator, no file.

A source takes about 1.6 KB, most of it text: 1,400 characters for the 512 numbers of the shipped generator.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from emo_osc.core.affect import Affect
from emo_osc.protocol.messages import Measured
from emo_osc.studio.attributes import Aim, distances, measures_of, targets

MAX_SOURCES = 512
LOOKED_AT = 4  # times as many as are asked for: so many of the nearest take turns


@dataclass(frozen=True, slots=True)
class Source:
    """A latent as text only its generator reads, the seed it was drawn from, what its notes measure before anything.

    `uses` >= 0 is how many melodies have come of it, tonight or in earlier runs.
    """

    text: str
    seed: int
    measured: Measured
    uses: int = 0


@dataclass(slots=True)
class _Place:
    """A source, how many melodies have come of it by now, and the turn in which it was last given out."""

    source: Source
    uses: int
    turn: int = 0


class Pool:
    """A bounded pool: of the sources nearest to an affect those take their turn that have given least and rested most.

    What one source and one affect make is always the same melody, so a source that gave one steps back.
    """

    def __init__(self, size: int = MAX_SOURCES, aim: Aim = targets) -> None:
        """An empty pool for `size` >= 1 sources; `aim` says what an affect asks for."""
        self._size, self.aim = size, aim
        self._places: dict[int, _Place] = {}  # by seed, the oldest first
        self._turn = 0

    def __len__(self) -> int:
        return len(self._places)

    @property
    def is_full(self) -> bool:
        """Whether one more makes another leave."""
        return len(self._places) >= self._size

    def sources(self) -> list[Source]:
        """All of them with their uses so far, the oldest first."""
        return [replace(place.source, uses=place.uses) for place in self._places.values()]

    def add(self, sources: Iterable[Source]) -> None:
        """Take in sources that are not there yet; where there is no room, what gave most leaves, the oldest first."""
        for source in sources:
            if source.seed in self._places:
                continue
            if self.is_full:
                del self._places[max(self._places, key=lambda seed: self._places[seed].uses)]
            self._places[source.seed] = _Place(source, source.uses)

    def choose(self, affect: Affect, count: int) -> list[Source]:
        """`count` sources to refine for an affect, fewer where fewer are there."""
        places = list(self._places.values())
        if not places:
            return []
        far = distances(measures_of(place.source.measured for place in places), self.aim(affect))
        near = np.argsort(far, kind="stable")[: LOOKED_AT * count].tolist()
        chosen = [places[row] for row in sorted(near, key=lambda row: (places[row].uses, places[row].turn))[:count]]
        self._turn += 1
        for place in chosen:
            place.turn = self._turn
        return [place.source for place in chosen]

    def spend(self, seed: int) -> None:
        """Remember that a melody came of a source; others go first from now on."""
        if seed in self._places:
            self._places[seed].uses += 1
