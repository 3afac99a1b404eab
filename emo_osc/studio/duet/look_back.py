"""What the music transformer reads beside each event: its bar's plan, the melody to come, and the bars before.

Each event has one class a column. Six columns tell of its bar: its place in the phrase, chords, density. Six tell of
the melody: the note that sounds and, where the melody is given, the next two of the bar. Four for each of `LAGS` tell
which event comes next in the bar that many bars back, and how many events in a row followed that bar.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.events import BAR, BAR_STEPS, KEYS, LENGTHS, NO_LENGTH, NO_NOTE
from emo_osc.studio.harmony import CHORDS, CLASSES
from emo_osc.studio.line.places import LAGS, PLACES, UNKNOWN

NO_CHORD = CHORDS
NO_BAR = BAR + 1  # in the place of a lagged event: there was no such bar; `BAR` says that nothing more comes in it
OPEN_PLACE, NO_KEY, OPEN_KEY = BAR + 1, KEYS, KEYS + 1  # of the melody: not given; nothing comes, not given
DENSITY_EDGES = (2.0, 5.0, 8.0, 11.0, 14.0, 17.0, 20.0, 24.0, 28.0)
"""Accompaniment notes a bar, a mean of four bars, that part the classes of density."""
OPEN_DENSITY = len(DENSITY_EDGES) + 1
RUN_EDGES = (1, 2, 3, 5, 9)  # events in a row

BAR_SIZES = (PLACES, PLACES, CHORDS + 1, CHORDS + 1, CHORDS + 1, OPEN_DENSITY + 1)
MELODY_SIZES = (BAR + 2, KEYS + 2, NO_LENGTH + 1, BAR + 2, KEYS + 2, KEYS + 1)
LAG_SIZES = (NO_BAR + 1, NO_NOTE + 1, NO_LENGTH + 1, len(RUN_EDGES) + 1)
SIZES = BAR_SIZES + MELODY_SIZES + LAG_SIZES * len(LAGS)
"""The number of classes of each column."""
FIRST_LAG = len(BAR_SIZES) + len(MELODY_SIZES)
LAG_COLUMNS = len(LAG_SIZES)

Event = tuple[int, int, int]  # place, note, index of the length
Classes = NDArray[np.int64]
_NOTHING = (BAR, NO_NOTE, NO_LENGTH)
_NO_SUCH_BAR = (NO_BAR, NO_NOTE, NO_LENGTH)


@dataclass(frozen=True, slots=True)
class BarPlan:
    """What is decided of a bar before its accompaniment.

    `since` and `until` as in `line.places`; `chords` of its two halves and of the next bar's first; `density` a class;
    `melody` its notes (place, key, index of the length) in order, or None where the network writes them.
    """

    since: int = UNKNOWN
    until: int = UNKNOWN
    chords: tuple[int, int, int] = (NO_CHORD,) * 3
    density: int = OPEN_DENSITY
    melody: tuple[Event, ...] | None = None


def density_class(notes: float) -> int:
    """The class of a density in accompaniment notes a bar.

    >>> density_class(0.0), density_class(16.0), density_class(60.0)
    (0, 5, 9)
    """
    return bisect_right(DENSITY_EDGES, notes)


def moved_chord(chord: int, semitones: int) -> int:
    """A chord transposed.

    >>> moved_chord(11, 1), moved_chord(23, 2), moved_chord(NO_CHORD, 3) == NO_CHORD
    (0, 13, True)
    """
    return chord if chord == NO_CHORD else (chord + semitones) % CLASSES + chord // CLASSES * CLASSES


class LookBack:
    """The columns of events that are read one after another; `go_back_to` takes the last bars back."""

    def __init__(self) -> None:
        self._bars: list[list[Event]] = []
        self._plans: list[BarPlan] = []
        self._runs = [[0] * len(LAGS)]  # after each bar
        self._now = [0] * len(LAGS)
        self._expected = [_NO_SUCH_BAR] * len(LAGS)

    def go_back_to(self, bar: int) -> None:
        """Forget all bars from this one on."""
        del self._bars[bar:], self._plans[bar:], self._runs[bar + 1 :]
        self._now = list(self._runs[bar])
        self._expected = self._next_at_lags(self._bars[-1][-1] if self._bars and self._bars[-1] else None, bar - 1)

    def begin(self, plan: BarPlan) -> Classes:
        """A bar line; the columns of its event, `(len(SIZES),)`."""
        self._follow(_NOTHING)
        self._bars.append([])
        self._plans.append(plan)
        self._runs.append(list(self._now))
        return self._classes(None)

    def read(self, event: Event) -> Classes:
        """A note of the bar that was begun last; the columns of its event."""
        self._follow(event)
        self._bars[-1].append(event)
        self._runs[-1] = list(self._now)
        return self._classes(event)

    def _follow(self, event: Event) -> None:
        for at, expected in enumerate(self._expected):
            self._now[at] = self._now[at] + 1 if expected[:2] == event[:2] else 0

    def _classes(self, event: Event | None) -> Classes:
        bar, plan = len(self._bars) - 1, self._plans[-1]
        self._expected = self._next_at_lags(event, bar)
        lags = (
            [*expected, bisect_right(RUN_EDGES, run)] for expected, run in zip(self._expected, self._now, strict=True)
        )
        melody = [*_ahead(plan.melody, event), self._sounding(0 if event is None else event[0])]
        told = [plan.since, plan.until, *plan.chords, plan.density, *melody, *(each for lag in lags for each in lag)]
        return np.array(told, np.int64)

    def _next_at_lags(self, event: Event | None, bar: int) -> list[Event]:
        """The event after this one's place and note in the bars `LAGS` before; None is the bar line."""
        return [_after(self._bars[bar - lag], event) if bar >= lag and bar >= 0 else _NO_SUCH_BAR for lag in LAGS]

    def _sounding(self, place: int) -> int:
        """The key of the melody that sounds at a place of the last bar, or `NO_KEY`."""
        bar = len(self._bars) - 1
        for back in range(min(3, bar + 1)):
            for at, note, length in reversed(self._bars[bar - back]):
                if note < KEYS:
                    begun = at - back * BAR_STEPS
                    return note if begun + LENGTHS[length] > place else NO_KEY
        return NO_KEY


def _after(events: Sequence[Event], event: Event | None) -> Event:
    at = 0 if event is None else bisect_right(events, event[:2], key=lambda each: each[:2])
    return events[at] if at < len(events) else _NOTHING


def _ahead(melody: Sequence[Event] | None, event: Event | None) -> list[int]:
    """Place, key and length of the melody's next note in the bar, place and key of the one after."""
    if melody is None:
        return [OPEN_PLACE, OPEN_KEY, NO_LENGTH, OPEN_PLACE, OPEN_KEY]
    at = 0 if event is None else bisect_right(melody, event[:2], key=lambda each: each[:2])
    coming = [*melody[at : at + 2], (BAR, NO_KEY, NO_LENGTH), (BAR, NO_KEY, NO_LENGTH)]
    return [*coming[0], *coming[1][:2]]
