"""Plays the accompaniment that a generator composed with its melody, as chords or as bass; notes may overlap.

Knows no clock and no port.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from emo_osc.core.midi_standard import NOTE_OFF, NOTE_ON, RELEASE_VELOCITY
from emo_osc.core.score import Note
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.events import NotePlayed
from emo_osc.stage.player.expression import Expression
from emo_osc.stage.player.note_noise import note_noise
from emo_osc.stage.player.settings import Settings

LOWEST_CHORD = 48  # a lower note that is the lowest of its onset belongs to the bass
Notes = tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Sounding:
    off_tick: float
    pitch: int
    channel: int

    @property
    def off(self) -> bytes:
        return bytes((NOTE_OFF | self.channel - 1, self.pitch, RELEASE_VELOCITY))


def bass_of(notes: Notes) -> Notes:
    """The bass among notes in order of start: the lowest note of each onset, where it is below C3 (48).

    >>> [note.pitch for note in bass_of((Note(0, 480, 36), Note(0, 480, 43), Note(480, 480, 60)))]
    [36]
    """
    lowest: dict[int, Note] = {}
    for note in notes:
        rival = lowest.setdefault(note.start_tick, note)
        if note.pitch < rival.pitch:
            lowest[note.start_tick] = note
    return tuple(note for note in lowest.values() if note.pitch < LOWEST_CHORD)


def chords_of(notes: Notes) -> Notes:
    """The notes that are not in the bass."""
    low = set(bass_of(notes))
    return tuple(note for note in notes if note not in low)


class WrittenPart:
    """Plays those notes of a phrase's `backing` that `own` selects; silent at level 0. It joins at a bar line."""

    def __init__(
        self, level: Callable[[Settings], float], channel: Callable[[Settings], int], own: Callable[[Notes], Notes]
    ) -> None:
        self._level_of, self._channel_of, self._own = level, channel, own
        self._level, self._channel = 0.0, 0
        self._notes: Notes = ()
        self._cursor = self._seed = self._phrase_tick = 0
        self._joins_tick: float = -inf
        self._sounding: list[_Sounding] = []
        self.stroke_tick: float = inf
        """When the next note is due; infinity after the last."""
        self.next_tick: float = inf
        """When a note begins or ends; stored, because the loop reads it often."""

    def follow(self, settings: Settings, bar_tick: int) -> list[bytes]:
        """Use other settings; a part that was silent joins at `bar_tick`, the next bar line."""
        level, channel = self._level_of(settings), self._channel_of(settings)
        off = self.release() if channel != self._channel or not level else []
        if level and not self._level:
            self._joins_tick = bar_tick
        self._level, self._channel = level, channel
        return off

    def go_to(self, phrase: Ready | None, phrase_tick: int, tick: int, expression: Expression) -> None:
        """Continue with the first note written at or after `tick`, in a phrase that began at `phrase_tick`."""
        self._notes = self._own(phrase.backing) if phrase else ()
        self._seed, self._phrase_tick = phrase.seed if phrase else 0, phrase_tick
        self._cursor = bisect_left(self._notes, tick - phrase_tick, key=lambda note: note.start_tick)
        self._aim(expression)

    def release(self, tick: float = inf) -> list[bytes]:
        """The note-offs that are due by `tick`."""
        due = [each for each in self._sounding if each.off_tick <= tick or tick == inf]
        if not due:
            return []
        self._sounding = [each for each in self._sounding if each not in due]
        self._note_next()
        return [each.off for each in due]

    def strike(
        self, tick: int, expression: Expression, pitches: tuple[int, ...]
    ) -> tuple[list[NotePlayed], list[bytes]]:
        """Play the note that is due; returns it, and its messages, a note-off of the same pitch first."""
        note = self._notes[self._cursor]
        self._cursor += 1
        if not self._level or self._phrase_tick + note.start_tick < self._joins_tick:
            self._aim(expression)
            return [], []
        noise = note_noise(self._seed + self._channel, self._cursor)
        velocity = max(1, round(self._level * expression.velocity_at(note.start_tick, noise)))
        played = NotePlayed(
            pitches[note.pitch], velocity, max(1, round(expression.gate_share * note.duration_tick)), self._channel
        )
        on = bytes((NOTE_ON | played.channel - 1, played.pitch, played.velocity))
        messages = [*self._cut(played.pitch), on]
        self._sounding.append(_Sounding(tick + played.duration_tick, played.pitch, played.channel))
        self._aim(expression)
        return [played], messages

    def _cut(self, pitch: int) -> list[bytes]:
        """End a note of this pitch that still sounds: a scale may map two written pitches to one."""
        same = [each for each in self._sounding if each.pitch == pitch]
        self._sounding = [each for each in self._sounding if each.pitch != pitch]
        return [each.off for each in same]

    def _aim(self, expression: Expression) -> None:
        self.stroke_tick = inf
        if self._cursor < len(self._notes):
            start = self._notes[self._cursor].start_tick
            self.stroke_tick = self._phrase_tick + start + expression.delay_at(start)
        self._note_next()

    def _note_next(self) -> None:
        self.next_tick = min([self.stroke_tick, *(each.off_tick for each in self._sounding)])
