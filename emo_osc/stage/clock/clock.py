"""The protocol of all clocks, and the internal clock. Times are arguments, in seconds."""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from statistics import median_low
from typing import Protocol

from emo_osc.core.score import TICKS_PER_BEAT, TICKS_PER_STEP
from emo_osc.core.tempo import MAX_TEMPO, MIN_TEMPO
from emo_osc.protocol.stage_setup import Setup

TAP_GAPS = 4
MAX_LEFT_OUT = 3  # beats; a longer gap between taps is a new tempo and not beats left out
BOUNCE_S, EARLY_SHARE = 0.12, 0.45  # a tap closer than this, or than this share of the usual gap, is a bounce


@dataclass(frozen=True, slots=True)
class Move:
    """The transport has jumped, started or stopped: from now on its position is `tick`, and it runs or not."""

    tick: int
    is_running: bool


class Clock(Protocol):
    """The source of tempo and position: our own clock, a MIDI clock that is followed, or a Link session.

    A method that returns a `Move` has moved the transport; None means that it continues as before.
    """

    @property
    def is_ours(self) -> bool:
        """Whether tempo and transport are ours alone, so that a preset and an affect may change the tempo."""

    @property
    def is_external(self) -> bool:
        """Whether a MIDI master sets the tempo; then no clock is sent back to it."""

    @property
    def waits_for_start(self) -> bool:
        """Whether the music begins when a master starts; its downbeat may lie ahead."""

    @property
    def summary(self) -> str:
        """One line for a performer: `internal`, `midi: lost, free-running at 120.0 bpm`."""

    @property
    def tempo(self) -> float:
        """Beats per minute."""

    @property
    def is_running(self) -> bool:
        """Whether ticks pass, or will with the next downbeat."""

    @property
    def next_s(self) -> float:
        """When `on_time` must be called; infinity where it need not be."""

    def tick_at(self, now_s: float) -> float:
        """The position at a time, in ticks since the first downbeat."""

    def time_of(self, tick: float) -> float:
        """When a tick comes, in seconds; infinity while the clock stands or waits for its downbeat."""

    def play(self, now_s: float) -> Move | None:
        """Start from the first downbeat, unless it runs already.

        Raises:
            CommandError: 4, another device owns the transport.
        """

    def resume(self, now_s: float) -> Move | None:
        """Continue where it stopped.

        Raises:
            CommandError: 4, another device owns the transport.
        """

    def stop(self, now_s: float) -> Move | None:
        """Stop at the present position.

        Raises:
            CommandError: 4, another device owns the transport.
        """

    def take_over(self, line: "Timeline", now_s: float) -> Move | None:
        """Continue from the position and tempo of a clock of this kind in the process that ran before."""

    def set_tempo(self, tempo: float, now_s: float) -> None:
        """Change the tempo, 20..300 bpm; the phase is kept.

        Raises:
            CommandError: 4, another device owns the tempo.
        """

    def receive(self, message: bytes, stamp_s: float) -> Move | None:
        """A MIDI clock, Start, Continue, Stop or Song Position Pointer that came in at `stamp_s`."""

    def on_time(self, now_s: float) -> Move | None:
        """Handle what is due at a time without any input."""

    def take_deviations(self) -> list[float]:
        """The deviations of incoming clocks from their expected times since the last call, in seconds."""

    def close(self) -> None:
        """Leave the session, if there is one; no other method is called afterwards."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A steady tempo through one point: tick `anchor_tick` at `anchor_s`. Any change is a new timeline.

    >>> line = Timeline(120.0).playing(10.0)
    >>> line.tick_at(10.5), line.time_of(960)
    (480.0, 11.0)
    >>> line.at_tempo(60.0, 10.5).tick_at(11.5)
    960.0

    Raises:
        ValueError: the tempo is outside 20..300 beats per minute.
    """

    tempo: float = 110.0
    anchor_s: float = 0.0
    anchor_tick: float = 0.0
    is_running: bool = False

    def __post_init__(self) -> None:
        if not MIN_TEMPO <= self.tempo <= MAX_TEMPO:
            raise ValueError(f"tempo must be {MIN_TEMPO:g}..{MAX_TEMPO:g} beats per minute, got {self.tempo!r}")

    def tick_at(self, now_s: float) -> float:
        """The position at a time, in ticks since the downbeat."""
        if not self.is_running:
            return self.anchor_tick
        return self.anchor_tick + (now_s - self.anchor_s) * self._ticks_per_s

    def time_of(self, tick: float) -> float:
        """When a tick comes, in seconds; infinity while stopped."""
        if not self.is_running:
            return inf
        return self.anchor_s + (tick - self.anchor_tick) / self._ticks_per_s

    def at_tempo(self, tempo: float, now_s: float) -> "Timeline":
        """The same position at another tempo: the phase is kept."""
        return replace(self, tempo=tempo, anchor_s=now_s, anchor_tick=self.tick_at(now_s))

    def playing(self, now_s: float, tick: float = 0.0) -> "Timeline":
        """The timeline that runs from `tick` on."""
        return replace(self, anchor_s=now_s, anchor_tick=tick, is_running=True)

    def stopped(self, now_s: float) -> "Timeline":
        """The timeline stopped at its position."""
        return replace(self, anchor_s=now_s, anchor_tick=self.tick_at(now_s), is_running=False)

    @property
    def _ticks_per_s(self) -> float:
        return self.tempo * TICKS_PER_BEAT / 60.0


class InternalClock:
    """Our own clock; MIDI clock messages do not affect it."""

    is_ours, is_external, waits_for_start = True, False, False
    summary = "internal"
    next_s = inf

    def __init__(self, tempo: float = 110.0) -> None:
        self._line = Timeline(tempo)

    @property
    def tempo(self) -> float:
        """Beats per minute."""
        return self._line.tempo

    @property
    def is_running(self) -> bool:
        """Whether ticks pass."""
        return self._line.is_running

    def tick_at(self, now_s: float) -> float:
        """The position at a time, in ticks since the first downbeat."""
        return self._line.tick_at(now_s)

    def time_of(self, tick: float) -> float:
        """When a tick comes, in seconds; infinity while the clock stands."""
        return self._line.time_of(tick)

    def play(self, now_s: float) -> Move | None:
        """Start from the first downbeat, unless it runs already."""
        return None if self.is_running else self._run_from(0, now_s)

    def resume(self, now_s: float) -> Move | None:
        """Continue from the 16th in which it stopped, since Song Position Pointer counts 16ths."""
        tick = int(self._line.anchor_tick)
        return None if self.is_running else self._run_from(tick - tick % TICKS_PER_STEP, now_s)

    def stop(self, now_s: float) -> Move | None:
        """Stop at the present position."""
        if not self.is_running:
            return None
        self._line = self._line.stopped(now_s)
        return Move(round(self._line.anchor_tick), is_running=False)

    def take_over(self, line: Timeline, now_s: float) -> Move | None:
        """Continue on another timeline."""
        self._line = line
        return Move(int(line.tick_at(now_s)), is_running=True) if line.is_running else None

    def set_tempo(self, tempo: float, now_s: float) -> None:
        """Change the tempo, 20..300 bpm; the phase is kept."""
        self._line = self._line.at_tempo(tempo, now_s)

    def receive(self, message: bytes, stamp_s: float) -> Move | None:
        """Ignored."""
        return None

    def on_time(self, now_s: float) -> Move | None:
        """Nothing is due."""
        return None

    def take_deviations(self) -> list[float]:
        """None: no clock comes in."""
        return []

    def close(self) -> None:
        """Nothing to close."""

    def _run_from(self, tick: int, now_s: float) -> Move:
        self._line = self._line.playing(now_s, tick)
        return Move(tick, is_running=True)


def build(setup: Setup) -> InternalClock:
    """The internal clock; the preset sets its tempo."""
    return InternalClock()


def tapped_tempo(taps_s: tuple[float, ...]) -> float | None:
    """The tempo of the last five taps, or None where two are not yet there; a pause over 3 s (20 bpm) starts anew.

    Bounces are ignored, and so is, among three taps or more, a beat that was left out or struck twice.

    >>> tapped_tempo((0.0, 9.0, 9.5, 10.0)), tapped_tempo((0.0, 0.5, 0.55, 1.0, 2.0, 2.5))
    (120.0, 120.0)
    """
    gaps = _tap_gaps(taps_s)[-TAP_GAPS:]
    if not gaps:
        return None
    usual_s = median_low(gaps)
    beats = sum(min(MAX_LEFT_OUT, max(1, round(gap / usual_s))) for gap in gaps)
    return max(MIN_TEMPO, min(MAX_TEMPO, 60.0 * beats / sum(gaps)))


def _tap_gaps(taps_s: tuple[float, ...]) -> list[float]:
    """Seconds between taps since the last pause, without bounces."""
    gaps: list[float] = []
    for before, after in pairwise(taps_s):
        if after - before > 60.0 / MIN_TEMPO or after <= before:
            gaps = []
        else:
            gaps.append(after - before)
    least_s = max(BOUNCE_S, EARLY_SHARE * median_low(gaps)) if gaps else 0.0
    steady, early_s = [], 0.0
    for gap in gaps:
        early_s += gap
        if early_s >= least_s:
            steady.append(early_s)
            early_s = 0.0
    return steady or gaps
