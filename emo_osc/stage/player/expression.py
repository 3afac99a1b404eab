"""How a note is played for an affect: velocity, gate, timing and controllers, as `core/targets` asks.

Performance expresses arousal, pitches and rhythm express valence (Livingstone et al. 2010). So this layer changes at
once, while another melody enters only at its boundary.
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
from emo_osc.stage.player.note_noise import drifting_noise
from emo_osc.stage.player.rule_weights import ALL_RULES, RuleWeights

MIN_VELOCITY, MAX_VELOCITY = 30, 112
VELOCITY_SD = 9.2  # EMOPIA's pianists beside what pitch, length and metre explain; 10.4 with those
GATE_CONTRAST = 0.05  # of its length, for each doubling: KTH's duration contrast; the amount is a design choice
SWING_TICKS = TICKS_PER_STEP // 3  # full swing puts the second 16th of a pair on its third triplet
TIMING_SD_TICKS = 8.0  # 9 ms at 110 bpm, within the 10..20 ms that skilled pianists vary by
MAX_LATE_TICKS, MAX_EARLY_TICKS = 20, 12  # a listener hears sooner that a note comes too early; taste
END_DELAY_TICKS, END_SOFTNESS = 14.0, 2.0  # 16 ms at 110 bpm and half a decibel; taste
BREATH_TICKS = 60  # KTH's punctuation: a micropause between phrases


@dataclass(frozen=True, slots=True)
class Expression:
    """Velocity, gate, timing and controllers for an affect; `velocity` and `gate` scale them, 1 for unchanged.

    `humanize` in [0, 1] scales how much velocities and times vary, `swing` in [0, 1] how late the second 16th of a
    pair comes; `brightness_offset` is added to CC74.

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
    brightness_offset: int = 0

    def velocity_at(self, tick: int, noise: float) -> int:
        """The velocity 1..127 of an accompaniment note at `tick` in its phrase; `noise` has standard deviation 1."""
        return self._limited(self._level(noise) + self.rules.accent * accent(tick))

    def velocity_of(self, note: Note, measured: Measured, noise: float, closeness: float = 0.0) -> int:
        """The velocity 1..127 of a note in a melody with these measurements; `closeness` as in `phrase_ends`."""
        asked = self._level(noise) - self.rules.phrase_end * END_SOFTNESS * closeness
        for weight, shape in self.rules.shapes:
            asked += weight * shape(note, measured)
        return self._limited(asked)

    @property
    def gate_share(self) -> float:
        """The share of its written length for which a note of usual length sounds, 0.05..1."""
        return _clip(self._gate * self.gate, 0.05, 1.0)

    def length_of(self, note: Note, measured: Measured, closeness: float = 0.0, rest_tick: int = 0) -> int:
        """How many ticks >= 1 a note sounds: long notes a little longer and short ones shorter than the usual share.

        The last note of a phrase, whose `closeness` is 1, is held; where `rest_tick` says that no rest follows, but
        for a breath.
        """
        asked, weight = self._gate, self.rules.duration_contrast
        if weight:
            asked *= 1.0 + weight * GATE_CONTRAST * length_contrast(note, measured)
        end = self.rules.phrase_end if closeness == 1.0 else 0.0
        asked += min(1.0, end) * max(0.0, 1.0 - asked)
        length = note.duration_tick * _clip(asked * self.gate, 0.05, 1.0)
        if end and rest_tick < BREATH_TICKS:
            length = min(length, max(note.duration_tick / 2, note.duration_tick - end * BREATH_TICKS))
        return max(1, round(length))

    @property
    def brightness(self) -> int:
        """Controller 74."""
        asked = self.rules.brightness * brightness_shift(self.affect)
        return round(_clip(NEUTRAL_BRIGHTNESS + asked + self.brightness_offset, 0, 127))

    @property
    def modulation(self) -> int:
        """Controller 1: vibrato grows with arousal, none below -0.5. A design choice, not measured."""
        return round(_clip(self.rules.modulation * modulation(self.affect), 0, 127))

    def delay_at(self, tick: int) -> int:
        """How many ticks late swing plays a note written at `tick`."""
        is_second = (tick // TICKS_PER_STEP) % 2 == 1
        return round(self.swing * SWING_TICKS) if is_second else 0

    def delay_of(self, notes: tuple[Note, ...], index: int, seed: int, closeness: float = 0.0) -> int:
        """How many ticks late a note is played, below 0 early, from swing, noise and the end of a phrase.

        Notes keep their order and their bar: a note is late by at most half the distance to the next, early by less
        than half of that from the last, and never before its bar line. Downbeats have no noise, because players
        synchronise there.
        """
        start = notes[index].start_tick
        delay = self.delay_at(start)
        if self.humanize:
            delay += round(self._deviation(start, index, seed) + self._yielding * closeness)
        if delay > 0:
            following = notes[index + 1].start_tick if index + 1 < len(notes) else PHRASE_TICKS
            return min(delay, (following - start) // 2)
        if delay < 0:
            since = min(start % TICKS_PER_BAR, start - notes[index - 1].start_tick if index else start)
            return min(0, max(delay, -((since - 1) // 2)))
        return 0

    def _deviation(self, start: int, index: int, seed: int) -> float:
        spread = self.rules.timing * self.humanize * TIMING_SD_TICKS
        if not spread or not start % TICKS_PER_BAR:
            return 0.0
        return _clip(spread * drifting_noise(~seed, index), -MAX_EARLY_TICKS, MAX_LATE_TICKS)

    @property
    def _yielding(self) -> float:
        return self.rules.phrase_end * self.humanize * END_DELAY_TICKS

    def _level(self, noise: float) -> float:
        varied = noise * VELOCITY_SD * self.humanize * self.rules.variation
        return NEUTRAL_VELOCITY + velocity_shift(self.affect) * self.rules.level + varied

    def _limited(self, asked: float) -> int:
        return round(_clip(_clip(asked, MIN_VELOCITY, MAX_VELOCITY) * self.velocity, 1, 127))

    @property
    def _gate(self) -> float:
        return 1.0 - self.rules.articulation * (1.0 - gate_share(self.affect))


def _clip(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
