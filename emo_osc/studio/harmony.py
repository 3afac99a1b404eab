"""Fits chords to melodies by a hidden Markov model of triads, one per half bar, counted on human accompaniments.

Chord numbers: 0..11 major triads on C..B, 12..23 minor triads. Melodies are in C major or C minor ("parallel" keys), so
the tables hold degrees. `emo-osc train harmony` counts them.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.studio.attributes import Floats, NoteGrid, Tokens
from emo_osc.weights import checkpoints
from emo_osc.weights.size_checks import one_line_errors

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
        emission = self.sharpness * weights @ self.note.T  # (N, J, C)
        best, previous = emission[:, 0] + self.first, np.zeros(emission.shape, np.int64)
        for half in range(1, emission.shape[1]):
            paths = best[:, :, None] + self.change[half % 2]  # (N, C before, C)
            previous[:, half] = paths.argmax(axis=1)
            best = paths.max(axis=1) + emission[:, half]
        chords = np.zeros(emission.shape[:2], np.int64)
        chords[:, -1] = best.argmax(axis=1)
        for half in range(emission.shape[1] - 1, 0, -1):
            chords[:, half - 1] = previous[np.arange(len(emission)), half, chords[:, half]]
        return chords


@cache
def shipped() -> Harmony:
    """The newest installed tables.

    Raises:
        EmoOscError: there are none, or the file is invalid.
    """
    path = checkpoints.find(NAME)
    kept = checkpoints.load(path)
    with one_line_errors(path, "tables of harmony", "train them or use the shipped ones"):
        tables = {name: table.numpy().astype(np.float64) for name, table in kept.tensors.items()}
        return Harmony(tables["first"], tables["change"], tables["note"], float(kept.config["sharpness"]))


def chords_of(tokens: Tokens) -> Chords:
    """The chords that fit melodies in C. (N, 256) -> (N, J)."""
    return shipped().fit(half_bars(tokens))


def chords_of_weights(weights: Tensor) -> Tensor:
    """The chords that fit the weights of an `Outline`. (N, K, H, P) -> (N, J)."""
    halves: Floats = weights.detach().cpu().flatten(1, 2).double().numpy()
    return torch.from_numpy(shipped().fit(halves)).to(weights.device)


def half_bars(tokens: Tokens) -> Floats:
    """Steps each pitch class sounds, by half bar of the onset; notes on a beat count twice. (N, 256) -> (N, J, P).

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
    """The share of notes on chord tones: by `count`, by `duration`, and of notes on `beats`; (N,) each.

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
