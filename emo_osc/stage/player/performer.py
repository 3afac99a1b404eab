"""The performer: which melody plays, which comes next and when, as MIDI bytes for each tick.

Knows no clock, no port and no client; a test plays an evening in a second.
"""

from math import floor, inf
from random import Random

from emo_osc.core.affect import NEUTRAL, PLAIN, Affect, Colour
from emo_osc.core.errors import CommandError
from emo_osc.core.score import BARS, PHRASE_TICKS, TICKS_PER_BAR
from emo_osc.core.targets import Targets
from emo_osc.protocol.messages import Ready
from emo_osc.protocol.parameters import QUANTIZE
from emo_osc.stage.player.accompaniment import Band
from emo_osc.stage.player.controllers import controllers
from emo_osc.stage.player.cue import Cue
from emo_osc.stage.player.cursor import Cursor
from emo_osc.stage.player.events import BarLine, Event, GlideStep
from emo_osc.stage.player.expression import Expression
from emo_osc.stage.player.glide import Glide, bar_line_after
from emo_osc.stage.player.pitch_mapping import PitchMapping
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.shelf import Shelf, cost
from emo_osc.stage.player.voice import Voice

NEARER = 0.05  # how much nearer a melody of the studio's must be to take the place of one that is booked
ROUGH_LEAP = 7  # semitones; a wider step from the old melody into the new one is avoided where there is a choice
MAX_HISTORY = 64


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
        self.colour = PLAIN
        """What the mood that was called has beside its point."""
        self._reading = Cursor()
        self._bar_tick = 0
        self._played_tick = -1  # a note may be made ready a little before its time
        self._booking: Cue | None = None
        self._pinned: Ready | None = None
        self.walking: Glide | None = None
        """The walk that is on its way."""
        self._history: list[Ready] = []
        self._voice = Voice()
        self._band = Band()
        self._bytes: list[bytes] = []
        self._spelling = PitchMapping()
        self.expression, self.pitches = Expression(), tuple(range(128))
        """The touch of the affect, and what sounds for each written pitch, for every voice alike."""
        self._apply()

    @property
    def affect(self) -> Affect:
        """What is asked for, before the overall intensity."""
        return self._affect

    @property
    def felt(self) -> Affect:
        """What is played: what is asked for, as far as the overall intensity lets it."""
        return self._affect.scaled(self.settings.intensity)

    @property
    def phrase(self) -> Ready | None:
        """The melody that sounds."""
        return self._reading.phrase

    @property
    def is_pinned(self) -> bool:
        """Whether what sounds, or comes next, loops until another is asked for."""
        coming = self._booking.ready if self._booking else self._reading.phrase
        return coming is not None and coming is self._pinned

    @property
    def cued(self) -> Cue | None:
        """The melody that comes next and its tick, where one is booked."""
        return self._booking

    @property
    def next_tick(self) -> float:
        """The next tick at which something happens; infinity while stopped."""
        if not self.is_playing:
            return inf
        cued = self._booking.tick if self._booking else inf
        step = self.walking.next_tick if self.walking else inf
        notes = min(self._voice.off_tick, self.next_note_tick, self._band.next_tick)
        return min(notes, cued, self._bar_tick, step)

    @property
    def next_note_tick(self) -> float:
        """The tick of the next note of the melody that plays; infinity after its last."""
        return self._reading.note_tick

    def take_bytes(self) -> list[bytes]:
        """MIDI messages to send at once, outside any tick."""
        due, self._bytes = self._bytes, []
        return due

    def on_tick(self, tick: int) -> list[bytes]:
        """MIDI messages due at `tick`, note-offs first so a repeated pitch sounds."""
        self._played_tick = tick
        due = self._voice.release(tick) + self._band.release(tick)
        if tick >= self._bar_tick:
            self._begin_bar()
        if self.walking and tick >= self.walking.next_tick:
            due += self._step(self.walking, tick)
        if self._booking and tick >= self._booking.tick:
            due += self._enter(self._booking)
        while self._reading.note_tick <= tick:
            due += self._strike(tick)
        return due + self._accompany(tick)

    def play(self, tick: int = 0) -> None:
        """Begin at a tick, with the melody nearest to the affect where none was chosen."""
        self.stop()
        if self._booking:
            self._reading.phrase = self._booking.ready
        self._booking = None
        self._reading.phrase = self._reading.phrase or self._choose(None, tick)
        if self._reading.phrase:
            self._begin_phrase(self._reading.phrase)
        self.is_playing = True
        self.seek(tick)
        self.introduce()

    def introduce(self) -> None:
        """Send every controller again, for an instrument that may just have joined."""
        self._voice.forget()
        self._bytes += self._controllers()

    def stop(self) -> None:
        """Be silent until play; the sounding note is switched off."""
        self._bytes += self._silence()
        self.is_playing = False

    def panic(self) -> None:
        """Switch everything off on every channel; the next note sounds again."""
        self._bytes += self._band.release() + self._voice.panic()

    def seek(self, tick: int) -> None:
        """Go on from another position, playing nothing that lies between."""
        self._played_tick = -1
        self._bytes += self._silence()
        self._reading.phrase_tick = tick - tick % PHRASE_TICKS
        self._bar_tick = -(-tick // TICKS_PER_BAR) * TICKS_PER_BAR
        if self.walking:
            self.walking = self.walking.sought(tick)
        self._rebook(tick)
        self._read_from(tick)

    def set_targets(self, targets: Targets) -> None:
        """Ask what these targets say of melodies, their mode and their octave, from the next settings or affect on."""
        self._spelling.targets = targets

    def set_settings(self, settings: Settings) -> None:
        """Play by other settings from the next note on."""
        if settings.channel != self.settings.channel:
            self._bytes += self._voice.release()
        self.settings = settings
        self._apply()

    def feel(self, affect: Affect, colour: Colour = PLAIN) -> None:
        """The touch of an affect, and what a mood has beside its point, without a look at the melodies.

        A walk ends here.
        """
        self.walking = None
        self._affect, self.colour = affect, colour
        self.wishes += 1
        self._apply()

    def settle(self, tick: float) -> int | None:
        """Book the melody nearest to what is felt; None where the one that plays is as near as any."""
        self._pinned = None
        return self._settle(self.felt, self._boundary(tick))

    def walk(self, affect: Affect, bars: int, tick: float) -> int:
        """Reach an affect over `bars` >= 1 bars, a little with every beat; the tick at which it is reached.

        Melodies on the way take over at bar lines, wherever one is clearly nearer than what plays.
        """
        self._pinned, self.colour = None, PLAIN
        self.wishes += 1
        self._apply()
        start = floor(tick) if self.is_playing else 0
        self.walking = Glide.over(self._affect, affect, start, bars, self._walk_grid)
        if self.walking.is_sudden:
            self._settle(affect.scaled(self.settings.intensity), self.walking.end_tick)
        return self.walking.end_tick

    def next(self, tick: float) -> int | None:
        """Another melody of this affect; the boundary's tick.

        Raises:
            CommandError: 4, there is no other melody.
        """
        self.wanted = self.felt
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
        return (self._boundary(tick) - self._reading.phrase_tick) // TICKS_PER_BAR % BARS if self.is_playing else 0

    def another(self) -> Ready | None:
        """A melody of this affect that is not the one that sounds."""
        return self._choose(None, self._reading.phrase_tick)

    def pin(self) -> Ready | None:
        """Let the phrase that sounds loop until another is asked for; the phrase, None where there is none.

        It is heard from now on as it will be when it is recalled: in the mode and octave that a phrase enters with.
        """
        self._pinned = self._reading.phrase
        if self._pinned:
            self._spelling.begin(self._pinned, self.felt)
            self.pitches = self._spelling.pitches(self.settings, self.colour)
        if self._booking and not self._booking.is_asked:
            self._booking = None
        return self._reading.phrase

    def offer(self, ready: Ready, tick: float) -> int | None:
        """Take a melody that was just made for the present affect, if it is nearer than what plays or is booked."""
        self.shelf.add(ready)
        rival = self._booking.ready if self._booking else self._reading.phrase
        if rival is not None:
            notes = self._asked_notes(self.felt)
            if self.is_pinned or cost(ready, self.felt, notes) + NEARER >= cost(rival, self.felt, notes):
                return None
        return self._book(ready, self._boundary(tick))

    def join(self, ready: Ready, tick: int) -> None:
        """Let a phrase that goes on from the one that sounds enter at a bar line; nothing is cut off for it."""
        self._booking = Cue(ready, tick, is_asked=False, is_joined=True)

    def _apply(self) -> None:
        s = self.settings
        self._spelling.follow(self.felt)
        self.pitches = self._spelling.pitches(s, self.colour)
        tint = self.colour.brightness
        self.expression = Expression(self.felt, s.velocity, s.gate, s.humanize, s.swing, s.rules, tint)
        self._reading.aim(self.expression, self._played_tick)
        self._bytes += self._band.follow(s, self._bar_tick)
        if self.is_playing:
            self._bytes += self._controllers()

    def _controllers(self) -> list[bytes]:
        asked, channel = controllers(self.expression, self.settings), self.settings.channel
        return [message for number, value in asked for message in self._voice.control(number, value, channel)]

    def _settle(self, felt: Affect, boundary: int) -> int | None:
        self.wanted = felt
        ready = self._found(felt, boundary, keep=self._reading.phrase)
        if ready is self._reading.phrase:
            self._booking = None
            return None
        return self._book(ready, boundary)

    def _choose(self, also_without: Ready | None, tick: float) -> Ready | None:
        return self._found(self.felt, self._boundary(tick), (self._reading.phrase, also_without))

    def _found(
        self, felt: Affect, boundary: int, without: tuple[Ready | None, ...] = (), keep: Ready | None = None
    ) -> Ready | None:
        """What the shelf has for an affect; a wide leap out of the phrase that plays is avoided where it can be."""
        return self.shelf.choose(
            felt,
            self._asked_notes(felt),
            without,
            keep,
            lambda other: self._reading.leap_into(other, boundary) > ROUGH_LEAP,
        )

    def _asked_notes(self, felt: Affect) -> float | None:
        """Notes per bar that a held density asks for; None where none is held."""
        density = self.settings.density
        return self._spelling.targets.notes_per_bar(felt, density) if density else None

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
            self._reading.phrase, self._booking = ready, None
            return 0
        self._booking = Cue(ready, boundary)
        return boundary

    def _rebook(self, tick: int) -> None:
        """After a jump: what is overdue enters here, what was asked for at the next boundary, our own choice never."""
        if self._booking and not self._booking.is_asked:
            self._booking = None
        elif self._booking and self._booking.tick <= tick:
            self._bytes += self._enter(Cue(self._booking.ready, tick))
        elif self._booking:
            self._book(self._booking.ready, self._boundary(tick))

    def _enter(self, cue: Cue) -> list[bytes]:
        """The booked melody takes over at the bar where the old one was."""
        self._booking = None
        if self._history and cue.ready is self._history[-1]:
            self._history.pop()
        elif self._reading.phrase and not cue.is_joined:
            self._history = [*self._history, self._reading.phrase][-MAX_HISTORY:]
        self._reading.phrase = cue.ready
        self._begin_phrase(cue.ready)
        self._read_from(cue.tick)
        return [] if cue.is_joined else self._silence()

    def _begin_phrase(self, ready: Ready) -> None:
        self.shelf.mark_played(ready)
        self._spelling.begin(ready, self.felt)
        self.pitches = self._spelling.pitches(self.settings, self.colour)

    def _begin_bar(self) -> None:
        self.heard.append(BarLine(self._bar_tick // TICKS_PER_BAR + 1))
        if self._bar_tick - self._reading.phrase_tick >= PHRASE_TICKS:
            self._reading.phrase_tick = self._bar_tick
            self._read_from(self._bar_tick)
        self._bar_tick += TICKS_PER_BAR
        is_last = self._bar_tick - self._reading.phrase_tick >= PHRASE_TICKS
        if is_last and not self._booking and not self.is_pinned:
            self._evolve()

    def _evolve(self) -> None:
        """Book, one bar ahead, the melody that follows this phrase."""
        self.wanted = self.felt
        if self._random.random() < self.settings.evolve:
            ready = self._choose(None, self._bar_tick - 1)
            if ready is not None:
                self._booking = Cue(ready, self._bar_tick, is_asked=False)

    def _step(self, walk: Glide, tick: int) -> list[bytes]:
        """One beat of a walk: the touch now, the melody one beat ahead of each bar line."""
        self._affect = walk.at(tick)
        self._apply()
        self.heard.append(GlideStep())
        self.walking, bar_line = walk.stepped(tick), bar_line_after(tick)
        if self.walking and bar_line:
            boundary = -(-bar_line // self._walk_grid) * self._walk_grid
            self._settle(walk.at(bar_line).scaled(self.settings.intensity), boundary)
        return self.take_bytes()

    def _strike(self, tick: int) -> list[bytes]:
        """Switch on the note whose turn has come."""
        heard = self._reading.take(self.expression, self.pitches, self.settings.channel)
        self.heard.append(heard)
        return self._voice.strike(heard.pitch, heard.velocity, heard.channel, tick + heard.duration_tick)

    def _accompany(self, tick: int) -> list[bytes]:
        """Switch on what the band has to play."""
        heard, messages = self._band.strike(tick, self.expression, self.pitches)
        self.heard += heard
        return messages

    def _silence(self) -> list[bytes]:
        return self._voice.release() + self._band.release()

    def _read_from(self, tick: int) -> None:
        """Let every part go on with what is written at or after a tick."""
        self._reading.go_to(tick, self.expression)
        self._band.go_to(self._reading.phrase, self._reading.phrase_tick, tick, self.expression)
