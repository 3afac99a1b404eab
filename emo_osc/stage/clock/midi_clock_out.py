"""MIDI clock output: 24 clocks a beat, with Start, Continue, Stop and Song Position Pointer.

Knows no port and no wall clock: it takes moves of the transport and the times of ticks, and returns what is due.
"""

from collections.abc import Callable
from math import inf

from emo_osc.core.midi_standard import CLOCK, CONTINUE, DATA_BITS, SONG_POSITION, START, STOP
from emo_osc.core.score import TICKS_PER_BEAT, TICKS_PER_CLOCK, TICKS_PER_STEP
from emo_osc.stage.clock.clock import Move

_CLOCK, _START, _CONTINUE, _STOP = (bytes((status,)) for status in (CLOCK, START, CONTINUE, STOP))
MAX_POSITION = 1 << 14  # Song Position Pointer counts 16ths in 14 bits; 1,024 bars hold whole phrases of 16
MAX_LATE_S = 0.25
"""After a longer sleep of the machine, followers get a new position instead of every clock that was missed.

A follower that counts clocks needs every one of a short gap. After a quarter of a second many take the clock for lost
(`midi_slave` does too), and dozens of clocks at once would be an impossible tempo."""

TimeOf = Callable[[float], float]
Timed = tuple[float, bytes]
"""When a message is due, in seconds, and the message."""


class ClockOut:
    """Sends clocks on the grid while the transport runs; where it `runs_free`, also while it is stopped, at its tempo.

    The clock that follows Start or Continue lies on the tick they name. Song Position Pointer knows 16ths only, so a
    transport that goes on between two lets its followers go on at the next.
    """

    def __init__(self, *, runs_free: bool = False) -> None:
        self._runs_free = runs_free
        self._tick: int | None = None
        """The next clock of the grid, None while the transport stands."""
        self._opening = b""
        """What the clock at `_tick` must follow, Start or Continue; empty once it was sent."""
        self._stood_tick = 0
        self._last_s = -inf
        self._tempo = 120.0
        self._bytes: list[bytes] = []

    def follow(self, move: Move) -> None:
        """Queue the messages for a move of the transport; the next `on_time`, due at once, returns them."""
        if self._is_open:
            self._bytes.append(_STOP)
        if move.is_running:
            self._open_at(move.tick)
        else:
            self._stand_at(move.tick)

    def cut(self) -> None:
        """Stop followers that a process before this one started: their position is unknown."""
        self._bytes.append(_STOP)

    def next_s(self, time_of: TimeOf, tempo: float) -> float:
        """When `on_time` must be called, at once after a change of tempo or a move.

        `time_of` says when a tick leaves the port, `tempo` is in beats per minute.
        """
        if self._bytes or tempo != self._tempo:
            return -inf
        if self._is_open:
            return time_of(self._grid_tick)
        return min(self._free_s, inf if self._tick is None else time_of(self._tick))

    def on_time(self, now_s: float, time_of: TimeOf, tempo: float) -> list[Timed]:
        """What is due until now: Stop and Song Position at once, each Start or Continue right before its clock."""
        due = self._take_bytes(now_s)
        if tempo != self._tempo:  # in mid-clock, and in phase
            self._last_s, self._tempo = now_s - (now_s - self._last_s) * self._tempo / tempo, tempo
        while (due_s := self.next_s(time_of, tempo)) <= now_s:
            if now_s - due_s > MAX_LATE_S:
                self._catch_up(now_s, time_of)
                return due + self._take_bytes(now_s)
            due += [(due_s, message) for message in self._clock_at(due_s, time_of)]
        return due

    @property
    def _is_open(self) -> bool:
        """Whether followers run on the grid."""
        return self._tick is not None and not self._opening

    @property
    def _grid_tick(self) -> int:
        assert self._tick is not None  # asked for only while the transport runs
        return self._tick

    def _take_bytes(self, now_s: float) -> list[Timed]:
        messages, self._bytes = self._bytes, []
        return [(now_s, message) for message in messages]

    def _open_at(self, tick: int) -> None:
        """Let followers run from here, or from the 16th that comes next."""
        self._tick = -(-max(0, tick) // TICKS_PER_STEP) * TICKS_PER_STEP
        self._opening = _CONTINUE if self._tick else _START
        if self._tick:
            self._bytes.append(_position(self._tick))

    def _stand_at(self, tick: int) -> None:
        was_running, self._tick, self._opening = self._tick is not None, None, b""
        if not was_running and tick != self._stood_tick:
            self._bytes.append(_position(tick))
        self._stood_tick = tick

    @property
    def _free_s(self) -> float:
        """When a clock is due that keeps the tempo while nothing runs: one period after the last."""
        if not self._runs_free:
            return inf
        return self._last_s + 60.0 / (24 * self._tempo)

    def _clock_at(self, due_s: float, time_of: TimeOf) -> list[bytes]:
        opens_s = inf if self._tick is None else time_of(self._tick)
        self._last_s = due_s
        if due_s < opens_s:
            is_crowded = opens_s - due_s < 60.0 / (48 * self._tempo)  # nearer to the downbeat than half a period
            return [] if is_crowded else [_CLOCK]
        opening, self._opening = self._opening, b""
        self._tick = self._grid_tick + TICKS_PER_CLOCK
        return [opening, _CLOCK] if opening else [_CLOCK]

    def _catch_up(self, now_s: float, time_of: TimeOf) -> None:
        """Skip the clocks of a time in which the machine slept; running followers get the new position."""
        self._last_s = now_s
        tick = self._tick
        if tick is None or time_of(tick) > now_s:
            return
        ticks_per_s = self._tempo * TICKS_PER_BEAT / 60.0
        self.follow(Move(int(tick + (now_s - time_of(tick)) * ticks_per_s), is_running=True))


def _position(tick: int) -> bytes:
    """Song Position Pointer at the 16th a tick lies in.

    >>> _position(16 * 1920).hex()
    'f20002'
    """
    steps = tick // TICKS_PER_STEP % MAX_POSITION
    return bytes((SONG_POSITION, steps & DATA_BITS, steps >> 7))
