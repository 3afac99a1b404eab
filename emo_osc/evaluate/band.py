"""What a band of chords and bass plays under melodies: how often chords change, cadences, clashes and parallels.

Arrays: N melodies of 256 steps as tokens (`studio/tokens.py`), with J = 32 chords each, one a half bar, as
`studio/harmony` numbers triads. The bass is taken to play roots.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.attributes import NoteGrid
from emo_osc.studio.harmony import (
    BEAT_STEPS,
    CLASSES,
    HALF_STEPS,
    HALVES,
    REGULAR,
    TONES,
    Chords,
    Until,
    cadences,
    chord_tone_ratio,
    triad,
)

Tokens = NDArray[np.integer]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LONG = 8  # half bars
STEPWISE = 2  # semitones at most to the note that resolves a dissonance
PERFECT = (0, 7)  # semitones, octaves apart, of the intervals that must not move in parallel
_TRIADS = np.array([triad(chord) for chord in range(24)])


@dataclass(frozen=True, slots=True)
class Sounding:
    """The note at every step of N melodies, (N, 256) each: whether one sounds, its pitch, and the next note's pitch and
    onset step; 0 and 256 where there is none.
    """

    is_on: Bools
    pitch: NDArray[np.int64]
    next_pitch: NDArray[np.int64]
    next_step: NDArray[np.int64]

    @classmethod
    def of(cls, tokens: Tokens) -> "Sounding":
        """That of melodies as tokens (N, 256)."""
        grid = NoteGrid.of(tokens)
        steps = grid.pitch.shape[1]
        places = np.arange(steps)
        last = np.maximum.accumulate(np.where(grid.is_onset, places, -1), axis=1)
        coming = np.minimum.accumulate(np.where(grid.is_onset, places, steps)[:, ::-1], axis=1)[:, ::-1]
        following = np.concatenate([coming[:, 1:], np.full((len(coming), 1), steps)], axis=1)
        pitch, length = (np.take_along_axis(each, last.clip(0), axis=1) for each in (grid.pitch, grid.duration))
        padded = np.concatenate([grid.pitch, np.zeros((len(coming), 1), np.int64)], axis=1)
        is_on = (last >= 0) & (places < last + length)
        return cls(is_on, pitch, np.take_along_axis(padded, following, axis=1), following)


def band_figures(tokens: Tokens, chords: Chords, until: Until = REGULAR) -> dict[str, float]:
    """The figures of a set of melodies with their chords. `until`: bars to the end of the phrase, (N, 16).

    `changes`: of half bars whose chord is not the one before. `authentic`: of phrases with V-I (or V-i) in their last
    two bars; `half`: that end on V; `cadence`: with one or the other. `long chord`: of melodies with a chord of four
    bars or more. `on beats`: of notes on beats, chord tones. `clashes`: of beats with melody where it is a semitone
    from a chord tone, no chord tone itself, and does not move by step to one. `parallels`: of changes of chord under a
    melody that moves, fifths or octaves between melody and bass in both half bars.
    """
    changes = chords[:, 1:] != chords[:, :-1]
    authentic, half = cadences(chords, until)
    clashes, beats = clashes_of(tokens, chords)
    parallels, moves = parallels_of(tokens, chords)
    return {
        "changes": float(changes.mean()),
        "authentic": float(authentic.mean()),
        "half": float(half.mean()),
        "cadence": float((authentic | half).mean()),
        "long chord": float(np.mean([longest(row) >= LONG for row in chords])),
        "on beats": float(chord_tone_ratio(tokens, chords)["beats"].mean()),
        "clashes": float(clashes.sum() / max(beats.sum(), 1)),
        "parallels": float(parallels.sum() / max(moves.sum(), 1)),
    }


def clashes_of(tokens: Tokens, chords: Chords) -> tuple[Bools, Bools]:
    """At which beats the melody clashes with its chord, and at which it sounds, (N, 64) each."""
    beats = np.arange(0, HALVES * HALF_STEPS, BEAT_STEPS)
    heard = Sounding.of(tokens)
    pitch, following = heard.pitch[:, beats], heard.next_pitch[:, beats]
    under = chords[:, beats // HALF_STEPS]
    apart = (pitch[:, :, None] - _TRIADS[under]) % CLASSES
    is_near = ((apart == 1) | (apart == CLASSES - 1)).any(axis=2) & (apart != 0).all(axis=2)
    then = np.take_along_axis(chords, heard.next_step[:, beats].clip(max=HALVES * HALF_STEPS - 1) // HALF_STEPS, axis=1)
    resolves = (np.abs(following - pitch) <= STEPWISE) & (TONES[then, following % CLASSES] > 0)
    return heard.is_on[:, beats] & is_near & ~resolves, heard.is_on[:, beats]


def parallels_of(tokens: Tokens, chords: Chords) -> tuple[Bools, Bools]:
    """Half bars where melody and bass arrive in parallel fifths or octaves, and where both move, (N, J - 1) each."""
    halves = np.arange(0, HALVES * HALF_STEPS, HALF_STEPS)
    heard = Sounding.of(tokens)
    pitch, is_on = heard.pitch[:, halves], heard.is_on[:, halves]
    over = (pitch - chords) % CLASSES
    both_move = (pitch[:, 1:] != pitch[:, :-1]) & (chords[:, 1:] % CLASSES != chords[:, :-1] % CLASSES)
    both_move &= is_on[:, 1:] & is_on[:, :-1]
    return both_move & (over[:, 1:] == over[:, :-1]) & np.isin(over[:, 1:], PERFECT), both_move


def longest(chords: NDArray[np.int64]) -> int:
    """Half bars of the longest stretch on one chord, of one melody's.

    >>> longest(np.array([0, 7, 7, 7, 0, 0]))
    3
    """
    edges = np.flatnonzero(np.diff(chords, prepend=-1, append=-1))
    return int(np.diff(edges).max())
