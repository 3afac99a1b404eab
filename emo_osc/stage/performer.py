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
from emo_osc.score import PHRASE_TICKS, TICKS_PER_BAR
from emo_osc.stage.expression import Expression
from emo_osc.stage.heard import BarLine, Heard
from emo_osc.stage.scales import pitch_map
from emo_osc.stage.settings import Settings
from emo_osc.stage.shelf import Shelf, cost
from emo_osc.stage.values import QUANTIZE

NEARER = 0.05  # how much nearer a melody of the studio's must be to take the place of one that is booked
MAX_HISTORY = 64
RELEASE_VELOCITY = 64
ALL_SOUND_OFF, ALL_NOTES_OFF = 120, 123
MODULATION, BRIGHTNESS = 1, 74


@dataclass(frozen=True, slots=True)
class _Sounding:
    pitch: int
    channel: int
    off_tick: float


@dataclass(frozen=True, slots=True)
class _Booking:
    ready: Ready
    tick: int


class Performer:
    """Plays melodies of the shelf: one phrase at a time, changes at their boundary, every note-on with its note-off."""

    def __init__(self, shelf: Shelf, settings: Settings, random: Random, affect: Affect = NEUTRAL) -> None:
        self.shelf = shelf
        self.is_playing = False
        self.heard: list[Heard | BarLine] = []
        """What sounded since this was last emptied; whoever pushes it empties it."""
        self.wanted: Affect | None = None
        """An affect the studio should compose for; whoever asks the studio sets it back to None."""
        self._random = random
        self._affect = affect
        self._phrase: Ready | None = None
        self._phrase_tick = 0
        self._cursor = 0
        self._bar_tick = 0
        self._booking: _Booking | None = None
        self._sounding: _Sounding | None = None
        self._history: list[Ready] = []
        self._sent: dict[tuple[int, int], int] = {}
        self._bytes: list[bytes] = []
        self.settings = settings
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
    def booked(self) -> tuple[Ready, int] | None:
        """The melody that comes next and its tick, where one is booked."""
        return (self._booking.ready, self._booking.tick) if self._booking else None

    @property
    def next_tick(self) -> float:
        """The next tick at which something happens; infinity while stopped."""
        if not self.is_playing:
            return inf
        off = self._sounding.off_tick if self._sounding else inf
        booked = self._booking.tick if self._booking else inf
        return min(off, booked, self.next_note_tick, self._bar_tick)

    def take_bytes(self) -> list[bytes]:
        """MIDI messages to send at once, outside any tick."""
        due, self._bytes = self._bytes, []
        return due

    def on_tick(self, tick: int) -> list[bytes]:
        """MIDI messages due at `tick`, note-offs first so a repeated pitch sounds."""
        due = self._release(tick)
        if tick >= self._bar_tick:
            self._begin_bar()
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
        self._phrase = self._phrase or self._choose(None)
        if self._phrase:
            self.shelf.mark_played(self._phrase)
        self.is_playing = True
        self.seek(tick)
        self.introduce()

    def introduce(self) -> None:
        """Send every controller again, for an instrument that may just have joined."""
        self._sent.clear()
        self._send_controllers()

    def stop(self) -> None:
        """Be silent until play; the sounding note is switched off."""
        self._bytes += self._release(inf)
        self.is_playing = False

    def panic(self) -> None:
        """Switch everything off on every channel: the note that sounds, then all a synthesiser may hold."""
        self._bytes += self._release(inf)
        self._bytes += [
            bytes((0xB0 | channel, controller, 0))
            for channel in range(16)
            for controller in (ALL_NOTES_OFF, ALL_SOUND_OFF)
        ]

    def seek(self, tick: int) -> None:
        """Go on from another position, playing nothing that lies between."""
        self._bytes += self._release(inf)
        self._phrase_tick = tick - tick % PHRASE_TICKS
        self._bar_tick = -(-tick // TICKS_PER_BAR) * TICKS_PER_BAR
        if self._booking and self._booking.tick <= tick:
            self._enter(_Booking(self._booking.ready, tick))
        self._set_cursor(tick)

    def set_settings(self, settings: Settings) -> None:
        """Play by other settings from the next note on."""
        if settings.channel != self.settings.channel:
            self._bytes += self._release(inf)
        self.settings = settings
        self._apply()

    def set_affect(self, affect: Affect, tick: float) -> int | None:
        """Feel differently: the touch changes with the next note, the melody at the boundary.

        Returns the boundary's tick, or None where the melody that plays is as near as any.
        """
        self.feel(affect)
        return self.settle(tick)

    def feel(self, affect: Affect) -> None:
        """The touch of an affect, without a look at the melodies."""
        self._affect = affect
        self._apply()

    def settle(self, tick: float) -> int | None:
        """Book the melody nearest to what is felt; None where the one that plays is as near as any."""
        self.wanted = self._felt
        ready = self.shelf.choose(self._felt, self.settings.density, keep=self._phrase)
        if ready is self._phrase:
            self._booking = None
            return None
        return self._book(ready, tick)

    def next(self, tick: float) -> int | None:
        """Another melody of this affect; the boundary's tick.

        Raises:
            CommandError: 4, there is no other melody.
        """
        self.wanted = self._felt
        ready = self._choose(self._booking.ready if self._booking else None)
        if ready is None:
            raise CommandError(CommandError.NOT_NOW, "no other melody of this affect is ready yet")
        return self._book(ready, tick)

    def again(self, tick: float) -> int | None:
        """The melody before this one; the boundary's tick.

        Raises:
            CommandError: 4, nothing was played before.
        """
        if not self._history:
            raise CommandError(CommandError.NOT_NOW, "no melody was played before this one")
        return self._book(self._history[-1], tick)

    def offer(self, ready: Ready, tick: float) -> int | None:
        """Take a melody that was just made for the present affect, if it is nearer than what plays or is booked."""
        self.shelf.add(ready)
        rival = self._booking.ready if self._booking else self._phrase
        if rival is not None:
            density = self.settings.density
            if cost(ready, self._felt, density) + NEARER >= cost(rival, self._felt, density):
                return None
        return self._book(ready, tick)

    @property
    def _felt(self) -> Affect:
        return self._affect.scaled(self.settings.intensity)

    def _apply(self) -> None:
        s = self.settings
        self._expression = Expression(self._felt, s.velocity, s.gate, s.humanize, s.swing)
        self._pitches = pitch_map(s.key, s.scale, s.transpose + 12 * s.register)
        if self.is_playing:
            self._send_controllers()

    def _send_controllers(self) -> None:
        asked = (
            (BRIGHTNESS, self._expression.brightness, self.settings.cc74),
            (MODULATION, self._expression.modulation, self.settings.cc1),
        )
        for controller, value, is_sent in asked:
            key = (self.settings.channel, controller)
            if is_sent and self._sent.get(key) != value:
                self._sent[key] = value
                self._bytes.append(bytes((0xB0 | self.settings.channel - 1, controller, value)))

    def _choose(self, also_without: Ready | None) -> Ready | None:
        return self.shelf.choose(self._felt, self.settings.density, (self._phrase, also_without))

    def _book(self, ready: Ready | None, tick: float) -> int | None:
        """Let a melody enter at the next boundary; before play, that is the first downbeat."""
        if ready is None:
            return None
        if not self.is_playing:
            self._phrase, self._booking = ready, None
            return 0
        grid = QUANTIZE[self.settings.quantize]
        self._booking = _Booking(ready, (floor(tick / grid) + 1) * grid)
        return self._booking.tick

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
        return self._release(inf)

    def _begin_bar(self) -> None:
        self.heard.append(BarLine(self._bar_tick // TICKS_PER_BAR + 1))
        if self._bar_tick - self._phrase_tick >= PHRASE_TICKS:
            self._phrase_tick, self._cursor = self._bar_tick, 0
        self._bar_tick += TICKS_PER_BAR
        is_last = self._bar_tick - self._phrase_tick >= PHRASE_TICKS
        if is_last and not self._booking:
            self._evolve()

    def _evolve(self) -> None:
        """Book, one bar ahead, the melody that follows this phrase."""
        self.wanted = self._felt
        if self._random.random() < self.settings.evolve:
            ready = self._choose(None)
            if ready is not None:
                self._booking = _Booking(ready, self._bar_tick)

    @property
    def next_note_tick(self) -> float:
        """The tick of the next note of the melody that plays; infinity after its last."""
        if self._phrase is None or self._cursor >= len(self._phrase.melody.notes):
            return inf
        start = self._phrase.melody.notes[self._cursor].start_tick
        return self._phrase_tick + start + self._expression.delay_at(start)

    def _strike(self, tick: int) -> list[bytes]:
        """Switch on the note at the cursor, whose turn has come."""
        assert self._phrase is not None  # a note was due
        note = self._phrase.melody.notes[self._cursor]
        self._cursor += 1
        channel = self.settings.channel
        pitch = self._pitches[note.pitch]
        velocity = self._expression.velocity_at(note.start_tick, self._random)
        length = max(1, round(note.duration_tick * self._expression.gate_share))
        off = self._release(inf)
        self._sounding = _Sounding(pitch, channel, tick + length)
        self.heard.append(Heard(pitch, velocity, length, channel))
        return [*off, bytes((0x90 | channel - 1, pitch, velocity))]

    def _release(self, tick: float) -> list[bytes]:
        """The note-off of the sounding note, if it is due by `tick`."""
        if self._sounding is None or self._sounding.off_tick > tick:
            return []
        sounding, self._sounding = self._sounding, None
        return [bytes((0x80 | sounding.channel - 1, sounding.pitch, RELEASE_VELOCITY))]

    def _set_cursor(self, tick: int) -> None:
        """Go on with the first note that starts at or after `tick`."""
        notes = self._phrase.melody.notes if self._phrase else ()
        self._cursor = bisect_left(notes, tick - self._phrase_tick, key=lambda note: note.start_tick)
