"""The position in a phrase, and when its next note is due. Knows no cue and no port."""

from bisect import bisect_left
from math import inf

from emo_osc.core.score import PHRASE_TICKS, leap
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.events import NotePlayed
from emo_osc.stage.player.expression import Expression
from emo_osc.stage.player.note_noise import drifting_noise
from emo_osc.stage.player.phrase_ends import closeness


class Cursor:
    """A phrase, the tick where it began, and the note at the cursor.

    `note_tick` is when that note is due, infinity after the last; it is stored, because the loop reads it often.
    `written_tick` is where it is written, and `taken_tick` where the last note that was played is: a note may be due a
    little before its place.
    """

    def __init__(self) -> None:
        self.phrase: Ready | None = None
        self.phrase_tick = 0
        self.note_tick: float = inf
        self.written_tick: float = inf
        self.taken_tick = -1
        self._index = 0
        self._measured_phrase: Ready | None = None
        self._closeness: tuple[float, ...] = ()

    def go_to(self, tick: int, expression: Expression) -> None:
        """Continue with the first note written at or after `tick`."""
        notes = self.phrase.melody.notes if self.phrase else ()
        self._index = bisect_left(notes, tick - self.phrase_tick, key=lambda note: note.start_tick)
        self.taken_tick = -1
        self.aim(expression, tick)

    def leap_into(self, other: Ready, tick: int) -> int:
        """The interval in semitones from this phrase into another, if that takes over at a tick."""
        if self.phrase is None:
            return 0
        return leap(self.phrase.melody, other.melody, (tick - self.phrase_tick) % PHRASE_TICKS)

    def aim(self, expression: Expression, earliest_tick: int = 0) -> None:
        """Compute when the next note is due, at `earliest_tick` at the earliest, since earlier ticks were played."""
        self.note_tick = self.written_tick = inf
        if self.phrase and self._index < len(self.phrase.melody.notes):
            notes = self.phrase.melody.notes
            if self.phrase is not self._measured_phrase:
                self._measured_phrase, self._closeness = self.phrase, closeness(notes)
            late = expression.delay_of(notes, self._index, self.phrase.seed, self._closeness[self._index])
            self.written_tick = self.phrase_tick + notes[self._index].start_tick
            self.note_tick = max(self.written_tick + late, earliest_tick)

    def take(self, expression: Expression, pitches: tuple[int, ...], channel: int) -> NotePlayed:
        """The note at the cursor as it is to be played; the cursor moves on."""
        assert self.phrase is not None  # a note was due
        notes, index, measured = self.phrase.melody.notes, self._index, self.phrase.measured
        note, near = notes[index], self._closeness[index]
        velocity = expression.velocity_of(note, measured, drifting_noise(self.phrase.seed, index), near)
        following = notes[index + 1].start_tick if index + 1 < len(notes) else PHRASE_TICKS
        length = expression.length_of(note, measured, near, following - note.end_tick)
        self.taken_tick = self.phrase_tick + note.start_tick
        self._index += 1
        self.aim(expression)
        return NotePlayed(pitches[note.pitch], velocity, length, channel)
