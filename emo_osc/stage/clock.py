"""The internal clock: musical time against seconds. Knows no operating system's clock; every time is an argument."""

from dataclasses import dataclass, replace
from math import inf
from typing import Protocol

from emo_osc.score import TICKS_PER_BEAT

MIN_TEMPO, MAX_TEMPO = 20.0, 300.0


class Clock(Protocol):
    """Whoever says which tick it is: the internal clock, or one that follows MIDI clock or Link."""

    @property
    def tempo(self) -> float:
        """Beats per minute."""

    @property
    def is_running(self) -> bool:
        """Whether ticks pass."""

    def tick_at(self, now_s: float) -> float:
        """The position at a time, in ticks since the downbeat."""

    def time_of(self, tick: float) -> float:
        """When a tick comes, in seconds; infinity while the clock stands."""


@dataclass(frozen=True, slots=True)
class InternalClock:
    """A clock of our own: at `anchor_s` it stood at `anchor_tick`. Any change is a new clock.

    >>> clock = InternalClock(120.0).playing(10.0)
    >>> clock.tick_at(10.5), clock.time_of(960)
    (480.0, 11.0)
    >>> clock.at_tempo(60.0, 10.5).tick_at(11.5)
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
        """When a tick comes, in seconds; infinity while the clock stands."""
        if not self.is_running:
            return inf
        return self.anchor_s + (tick - self.anchor_tick) / self._ticks_per_s

    def at_tempo(self, tempo: float, now_s: float) -> "InternalClock":
        """The same position at another tempo: the phase is kept."""
        return replace(self, tempo=tempo, anchor_s=now_s, anchor_tick=self.tick_at(now_s))

    def playing(self, now_s: float) -> "InternalClock":
        """The clock started from the first downbeat."""
        return replace(self, anchor_s=now_s, anchor_tick=0.0, is_running=True)

    def stopped(self, now_s: float) -> "InternalClock":
        """The clock held where it stands."""
        return replace(self, anchor_s=now_s, anchor_tick=self.tick_at(now_s), is_running=False)

    @property
    def _ticks_per_s(self) -> float:
        return self.tempo * TICKS_PER_BEAT / 60.0


def tapped_tempo(taps_s: tuple[float, ...]) -> float | None:
    """The tempo of the last taps, or None where two are not yet there; a pause over 3 s (20 bpm) starts anew.

    >>> tapped_tempo((0.0, 9.0, 9.5, 10.0))
    120.0
    """
    gaps: list[float] = []
    for before, after in zip(reversed(taps_s[:-1]), reversed(taps_s), strict=False):
        if after - before > 60.0 / MIN_TEMPO or after <= before:
            break
        gaps.append(after - before)
    if not gaps:
        return None
    recent = gaps[:4]
    return max(MIN_TEMPO, min(MAX_TEMPO, 60.0 * len(recent) / sum(recent)))
