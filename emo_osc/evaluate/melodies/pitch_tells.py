"""Tells in pitch: joins across bar lines, leaps, the arch, the tonic, endings.

Each takes a `MelodyView` of N melodies and answers one number each, (N,), NaN where a melody has none. The tonic is
that of the key which fits the melody best, major or minor.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from emo_osc.evaluate.judges.features import Floats
from emo_osc.evaluate.melodies.melody_view import MelodyView, mean_where
from emo_osc.studio.attributes import MAJOR_PROFILE, MINOR_PROFILE, NoteGrid, key_correlations

LEAP, FIFTH = 5, 7  # semitones
CLASSES = 12


def join(view: MelodyView) -> Floats:
    """Mean interval across bar lines less that inside bars, in semitones."""
    moves, keep = view.moves
    return mean_where(np.abs(moves), view.crosses) - mean_where(np.abs(moves), keep & ~view.crosses)


def leaps_at_joins(view: MelodyView) -> Floats:
    """Share of the intervals across bar lines that are a fifth or more."""
    return mean_where(np.abs(view.moves[0]) >= FIFTH, view.crosses)


def interval(least: int, most: int) -> Callable[[MelodyView], Floats]:
    """Share of intervals of `least` to `most` semitones, up or down."""
    return lambda view: mean_where((np.abs(view.moves[0]) >= least) & (np.abs(view.moves[0]) <= most), view.moves[1])


def mean_interval(view: MelodyView) -> Floats:
    """Mean interval in semitones."""
    return mean_where(np.abs(view.moves[0]), view.moves[1])


def turned_back(view: MelodyView) -> Floats:
    """Share of leaps of a fourth or more that a step back answers."""
    moves, keep = view.moves
    is_leap = (np.abs(moves[:, :-1]) >= LEAP) & keep[:, 1:]
    is_back = (moves[:, :-1] * moves[:, 1:] < 0) & (np.abs(moves[:, 1:]) <= 2)
    return mean_where(is_back, is_leap)


def pitch_range(view: MelodyView) -> Floats:
    """Semitones from the lowest to the highest note."""
    low = np.where(view.is_note, view.pitch, np.inf).min(axis=1)
    return np.asarray(np.where(view.is_note, view.pitch, -np.inf).max(axis=1) - low)


def pitch_spread(view: MelodyView) -> Floats:
    """Standard deviation of pitch, in semitones."""
    mean = mean_where(view.pitch, view.is_note)
    return np.asarray(np.sqrt(mean_where((view.pitch - mean[:, None]) ** 2, view.is_note)))


def quarter_arch(quarter: int) -> Callable[[MelodyView], Floats]:
    """Mean pitch of four bars, from bar 4 * `quarter` on, less that of the whole, in semitones."""

    def measured(view: MelodyView) -> Floats:
        here = view.is_note & (view.bar // 4 == quarter)
        return mean_where(view.pitch, here) - mean_where(view.pitch, view.is_note)

    return measured


def new_moves(view: MelodyView) -> Floats:
    """Share of pairs of moves (interval, gap) that a melody had not had before."""
    moves, keep = view.moves
    gaps, _ = view.gaps
    found = np.full(len(moves), np.nan)
    for row in range(len(moves)):
        each = list(zip(moves[row, keep[row]].tolist(), gaps[row, keep[row]].tolist(), strict=True))
        pairs = list(pairwise(each))
        found[row] = len(set(pairs)) / len(pairs) if pairs else np.nan
    return found


def tonic_notes(view: MelodyView) -> Floats:
    """Share of notes on the tonic."""
    return mean_where(view.pitch % CLASSES == tonics(view)[:, None], view.is_note)


def ends_on_tonic(view: MelodyView) -> Floats:
    """1 where the last note is the tonic, else 0."""
    return mean_where(view.pitch % CLASSES == tonics(view)[:, None], view.is_last)


def off_scale(view: MelodyView) -> Floats:
    """Share of notes outside the major scale that holds most, its minor ones included."""
    scale = [0, 2, 4, 5, 7, 9, 11]
    inside = [mean_where(np.isin((view.pitch - key) % CLASSES, scale), view.is_note).tolist() for key in range(CLASSES)]
    return np.asarray(1.0 - np.max(inside, axis=0))


def last_length(view: MelodyView) -> Floats:
    """Steps that the last note sounds."""
    return mean_where(view.length, view.is_last)


def tonics(view: MelodyView) -> NDArray[np.int64]:
    """The pitch class of the key that fits each melody best, (N,)."""
    histogram = NoteGrid.of(view.tokens).pitch_classes()
    fits = np.maximum(*(key_correlations(histogram, profile) for profile in (MAJOR_PROFILE, MINOR_PROFILE)))
    return np.asarray(fits.argmax(axis=1))


PITCH_TELLS: dict[str, Callable[[MelodyView], Floats]] = {
    "interval across a bar line less inside, semitones": join,
    "leaps of a fifth or more at bar lines": leaps_at_joins,
    "mean interval, semitones": mean_interval,
    "repeated notes": interval(0, 0),
    "steps": interval(1, 2),
    "minor thirds": interval(3, 3),
    "major thirds": interval(4, 4),
    "leaps over a fifth": interval(8, 99),
    "leaps turned back": turned_back,
    "range, semitones": pitch_range,
    "deviation of pitch, semitones": pitch_spread,
    "first quarter's arch, semitones": quarter_arch(0),
    "last quarter's arch, semitones": quarter_arch(3),
    "new pairs of moves": new_moves,
    "notes on the tonic": tonic_notes,
    "ends on the tonic": ends_on_tonic,
    "notes off the scale": off_scale,
    "last note, steps": last_length,
}
