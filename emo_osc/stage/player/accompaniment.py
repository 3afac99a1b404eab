"""Plays chords and bass under the melody. Knows no clock and no port."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from emo_osc.core.score import PHRASE_TICKS
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.events import NotePlayed
from emo_osc.stage.player.expression import Expression
from emo_osc.stage.player.note_noise import note_noise
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.voice import Voice
from emo_osc.stage.player.voice_leading import HALF_TICKS, VoiceLeading, Voicing
from emo_osc.stage.player.written_part import WrittenPart, bass_of, chords_of


@dataclass(frozen=True, slots=True)
class Stroke:
    """A rhythm's note in a half bar: its onset and written length in ticks, and which tones it plays, 0 the lowest."""

    offset_tick: int
    length_tick: int
    tones: tuple[int, ...]


Pattern = tuple[Stroke, ...]
_CHORD, _ROOT, _FIFTH = (0, 1, 2), (0,), (1,)
CHORD_PATTERNS: tuple[tuple[float, Pattern], ...] = (
    (-0.35, (Stroke(0, 960, _CHORD),)),
    (0.25, (Stroke(0, 480, _CHORD), Stroke(480, 480, _CHORD))),
    (0.65, (Stroke(0, 360, _CHORD), Stroke(360, 360, _CHORD), Stroke(720, 240, _CHORD))),
    (inf, tuple(Stroke(offset, 240, _CHORD) for offset in (0, 240, 480, 720))),
)
BASS_PATTERNS: tuple[tuple[float, Pattern], ...] = (
    (-0.35, (Stroke(0, 960, _ROOT),)),
    (0.25, (Stroke(0, 720, _ROOT), Stroke(720, 240, _FIFTH))),
    (0.65, (Stroke(0, 480, _ROOT), Stroke(480, 240, _FIFTH), Stroke(720, 240, _ROOT))),
    (
        inf,
        tuple(Stroke(offset, 240, tones) for offset, tones in ((0, _ROOT), (240, _ROOT), (480, _FIFTH), (720, _ROOT))),
    ),
)
"""The arousal below which a pattern is played, and the pattern of a half bar: more strokes with more arousal. Taste."""


def pattern_of(patterns: tuple[tuple[float, Pattern], ...], arousal: float) -> Pattern:
    """The pattern for an arousal in [-1, 1]."""
    return next(pattern for below, pattern in patterns if arousal < below)


@dataclass(frozen=True, slots=True)
class PartKind:
    """What distinguishes chords from bass: level and channel in the settings, patterns, and tones of each half bar."""

    level: Callable[[Settings], float]
    channel: Callable[[Settings], int]
    patterns: tuple[tuple[float, Pattern], ...]
    tones: Callable[[VoiceLeading, int], Voicing]


CHORDS = PartKind(lambda s: s.chords, lambda s: s.chords_channel, CHORD_PATTERNS, VoiceLeading.chord)
BASS = PartKind(lambda s: s.bass, lambda s: s.bass_channel, BASS_PATTERNS, VoiceLeading.bass)
VOICES = 3


class Part:
    """Plays patterns over the phrase's chords; silent at level 0 and where a phrase has no chords.

    The pattern changes only between half bars, velocity and gate with every stroke. A part whose level rises from 0
    joins at a bar line.
    """

    def __init__(self, kind: PartKind) -> None:
        self._kind = kind
        self._voices = tuple(Voice() for _ in range(VOICES))
        self._level, self._channel = 0.0, 0
        self._leading = VoiceLeading()
        self._pattern: Pattern = kind.patterns[0][1]
        self._seed = self._phrase_tick = 0
        self._position = PHRASE_TICKS  # of the next stroke, in ticks from the phrase's start
        self.stroke_tick: float = inf
        """When the next stroke is due; infinity where there is none."""
        self.next_tick: float = inf
        """When the next stroke is due or a note ends; stored, because the loop reads it often."""

    def follow(self, settings: Settings, bar_tick: int) -> list[bytes]:
        """Use other settings; a part that was silent joins at `bar_tick`, the next bar line."""
        level, channel = self._kind.level(settings), self._kind.channel(settings)
        off = self.release() if channel != self._channel or not level else []
        joins, self._level, self._channel = bool(level and not self._level), level, channel
        if joins:
            self._position = max(self._position, bar_tick - self._phrase_tick)
        if joins or not level:
            self._due(0)
        return off

    def go_to(self, leading: VoiceLeading, seed: int, phrase_tick: int, tick: int, expression: Expression) -> None:
        """Continue with the first stroke at or after `tick`, in a phrase that began at `phrase_tick`."""
        self._leading, self._seed, self._phrase_tick = leading, seed, phrase_tick
        self._pattern = pattern_of(self._kind.patterns, expression.affect.arousal)
        self._aim(tick - phrase_tick, expression)

    def release(self, tick: float = inf) -> list[bytes]:
        """The note-offs that are due by `tick`."""
        if tick < self.next_tick:
            return []
        off = [message for voice in self._voices for message in voice.release(tick)]
        self._note_next()
        return off

    def strike(
        self, tick: int, expression: Expression, pitches: tuple[int, ...]
    ) -> tuple[list[NotePlayed], list[bytes]]:
        """Play the stroke that is due; returns its notes, and the messages, note-offs first."""
        half, offset = divmod(self._position, HALF_TICKS)
        if not offset:
            self._pattern = pattern_of(self._kind.patterns, expression.affect.arousal)
        stroke = next(stroke for stroke in self._pattern if stroke.offset_tick == offset)
        tones = self._kind.tones(self._leading, half)
        written = (tones[tone] for tone in stroke.tones)
        played = [self._played(pitch, stroke, expression) for pitch in dict.fromkeys(pitches[tone] for tone in written)]
        messages = self.release()
        for voice, note in zip(self._voices, played, strict=False):
            messages += voice.strike(note.pitch, note.velocity, note.channel, tick + note.duration_tick)
        self._aim(self._position + 1, expression)
        return played, messages

    def _played(self, pitch: int, stroke: Stroke, expression: Expression) -> NotePlayed:
        noise = note_noise(self._seed + self._channel, self._position)
        velocity = round(self._level * expression.velocity_at(self._position, noise))
        length = round(expression.gate_share * stroke.length_tick)
        return NotePlayed(pitch, max(1, velocity), max(1, length), self._channel)

    def _aim(self, position: int, expression: Expression) -> None:
        half, offset = divmod(position, HALF_TICKS)
        offsets = (stroke.offset_tick for stroke in self._pattern if stroke.offset_tick >= offset)
        self._position = half * HALF_TICKS + next(offsets, HALF_TICKS)
        self._due(expression.delay_at(self._position))

    def _due(self, delay_tick: int) -> None:
        plays = self._level and self._position < HALF_TICKS * len(self._leading)
        self.stroke_tick = self._phrase_tick + self._position + delay_tick if plays else inf
        self._note_next()

    def _note_next(self) -> None:
        self.next_tick = min(self.stroke_tick, *(voice.off_tick for voice in self._voices))


class Accompaniment:
    """Chords and bass together, each on its own channel, at the levels of the settings `chords` and `bass`.

    A phrase with a composed accompaniment (`backing`) plays that; the others play patterns over their chords.
    """

    def __init__(self) -> None:
        self._patterned = Part(CHORDS), Part(BASS)
        self._written = (
            WrittenPart(CHORDS.level, CHORDS.channel, chords_of),
            WrittenPart(BASS.level, BASS.channel, bass_of),
        )
        self._parts = (*self._patterned, *self._written)
        self._phrase: Ready | None = None
        self._leading = VoiceLeading()

    @property
    def next_tick(self) -> float:
        """When a stroke is due or a note ends; infinity where neither will happen."""
        return min(part.next_tick for part in self._parts)

    def follow(self, settings: Settings, bar_tick: int) -> list[bytes]:
        """Use other settings; returns note-offs of parts that fall silent or change their channel."""
        return [message for part in self._parts for message in part.follow(settings, bar_tick)]

    def go_to(self, phrase: Ready | None, phrase_tick: int, tick: int, expression: Expression) -> None:
        """Continue at `tick`, in a phrase that began at `phrase_tick`; notes that sound are left to end."""
        if phrase is not self._phrase:
            has_chords = phrase is not None and not phrase.backing
            self._leading = VoiceLeading(phrase.chords, phrase.melody) if phrase and has_chords else VoiceLeading()
            self._phrase = phrase
        for part in self._patterned:
            part.go_to(self._leading, phrase.seed if phrase else 0, phrase_tick, tick, expression)
        for written in self._written:
            written.go_to(phrase, phrase_tick, tick, expression)

    def release(self, tick: float = inf) -> list[bytes]:
        """The note-offs that are due by `tick`."""
        return [message for part in self._parts for message in part.release(tick)]

    def strike(
        self, tick: int, expression: Expression, pitches: tuple[int, ...]
    ) -> tuple[list[NotePlayed], list[bytes]]:
        """Play every stroke that is due by `tick`; returns the notes, and the messages."""
        played: list[NotePlayed] = []
        messages: list[bytes] = []
        for part in self._parts:
            while part.stroke_tick <= tick:
                notes, sent = part.strike(tick, expression, pitches)
                played, messages = played + notes, messages + sent
        return played, messages
