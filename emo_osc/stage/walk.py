"""A walk over the valence-arousal plane in musical time. Knows no clock."""

from dataclasses import dataclass, replace

from emo_osc.affect import Affect


@dataclass(frozen=True, slots=True)
class Walk:
    """From one affect to another between two ticks, in a straight line.

    >>> Walk(Affect(0.0, 0.0), Affect(1.0, -0.5), 0, 1920).at(960)
    Affect(valence=0.5, arousal=-0.25)
    """

    start: Affect
    end: Affect
    start_tick: int
    end_tick: int

    def at(self, tick: float) -> Affect:
        """The affect at a tick; before and after the walk, that of its ends."""
        if tick >= self.end_tick:
            return self.end
        share = max(0.0, (tick - self.start_tick) / (self.end_tick - self.start_tick))
        return Affect.clamped(
            self.start.valence + share * (self.end.valence - self.start.valence),
            self.start.arousal + share * (self.end.arousal - self.start.arousal),
        )

    def moved(self, ticks: int) -> "Walk":
        """The same walk, later or earlier."""
        return replace(self, start_tick=self.start_tick + ticks, end_tick=self.end_tick + ticks)
