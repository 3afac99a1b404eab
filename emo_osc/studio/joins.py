"""Intervals where one part of a melody meets another: what people write there, and how far a loop leaps back.

Imports no torch.
"""

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.attributes import Floats, Tokens
from emo_osc.studio.tokens import CLASSES, FIRST_NOTE

SHARES = np.array([128, 164, 335, 102, 55, 100, 3, 49, 14, 19, 9, 1, 16]) / 1000
"""The share of each interval, 0..12 semitones, between notes on either side of a bar line (training split)."""
WIDER = 5e-4  # of each interval beyond an octave
USUAL = 2  # semitones from the last note to the first that cost nothing
SEAM = 0.03  # cost in ranking of each semitone more: loops then leap as far as other bar lines


def _bridges() -> NDArray[np.float32]:
    apart = np.abs(np.arange(CLASSES)[:, None] - np.arange(CLASSES))
    share = np.where(apart < len(SHARES), SHARES[np.minimum(apart, len(SHARES) - 1)], WIDER)
    scores = np.log(np.where(apart > 0, share / 2, share))  # up or down
    scores[:FIRST_NOTE] = 0.0
    return scores.astype(np.float32)


BRIDGES = _bridges()
"""For each known next note, as a melody class, the log share of the interval from every class (90, 90); 0 for none."""


def seams(tokens: Tokens) -> Floats:
    """Semitones from the last note of melodies (N, 256) back to the first, (N,); 0 for silence.

    >>> seams(np.array([[43, 0, 47, 0], [0, 0, 0, 0]])).tolist()
    [4.0, 0.0]
    """
    is_note = tokens >= FIRST_NOTE
    first, last = is_note.argmax(axis=1), tokens.shape[1] - 1 - is_note[:, ::-1].argmax(axis=1)
    rows = np.arange(len(tokens))
    leap = np.abs(tokens[rows, first].astype(np.int64) - tokens[rows, last])
    return np.where(is_note.any(axis=1), leap, 0).astype(float)


def seam_cost(tokens: Tokens) -> Floats:
    """What the leap from bar 16 back to bar 1 costs in ranking, (N,)."""
    return SEAM * np.maximum(0.0, seams(tokens) - USUAL)
