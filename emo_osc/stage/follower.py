"""The clock of a MIDI master: its transport followed, its clocks smoothed, a cable that is pulled played over."""

from collections import deque
from math import ceil, inf

from emo_osc.errors import CommandError
from emo_osc.score import TICKS_PER_CLOCK, TICKS_PER_STEP
from emo_osc.stage.clock import MAX_TEMPO, MIN_TEMPO, Move
from emo_osc.stage.estimators import Estimator, Interacting
from emo_osc.stage.pulses import CLOCKS_PER_BEAT, Pulses

CLOCK, SONG_POSITION, START, CONTINUE, STOP = 0xF8, 0xF2, 0xFA, 0xFB, 0xFC
LOST_AFTER_CLOCKS, LOST_AFTER_S = 6, 0.25
SLEWED = 0.5  # clocks; a larger correction is made at once
MAX_DEVIATIONS = 4096


class MidiFollower:
    """A slave to MIDI clock: the first clock after Start or Continue is the downbeat.

    Between Start and that clock the position is known only where the clock ran on while stopped, as Live's does: then
    the downbeat is foretold, so that what must leave early can. A master that makes us wait half a clock longer than
    foretold is waited for. A Song Position Pointer while running moves the next clock there.
    """

    source = "midi"

    def __init__(self, tempo: float = 120.0, estimator: Estimator | None = None) -> None:
        """`tempo` is what is played by until two clocks have come."""
        self._pulses = Pulses(estimator or Interacting(), 60.0 / tempo / CLOCKS_PER_BEAT)
        self._is_running = False
        self._is_alive = False  # clocks come
        self._waits = False  # for the downbeat
        self._has_started = False
        self._tick = 0.0  # where the transport stands; while it runs, where it is at the clock `_origin`
        self._origin: int | None = None
        self._next_tick = 0  # of the first clock after Continue
        self._last_s = -inf
        self._lag = 0.0  # clocks by which the position is behind the line: given up within the period after `_lag_s`
        self._lag_s = -inf
        self._deviations_s: deque[float] = deque(maxlen=MAX_DEVIATIONS)

    @property
    def summary(self) -> str:
        """What the master does, and what we make of it."""
        tempo = f"at {self.tempo:.1f} bpm"
        if self._waits:
            return "midi: started, waiting for the first clock"
        if self._is_running:
            return f"midi: in time {tempo}" if self._is_alive else f"midi: lost, free-running {tempo}"
        state = "midi: stopped" if self._has_started else "midi: waiting for Start"
        return f"{state}, the clock runs {tempo}" if self._is_alive and self._pulses.is_measured else state

    @property
    def tempo(self) -> float:
        """Beats per minute, 20..300."""
        return min(MAX_TEMPO, max(MIN_TEMPO, 60.0 / self._pulses.period_s / CLOCKS_PER_BEAT))

    @property
    def is_running(self) -> bool:
        """Whether the master plays, or will with its next clock."""
        return self._is_running

    @property
    def next_s(self) -> float:
        """When silence would mean that the clock, or the downbeat that was foretold, does not come."""
        if self._waits and self._origin is not None:
            return self._pulses.time_of(self._origin + 0.5)
        return self._last_s + self._patience_s if self._is_alive else inf

    def tick_at(self, now_s: float) -> float:
        """The position, in ticks since the first downbeat; below the tick of a downbeat that is foretold."""
        if not self._is_running or self._origin is None:
            return self._tick
        return self._tick + (self._clocks_at(now_s) - self._origin) * TICKS_PER_CLOCK

    def time_of(self, tick: float) -> float:
        """When a tick comes, in seconds; infinity while the master stands or its downbeat cannot be foretold."""
        if not self._is_running or self._origin is None:
            return inf
        due_s = self._pulses.time_of(self._origin + (tick - self._tick) / TICKS_PER_CLOCK)
        period_s = self._pulses.period_s
        if due_s >= self._lag_s + period_s or self._lag == 0.0:
            return due_s
        return self._lag_s + (due_s - self._lag_s - self._lag * period_s) / (1.0 - self._lag)

    def play(self, now_s: float) -> Move | None:
        """Refused.

        Raises:
            CommandError: 4, the transport is the master's.
        """
        raise _refusal("press play there")

    def resume(self, now_s: float) -> Move | None:
        """Refused.

        Raises:
            CommandError: 4, the transport is the master's.
        """
        raise _refusal("press continue there")

    def stop(self, now_s: float) -> Move | None:
        """Refused.

        Raises:
            CommandError: 4, the transport is the master's.
        """
        raise _refusal("press stop there")

    def set_tempo(self, tempo: float, now_s: float) -> None:
        """Refused.

        Raises:
            CommandError: 4, the tempo is the master's.
        """
        raise _refusal("set the tempo there")

    def receive(self, message: bytes, stamp_s: float) -> Move | None:
        """Follow a clock, Start, Continue, Stop or Song Position Pointer; anything else is none of its business."""
        status = message[0] if message else 0
        if status == CLOCK:
            self._on_clock(stamp_s)
            return None
        if status == SONG_POSITION:
            return self._on_song_position(message, stamp_s)
        follow = _TRANSPORT.get(status)
        return follow(self, stamp_s) if follow else None

    def on_time(self, now_s: float) -> Move | None:
        """Notice that clocks have ceased, or that a downbeat is later than foretold."""
        if now_s < self.next_s:
            return None
        if self._waits and self._origin is not None:
            self._origin = None
        if self._is_alive and now_s >= self._last_s + self._patience_s:
            self._is_alive = False
            if self._is_running and not self._waits:
                self._pulses.release(now_s)
        return None

    def take_deviations(self) -> list[float]:
        """How late each clock was by the line that its forerunners make, in seconds, since this was last asked."""
        taken = list(self._deviations_s)
        self._deviations_s.clear()
        return taken

    @property
    def _patience_s(self) -> float:
        return max(LOST_AFTER_CLOCKS * self._pulses.period_s, LOST_AFTER_S)

    def _clocks_at(self, now_s: float) -> float:
        share = 1.0 - (now_s - self._lag_s) / self._pulses.period_s
        return self._pulses.clocks_at(now_s) + (self._lag * min(1.0, share) if share > 0.0 else 0.0)

    def _on_clock(self, stamp_s: float) -> None:
        before = self._clocks_at(stamp_s)
        has_paused = stamp_s - self._last_s > self._patience_s
        self._is_alive, self._last_s = True, stamp_s
        if self._waits:
            self._on_downbeat(stamp_s, has_paused)
        elif not has_paused:
            late_s = self._pulses.add(stamp_s)
            if late_s is not None:
                self._deviations_s.append(late_s)
        elif self._is_running:
            self._pulses.rejoin(stamp_s)
        else:
            self._pulses.begin(stamp_s)
        # Where the line has moved, the position goes over to it within a period: no note repeats, none is skipped.
        lag = before - self._pulses.clocks_at(stamp_s)
        self._lag, self._lag_s = (lag if abs(lag) <= SLEWED else 0.0), stamp_s

    def _on_downbeat(self, stamp_s: float, has_paused: bool) -> None:
        if has_paused:
            self._pulses.begin(stamp_s)
        else:
            self._pulses.pin(stamp_s)
        self._waits, self._origin = False, self._pulses.number

    def _on_start(self, stamp_s: float) -> Move:
        return self._await(0, stamp_s)

    def _on_continue(self, stamp_s: float) -> Move | None:
        return None if self._is_running else self._await(self._next_tick, stamp_s)

    def _on_stop(self, stamp_s: float) -> Move | None:
        if not self._is_running:
            return None
        if not self._waits and self._origin is not None:
            self._next_tick = int(self._tick) + (self._next_clock(stamp_s) - self._origin) * TICKS_PER_CLOCK
            self._tick = self.tick_at(stamp_s)
        self._is_running = self._waits = False
        self._origin = None
        return Move(round(self._tick), is_running=False)

    def _on_song_position(self, message: bytes, stamp_s: float) -> Move | None:
        if len(message) < 3:
            return None
        tick = (message[1] | message[2] << 7) * TICKS_PER_STEP
        if not self._is_running:
            self._tick, self._next_tick = float(tick), tick
            return Move(tick, is_running=False)
        return None if self._is_there(tick, stamp_s) else self._await(tick, stamp_s)

    def _is_there(self, tick: int, stamp_s: float) -> bool:
        """Whether the next clock is that tick anyway: some masters tell their position again and again."""
        if self._origin is None:
            return False
        return self._tick + (self._next_clock(stamp_s) - self._origin) * TICKS_PER_CLOCK == tick

    def _await(self, tick: int, stamp_s: float) -> Move:
        """The next clock will be at this tick."""
        is_foreseen = self._is_alive and self._pulses.is_measured
        self._origin = self._next_clock(stamp_s) if is_foreseen else None
        self._tick, self._next_tick = float(tick), tick
        self._is_running = self._waits = self._has_started = True
        return Move(tick, is_running=True)

    def _next_clock(self, now_s: float) -> int:
        """The number of the clock that comes next; one that is late by half a period is taken for lost."""
        return max(self._pulses.number + 1, ceil(self._clocks_at(now_s) - 0.5))


_TRANSPORT = {START: MidiFollower._on_start, CONTINUE: MidiFollower._on_continue, STOP: MidiFollower._on_stop}


def _refusal(remedy: str) -> CommandError:
    return CommandError(
        CommandError.NOT_NOW, f"the transport is the MIDI master's: {remedy}, or serve with --clock internal"
    )
