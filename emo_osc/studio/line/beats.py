"""The rhythm of melodies as beats: each quarter of four 16ths is one of 81 patterns.

A 16th is one of three: nothing new (0), a note ends (1), a note begins (2). A quarter has 3^4 = 81 patterns, few
enough that every one is known to the network and none is one song's own; a bar's rhythm is four of them.
"""

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.attributes import Tokens

BEATS = 64
PATTERNS = 81
FIRST = PATTERNS  # stands for the beats before a melody begins
LAGS = (4, 8, 16, 32)  # beats back at which a rhythm is looked at again: 1, 2, 4 and 8 bars
RUNS = 7  # classes of how long a melody has followed one of its lags
_WEIGHTS = np.array([27, 9, 3, 1])
ONSETS = np.array([sum((code // int(weight)) % 3 == 2 for weight in _WEIGHTS) for code in range(PATTERNS)])
"""How many notes begin in each pattern."""
_RUN_CLASS = np.minimum(np.array([0, 1, 2, 3, 3, 4, 4, 4, 4] + [5] * 8 + [6] * 300), RUNS - 1)


def events_of(tokens: Tokens) -> NDArray[np.uint8]:
    """Tokens (N, 256) as 16ths of three kinds, without their pitches.

    >>> events_of(np.array([[43, 0, 1, 45]])).tolist()
    [[2, 0, 1, 2]]
    """
    return np.minimum(tokens, 2).astype(np.uint8)


def beats_of(tokens: Tokens) -> NDArray[np.uint8]:
    """The patterns of melodies (N, 256) -> (N, 64).

    >>> int(beats_of(np.array([[43, 0, 1, 45] * 64]))[0, 0]) == 2 * 27 + 1 * 3 + 2
    True
    """
    return np.asarray((events_of(tokens).reshape(len(tokens), BEATS, 4) * _WEIGHTS).sum(-1), dtype=np.uint8)


def events_from(beats: NDArray[np.integer]) -> NDArray[np.uint8]:
    """The 16ths (N, 256) of patterns (N, 64)."""
    events = np.stack([(beats.astype(np.int64) // weight) % 3 for weight in _WEIGHTS], axis=-1)
    return events.reshape(len(beats), -1).astype(np.uint8)


def _swept(pattern: int, is_sounding: bool) -> tuple[int, bool]:
    """A pattern without the ends of notes that do not sound, and whether one sounds after it."""
    swept = 0
    for weight in _WEIGHTS.tolist():
        event = pattern // weight % 3
        swept += weight * (event if event != 1 or is_sounding else 0)
        is_sounding = event == 2 or (is_sounding and event == 0)
    return swept, is_sounding


_SWEPT = [[_swept(pattern, is_sounding) for pattern in range(PATTERNS)] for is_sounding in (False, True)]
SWEPT = np.array([[pattern for pattern, _ in row] for row in _SWEPT])
"""For each pattern, after silence and after a note that still sounds: the same without ends of what does not sound."""
SOUNDS_AFTER = np.array([[sounds for _, sounds in row] for row in _SWEPT])
"""Whether a note sounds after each."""


def run_class(lengths: NDArray[np.integer]) -> NDArray[np.uint8]:
    """How long a run is, in `RUNS` classes: 0, 1, 2, to 4, to 8, to 16, longer."""
    return np.asarray(_RUN_CLASS[np.minimum(lengths, len(_RUN_CLASS) - 1)], dtype=np.uint8)


def shifted(values: NDArray[np.integer], back: int, before: int) -> NDArray[np.int64]:
    """Rows (N, T) as they stood `back` places before; `before` where there is none."""
    if back <= 0:
        return values.astype(np.int64)
    pad = np.full((len(values), min(back, values.shape[1])), before)
    return np.concatenate([pad, values[:, : values.shape[1] - back]], axis=1).astype(np.int64)


def run_lengths(same: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each place the number of places just before it that are true, without a gap. (N, T) -> (N, T)."""
    runs = np.zeros(same.shape, dtype=np.int64)
    for place in range(1, same.shape[1]):
        runs[:, place] = np.where(same[:, place - 1], runs[:, place - 1] + 1, 0)
    return runs
