"""Which chords fit a melody: a hidden Markov model of triads, one a half bar, learned from people's accompaniments.

A chord is a number: 0..11 the major triads on C..B, 12..23 the minor ones. Melodies are in C, major or minor, as the
prior's are ("parallel" keys), so the tables know degrees, not keys. `emo-osc train harmony` counts them.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.studio.attributes import Floats, NoteGrid, Tokens
from emo_osc.weights import checkpoints
from emo_osc.weights.size_checks import told_of

# N melodies, J = 32 half bars, C = 24 chords, P = 12 pitch classes

NAME = "harmony"
HALF_STEPS, HALVES, CHORDS, CLASSES = 8, 32, 24, 12
BEAT_STEPS = 4

Chords = NDArray[np.int64]


def triad(chord: int) -> tuple[int, int, int]:
    """Root, third and fifth of a chord as pitch classes.

    >>> triad(0), triad(21)
    ((0, 4, 7), (9, 0, 4))
    """
    root, third = chord % CLASSES, 4 if chord < CLASSES else 3
    return root, (root + third) % CLASSES, (root + 7) % CLASSES


TONES = np.array([[float(pc in triad(chord)) for pc in range(CLASSES)] for chord in range(CHORDS)])
"""Which pitch classes each chord holds, (C, P)."""


@dataclass(frozen=True, slots=True)
class Harmony:
    """Logarithms: `first` (C,) of the first chord, `change` (2, C, C) from chord to chord into the first and the second
    half of a bar, `note` (C, P) of a pitch class over a chord, weighed by `sharpness` for each step that it sounds.
    """

    first: Floats
    change: Floats
    note: Floats
    sharpness: float

    def fit(self, weights: Floats) -> Chords:
        """The likeliest chords (Viterbi). weights: (N, J, P), steps that pitch classes sound -> (N, J)."""
        said = self.sharpness * weights @ self.note.T  # (N, J, C)
        best, came = said[:, 0] + self.first, np.zeros(said.shape, np.int64)
        for half in range(1, said.shape[1]):
            ways = best[:, :, None] + self.change[half % 2]  # (N, C before, C)
            came[:, half] = ways.argmax(axis=1)
            best = ways.max(axis=1) + said[:, half]
        chords = np.zeros(said.shape[:2], np.int64)
        chords[:, -1] = best.argmax(axis=1)
        for half in range(said.shape[1] - 1, 0, -1):
            chords[:, half - 1] = came[np.arange(len(said)), half, chords[:, half]]
        return chords


@cache
def shipped() -> Harmony:
    """The tables that ship.

    Raises:
        EmoOscError: none were shipped, or installed since.
    """
    path = checkpoints.find(NAME)
    kept = checkpoints.load(path)
    with told_of(path, "tables of harmony", "train them or use the shipped ones"):
        tables = {name: table.numpy().astype(np.float64) for name, table in kept.tensors.items()}
        return Harmony(tables["first"], tables["change"], tables["note"], float(kept.config["sharpness"]))


def chords_of(tokens: Tokens) -> Chords:
    """The chords that fit melodies in C. (N, 256) -> (N, J)."""
    return shipped().fit(half_bars(tokens))


def chords_of_weights(weights: Tensor) -> Tensor:
    """The same from what sounds in each half of a bar, `outline.Outline.weight`. (N, K, H, P) -> (N, J)."""
    halves: Floats = weights.detach().cpu().flatten(1, 2).double().numpy()
    return torch.from_numpy(shipped().fit(halves)).to(weights.device)


def half_bars(tokens: Tokens) -> Floats:
    """Steps that each pitch class sounds, by the half bar its notes start in, on a beat twice. (N, 256) -> (N, J, P).

    >>> half_bars(np.array([[43, 0, 0, 0] * 64]))[0, 0, 2].item()
    16.0
    """
    grid = NoteGrid.of(tokens)
    row, step = np.nonzero(grid.is_onset)
    place = (row * HALVES + step // HALF_STEPS) * CLASSES + grid.pitch[row, step] % CLASSES
    weight = grid.duration[row, step] * np.where(step % BEAT_STEPS == 0, 2.0, 1.0)
    sums = np.bincount(place, weight, len(grid.pitch) * HALVES * CLASSES).astype(np.float64)
    return sums.reshape(-1, HALVES, CLASSES)


def chord_tone_ratio(tokens: Tokens, chords: Chords) -> dict[str, Floats]:
    """The share of notes on root, third or fifth of their chord: `count`, by `duration`, `beats` alone; (N,) each.

    0 for a melody without such notes. Human pop melodies over their own chords: .64, .69, .70 (emotion reference 6.1).
    """
    grid = NoteGrid.of(tokens)
    steps = np.arange(grid.pitch.shape[1])
    is_tone = TONES[chords[:, steps // HALF_STEPS], grid.pitch % CLASSES] * grid.is_onset
    weights = {
        "count": grid.is_onset * 1.0,
        "duration": grid.duration * 1.0,
        "beats": grid.is_onset * (steps % BEAT_STEPS == 0),
    }
    return {
        name: np.asarray((is_tone * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9))
        for name, weight in weights.items()
    }
