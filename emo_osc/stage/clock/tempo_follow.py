"""The tempo that an affect asks for, where the tempo is ours to move. Times are arguments."""

from math import exp, inf

from emo_osc.core.affect import Affect
from emo_osc.stage.clock.clock import Clock

STEP_S = 0.125
GLIDE_S = 1.5  # after so long 63 % of the way is gone: a change that is felt and not a jolt; taste
NEAR_BPM = 0.05
MIN_HINT, MAX_HINT = 55.0, 180.0


def tempo_hint(affect: Affect) -> float:
    """Beats per minute: what VGMIDI's tempo does with valence and arousal (`emotion_reference.md` section 3).

    >>> round(tempo_hint(Affect(0.8, 0.35))), round(tempo_hint(Affect(-0.6, -0.45)))
    (141, 85)
    """
    return max(MIN_HINT, min(MAX_HINT, 110.0 * exp(0.37 * affect.arousal + 0.15 * affect.valence)))


class TempoGuide:
    """Leads the tempo from where a player set it, `asked`, towards the hint, a little at a time, on our own clock."""

    def __init__(self, asked: float) -> None:
        self.asked = asked
        self._next_s = -inf

    def next_s(self, clock: Clock, follow: float) -> float:
        """When `lead` wants to be called, for a weight `follow` in [0, 1]; infinity where the tempo stays."""
        is_ours = clock.source == "internal" and clock.is_running
        return self._next_s if follow and is_ours else inf

    def lead(self, clock: Clock, affect: Affect, follow: float, now_s: float) -> None:
        """One step, where it is time for one: to `follow` of the way to the hint, in ratios as musicians hear it."""
        if now_s < self.next_s(clock, follow):
            return
        self._next_s = now_s + STEP_S
        goal = self.asked * (tempo_hint(affect) / self.asked) ** follow
        if abs(goal - clock.tempo) >= NEAR_BPM:
            clock.set_tempo(goal + (clock.tempo - goal) * exp(-STEP_S / GLIDE_S), now_s)
