"""Reconstruction scores of melodies by steps, onsets and notes."""

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.attributes import NoteGrid

Tokens = NDArray[np.integer]


def all_hold_accuracy(tokens: Tokens) -> float:
    """The step accuracy of predicting "hold" everywhere, a lower baseline."""
    return float((tokens == 0).mean())


def reconstruction(original: Tokens, rebuilt: Tokens) -> dict[str, float]:
    """Scores of melodies (N, 256) rebuilt without teacher forcing, each in [0, 1].

    `step_accuracy` equal tokens; `onset_f1`; `pitch_at_onsets` the share of shared onsets with the right pitch;
    `note_f1` onset and pitch right; `sounding` steps whose sounding pitch (or silence) is right.

    >>> scores = reconstruction(np.array([[43, 0, 45, 1]]), np.array([[43, 0, 47, 1]]))
    >>> scores["onset_f1"], scores["note_f1"], scores["pitch_at_onsets"]
    (1.0, 0.5, 0.5)
    """
    onset, guess = original >= 2, rebuilt >= 2
    both = onset & guess
    right = both & (original == rebuilt)
    total = float(onset.sum() + guess.sum()) or 1.0
    return {
        "step_accuracy": float((original == rebuilt).mean()),
        "onset_f1": float(2 * both.sum() / total),
        "pitch_at_onsets": float(right.sum() / max(1, both.sum())),
        "note_f1": float(2 * right.sum() / total),
        "sounding": float((_sounding(original) == _sounding(rebuilt)).mean()),
    }


def _sounding(tokens: Tokens) -> NDArray[np.int64]:
    grid = NoteGrid.of(tokens)
    steps = np.arange(tokens.shape[1])
    last = np.maximum.accumulate(np.where(grid.is_onset, steps, 0), axis=1)
    pitch = np.take_along_axis(grid.pitch, last, axis=1)
    end = last + np.take_along_axis(grid.duration, last, axis=1)
    return np.asarray(np.where(steps < end, pitch, 0))
