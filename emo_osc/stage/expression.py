"""How a note is played for an affect: velocity, gate and controllers, from `emotion_reference.md` section 3.

Performance carries arousal, notes carry valence (Livingstone et al. 2010), so this layer answers at once while the
notes wait for their boundary.
"""

from dataclasses import dataclass
from math import sqrt

from emo_osc.affect import NEUTRAL, Affect
from emo_osc.score import TICKS_PER_BAR, TICKS_PER_BEAT, TICKS_PER_STEP

MIN_VELOCITY, MAX_VELOCITY = 30, 112
VELOCITY_SD = 6.0  # what people vary from note to note (EMOPIA)
MIN_GATE, MAX_GATE = 0.40, 1.00
SWING_TICKS = TICKS_PER_STEP // 3  # full swing puts the second 16th of a pair on its third triplet

# Accents in velocity: first of the bar, on the beat, between eighths. Taste; the mean over a bar of 16ths is about 0.
BAR_ACCENT, BEAT_ACCENT, OFFBEAT_ACCENT = 8, 4, -2
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Expression:
    """The touch of an affect; `velocity` and `gate` are weights of the player's own, 1 for unchanged.

    `humanize` in [0, 1] scales how much velocities vary, `swing` in [0, 1] how late the second 16th of a pair comes.

    >>> calm, wild = Expression(Affect(0.75, -0.65)), Expression(Affect(-0.15, 0.85))
    >>> calm.velocity_at(0, 0.5) < wild.velocity_at(0, 0.5)
    True
    >>> round(calm.gate_share, 2), round(wild.gate_share, 2)
    (0.94, 0.74)
    """

    affect: Affect = NEUTRAL
    velocity: float = 1.0
    gate: float = 1.0
    humanize: float = 1.0
    swing: float = 0.0

    def velocity_at(self, tick: int, luck: float) -> int:
        """The velocity 1..127 of a note that starts `tick` ticks into its phrase; `luck` varies it, in its spread."""
        asked = 66.0 + 20.0 * self.affect.arousal + _accent(tick) + luck * VELOCITY_SD * self.humanize
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


def luck_of(seed: int, index: int) -> float:
    """A number of mean 0 and spread 1 that belongs to a note of a phrase, so that a kept phrase sounds the same again.

    The sum of four uniform numbers, [-3.5, 3.5], out of a 64-bit mix (splitmix64, Steele et al. 2014).

    >>> luck_of(7, 0) == luck_of(7, 0), luck_of(7, 0) == luck_of(7, 1)
    (True, False)
    """
    mixed = (seed * 0x9E3779B97F4A7C15 + index * 0xD1B54A32D192ED03) & _MASK
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & _MASK
    mixed ^= mixed >> 31
    total = sum(mixed >> shift & 0xFFFF for shift in (0, 16, 32, 48))
    return (total / 65535.0 - 2.0) * sqrt(3.0)


def _accent(tick: int) -> int:
    if tick % TICKS_PER_BAR == 0:
        return BAR_ACCENT
    if tick % TICKS_PER_BEAT == 0:
        return BEAT_ACCENT
    return OFFBEAT_ACCENT if (tick // TICKS_PER_STEP) % 2 else 0


def _clip(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
