"""Which events may follow in one bar: in training order, under the melody, and no more notes than people write.

Theory of operation. Events of a bar come in order of place, the melody's note first, then the accompaniment's from low
to high. A given melody is not drawn: when the drawn place is that of its next note or a later one, that note follows.
The accompaniment stays below the melody that sounds or, in a rest, the one that comes next; a note that would last
into a lower melody note is shortened. Every place has a most number of notes until there, in proportion to a bar's.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.duet.look_back import Event
from emo_osc.studio.events import BAR, BAR_STEPS, KEYS, LENGTHS, LOWEST, NO_NOTE, PLACES, Sound

MOST_BACKING = 28  # accompaniment notes in a bar: the 95th percentile of POP909's
HEAD_START = 4  # steps of that share that a bar may take at once: chords come on beat one
LOW_KEY = 55 - LOWEST  # the accompaniment need not go below a melody that is lower than G3
LINE: Event = (BAR, NO_NOTE, len(LENGTHS))

Mask = NDArray[np.bool_]


class BarRules:
    """The rules of one bar, and what has been written of it. `melody` is None where the network writes it."""

    def __init__(
        self, melody: Sequence[Event] | None, coming: Sequence[Sound] = (), held: tuple[int, int] | None = None
    ) -> None:
        """`coming` are the melody's notes of the next bar; `held` the step until which a melody note of the bar before
        sounds, and its key.
        """
        self._left = None if melody is None else list(melody)
        self._onsets = [(place, key) for place, key, _ in melody or ()]
        self._onsets += [(note.step + BAR_STEPS, note.pitch - LOWEST) for note in coming]
        self._sounding = held
        self.events = [LINE]

    @property
    def forced(self) -> Event | None:
        """The melody's next note, where it is given and some is left."""
        return self._left[0] if self._left else None

    @property
    def held(self) -> tuple[int, int] | None:
        """`held` of the bar that follows."""
        is_held = self._sounding is not None and self._sounding[0] > BAR_STEPS
        return (self._sounding[0] - BAR_STEPS, self._sounding[1]) if self._sounding and is_held else None

    def add(self, event: Event) -> None:
        """An event was written."""
        self.events.append(event)
        if event[1] < KEYS:
            self._sounding = event[0] + LENGTHS[event[2]], event[1]
            if self._left:
                self._left.pop(0)

    def places(self) -> Mask:
        """Which places may come next, (PLACES,): none before the last event, none beyond the given melody."""
        last = self.events[-1]
        allowed = np.ones(PLACES, bool)
        allowed[: 0 if last == LINE else last[0]] = False
        forced = self.forced
        allowed[PLACES if forced is None else forced[0] + 1 :] = False
        for place in np.flatnonzero(allowed[:BAR]):
            if forced is None or place < forced[0]:
                allowed[place] = self.notes(int(place)).any()
        return allowed

    def notes(self, place: int) -> Mask:
        """Which notes may come at a place, (NOTES - 1,)."""
        allowed, last = np.ones(NO_NOTE, bool), self.events[-1]
        if self._left is not None:
            allowed[:KEYS] = False
        if last != LINE and place == last[0]:
            allowed[: KEYS if last[1] < KEYS else last[1] + 1] = False
        if self._is_full(place):
            allowed[KEYS:] = False
        allowed[KEYS + max(self._ceiling(place), LOW_KEY) :] = False
        return allowed

    def lengths(self, place: int, note: int) -> Mask:
        """Which lengths the note may have, (NO_LENGTH,): it ends before a melody note that is not above it."""
        key = note - KEYS
        if key < LOW_KEY:
            return np.ones(len(LENGTHS), bool)
        met = next((at for at, melody in self._onsets if at > place and melody <= key), BAR_STEPS * 4)
        return np.array(LENGTHS) <= met - place

    def _is_full(self, place: int) -> bool:
        written = sum(event[1] >= KEYS for event in self.events[1:])
        return written >= ceil(MOST_BACKING * min(1.0, (place + HEAD_START) / BAR_STEPS))

    def _ceiling(self, place: int) -> int:
        """The key that the accompaniment stays below at a place."""
        if self._sounding is not None and self._sounding[0] > place:
            return self._sounding[1]
        return next((key for at, key in self._onsets if at >= place), KEYS)
