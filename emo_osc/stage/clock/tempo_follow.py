"""The tempo that an affect asks for, on our own clock. Times are arguments."""

from math import exp, inf

from emo_osc.core.affect import Affect
from emo_osc.core.targets import followed_tempo
from emo_osc.stage.clock.clock import Clock

STEP_S = 0.125
GLIDE_S = 1.5  # after so long 63 % of the way is gone: a change that is felt and not a jolt; taste
NEAR_BPM = 0.05


class TempoGuide:
    """Leads the tempo from where a player set it, `asked`, towards the hint, a little at a time, on our own clock."""

    def __init__(self, asked: float) -> None:
        self.asked = asked
        self._next_s = -inf

    def next_s(self, clock: Clock, follow: float) -> float:
        """When `lead` wants to be called, for a weight `follow` in [0, 1]; infinity where the tempo stays."""
        return self._next_s if follow and clock.is_ours and clock.is_running else inf

    def lead(self, clock: Clock, affect: Affect, follow: float, now_s: float) -> None:
        """One step, where it is time for one: to `follow` of the way to the hint."""
        if now_s < self.next_s(clock, follow):
            return
        self._next_s = now_s + STEP_S
        goal = followed_tempo(self.asked, affect, follow)
        if abs(goal - clock.tempo) >= NEAR_BPM:
            clock.set_tempo(goal + (clock.tempo - goal) * exp(-STEP_S / GLIDE_S), now_s)
