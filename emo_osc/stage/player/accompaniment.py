"""Chords and bass under the melody that plays. Knows no clock and no port."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.events import NotePlayed
from emo_osc.stage.player.expression import Expression
from emo_osc.stage.player.note_noise import luck_of
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.voice import Voice
from emo_osc.stage.player.written_part import WrittenPart, bass_of, chords_of

HALF_TICKS = TICKS_PER_BAR // 2
CENTRE = 58.0  # the mean pitch of a chord, below the melodies' 71 (`emotion_reference.md` section 3)
LOWEST_ROOT = 36  # of the bass: C2..B2
LOWEST_CHORD = 48  # its lowest tone: C3..B3
PULL = 1.0  # what a semitone off the centre costs, where one of a voice's moves costs 1: chords wander no farther

Voicing = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stroke:
    """When in a half bar a part plays, how long as written, and which of its tones, lowest first."""

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
"""Arousal below which a pattern is played -> the pattern of a half bar: more strokes with more arousal. Taste."""


def triad(chord: int) -> tuple[int, int, int]:
    """Root, third and fifth of a chord of `messages.Ready` as pitch classes.

    >>> triad(0), triad(21)
    ((0, 4, 7), (9, 0, 4))
    """
    root, third = chord % 12, 4 if chord < 12 else 3
    return root, (root + third) % 12, (root + 7) % 12


def voicings(chords: tuple[int, ...]) -> tuple[Voicing, ...]:
    """The written pitches of each chord, three within an octave, each voice moving little, near the middle.

    >>> voicings((0, 5, 7, 21))
    ((55, 60, 64), (57, 60, 65), (55, 59, 62), (57, 60, 64))
    """
    found: list[Voicing] = []
    for chord in chords:
        found.append(_led(found[-1] if found else (), chord))
    return tuple(found)


def bass_tones(chord: int) -> Voicing:
    """Root and fifth in the octave of the bass, as written.

    >>> bass_tones(0), bass_tones(11)
    ((36, 43), (47, 42))
    """
    root = LOWEST_ROOT + chord % 12
    return root, root + 7 if root < LOWEST_ROOT + 5 else root - 5


def pattern_of(patterns: tuple[tuple[float, Pattern], ...], arousal: float) -> Pattern:
    """The pattern that an arousal in [-1, 1] asks for."""
    return next(pattern for below, pattern in patterns if arousal < below)


@dataclass(frozen=True, slots=True)
class Role:
    """What makes a part of the band this part: its level and channel in the settings, its patterns, its tones."""

    level: Callable[[Settings], float]
    channel: Callable[[Settings], int]
    patterns: tuple[tuple[float, Pattern], ...]
    tones: Callable[[tuple[int, ...]], tuple[Voicing, ...]]


CHORDS = Role(lambda s: s.chords, lambda s: s.chords_channel, CHORD_PATTERNS, voicings)
BASS = Role(lambda s: s.bass, lambda s: s.bass_channel, BASS_PATTERNS, lambda chords: tuple(map(bass_tones, chords)))
VOICES = 3


class Part:
    """One part: strokes in patterns over the phrase's chords, silent at level 0 and where a phrase has no chords.

    The pattern changes with the half bar, so that no stroke is late; velocity and gate with every stroke. A part whose
    level rises from 0 joins at a bar line.
    """

    def __init__(self, role: Role) -> None:
        self._role = role
        self._voices = tuple(Voice() for _ in range(VOICES))
        self._level, self._channel = 0.0, 0
        self._tones: tuple[Voicing, ...] = ()
        self._pattern: Pattern = role.patterns[0][1]
        self._seed = self._phrase_tick = 0
        self._position = PHRASE_TICKS  # of the next stroke, in ticks from the phrase's start
        self.stroke_tick: float = inf
        """When the next stroke is due; infinity where the part rests."""
        self.next_tick: float = inf
        """When the next stroke is due, or a note ends: worked out once, since the loop asks often."""

    def follow(self, settings: Settings, bar_tick: int) -> list[bytes]:
        """Play by other settings; a part that was silent joins at `bar_tick`, the bar line that comes."""
        level, channel = self._role.level(settings), self._role.channel(settings)
        off = self.release() if channel != self._channel or not level else []
        joins, self._level, self._channel = bool(level and not self._level), level, channel
        if joins:
            self._position = max(self._position, bar_tick - self._phrase_tick)
        if joins or not level:
            self._due(0)
        return off

    def go_to(self, phrase: Ready | None, phrase_tick: int, tick: int, expression: Expression) -> None:
        """Go on with the first stroke at or after `tick`, in a phrase that began at `phrase_tick`."""
        self._tones = self._role.tones(phrase.chords) if phrase and not phrase.backing else ()
        self._seed, self._phrase_tick = phrase.seed if phrase else 0, phrase_tick
        self._pattern = pattern_of(self._role.patterns, expression.affect.arousal)
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
        """Play the stroke that is due; what was switched on, and the messages, note-offs first."""
        half, offset = divmod(self._position, HALF_TICKS)
        if not offset:
            self._pattern = pattern_of(self._role.patterns, expression.affect.arousal)
        stroke = next(stroke for stroke in self._pattern if stroke.offset_tick == offset)
        written = (self._tones[half][tone] for tone in stroke.tones)
        heard = [self._heard(pitch, stroke, expression) for pitch in dict.fromkeys(pitches[tone] for tone in written)]
        messages = self.release()
        for voice, note in zip(self._voices, heard, strict=False):
            messages += voice.strike(note.pitch, note.velocity, note.channel, tick + note.duration_tick)
        self._aim(self._position + 1, expression)
        return heard, messages

    def _heard(self, pitch: int, stroke: Stroke, expression: Expression) -> NotePlayed:
        luck = luck_of(self._seed + self._channel, self._position)
        velocity = round(self._level * expression.velocity_at(self._position, luck))
        length = round(expression.gate_share * stroke.length_tick)
        return NotePlayed(pitch, max(1, velocity), max(1, length), self._channel)

    def _aim(self, position: int, expression: Expression) -> None:
        half, offset = divmod(position, HALF_TICKS)
        offsets = (stroke.offset_tick for stroke in self._pattern if stroke.offset_tick >= offset)
        self._position = half * HALF_TICKS + next(offsets, HALF_TICKS)
        self._due(expression.delay_at(self._position))

    def _due(self, delay_tick: int) -> None:
        plays = self._level and self._position < HALF_TICKS * len(self._tones)
        self.stroke_tick = self._phrase_tick + self._position + delay_tick if plays else inf
        self._note_next()

    def _note_next(self) -> None:
        self.next_tick = min(self.stroke_tick, *(voice.off_tick for voice in self._voices))


class Accompaniment:
    """Chords and bass together, each on its own channel, as the settings `chords` and `bass` let them be heard.

    A phrase that comes with a backing is accompanied by it; the others by patterns over their chords.
    """

    def __init__(self) -> None:
        written = (WrittenPart(CHORDS.level, CHORDS.channel, chords_of), WrittenPart(BASS.level, BASS.channel, bass_of))
        self._parts = (Part(CHORDS), Part(BASS), *written)

    @property
    def next_tick(self) -> float:
        """When a stroke is due, or a note ends; infinity where all rest."""
        return min(part.next_tick for part in self._parts)

    def follow(self, settings: Settings, bar_tick: int) -> list[bytes]:
        """Play by other settings; note-offs of whoever falls silent or changes its channel."""
        return [message for part in self._parts for message in part.follow(settings, bar_tick)]

    def go_to(self, phrase: Ready | None, phrase_tick: int, tick: int, expression: Expression) -> None:
        """Go on at `tick`, in a phrase that began at `phrase_tick`; what sounds is left to end."""
        for part in self._parts:
            part.go_to(phrase, phrase_tick, tick, expression)

    def release(self, tick: float = inf) -> list[bytes]:
        """The note-offs that are due by `tick`."""
        return [message for part in self._parts for message in part.release(tick)]

    def strike(
        self, tick: int, expression: Expression, pitches: tuple[int, ...]
    ) -> tuple[list[NotePlayed], list[bytes]]:
        """Play every stroke that is due by `tick`; what was switched on, and the messages."""
        heard: list[NotePlayed] = []
        messages: list[bytes] = []
        for part in self._parts:
            while part.stroke_tick <= tick:
                played, sent = part.strike(tick, expression, pitches)
                heard, messages = heard + played, messages + sent
        return heard, messages


@lru_cache(maxsize=2048)
def _led(before: Voicing, chord: int) -> Voicing:
    """The voicing of a chord that the voices of another reach with the least movement; the middle one after none."""
    tones = sorted(triad(chord))
    return min((_above(LOWEST_CHORD + tone, tones) for tone in tones), key=lambda voicing: _cost(before, voicing))


def _above(low: int, tones: list[int]) -> Voicing:
    return tuple(sorted(low + (tone - low) % 12 for tone in tones))


def _cost(before: Voicing, voicing: Voicing) -> float:
    moved = sum(abs(pitch - old) for pitch, old in zip(voicing, before, strict=False))
    return moved + PULL * abs(sum(voicing) / len(voicing) - CENTRE)
