"""The player of the stage: which melody sounds, which comes next and when, as MIDI bytes for each tick.

Knows no clock, no port and no client; a test plays an evening in a second.
"""

from bisect import bisect_left
from dataclasses import dataclass
from math import floor, inf
from random import Random

from emo_osc.affect import NEUTRAL, Affect
from emo_osc.errors import CommandError
from emo_osc.messages import Ready
from emo_osc.score import BARS, PHRASE_TICKS, TICKS_PER_BAR, leap
from emo_osc.stage.expression import Expression, luck_of
from emo_osc.stage.heard import BarLine, Event, Heard, Walked
from emo_osc.stage.scales import pitch_map
from emo_osc.stage.settings import Settings
from emo_osc.stage.shelf import Shelf, cost
from emo_osc.stage.values import QUANTIZE
from emo_osc.stage.voice import Voice
from emo_osc.stage.walk import Walk, bar_line_after

NEARER = 0.05  # how much nearer a melody of the studio's must be to take the place of one that is booked
ROUGH_LEAP = 7  # semitones; a wider step from the old melody into the new one is avoided where there is a choice
MAX_HISTORY = 64
MODULATION, BRIGHTNESS = 1, 74


@dataclass(frozen=True, slots=True)
class _Booking:
    """A melody and the tick at which it enters; `is_asked` unless we chose it ourselves, to go on after a phrase."""

    ready: Ready
    tick: int
    is_asked: bool = True


class Performer:
    """Plays melodies of the shelf: one phrase at a time, changes at their boundary, every note-on with its note-off."""

    def __init__(self, shelf: Shelf, settings: Settings, random: Random, affect: Affect = NEUTRAL) -> None:
        self.shelf = shelf
        self.settings = settings
        self.is_playing = False
        self.heard: list[Event] = []
        """What happened since this was last emptied; whoever pushes it empties it."""
        self.wanted: Affect | None = None
        """An affect the studio should compose for; whoever asks the studio sets it back to None."""
        self.wishes = 0
        """How often something was asked for: what was asked for earlier and comes later is out of date."""
        self._random = random
        self._affect = affect
        self._phrase: Ready | None = None
        self._phrase_tick = 0
        self._cursor = 0
        self._bar_tick = 0
        self._played_tick = -1  # a note may be made ready a little before its time
        self._booking: _Booking | None = None
        self._pinned: Ready | None = None
        self._walk: Walk | None = None
        self._history: list[Ready] = []
        self._voice = Voice()
        self._bytes: list[bytes] = []
        self._expression, self._pitches = Expression(), tuple(range(128))
        self._apply()

    @property
    def affect(self) -> Affect:
        """What is asked for, before the overall intensity."""
        return self._affect

    @property
    def phrase(self) -> Ready | None:
        """The melody that sounds."""
        return self._phrase

    @property
    def is_pinned(self) -> bool:
        """Whether what sounds, or comes next, loops until another is asked for."""
        coming = self._booking.ready if self._booking else self._phrase
        return coming is not None and coming is self._pinned

    @property
    def booked(self) -> tuple[Ready, int] | None:
        """The melody that comes next and its tick, where one is booked."""
        return (self._booking.ready, self._booking.tick) if self._booking else None

    @property
    def next_tick(self) -> float:
        """The next tick at which something happens; infinity while stopped."""
        if not self.is_playing:
            return inf
        booked = self._booking.tick if self._booking else inf
        step = self._walk.next_tick if self._walk else inf
        return min(self._voice.off_tick, booked, self.next_note_tick, self._bar_tick, step)

    @property
    def next_note_tick(self) -> float:
        """The tick of the next note of the melody that plays; infinity after its last."""
        if self._phrase is None or self._cursor >= len(self._phrase.melody.notes):
            return inf
        start = self._phrase.melody.notes[self._cursor].start_tick
        return self._phrase_tick + start + self._expression.delay_at(start)

    def take_bytes(self) -> list[bytes]:
        """MIDI messages to send at once, outside any tick."""
        due, self._bytes = self._bytes, []
        return due

    def on_tick(self, tick: int) -> list[bytes]:
        """MIDI messages due at `tick`, note-offs first so a repeated pitch sounds."""
        self._played_tick = tick
        due = self._voice.release(tick)
        if tick >= self._bar_tick:
            self._begin_bar()
        if self._walk and tick >= self._walk.next_tick:
            due += self._step(self._walk, tick)
        if self._booking and tick >= self._booking.tick:
            due += self._enter(self._booking)
        while self.next_note_tick <= tick:
            due += self._strike(tick)
        return due

    def play(self, tick: int = 0) -> None:
        """Begin at a tick, with the melody nearest to the affect where none was chosen."""
        self.stop()
        if self._booking:
            self._phrase = self._booking.ready
        self._booking = None
        self._phrase = self._phrase or self._choose(None, tick)
        if self._phrase:
            self.shelf.mark_played(self._phrase)
        self.is_playing = True
        self.seek(tick)
        self.introduce()

    def introduce(self) -> None:
        """Send every controller again, for an instrument that may just have joined."""
        self._voice.forget()
        self._bytes += self._controllers()

    def stop(self) -> None:
        """Be silent until play; the sounding note is switched off."""
        self._bytes += self._voice.release()
        self.is_playing = False

    def panic(self) -> None:
        """Switch everything off on every channel; the next note sounds again."""
        self._bytes += self._voice.panic()

    def seek(self, tick: int) -> None:
        """Go on from another position, playing nothing that lies between."""
        self._played_tick = -1
        self._bytes += self._voice.release()
        self._phrase_tick = tick - tick % PHRASE_TICKS
        self._bar_tick = -(-tick // TICKS_PER_BAR) * TICKS_PER_BAR
        if self._walk:
            self._walk = self._walk.sought(tick)
        self._rebook(tick)
        self._set_cursor(tick)

    def set_settings(self, settings: Settings) -> None:
        """Play by other settings from the next note on."""
        if settings.channel != self.settings.channel:
            self._bytes += self._voice.release()
        self.settings = settings
        self._apply()

    def set_affect(self, affect: Affect, tick: float) -> int | None:
        """Feel differently: the touch changes with the next note, the melody at the boundary.

        Returns the boundary's tick, or None where the melody that plays is as near as any.
        """
        self.feel(affect)
        return self.settle(tick)

    def feel(self, affect: Affect) -> None:
        """The touch of an affect, without a look at the melodies; a walk ends here."""
        self._walk = None
        self._affect = affect
        self.wishes += 1
        self._apply()

    def settle(self, tick: float) -> int | None:
        """Book the melody nearest to what is felt; None where the one that plays is as near as any."""
        self._pinned = None
        return self._settle(self._felt, self._boundary(tick))

    def walk(self, affect: Affect, bars: int, tick: float) -> int:
        """Reach an affect over `bars` >= 1 bars, a little with every beat; the tick at which it is reached.

        Melodies on the way take over at bar lines, wherever one is clearly nearer than what plays.
        """
        self._pinned = None
        self.wishes += 1
        start = floor(tick) if self.is_playing else 0
        self._walk = Walk.over(self._affect, affect, start, bars, self._walk_grid)
        if self._walk.is_sudden:
            self._settle(affect.scaled(self.settings.intensity), self._walk.end_tick)
        return self._walk.end_tick

    def next(self, tick: float) -> int | None:
        """Another melody of this affect; the boundary's tick.

        Raises:
            CommandError: 4, there is no other melody.
        """
        self.wanted = self._felt
        ready = self._choose(self._booking.ready if self._booking else None, tick)
        if ready is None:
            raise CommandError(CommandError.NOT_NOW, "no other melody of this affect is ready yet")
        return self.launch(ready, tick)

    def again(self, tick: float) -> int | None:
        """The melody before this one; the boundary's tick.

        Raises:
            CommandError: 4, nothing was played before.
        """
        if not self._history:
            raise CommandError(CommandError.NOT_NOW, "no melody was played before this one")
        return self.launch(self._history[-1], tick)

    def launch(self, ready: Ready, tick: float, *, is_pinned: bool = False) -> int | None:
        """Let this melody enter at the next boundary, to loop until another is asked for where it `is_pinned`."""
        self._pinned = ready if is_pinned else None
        self.wishes += 1
        return self._book(ready, self._boundary(tick))

    def landing_bar(self, tick: float) -> int:
        """The bar of the phrase, 0..15, in which a melody that is asked for now will enter."""
        return (self._boundary(tick) - self._phrase_tick) // TICKS_PER_BAR % BARS if self.is_playing else 0

    def another(self) -> Ready | None:
        """A melody of this affect that is not the one that sounds."""
        return self._choose(None, self._phrase_tick)

    def pin(self) -> Ready | None:
        """Let the phrase that sounds loop until another is asked for; the phrase, None where there is none."""
        self._pinned = self._phrase
        if self._booking and not self._booking.is_asked:
            self._booking = None
        return self._phrase

    def offer(self, ready: Ready, tick: float) -> int | None:
        """Take a melody that was just made for the present affect, if it is nearer than what plays or is booked."""
        self.shelf.add(ready)
        rival = self._booking.ready if self._booking else self._phrase
        if rival is not None:
            density = self.settings.density
            if self.is_pinned or cost(ready, self._felt, density) + NEARER >= cost(rival, self._felt, density):
                return None
        return self._book(ready, self._boundary(tick))

    @property
    def _felt(self) -> Affect:
        return self._affect.scaled(self.settings.intensity)

    def _apply(self) -> None:
        s = self.settings
        self._expression = Expression(self._felt, s.velocity, s.gate, s.humanize, s.swing)
        self._pitches = pitch_map(s.key, s.scale, s.transpose + 12 * s.register)
        if self.is_playing:
            self._bytes += self._controllers()

    def _controllers(self) -> list[bytes]:
        asked = (
            (BRIGHTNESS, self._expression.brightness, self.settings.cc74),
            (MODULATION, self._expression.modulation, self.settings.cc1),
        )
        channel = self.settings.channel
        return [
            message
            for controller, value, is_sent in asked
            if is_sent
            for message in self._voice.control(controller, value, channel)
        ]

    def _settle(self, felt: Affect, boundary: int) -> int | None:
        self.wanted = felt
        ready = self.shelf.choose(
            felt, self.settings.density, keep=self._phrase, is_rough=lambda other: self._is_rough(other, boundary)
        )
        if ready is self._phrase:
            self._booking = None
            return None
        return self._book(ready, boundary)

    def _choose(self, also_without: Ready | None, tick: float) -> Ready | None:
        boundary = self._boundary(tick)
        return self.shelf.choose(
            self._felt,
            self.settings.density,
            (self._phrase, also_without),
            is_rough=lambda other: self._is_rough(other, boundary),
        )

    def _is_rough(self, ready: Ready, boundary: int) -> bool:
        """Whether the way from the phrase that plays into another is a wide leap."""
        if self._phrase is None:
            return False
        return leap(self._phrase.melody, ready.melody, (boundary - self._phrase_tick) % PHRASE_TICKS) > ROUGH_LEAP

    @property
    def _walk_grid(self) -> int:
        return max(TICKS_PER_BAR, QUANTIZE[self.settings.quantize])

    def _boundary(self, tick: float) -> int:
        grid = QUANTIZE[self.settings.quantize]
        return (floor(max(tick, self._played_tick) / grid) + 1) * grid

    def _book(self, ready: Ready | None, boundary: int) -> int | None:
        """Let a melody enter at a boundary; before play, that is the first downbeat."""
        if ready is None:
            return None
        if not self.is_playing:
            self._phrase, self._booking = ready, None
            return 0
        self._booking = _Booking(ready, boundary)
        return boundary

    def _rebook(self, tick: int) -> None:
        """After a jump: what is overdue enters here, what was asked for at the next boundary, our own choice never."""
        if self._booking and not self._booking.is_asked:
            self._booking = None
        elif self._booking and self._booking.tick <= tick:
            self._bytes += self._enter(_Booking(self._booking.ready, tick))
        elif self._booking:
            self._book(self._booking.ready, self._boundary(tick))

    def _enter(self, booking: _Booking) -> list[bytes]:
        """The booked melody takes over at the bar where the old one was."""
        self._booking = None
        if self._history and booking.ready is self._history[-1]:
            self._history.pop()
        elif self._phrase:
            self._history = [*self._history, self._phrase][-MAX_HISTORY:]
        self._phrase = booking.ready
        self.shelf.mark_played(booking.ready)
        self._set_cursor(booking.tick)
        return self._voice.release()

    def _begin_bar(self) -> None:
        self.heard.append(BarLine(self._bar_tick // TICKS_PER_BAR + 1))
        if self._bar_tick - self._phrase_tick >= PHRASE_TICKS:
            self._phrase_tick, self._cursor = self._bar_tick, 0
        self._bar_tick += TICKS_PER_BAR
        is_last = self._bar_tick - self._phrase_tick >= PHRASE_TICKS
        if is_last and not self._booking and not self.is_pinned:
            self._evolve()

    def _evolve(self) -> None:
        """Book, one bar ahead, the melody that follows this phrase."""
        self.wanted = self._felt
        if self._random.random() < self.settings.evolve:
            ready = self._choose(None, self._bar_tick - 1)
            if ready is not None:
                self._booking = _Booking(ready, self._bar_tick, is_asked=False)

    def _step(self, walk: Walk, tick: int) -> list[bytes]:
        """One beat of a walk: the touch now, the melody one beat ahead of each bar line."""
        self._affect = walk.at(tick)
        self._apply()
        self.heard.append(Walked())
        self._walk, bar_line = walk.stepped(tick), bar_line_after(tick)
        if self._walk and bar_line:
            boundary = -(-bar_line // self._walk_grid) * self._walk_grid
            self._settle(walk.at(bar_line).scaled(self.settings.intensity), boundary)
        return self.take_bytes()

    def _strike(self, tick: int) -> list[bytes]:
        """Switch on the note at the cursor, whose turn has come."""
        assert self._phrase is not None  # a note was due
        note, luck = self._phrase.melody.notes[self._cursor], luck_of(self._phrase.seed, self._cursor)
        self._cursor += 1
        channel = self.settings.channel
        pitch = self._pitches[note.pitch]
        velocity = self._expression.velocity_at(note.start_tick, luck)
        length = max(1, round(note.duration_tick * self._expression.gate_share))
        self.heard.append(Heard(pitch, velocity, length, channel))
        return self._voice.strike(pitch, velocity, channel, tick + length)

    def _set_cursor(self, tick: int) -> None:
        """Go on with the first note that starts at or after `tick`."""
        notes = self._phrase.melody.notes if self._phrase else ()
        self._cursor = bisect_left(notes, tick - self._phrase_tick, key=lambda note: note.start_tick)
