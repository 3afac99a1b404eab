"""A glide over the valence-arousal plane in musical time. Knows no clock."""

from dataclasses import dataclass, replace

from emo_osc.core.affect import Affect
from emo_osc.core.score import TICKS_PER_BAR, TICKS_PER_BEAT


@dataclass(frozen=True, slots=True)
class Glide:
    """A straight line from one affect to another between two ticks; `next_tick` is its next step.

    >>> Glide(Affect(0.0, 0.0), Affect(1.0, -0.5), 0, 1920, 480).at(960)
    Affect(valence=0.5, arousal=-0.25)
    """

    start: Affect
    end: Affect
    start_tick: int
    end_tick: int
    next_tick: int

    @classmethod
    def over(cls, start: Affect, end: Affect, tick: int, bars: int, grid: int) -> "Glide":
        """A glide over `bars` bar lines from `tick`, which ends on the grid; `grid` is in ticks, one bar or more."""
        last = -(-(tick // TICKS_PER_BAR + bars) * TICKS_PER_BAR // grid) * grid
        return cls(start, end, tick, last, _next_beat(tick))

    @property
    def is_sudden(self) -> bool:
        """Whether it ends within a beat, so that no step can cue a melody ahead of its end."""
        return self.end_tick - self.start_tick <= TICKS_PER_BEAT

    def at(self, tick: float) -> Affect:
        """The affect at a tick; before and after the glide, that of its ends."""
        if tick >= self.end_tick:
            return self.end
        share = max(0.0, (tick - self.start_tick) / (self.end_tick - self.start_tick))
        return Affect.clamped(
            self.start.valence + share * (self.end.valence - self.start.valence),
            self.start.arousal + share * (self.end.arousal - self.start.arousal),
        )

    def stepped(self, tick: int) -> "Glide | None":
        """The glide after its step at a tick: the next is on the next beat. None at its end."""
        if tick >= self.end_tick:
            return None
        return replace(self, next_tick=min(_next_beat(tick), self.end_tick))

    def sought(self, tick: int) -> "Glide":
        """The same glide with the same time left, after a jump to another position."""
        moved = _next_beat(tick) - self.next_tick
        return replace(
            self, start_tick=self.start_tick + moved, end_tick=self.end_tick + moved, next_tick=self.next_tick + moved
        )


def bar_line_after(tick: int) -> int | None:
    """The next bar line, if it is at most one beat ahead.

    >>> bar_line_after(1440), bar_line_after(1439)
    (1920, None)
    """
    line = tick // TICKS_PER_BAR * TICKS_PER_BAR + TICKS_PER_BAR
    return line if line - tick <= TICKS_PER_BEAT else None


def _next_beat(tick: int) -> int:
    return (tick // TICKS_PER_BEAT + 1) * TICKS_PER_BEAT
