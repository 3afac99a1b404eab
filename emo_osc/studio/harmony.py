"""Fits chords to melodies by a hidden Markov model of triads, one per half bar, counted on human accompaniments.

Chord numbers: 0..11 major triads on C..B, 12..23 minor triads. Melodies are in C major or C minor ("parallel" keys), so
the tables hold degrees. `emo-osc train harmony` counts them.

Theory of operation. A state is a chord; its emission is what sounds in the half bar, notes on beats twice, and how much
likelier the chord is in the melody's mode than in any, or a bar of bare Cs in major may close on C minor. The
transitions differ between the two halves of a bar, and by the bars that are left of the phrase, which is where cadences
come from. The likeliest path (Viterbi) changes chords much less often than people do, because the probability of a
change is divided among many chords while that of staying is not. So the tables hold a probability of staying that was
lowered in training until the fitted chords of validation melodies changed as often as the chords played to them.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.studio.attributes import Floats, NoteGrid, Tokens
from emo_osc.weights import checkpoints
from emo_osc.weights.size_checks import one_line_errors

# N melodies, K = 16 bars, J = 32 half bars, C = 24 chords, P = 12 pitch classes, U = 4 places in a phrase

NAME = "harmony"
HALF_STEPS, HALVES, CHORDS, CLASSES = 8, 32, 24, 12
BEAT_STEPS = 4
TONIC, DOMINANT = 0, 7
MAJOR, MINOR = (4, 9, 11), (3, 8, 10)  # third, sixth and seventh
PLACES = 4
"""Places of a bar in its phrase: the last bar, 1 and 2 bars before it, 3 or more."""

Bools = NDArray[np.bool_]
Chords = NDArray[np.int64]
Until = NDArray[np.integer]
"""Bars from each bar to the last one of its phrase, (N, K) or (1, K); 0 is the last, less is unknown."""

REGULAR: Until = 3 - np.arange(HALVES // 2)[None] % 4
"""Phrases of four bars from the first bar on, (1, K)."""


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
    """Logarithms: `first` (C,) of the first chord; `change` (U, 2, C, C) from chord to chord, by the place in the
    phrase of the bar it leads into and by the half of that bar; `note` (C, P) of a pitch class over a chord, times
    `sharpness` for each step that it sounds; `mode` (2, C) is added for each half bar in minor, and in major.
    """

    first: Floats
    change: Floats
    note: Floats
    sharpness: float
    mode: Floats = field(default_factory=lambda: np.zeros((2, CHORDS)))

    def fit(self, weights: Floats, until: Until = REGULAR) -> Chords:
        """The likeliest chords (Viterbi). weights: (N, J, P), steps that pitch classes sound -> (N, J).

        A bar whose place `until` does not know takes the one that phrases of four bars would give it.
        """
        fits = (weights[:, :, None] * self.note).sum(-1)  # not a matrix product: its last digit depends on the batch
        emission = self.sharpness * fits + self.mode[is_major(weights).astype(np.int64)][:, None]  # (N, J, C)
        place = np.minimum(np.where(until < 0, REGULAR, until), PLACES - 1)
        best, previous = emission[:, 0] + self.first, np.zeros(emission.shape, np.int64)
        for half in range(1, emission.shape[1]):
            paths = best[:, :, None] + self.change[place[:, half // 2], half % 2]  # (N, C before, C)
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
        return harmony_of(kept)


def harmony_of(kept: checkpoints.Checkpoint) -> Harmony:
    """The tables of a checkpoint; one of an older version has the same for all places in a phrase, or for both modes.

    Raises:
        KeyError, ValueError: it has not these tables, or not of these shapes.
    """
    first, change, note = (kept.tensors[name].numpy().astype(np.float64) for name in ("first", "change", "note"))
    places = np.broadcast_to(change, (PLACES, 2, CHORDS, CHORDS))
    mode = kept.tensors["mode"].numpy().astype(np.float64) if "mode" in kept.tensors else np.zeros((2, CHORDS))
    if first.shape != (CHORDS,) or note.shape != (CHORDS, CLASSES) or mode.shape != (2, CHORDS):
        raise ValueError(f"tables of {first.shape}, {note.shape} and {mode.shape}")
    return Harmony(first, places, note, float(kept.config["sharpness"]), mode)


def chords_of(tokens: Tokens, until: Until = REGULAR) -> Chords:
    """The chords that fit melodies in C, with cadences where phrases end. (N, 256) -> (N, J)."""
    return shipped().fit(half_bars(tokens), until)


def chords_of_weights(weights: Tensor) -> Tensor:
    """The chords that fit the weights of an `Outline`, which count a note in the half bar of its onset only, whole.

    (N, K, H, P) -> (N, J).
    """
    halves: Floats = weights.detach().cpu().flatten(1, 2).double().numpy()
    return torch.from_numpy(shipped().fit(halves)).to(weights.device)


def half_bars(tokens: Tokens) -> Floats:
    """Steps each pitch class sounds in each half bar; notes heard on a beat count twice. (N, 256) -> (N, J, P).

    A note that is held into the next half bar counts there, too, with its steps there.

    >>> half_bars(np.array([[43] + [0] * 255]))[0, :, 2].tolist() == [16.0] * 32
    True
    """
    grid = NoteGrid.of(tokens)
    row, step = np.nonzero(grid.is_onset)
    pitch, left = grid.pitch[row, step] % CLASSES, grid.duration[row, step]
    sums = np.zeros((len(grid.pitch), HALVES, CLASSES))
    while len(row):
        here = np.minimum(left, HALF_STEPS - step % HALF_STEPS)
        np.add.at(sums, (row, step // HALF_STEPS, pitch), here * np.where(step % BEAT_STEPS == 0, 2.0, 1.0))
        goes_on = left > here
        row, step, pitch, left = (each[goes_on] for each in (row, step + here, pitch, left - here))
    return sums


def is_major(weights: Floats) -> Bools:
    """Whether major third, sixth and seventh sound longer than the minor ones. (N, J, P) -> (N,).

    >>> is_major(np.eye(12)[[[0, 4, 7], [0, 3, 7]]]).tolist()
    [True, False]
    """
    sums = weights.sum(axis=1)
    return np.asarray(sums[:, MAJOR].sum(axis=1) >= sums[:, MINOR].sum(axis=1))


def cadences(chords: Chords, until: Until = REGULAR) -> tuple[Bools, Bools]:
    """For each phrase that ends after bar 1: whether its last two bars have V-I, and whether it ends on V."""
    ends = np.broadcast_to(until, (len(chords), HALVES // 2)) == 0
    row, bar = np.nonzero(ends[:, 1:])
    last = chords[row[:, None], 2 * bar[:, None] + np.arange(4)]  # of the bar before, and of that bar
    resolves = (last[:, :-1] == DOMINANT) & (last[:, 1:] % CLASSES == TONIC)
    return resolves.any(axis=1), last[:, -1] == DOMINANT


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
