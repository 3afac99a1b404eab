"""Consonance of melodies with chords: three figures of Yeh et al. 2021.

Arrays: N melodies of 256 steps as tokens (`studio/tokens.py`), with 32 chords each, one a half bar, as `studio/harmony`
numbers triads.
"""

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.harmony import triad

Tokens = NDArray[np.integer]
Chords = NDArray[np.int64]
Floats = NDArray[np.float64]

HALF_STEPS = 8
LOWEST_CLASS, LOWEST_PITCH = 2, 21
MOST_RESOLVED = 2
"""Most semitones to the next note for a non-chord tone to count as a passing tone."""
CONSONANT = (0, 3, 4, 7, 8, 9)
"""Semitones above a chord's note, octaves apart, that count +1: unison, thirds, fifth, sixths."""
FOURTH = 5
_TRIADS = np.array([triad(chord) for chord in range(24)])
_SCORES = np.full(12, -1.0)
_SCORES[list(CONSONANT)] = 1.0
_SCORES[FOURTH] = 0.0


def consonance(tokens: Tokens, chords: Chords) -> dict[str, Floats]:
    """The figures of every melody, each (N,); NaN for a silent one.

    `ctnctr`: chord tones and passing tones among all notes, 0..1. `pcs`: of every sounding step against the three notes
    of its chord, -1..1. `mctd`: how far the sounding pitch class lies from its chord in the space of Harte, Sandler and
    Gasser 2006, over the steps that sound; 0 or more.
    """
    tokens = tokens.astype(np.int64)  # bytes have no -1
    classes = sounding(tokens)
    under = np.repeat(_TRIADS[chords], HALF_STEPS, axis=1)
    is_sounding = classes >= 0
    apart = (classes[:, :, None] - under) % 12
    score = _SCORES[apart].mean(axis=2)
    far = np.linalg.norm(_CENTROIDS[classes] - _CHORD_CENTROIDS[np.repeat(chords, HALF_STEPS, axis=1)], axis=2)
    figures = {"pcs": _mean(score, is_sounding), "mctd": _mean(far, is_sounding)}
    return {"ctnctr": np.array([_ctnctr(*row) for row in zip(tokens, under, strict=True)])} | figures


def sounding(tokens: Tokens) -> Tokens:
    """The pitch class that sounds at each step, (N, 256) 0..11; -1 for silence.

    >>> sounding(np.array([[0, 41, 0, 1, 0]])).tolist()
    [[-1, 0, 0, -1, -1]]
    """
    is_event = tokens != 0
    last = np.maximum.accumulate(np.where(is_event, np.arange(tokens.shape[1]), -1), axis=1)
    latest = np.where(last >= 0, np.take_along_axis(tokens, np.maximum(last, 0), axis=1), 1)
    return np.where(latest >= LOWEST_CLASS, (latest - LOWEST_CLASS + LOWEST_PITCH) % 12, -1)


def tonal_centroid(classes: Floats) -> Floats:
    """Tonal centroids (.., 6) of pitch-class weights (.., 12): circles of fifths, minor thirds and major thirds.

    >>> bool(np.abs(tonal_centroid(np.full(12, 1 / 12))).max() < 1e-9)
    True
    """
    places = np.arange(12)
    circles = ((1.0, 7 / 6), (1.0, 3 / 2), (0.5, 2 / 3))  # radius, turn of a semitone in units of pi
    rows = [radius * turn(np.pi * angle * places) for radius, angle in circles for turn in (np.sin, np.cos)]
    return np.asarray(classes @ np.array(rows).T)


def _ctnctr(tokens: Tokens, under: Tokens) -> float:
    steps = np.flatnonzero(tokens >= LOWEST_CLASS)
    if not len(steps):
        return float("nan")
    pitches = tokens[steps] - LOWEST_CLASS + LOWEST_PITCH
    is_chord = (pitches[:, None] % 12 == under[steps]).any(axis=1)
    is_passing = np.append(np.abs(np.diff(pitches)) <= MOST_RESOLVED, False) & ~is_chord
    return float((is_chord | is_passing).mean())


def _mean(values: Floats, counts: NDArray[np.bool_]) -> Floats:
    total = counts.sum(axis=1)
    return np.where(total > 0, (values * counts).sum(axis=1) / np.maximum(total, 1), np.nan)


_CENTROIDS = tonal_centroid(np.eye(12))
_CHORD_CENTROIDS = tonal_centroid(np.eye(12)[_TRIADS].mean(axis=1))
