"""The event encoding of two-part music: one event per note and one per bar line.

An event holds the place in the bar, the part and piano key, and the length. Velocity, touch and tempo are not encoded:
the stage sets them. A bar of POP909 takes 20.8 events; MidiTok's REMI takes 70 tokens (50 without velocity), and the
cost of attention is quadratic in that number.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# E events, M notes

BAR_STEPS = 16
BAR = BAR_STEPS  # the place of an event that begins a bar
PLACES = BAR_STEPS + 1
LOWEST, KEYS = 21, 88
MELODY, BACKING = 0, 1
PARTS = 2
NO_NOTE = PARTS * KEYS
NOTES = NO_NOTE + 1
LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32)
"""Possible lengths of a note in steps."""
NO_LENGTH = len(LENGTHS)

Rows = NDArray[np.int64]
_BAR_LINE = (BAR, NO_NOTE, NO_LENGTH)
_NEAREST = np.array([int(np.argmin([abs(length - steps) for length in LENGTHS])) for steps in range(LENGTHS[-1] + 1)])


@dataclass(frozen=True, slots=True, order=True)
class Sound:
    """A note of a part: `step` from the first bar line, `part`, `pitch` (MIDI, 21..108), `length` in steps."""

    step: int
    part: int
    pitch: int
    length: int


def encode(notes: Rows, bars: int) -> Rows:
    """Events (E, 3) of place, note and length, of notes (M, 4) of step, part, pitch and length within `bars`.

    Of equal notes the first counts; longer notes are shortened, notes outside the piano left out.

    >>> encode(np.array([[0, MELODY, 60, 4], [16, BACKING, 48, 9]]), 2).tolist()
    [[16, 176, 16], [0, 39, 3], [16, 176, 16], [0, 115, 7]]
    """
    step, part, pitch, length = notes.T if len(notes) else np.zeros((4, 0), np.int64)
    inside = (step >= 0) & (step < bars * BAR_STEPS) & (pitch >= LOWEST) & (pitch < LOWEST + KEYS)
    note = part[inside] * KEYS + pitch[inside] - LOWEST
    place, held = step[inside] % BAR_STEPS, _NEAREST[np.clip(length[inside], 1, LENGTHS[-1])]
    key = (step[inside] // BAR_STEPS * (PLACES + 1) + place + 1) * NOTES + note  # a bar line comes first
    lines = np.tile(np.array(_BAR_LINE), (bars, 1))
    keys = np.concatenate([np.arange(bars) * (PLACES + 1) * NOTES, key])
    events = np.concatenate([lines, np.column_stack([place, note, held])])
    return np.asarray(events[np.unique(keys, return_index=True)[1]], np.int64)


def decode(events: Rows) -> list[Sound]:
    """The notes of events (E, 3), in order; the first bar line is step 0.

    >>> decode(encode(np.array([[17, MELODY, 60, 4]]), 2))
    [Sound(step=17, part=0, pitch=60, length=4)]
    """
    bar = np.cumsum(events[:, 0] == BAR) - 1
    return [
        Sound(int(at) * BAR_STEPS + int(place), int(note) // KEYS, int(note) % KEYS + LOWEST, LENGTHS[int(length)])
        for at, (place, note, length) in zip(bar, events, strict=True)
        if place != BAR
    ]


def bar_of(events: Rows) -> Rows:
    """The bar of each event, counted from 0, (E,)."""
    return np.asarray(np.maximum(np.cumsum(events[:, 0] == BAR) - 1, 0), np.int64)


def transposed(events: Rows, semitones: int) -> Rows:
    """Events transposed by semitones; a note that would leave the piano is moved by octaves.

    >>> transposed(encode(np.array([[0, MELODY, 108, 4]]), 1), 1)[1].tolist()
    [0, 76, 3]
    """
    is_note = events[:, 1] != NO_NOTE
    part, key = np.divmod(events[:, 1], KEYS)
    moved = key + semitones
    moved += 12 * np.ceil(np.maximum(-moved, 0) / 12).astype(np.int64)
    moved -= 12 * np.ceil(np.maximum(moved - KEYS + 1, 0) / 12).astype(np.int64)
    result = events.copy()
    result[:, 1] = np.where(is_note, part * KEYS + moved, NO_NOTE)
    return result
