"""Converts times to JACK cycles and frames.

Knows no server: it is told when each cycle begins and ends. All times are seconds of one clock.
"""

from collections import deque
from dataclasses import dataclass

from emo_osc.core.midi_standard import KIND_BITS, NOTE_ON

LATE_S = 0.1  # a note that is later than this is left out: it would come together with those that follow it
CALM = 0.02  # of how far the clocks were seen apart is believed at once; reading both takes some microseconds
LEAP_S = 0.001  # seen farther apart than this, one of the clocks was set


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle of `frames` from `begin_s` until `end_s`."""

    begin_s: float
    end_s: float
    frames: int

    def frame_at(self, at_s: float) -> int:
        """The frame a time falls on, the first for what is past, `frames` or more for what comes later.

        >>> Cycle(10.0, 10.02, 1000).frame_at(10.005), Cycle(10.0, 10.02, 1000).frame_at(9.0)
        (250, 0)
        """
        return max(0, round((at_s - self.begin_s) / (self.end_s - self.begin_s) * self.frames))


class Queue:
    """Messages with their times, first in, first out: none overtakes another, whatever its time.

    >>> queue = Queue()
    >>> queue.put(10.005, b"on"), queue.put(10.001, b"off"), queue.put(10.03, b"later")
    (None, None, None)
    >>> queue.take(Cycle(10.0, 10.02, 1000))
    [(250, b'on'), (250, b'off')]
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, bytes]] = deque()
        self.left_out = 0
        """Notes that came too late."""

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, at_s: float, message: bytes) -> None:
        """Let a message wait for its time."""
        self._waiting.append((at_s, message))

    def put_back(self, messages: list[bytes]) -> None:
        """Let messages for which there was no room leave with the next cycle, before all others."""
        self._waiting.extendleft((0.0, message) for message in reversed(messages))

    def take(self, cycle: Cycle) -> list[tuple[int, bytes]]:
        """What leaves in a cycle, by frame, in order."""
        taken: list[tuple[int, bytes]] = []
        frame = 0
        while self._waiting:
            at_s, message = self._waiting[0]
            frame = max(frame, cycle.frame_at(at_s))
            if frame >= cycle.frames:
                break
            self._waiting.popleft()
            if at_s and cycle.begin_s - at_s > LATE_S and _is_note_on(message):
                self.left_out += 1
            else:
                taken.append((frame, message))
        return taken


class ClockGap:
    """How far one clock is ahead of another, seen again and again, each time some microseconds off."""

    def __init__(self) -> None:
        self._gap_s: float | None = None

    def seen(self, ahead_s: float) -> float:
        """Take another look; what is believed now."""
        if self._gap_s is None or abs(ahead_s - self._gap_s) > LEAP_S:
            self._gap_s = ahead_s
        self._gap_s += CALM * (ahead_s - self._gap_s)
        return self._gap_s


def _is_note_on(message: bytes) -> bool:
    return message[0] & KIND_BITS == NOTE_ON and message[2] > 0
