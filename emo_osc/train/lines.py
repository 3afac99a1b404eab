"""The corpus as the line model reads it: places, forms, and how often each melody is drawn."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.studio.attributes import Floats
from emo_osc.studio.line.places import beat_forms, places, profiles
from emo_osc.studio.line.plans import Plan, Plans
from emo_osc.train.corpora.corpus import Corpus, load_corpus

MOST_PLANS = 6_000


@dataclass(frozen=True, slots=True)
class Lines:
    """N melodies in C: `tokens` uint8 (N, 256), `places` uint8 (N, 16, 2), the forms of rhythm and of notes uint8
    (N, 64), `profile` uint8 (N, 16, 2), `source` int (N,) the repertoire, `measured` (N, 3) as
    `attributes.measure_table`, and `chance` (N,), the running sum of how often each is drawn: all windows of a piece
    together by the root of their number.
    """

    tokens: NDArray[np.uint8]
    places: NDArray[np.uint8]
    rhythm_form: NDArray[np.uint8]
    note_form: NDArray[np.uint8]
    profile: NDArray[np.uint8]
    source: NDArray[np.int64]
    measured: Floats
    chance: Tensor

    @classmethod
    def load(cls, folder: Path, split: str) -> "Lines":
        """The licensed melodies of one split.

        Raises:
            EmoOscError: a shard is missing or is not one.
        """
        corpus = load_corpus(folder, split)
        plan = plan_of(corpus)
        each = np.bincount(corpus.piece)[corpus.piece] ** -0.5
        chance = torch.from_numpy(np.cumsum(each / each.sum()))
        forms = plan.rhythm_form, plan.note_form, plan.profile
        return cls(corpus.tokens, plan.places, *forms, corpus.source, corpus.attributes(), chance)

    def drawn(self, size: int, generator: torch.Generator) -> Tensor:
        """Rows by lot, (size,)."""
        return torch.searchsorted(self.chance, torch.rand(size, generator=generator, dtype=torch.float64))

    def plan(self) -> Plan:
        """Each melody's own plan."""
        return Plan(self.places, self.rhythm_form, self.note_form, self.profile, self.source)

    def plans(self) -> Plans:
        """The plans of melodies that begin with a phrase and end with one, at most `MOST_PLANS` of them."""
        is_whole = (self.places[:, 0, 0] == 0) & (self.places[:, -1, 1] == 0)
        rows = np.random.default_rng(0).permutation(np.flatnonzero(is_whole))[:MOST_PLANS]
        forms = self.rhythm_form[rows], self.note_form[rows], self.profile[rows]
        return Plans(self.places[rows], *forms, self.source[rows], self.measured[rows])


def plan_of(corpus: Corpus) -> Plan:
    """Each melody's own plan."""
    where = places(corpus.place.since, corpus.place.until)
    return Plan(where, *beat_forms(corpus.tokens), profiles(corpus.tokens), corpus.source)
