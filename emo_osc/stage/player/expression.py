"""How a note is played for an affect: velocity, gate, timing and controllers, as `core/targets` asks.

Performance carries arousal, notes carry valence (Livingstone et al. 2010), so this layer answers at once while the
notes wait for their boundary.
"""

from dataclasses import dataclass

from emo_osc.core.affect import NEUTRAL, Affect
from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR, TICKS_PER_STEP, Note
from emo_osc.core.targets import (
    NEUTRAL_BRIGHTNESS,
    NEUTRAL_VELOCITY,
    brightness_shift,
    gate_share,
    modulation,
    velocity_shift,
)
from emo_osc.protocol.messages import Measured
from emo_osc.stage.player.kth_rules import accent, length_contrast
from emo_osc.stage.player.note_noise import luck_of
from emo_osc.stage.player.rule_weights import ALL_RULES, RuleWeights

MIN_VELOCITY, MAX_VELOCITY = 30, 112
VELOCITY_SD = 6.0  # what people vary from note to note (EMOPIA)
GATE_CONTRAST = 0.05  # of its length, for each doubling: KTH's duration contrast, the amount is taste
SWING_TICKS = TICKS_PER_STEP // 3  # full swing puts the second 16th of a pair on its third triplet
TIMING_SD_TICKS, MAX_TIMING_TICKS = 8.0, 20  # 9 ms at 110 bpm, within the 10..20 ms that skilled pianists vary by


@dataclass(frozen=True, slots=True)
class Expression:
    """The touch of an affect; `velocity` and `gate` are weights of the player's own, 1 for unchanged.

    `humanize` in [0, 1] scales how much velocities and times vary, `swing` in [0, 1] how late the second 16th of a
    pair comes; `tint` is added to CC74.

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
    rules: RuleWeights = ALL_RULES
    tint: int = 0

    def velocity_at(self, tick: int, luck: float) -> int:
        """The velocity 1..127 of a note of no melody, `tick` ticks into a phrase; `luck` varies it, in its spread."""
        return self._limited(self._level(luck) + self.rules.accent * accent(tick))

    def velocity_of(self, note: Note, measured: Measured, luck: float) -> int:
        """The velocity 1..127 of a note of a melody that measures so."""
        asked = self._level(luck)
        for weight, shape in self.rules.shapes:
            asked += weight * shape(note, measured)
        return self._limited(asked)

    @property
    def gate_share(self) -> float:
        """The part of its written length that a usual note sounds, 0.05..1."""
        return _clip(self._gate * self.gate, 0.05, 1.0)

    def length_of(self, note: Note, measured: Measured) -> int:
        """How many ticks >= 1 a note sounds: long notes a little longer and short ones shorter than the usual share."""
        asked, weight = self._gate, self.rules.duration_contrast
        if weight:
            asked *= 1.0 + weight * GATE_CONTRAST * length_contrast(note, measured)
        share = _clip(asked * self.gate, 0.05, 1.0)
        return max(1, round(note.duration_tick * share))

    @property
    def brightness(self) -> int:
        """Controller 74."""
        asked = self.rules.brightness * brightness_shift(self.affect)
        return round(_clip(NEUTRAL_BRIGHTNESS + asked + self.tint, 0, 127))

    @property
    def modulation(self) -> int:
        """Controller 1: vibrato grows with arousal, none below -0.5. Taste, not evidence."""
        return round(_clip(self.rules.modulation * modulation(self.affect), 0, 127))

    def delay_at(self, tick: int) -> int:
        """How many ticks late swing plays a note written at `tick`."""
        is_second = (tick // TICKS_PER_STEP) % 2 == 1
        return round(self.swing * SWING_TICKS) if is_second else 0

    def delay_of(self, notes: tuple[Note, ...], index: int, seed: int) -> int:
        """How many ticks late a note of a phrase comes, by swing and by chance, the order of notes kept.

        A note can come late and never early: it may be unknown before its time. Downbeats are where players meet, so
        chance leaves them; a note that is due halfway to the next waits no longer.
        """
        start = notes[index].start_tick
        delay = self.delay_at(start)
        spread = self.rules.timing * self.humanize * TIMING_SD_TICKS
        if spread and start % TICKS_PER_BAR:
            delay += round(_clip(spread * luck_of(~seed, index), 0.0, MAX_TIMING_TICKS))
        if delay:
            following = notes[index + 1].start_tick if index + 1 < len(notes) else PHRASE_TICKS
            delay = min(delay, (following - start) // 2)
        return delay

    def _level(self, luck: float) -> float:
        varied = luck * VELOCITY_SD * self.humanize * self.rules.variation
        return NEUTRAL_VELOCITY + velocity_shift(self.affect) * self.rules.level + varied

    def _limited(self, asked: float) -> int:
        return round(_clip(_clip(asked, MIN_VELOCITY, MAX_VELOCITY) * self.velocity, 1, 127))

    @property
    def _gate(self) -> float:
        return 1.0 - self.rules.articulation * (1.0 - gate_share(self.affect))


def _clip(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
