"""Plays chords and bass under the melody. Knows no clock and no port."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.events import NotePlayed
from emo_osc.stage.player.expression import Expression
from emo_osc.stage.player.note_noise import note_noise
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.voice import Voice
from emo_osc.stage.player.written_part import WrittenPart, bass_of, chords_of

HALF_TICKS = TICKS_PER_BAR // 2
CENTRE = 58.0  # the mean pitch of a chord, below the melodies' 71 (`emotion_reference.md` section 3)
LOWEST_ROOT = 36  # of the bass: C2..B2
LOWEST_CHORD = 48  # its lowest tone: C3..B3
PULL = 1.0  # the cost of a semitone off the centre, where a semitone moved by one voice costs 1

Voicing = tuple[int, ...]


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


def triad(chord: int) -> tuple[int, int, int]:
    """Root, third and fifth of a chord of `messages.Ready` as pitch classes.

    >>> triad(0), triad(21)
    ((0, 4, 7), (9, 0, 4))
    """
    root, third = chord % 12, 4 if chord < 12 else 3
    return root, (root + third) % 12, (root + 7) % 12


def voicings(chords: tuple[int, ...]) -> tuple[Voicing, ...]:
    """The written pitches of each chord, three within an octave, with little movement of the voices around A#3 (58).

    >>> voicings((0, 5, 7, 21))
    ((55, 60, 64), (57, 60, 65), (55, 59, 62), (57, 60, 64))
    """
    found: list[Voicing] = []
    for chord in chords:
        found.append(_led(found[-1] if found else (), chord))
    return tuple(found)


def bass_tones(chord: int) -> Voicing:
    """Root and fifth of a chord in the octave of the bass, as written.

    >>> bass_tones(0), bass_tones(11)
    ((36, 43), (47, 42))
    """
    root = LOWEST_ROOT + chord % 12
    return root, root + 7 if root < LOWEST_ROOT + 5 else root - 5


def pattern_of(patterns: tuple[tuple[float, Pattern], ...], arousal: float) -> Pattern:
    """The pattern for an arousal in [-1, 1]."""
    return next(pattern for below, pattern in patterns if arousal < below)


@dataclass(frozen=True, slots=True)
class PartKind:
    """What distinguishes chords from bass: level and channel in the settings, patterns, and tones of each chord."""

    level: Callable[[Settings], float]
    channel: Callable[[Settings], int]
    patterns: tuple[tuple[float, Pattern], ...]
    tones: Callable[[tuple[int, ...]], tuple[Voicing, ...]]


CHORDS = PartKind(lambda s: s.chords, lambda s: s.chords_channel, CHORD_PATTERNS, voicings)
BASS = PartKind(
    lambda s: s.bass, lambda s: s.bass_channel, BASS_PATTERNS, lambda chords: tuple(map(bass_tones, chords))
)
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
        self._tones: tuple[Voicing, ...] = ()
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

    def go_to(self, phrase: Ready | None, phrase_tick: int, tick: int, expression: Expression) -> None:
        """Continue with the first stroke at or after `tick`, in a phrase that began at `phrase_tick`."""
        self._tones = self._kind.tones(phrase.chords) if phrase and not phrase.backing else ()
        self._seed, self._phrase_tick = phrase.seed if phrase else 0, phrase_tick
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
        written = (self._tones[half][tone] for tone in stroke.tones)
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
        plays = self._level and self._position < HALF_TICKS * len(self._tones)
        self.stroke_tick = self._phrase_tick + self._position + delay_tick if plays else inf
        self._note_next()

    def _note_next(self) -> None:
        self.next_tick = min(self.stroke_tick, *(voice.off_tick for voice in self._voices))


class Accompaniment:
    """Chords and bass together, each on its own channel, at the levels of the settings `chords` and `bass`.

    A phrase with a composed accompaniment (`backing`) plays that; the others play patterns over their chords.
    """

    def __init__(self) -> None:
        written = (WrittenPart(CHORDS.level, CHORDS.channel, chords_of), WrittenPart(BASS.level, BASS.channel, bass_of))
        self._parts = (Part(CHORDS), Part(BASS), *written)

    @property
    def next_tick(self) -> float:
        """When a stroke is due or a note ends; infinity where neither will happen."""
        return min(part.next_tick for part in self._parts)

    def follow(self, settings: Settings, bar_tick: int) -> list[bytes]:
        """Use other settings; returns note-offs of parts that fall silent or change their channel."""
        return [message for part in self._parts for message in part.follow(settings, bar_tick)]

    def go_to(self, phrase: Ready | None, phrase_tick: int, tick: int, expression: Expression) -> None:
        """Continue at `tick`, in a phrase that began at `phrase_tick`; notes that sound are left to end."""
        for part in self._parts:
            part.go_to(phrase, phrase_tick, tick, expression)

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


@lru_cache(maxsize=2048)
def _led(before: Voicing, chord: int) -> Voicing:
    """The voicing that needs the least movement from `before`; with none before, the one nearest to the centre."""
    tones = sorted(triad(chord))
    return min((_above(LOWEST_CHORD + tone, tones) for tone in tones), key=lambda voicing: _cost(before, voicing))


def _above(low: int, tones: list[int]) -> Voicing:
    return tuple(sorted(low + (tone - low) % 12 for tone in tones))


def _cost(before: Voicing, voicing: Voicing) -> float:
    moved = sum(abs(pitch - old) for pitch, old in zip(voicing, before, strict=False))
    return moved + PULL * abs(sum(voicing) / len(voicing) - CENTRE)
