"""The pool of sources: latents drawn before an affect is known. Knows no generator and no file.

Theory of operation. Drawing a latent from the prior is slow and needs no affect; moving it to an affect by the actor is
fast. So the studio draws latents when idle and keeps them here as text with the measures of their decoded notes. In:
sources (`add`), an affect (`choose`), and which sources gave a melody (`spend`). Out: sources to refine. `choose` takes
the sources whose measures lie nearest to the targets of the affect, four times as many as requested, since the nearer
a source, the less the actor must change it and the more of the melody's identity is kept; among those it prefers the
least used, then those given out longest ago, so melodies do not repeat: one source and one affect always give the same
melody. The caller refines, decodes, measures and ranks them (`Refiner`, `MusicVAE.refine`). A full pool drops its most
used source. The paper (Jang, Son and Lee) moves one given latent; choosing among many is ours (emotion reference,
section 4).

A source takes about .9 KB, most of it text: 750 characters for the 272 numbers of the shipped generator.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from emo_osc.core.affect import Affect
from emo_osc.protocol.messages import Measured
from emo_osc.studio.attributes import Aim, distances, measures_of, targets

MAX_SOURCES = 512
CANDIDATES = 4  # times as many nearest sources as requested are considered


@dataclass(frozen=True, slots=True)
class Source:
    """A latent as text in its generator's format, the seed it was drawn from, and the measures of its decoded notes.

    `uses` >= 0 counts the melodies made from it, including earlier runs.
    """

    text: str
    seed: int
    measured: Measured
    uses: int = 0


@dataclass(slots=True)
class _Entry:
    """A source with its current use count and the turn in which it was last chosen."""

    source: Source
    uses: int
    turn: int = 0


class Pool:
    """A bounded pool; `choose` takes the least used, longest unused of the sources nearest to an affect.

    One source and one affect always give the same melody, so used sources come later.
    """

    def __init__(self, size: int = MAX_SOURCES, aim: Aim = targets) -> None:
        """An empty pool for `size` >= 1 sources; `aim` gives the targets of an affect."""
        self._size, self.aim = size, aim
        self._entries: dict[int, _Entry] = {}  # by seed, the oldest first
        self._turn = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def is_full(self) -> bool:
        """Whether adding a source drops another."""
        return len(self._entries) >= self._size

    def sources(self) -> list[Source]:
        """All sources with their current uses, the oldest first."""
        return [replace(entry.source, uses=entry.uses) for entry in self._entries.values()]

    def add(self, sources: Iterable[Source]) -> None:
        """Add new sources; a full pool drops its most used source, the oldest of equals."""
        for source in sources:
            if source.seed in self._entries:
                continue
            if self.is_full:
                del self._entries[max(self._entries, key=lambda seed: self._entries[seed].uses)]
            self._entries[source.seed] = _Entry(source, source.uses)

    def choose(self, affect: Affect, count: int) -> list[Source]:
        """Up to `count` sources to refine for an affect, the least used first."""
        entries = list(self._entries.values())
        if not entries:
            return []
        far = distances(measures_of(entry.source.measured for entry in entries), self.aim(affect))
        near = np.argsort(far, kind="stable")[: CANDIDATES * count].tolist()
        chosen = [entries[row] for row in sorted(near, key=lambda row: (entries[row].uses, entries[row].turn))[:count]]
        self._turn += 1
        for entry in chosen:
            entry.turn = self._turn
        return [entry.source for entry in chosen]

    def spend(self, seed: int) -> None:
        """Count a melody made from the source with this seed."""
        if seed in self._entries:
            self._entries[seed].uses += 1
