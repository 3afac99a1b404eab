"""How a note is played for an affect: velocity, gate and controllers, from `emotion_reference.md` section 3.

Performance carries arousal, notes carry valence (Livingstone et al. 2010), so this layer answers at once while the
notes wait for their boundary.
"""

from dataclasses import dataclass
from random import Random

from emo_osc.affect import NEUTRAL, Affect
from emo_osc.score import TICKS_PER_BAR, TICKS_PER_BEAT, TICKS_PER_STEP

MIN_VELOCITY, MAX_VELOCITY = 30, 112
VELOCITY_SD = 6.0  # what people vary from note to note (EMOPIA)
MIN_GATE, MAX_GATE = 0.40, 1.00
SWING_TICKS = TICKS_PER_STEP // 3  # full swing puts the second 16th of a pair on its third triplet

# Accents in velocity: first of the bar, on the beat, between eighths. Taste; the mean over a bar of 16ths is about 0.
BAR_ACCENT, BEAT_ACCENT, OFFBEAT_ACCENT = 8, 4, -2


@dataclass(frozen=True, slots=True)
class Expression:
    """The touch of an affect; `velocity` and `gate` are weights of the player's own, 1 for unchanged.

    `humanize` in [0, 1] scales how much velocities vary, `swing` in [0, 1] how late the second 16th of a pair comes.

    >>> calm, wild = Expression(Affect(0.75, -0.65)), Expression(Affect(-0.15, 0.85))
    >>> calm.velocity_at(0, Random(1)) < wild.velocity_at(0, Random(1))
    True
    >>> round(calm.gate_share, 2), round(wild.gate_share, 2)
    (0.94, 0.74)
    """

    affect: Affect = NEUTRAL
    velocity: float = 1.0
    gate: float = 1.0
    humanize: float = 1.0
    swing: float = 0.0

    def velocity_at(self, tick: int, random: Random) -> int:
        """The velocity 1..127 of a note that starts `tick` ticks into its phrase."""
        asked = 66.0 + 20.0 * self.affect.arousal + _accent(tick) + random.gauss(0.0, VELOCITY_SD) * self.humanize
        return round(_clip(_clip(asked, MIN_VELOCITY, MAX_VELOCITY) * self.velocity, 1, 127))

    @property
    def gate_share(self) -> float:
        """The part of its written length that a note sounds, 0.05..1."""
        asked = _clip(0.88 - 0.18 * self.affect.arousal - 0.08 * self.affect.valence, MIN_GATE, MAX_GATE)
        return _clip(asked * self.gate, 0.05, 1.0)

    @property
    def brightness(self) -> int:
        """Controller 74."""
        return round(_clip(64.0 + 30.0 * self.affect.arousal + 20.0 * self.affect.valence, 0, 127))

    @property
    def modulation(self) -> int:
        """Controller 1: vibrato grows with arousal, none below -0.5. Taste, not evidence."""
        return round(_clip(30.0 + 60.0 * self.affect.arousal, 0, 127))

    def delay_at(self, tick: int) -> int:
        """How many ticks late swing plays a note written at `tick`."""
        is_second = (tick // TICKS_PER_STEP) % 2 == 1
        return round(self.swing * SWING_TICKS) if is_second else 0


def _accent(tick: int) -> int:
    if tick % TICKS_PER_BAR == 0:
        return BAR_ACCENT
    if tick % TICKS_PER_BEAT == 0:
        return BEAT_ACCENT
    return OFFBEAT_ACCENT if (tick // TICKS_PER_STEP) % 2 else 0


def _clip(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
