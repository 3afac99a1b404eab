"""Moves the tempo of our own clock towards the one that suits an affect. Times are arguments."""

from math import exp, inf

from emo_osc.core.affect import Affect
from emo_osc.core.targets import followed_tempo
from emo_osc.stage.clock.clock import Clock

STEP_S = 0.125
GLIDE_S = 1.5  # the time constant: 63 % of a change in this time, which is heard but not as a jump; taste
NEAR_BPM = 0.05


class TempoGuide:
    """Moves the tempo in small steps from the one set, `asked` in bpm, towards the hint of an affect."""

    def __init__(self, asked: float) -> None:
        self.asked = asked
        self._next_s = -inf

    def next_s(self, clock: Clock, follow: float) -> float:
        """When `lead` must be called, for a weight `follow` in [0, 1]; infinity where the tempo stays."""
        return self._next_s if follow and clock.is_ours and clock.is_running else inf

    def lead(self, clock: Clock, affect: Affect, follow: float, now_s: float) -> None:
        """Do the next step, if it is due; the goal is a share `follow` of the way to the hint."""
        if now_s < self.next_s(clock, follow):
            return
        self._next_s = now_s + STEP_S
        goal = followed_tempo(self.asked, affect, follow)
        if abs(goal - clock.tempo) >= NEAR_BPM:
            clock.set_tempo(goal + (clock.tempo - goal) * exp(-STEP_S / GLIDE_S), now_s)
