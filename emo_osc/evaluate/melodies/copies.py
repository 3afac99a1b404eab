"""Copying: stretches of notes, and of rhythm alone, that a song of the training data has.

Notes are compared in any key. A stretch is whole bars, from bar line to bar line, so a copied rhythm is one song's
rhythm of so many bars on the same beats.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.evaluate.form import cells
from emo_osc.evaluate.melodies.melody_view import BAR, STEPS
from emo_osc.studio.attributes import Tokens

LENGTHS = (4, 8, 16)  # bars
FEWEST_A_BAR = 2  # onsets; a stretch with fewer is everybody's
NEARLY = 0.9  # of the onsets that either of two rhythms has: the rest of a copy


@dataclass(frozen=True, slots=True)
class Known:
    """What the training melodies have: cells of notes and rhythms by length in bars, and their onsets (N, 256)."""

    notes: dict[int, set[bytes]]
    rhythms: dict[int, NDArray[np.void]]
    onsets: NDArray[np.float32]

    @classmethod
    def of(cls, tokens: Tokens) -> "Known":
        """All stretches of the training melodies (N, 256)."""
        rhythms = {bars: np.unique(_rhythms(tokens, bars)[0]) for bars in LENGTHS}
        onsets = np.unique(np.asarray(tokens) >= 2, axis=0).astype(np.float32)
        return cls({bars: cells(tokens, bars) for bars in LENGTHS}, rhythms, onsets)


def copied_notes(tokens: Tokens, known: Known, bars: int) -> float:
    """The share of the different stretches of `bars` bars, in any key, that the training melodies have."""
    own = cells(tokens, bars)
    return len(own & known.notes[bars]) / max(1, len(own))


def copied_rhythms(tokens: Tokens, known: Known, bars: int) -> float:
    """The share of all stretches of `bars` bars whose onsets are those of a stretch of one training song."""
    own, _ = _rhythms(tokens, bars)
    return float(np.isin(own, known.rhythms[bars]).mean()) if len(own) else 0.0


def nearly_copied_rhythms(tokens: Tokens, known: Known, nearly: float = NEARLY) -> float:
    """The share of melodies whose sixteen bars of onsets overlap a training song's by `nearly` or more (Jaccard)."""
    own = (np.asarray(tokens) >= 2).astype(np.float32)
    shared = own @ known.onsets.T
    either = own.sum(axis=1)[:, None] + known.onsets.sum(axis=1)[None] - shared
    return float(((shared / np.maximum(either, 1.0)).max(axis=1) >= nearly).mean())


def copy_table(ours: Tokens, people: Tokens, known: Known) -> dict[str, dict[str, float]]:
    """What ours and held-out people's melodies share with the training data."""
    sides = {"ours": ours, "people": people}
    rows = {
        f"notes, {bars} bars of one song": {who: copied_notes(side, known, bars) for who, side in sides.items()}
        for bars in LENGTHS
    }
    rows |= {
        f"rhythm, {bars} bars of one song": {who: copied_rhythms(side, known, bars) for who, side in sides.items()}
        for bars in LENGTHS
    }
    nearly = {who: nearly_copied_rhythms(side, known) for who, side in sides.items()}
    return rows | {f"rhythm, 16 bars, {NEARLY:.0%} of one song's": nearly}


def _rhythms(tokens: Tokens, bars: int) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """Onsets of all stretches with notes enough, each as one value, and the melody each is of."""
    onsets = np.asarray(tokens) >= 2
    found, whose = [], []
    for first in range(0, STEPS - bars * BAR + 1, BAR):
        cut = onsets[:, first : first + bars * BAR]
        rows = np.flatnonzero(cut.sum(axis=1) >= FEWEST_A_BAR * bars)
        found.append(np.packbits(cut[rows], axis=1))
        whose.append(rows)
    packed = np.ascontiguousarray(np.concatenate(found))
    return packed.view(np.dtype((np.void, packed.shape[1]))).ravel(), np.concatenate(whose)
