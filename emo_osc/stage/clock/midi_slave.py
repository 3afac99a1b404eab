"""The clock that follows a MIDI master: its transport and smoothed tempo, and free running when clocks cease."""

from collections import deque
from math import ceil, inf

from emo_osc.core.errors import CommandError
from emo_osc.core.midi_standard import CLOCK, CONTINUE, SONG_POSITION, START, STOP
from emo_osc.core.score import TICKS_PER_BAR, TICKS_PER_CLOCK, TICKS_PER_STEP
from emo_osc.core.tempo import MAX_TEMPO, MIN_TEMPO
from emo_osc.protocol.stage_setup import Setup
from emo_osc.stage.clock.clock import Move, Timeline
from emo_osc.stage.clock.clock_masters import FEWEST, Masters
from emo_osc.stage.clock.estimators import Estimator, Interacting
from emo_osc.stage.clock.pulse_tracker import CLOCKS_PER_BEAT, PulseTracker

LOST_AFTER_CLOCKS, LOST_AFTER_S = 6, 0.25
SLEWED = 0.5  # clocks; a larger correction is made at once
MAX_DEVIATIONS = 4096
SILENT_S = 2.0  # a master that paused for less may go on with its next clock
CLOCKS_PER_BAR = TICKS_PER_BAR // TICKS_PER_CLOCK


class MidiSlave:
    """A slave to MIDI clock: the first clock after Start or Continue is the downbeat.

    Between Start and that clock the position is known only where the clock ran on while stopped, as Live's does: then
    the downbeat is predicted, so that messages that must leave early can. If it comes more than half a clock later than
    predicted, the clock waits for it. A Song Position Pointer while running moves the next clock there.

    Some masters send only clocks. Then `play` starts with their next bar line, counted from the first clock after a
    silence, or from a Song Position Pointer; where the follower `starts_itself`, that first clock is the downbeat, and
    it stops when the clocks cease. `stop` can stop such a run; Start, Stop and Continue of the
    master are followed as well.
    """

    is_ours, is_external, waits_for_start = False, True, True

    def __init__(
        self, tempo: float = 120.0, estimator: Estimator | None = None, *, starts_itself: bool = False
    ) -> None:
        """`tempo` in bpm holds until two clocks have come."""
        self._starts_itself = starts_itself
        self._is_ours = False  # the run, which no Start of the master began
        self._bar: int | None = None  # the number of a clock on a bar line
        self._masters = Masters()
        self._pulses = PulseTracker(estimator or Interacting(), 60.0 / tempo / CLOCKS_PER_BEAT)
        self._is_running = False
        self._is_alive = False  # clocks come
        self._waits = False  # for the downbeat
        self._is_scheduled = False  # the downbeat, with the clock `_origin` that may be a bar away
        self._certain: deque[tuple[int, float]] = deque(maxlen=FEWEST)  # clocks of one master, with their stamps
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
        """One line: what the master does, and how it is followed."""
        other_s = self._masters.other_period_s
        if other_s is None:
            return f"midi: {self._state}"
        return f"midi: two clocks come in, {self._state}; the other one, {_tempo_of(other_s):.1f} bpm, is left out"

    @property
    def _state(self) -> str:
        tempo = f"at {self.tempo:.1f} bpm"
        if self._waits and self._is_scheduled:
            return f"starts with the next bar {tempo}"
        if self._waits:
            return "started, waiting for the first clock"
        if self._is_running:
            return f"in time {tempo}" if self._is_alive else f"lost, free-running {tempo}"
        state = "stopped" if self._has_started else "waiting for Start"
        return f"{state}, the clock runs {tempo}" if self._is_alive and self._pulses.is_measured else state

    @property
    def tempo(self) -> float:
        """Beats per minute, 20..300."""
        return min(MAX_TEMPO, max(MIN_TEMPO, _tempo_of(self._pulses.period_s)))

    @property
    def is_running(self) -> bool:
        """Whether the master plays, or will with its next clock."""
        return self._is_running

    @property
    def next_s(self) -> float:
        """When to conclude that clocks have ceased, or that a predicted downbeat is late."""
        if self._waits and self._origin is not None:
            return self._pulses.time_of(self._origin + 0.5)
        return self._last_s + self._patience_s if self._is_alive else inf

    def tick_at(self, now_s: float) -> float:
        """The position, in ticks since the first downbeat; before a predicted downbeat below its tick."""
        if not self._is_running or self._origin is None:
            return self._tick
        tick = self._tick + (self._clocks_at(now_s) - self._origin) * TICKS_PER_CLOCK
        return max(tick, self._tick - TICKS_PER_CLOCK) if self._waits else tick

    def time_of(self, tick: float) -> float:
        """When a tick comes, in seconds; infinity while stopped, or where the downbeat cannot be predicted."""
        if not self._is_running or self._origin is None:
            return inf
        due_s = self._pulses.time_of(self._origin + (tick - self._tick) / TICKS_PER_CLOCK)
        period_s = self._pulses.period_s
        if due_s >= self._lag_s + period_s or self._lag == 0.0:
            return due_s
        return self._lag_s + (due_s - self._lag_s - self._lag * period_s) / (1.0 - self._lag)

    def play(self, now_s: float) -> Move | None:
        """Start from the first downbeat with the next bar line of the clock.

        Raises:
            CommandError: 4, the master plays already, or no clock comes in.
        """
        self._refuse_unless_clocked("press play there", now_s)
        return None if self._is_running else self._run_from(0, now_s)

    def resume(self, now_s: float) -> Move | None:
        """Continue from the 16th where it stopped, when the clock reaches that place in its bar.

        Raises:
            CommandError: 4, the master plays already, or no clock comes in.
        """
        self._refuse_unless_clocked("press continue there", now_s)
        tick = int(self._tick)
        return None if self._is_running else self._run_from(tick - tick % TICKS_PER_STEP, now_s)

    def stop(self, now_s: float) -> Move | None:
        """Stop at the present position, if the run was started by `play` or `resume`.

        Raises:
            CommandError: 4, the transport is the master's.
        """
        if not self._is_ours or not self._is_running:
            raise _refusal("press stop there")
        return self._on_stop(now_s)

    def take_over(self, line: Timeline, now_s: float) -> Move | None:
        """Continue on another timeline: the master's next clock is the nearest on it; without clocks it runs free."""
        self._has_started = True
        self._tick, self._next_tick = line.anchor_tick, -(-int(line.anchor_tick) // TICKS_PER_CLOCK) * TICKS_PER_CLOCK
        if not line.is_running:
            return None
        tick = int(line.tick_at(now_s)) // TICKS_PER_CLOCK * TICKS_PER_CLOCK
        self._pulses.go_on(line.time_of(tick), 60.0 / line.tempo / CLOCKS_PER_BEAT)
        self._tick, self._origin, self._last_s = float(tick), self._pulses.number, now_s
        self._bar = self._origin - tick // TICKS_PER_CLOCK
        self._is_running = self._is_alive = self._is_ours = True  # `stop` may stop it, whatever started it
        return Move(int(line.tick_at(now_s)), is_running=True)

    def set_tempo(self, tempo: float, now_s: float) -> None:
        """Refused.

        Raises:
            CommandError: 4, the tempo is the master's.
        """
        raise _refusal("set the tempo there")

    def receive(self, message: bytes, stamp_s: float) -> Move | None:
        """Follow a clock, Start, Continue, Stop or Song Position Pointer; anything else is ignored."""
        status = message[0] if message else 0
        if status == CLOCK:
            return self._on_clock(stamp_s) if self._masters.is_followed(stamp_s) else None
        if status == SONG_POSITION:
            return self._on_song_position(message, stamp_s)
        follow = _TRANSPORT.get(status)
        return follow(self, stamp_s) if follow else None

    def on_time(self, now_s: float) -> Move | None:
        """Detect that clocks have ceased, or that a downbeat is later than predicted."""
        if now_s < self.next_s:
            return None
        if self._waits and self._origin is not None:
            self._origin = None
        if self._is_alive and now_s >= self._last_s + self._patience_s:
            self._is_alive = False
            if self._is_running and self._is_ours and self._starts_itself:
                return self._on_stop(now_s)
            if self._is_running and not self._waits:
                self._pulses.release(now_s)
        return None

    def take_deviations(self) -> list[float]:
        """The deviations of incoming clocks from their expected times since the last call, in seconds."""
        taken = list(self._deviations_s)
        self._deviations_s.clear()
        return taken

    def close(self) -> None:
        """Nothing to close: the MIDI input is not the clock's."""

    @property
    def _patience_s(self) -> float:
        return max(LOST_AFTER_CLOCKS * self._pulses.period_s, LOST_AFTER_S)

    def _clocks_at(self, now_s: float) -> float:
        share = 1.0 - (now_s - self._lag_s) / self._pulses.period_s
        return self._pulses.clocks_at(now_s) + (self._lag * min(1.0, share) if share > 0.0 else 0.0)

    def _on_clock(self, stamp_s: float) -> Move | None:
        before = self._clocks_at(stamp_s)
        has_paused = stamp_s - self._last_s > self._patience_s
        move = self._run_from(0, stamp_s) if has_paused and self._starts_itself and not self._is_running else None
        self._is_alive, self._last_s = True, stamp_s
        if self._waits and (has_paused or not self._is_scheduled):
            self._on_downbeat(stamp_s, has_paused)
        elif not has_paused:
            self._add(stamp_s)
        elif self._is_running:
            self._pulses.rejoin(stamp_s)
            self._restart_masters(stamp_s)
        else:
            self._pulses.begin(stamp_s)
            self._restart_masters(stamp_s)
            self._bar = self._pulses.number
        # Where the line has moved, the position joins it within a period: no note repeats, none is skipped.
        lag = before - self._pulses.clocks_at(stamp_s)
        self._lag, self._lag_s = (lag if abs(lag) <= SLEWED else 0.0), stamp_s
        return move

    def _add(self, stamp_s: float) -> None:
        late_s = self._pulses.add(stamp_s)
        if late_s is not None:
            self._deviations_s.append(late_s)
        stamps_s = self._masters.look(stamp_s)
        if stamps_s:
            self._pulses.follow(stamps_s, self._number_at(stamps_s[-1]))
        elif self._masters.is_one:
            self._certain.append((self._pulses.number, stamp_s))
        if self._waits and self._origin is not None and self._pulses.number >= self._origin:
            self._waits = self._is_scheduled = False
            self._bar = self._origin - int(self._tick) // TICKS_PER_CLOCK

    def _restart_masters(self, stamp_s: float) -> None:
        self._masters.forget()
        self._masters.look(stamp_s)
        self._certain.clear()
        self._certain.append((self._pulses.number, stamp_s))

    def _number_at(self, stamp_s: float) -> int:
        """The number of a followed clock, counted from the last clock of a single master: two have bent the line."""
        number, certain_s = self._certain[0]
        period_s = self._masters.followed_period_s or self._pulses.period_s
        return number + round((stamp_s - certain_s) / period_s)

    def _on_downbeat(self, stamp_s: float, has_paused: bool) -> None:
        if has_paused:
            self._pulses.begin(stamp_s)
        else:
            self._pulses.pin(stamp_s)
        self._waits = self._is_scheduled = False
        self._origin = self._pulses.number
        self._restart_masters(stamp_s)
        self._bar = self._origin - int(self._tick) // TICKS_PER_CLOCK

    def _on_start(self, stamp_s: float) -> Move:
        self._is_ours = False
        return self._await(0, stamp_s)

    def _on_continue(self, stamp_s: float) -> Move | None:
        self._is_ours = False
        return None if self._is_running else self._await(self._next_tick, stamp_s)

    def _on_stop(self, stamp_s: float) -> Move | None:
        if not self._is_running:
            return None
        if not self._waits and self._origin is not None:
            self._next_tick = int(self._tick) + (self._next_clock(stamp_s) - self._origin) * TICKS_PER_CLOCK
            self._tick = self.tick_at(stamp_s)
        self._is_running = self._waits = self._is_scheduled = False
        self._origin = None
        return Move(round(self._tick), is_running=False)

    def _on_song_position(self, message: bytes, stamp_s: float) -> Move | None:
        if len(message) < 3:
            return None
        tick = (message[1] | message[2] << 7) * TICKS_PER_STEP
        if not self._is_running:
            self._tick, self._next_tick = float(tick), tick
            if self._is_alive:
                self._bar = self._next_clock(stamp_s) - tick // TICKS_PER_CLOCK
            return Move(tick, is_running=False)
        return None if self._is_there(tick, stamp_s) else self._await(tick, stamp_s)

    def _is_there(self, tick: int, stamp_s: float) -> bool:
        """Whether the next clock has that tick anyway: some masters send their position repeatedly."""
        if self._origin is None:
            return False
        return self._tick + (self._next_clock(stamp_s) - self._origin) * TICKS_PER_CLOCK == tick

    def _refuse_unless_clocked(self, remedy: str, now_s: float) -> None:
        if self._is_running and not self._is_ours:
            raise _refusal(remedy)
        if now_s - self._last_s > SILENT_S:
            raise _refusal(f"no clock comes in; {remedy}")

    def _run_from(self, tick: int, now_s: float) -> Move:
        """Start at a tick; where the clock runs, when it reaches the same place in its bar."""
        move = self._await(tick, now_s)
        self._is_ours = True
        if self._origin is not None and self._bar is not None:
            self._origin += (self._bar + tick // TICKS_PER_CLOCK - self._origin) % CLOCKS_PER_BAR
            self._is_scheduled = True
        return move

    def _await(self, tick: int, stamp_s: float) -> Move:
        """The next clock will be at this tick."""
        is_predicted = self._is_alive and self._pulses.is_measured
        self._origin = self._next_clock(stamp_s) if is_predicted else None
        self._tick, self._next_tick = float(tick), tick
        self._is_running = self._waits = self._has_started = True
        self._is_scheduled = False
        return Move(tick, is_running=True)

    def _next_clock(self, now_s: float) -> int:
        """The number of the clock that comes next; one that is late by half a period is taken for lost."""
        return max(self._pulses.number + 1, ceil(self._clocks_at(now_s) - 0.5))


def build(setup: Setup) -> MidiSlave:
    """The clock that follows the MIDI input."""
    return MidiSlave(starts_itself=setup.starts_itself)


_TRANSPORT = {START: MidiSlave._on_start, CONTINUE: MidiSlave._on_continue, STOP: MidiSlave._on_stop}


def _tempo_of(period_s: float) -> float:
    return 60.0 / period_s / CLOCKS_PER_BEAT


def _refusal(remedy: str) -> CommandError:
    return CommandError(
        CommandError.NOT_NOW, f"the transport is the MIDI master's: {remedy}, or serve with --clock internal"
    )
