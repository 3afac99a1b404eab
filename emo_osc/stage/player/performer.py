"""Decides which melody plays, which comes next and when, and gives the MIDI bytes of each tick.

Knows no clock, no port and no client, so a test plays an evening in a second.

Theory of operation. Time is counted in ticks since the transport started, 480 a beat. The state is

- the phrase that sounds and the tick where it began (`PhrasePlayer.cursor`), and the tick of the next bar line;
- at most one `Cue`: the melody that enters next, and its tick;
- the pinned phrase, which loops until another is asked for, and the phrases played before;
- the affect, and at most one `Glide` that moves it beat by beat.

The caller reads `next_tick`, waits for it, calls `on_tick` and sends what that returns. A tick is handled in this
order:

1. Note-offs: a pitch that is repeated must end before it begins again.
2. The bar line. After 16 bars the phrase begins anew, so that a cue at the same tick replaces bar 1 and not bar 17; at
   the beginning of the last bar the following melody is cued, one bar ahead, which leaves time to show it.
3. The step of a glide, so that the notes of this tick have the new touch.
4. The cue: its melody takes over at the bar of the phrase where the old one was.
5. The notes of the melody, then those of the accompaniment, by the phrase and the touch that hold now.

A request (`set_affect`, `next`, `launch`, ..) comes between two ticks. It changes the touch at once, and the melody by
a cue on the grid of `quantize`. A tick may be computed a little before its time, and a note be due a few ticks before
its written place; a cue is set after both, never on them. Messages that belong to no tick are for `take_bytes`.
"""

from dataclasses import replace
from math import floor, inf
from random import Random

from emo_osc.core.affect import NEUTRAL, PLAIN, Affect, Colour
from emo_osc.core.errors import CommandError
from emo_osc.core.score import BARS, PHRASE_TICKS, TICKS_PER_BAR
from emo_osc.core.targets import Targets
from emo_osc.protocol.messages import Ready
from emo_osc.protocol.parameters import QUANTIZE
from emo_osc.stage.player.cue import Cue, Sounding
from emo_osc.stage.player.events import BarLine, Event, GlideStep
from emo_osc.stage.player.glide import Glide, bar_line_after
from emo_osc.stage.player.melody_chooser import MelodyChooser
from emo_osc.stage.player.phrase_player import PhrasePlayer
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.shelf import Shelf

MAX_HISTORY = 64


class Performer:
    """Plays melodies of the shelf: one phrase at a time, changes at their boundary, every note-on with its note-off."""

    def __init__(self, shelf: Shelf, settings: Settings, random: Random, affect: Affect = NEUTRAL) -> None:
        self.shelf = shelf
        self.settings = settings
        self.is_playing = False
        self.events: list[Event] = []
        """Playback events since the caller last emptied this list."""
        self.wanted: Affect | None = None
        """An affect for which the studio should compose; the caller that asks the studio resets it to None."""
        self.request_epoch = self.melody_epoch = 0
        """Count requests, and those for a melody or a glide; an answer to one of an earlier epoch is out of date."""
        self.colour = PLAIN
        """Scale, register and brightness of the mood that was called."""
        self.glide: Glide | None = None
        """The glide in progress."""
        self._affect = affect
        self._random = random
        self._player = PhrasePlayer()
        self._chooser = MelodyChooser(shelf, self._player.cursor)
        self._bar_tick = 0  # of the next bar line
        self._played_tick = -1  # the last tick that was computed, which may be a little before its time
        self._cue: Cue | None = None
        self._pinned: Ready | None = None
        self._history: list[Ready] = []
        self._bytes: list[bytes] = []
        self._apply()

    @property
    def affect(self) -> Affect:
        """The affect asked for, before the setting `intensity` is applied."""
        return self._affect

    @property
    def effective_affect(self) -> Affect:
        """The affect that is played: the one asked for, scaled by the setting `intensity`."""
        return self._affect.scaled(self.settings.intensity)

    @property
    def phrase(self) -> Ready | None:
        """The melody that sounds."""
        return self._player.cursor.phrase

    @property
    def pitches(self) -> tuple[int, ...]:
        """The pitch that sounds for each written pitch 0..127."""
        return self._player.pitches

    @property
    def is_pinned(self) -> bool:
        """Whether what sounds, or comes next, loops until another is asked for."""
        coming = self._cue.ready if self._cue else self.phrase
        return coming is not None and coming is self._pinned

    @property
    def cued(self) -> Cue | None:
        """The melody that comes next and its tick; None where nothing is cued."""
        return self._cue

    @property
    def sounding(self) -> Sounding | None:
        """What sounds until the melody nearest to the affect enters; None where none such is cued."""
        return self._player.sounding(self._cue) if self._cue and self._cue.is_nearest else None

    @property
    def next_tick(self) -> float:
        """The next tick at which something happens; infinity while stopped."""
        if not self.is_playing:
            return inf
        cued = self._cue.tick if self._cue else inf
        step = self.glide.next_tick if self.glide else inf
        return min(self._player.next_tick(cued), cued, self._bar_tick, step)

    @property
    def next_note_tick(self) -> float:
        """The tick of the next note of the melody that plays; infinity after its last."""
        return self._player.cursor.note_tick

    def take_bytes(self) -> list[bytes]:
        """MIDI messages to send at once, outside any tick."""
        due, self._bytes = self._bytes, []
        return due

    def on_tick(self, tick: int) -> list[bytes]:
        """MIDI messages due at `tick`, note-offs first so that a repeated pitch sounds."""
        self._played_tick = tick
        due = self._player.release(tick)
        if tick >= self._bar_tick:
            self._begin_bar()
        if self.glide and tick >= self.glide.next_tick:
            due += self._step(self.glide, tick)
        if self._cue and tick >= self._cue.tick:
            due += self._enter(self._cue)
        played, messages = self._player.on_tick(tick, self._cue.tick if self._cue else inf)
        self.events += played
        return due + messages

    def play(self, tick: int = 0) -> None:
        """Begin at a tick, with the melody nearest to the affect where none was chosen."""
        self.stop()
        phrase = self._cue.ready if self._cue else self.phrase
        self._cue = None
        self._player.cursor.phrase = phrase
        phrase = phrase or self._choose(None, tick)
        if phrase:
            self._begin_phrase(phrase)
        self.is_playing = True
        self.seek(tick)
        self.resend_controllers()

    def resend_controllers(self) -> None:
        """Send every controller again, for an instrument that may just have connected."""
        self._bytes += self._player.all_controllers()

    def stop(self) -> None:
        """Switch the sounding notes off and play nothing until `play`."""
        self._bytes += self._player.release()
        self.is_playing = False

    def panic(self) -> None:
        """Switch everything off on every channel; the next note sounds again."""
        self._bytes += self._player.panic()

    def seek(self, tick: int) -> None:
        """Continue from another position, playing nothing that lies between."""
        self._played_tick = self._player.cursor.taken_tick = -1
        self._bytes += self._player.release()
        self._player.cursor.phrase_tick = tick - tick % PHRASE_TICKS
        self._bar_tick = -(-tick // TICKS_PER_BAR) * TICKS_PER_BAR
        if self.glide:
            self.glide = self.glide.sought(tick)
        self._cue_again(tick)
        self._player.go_to(tick)

    def set_targets(self, targets: Targets) -> None:
        """Derive density, mode and octave from these targets, from the next change of settings or affect on."""
        self.shelf.set_targets(targets)
        self._player.set_targets(targets)

    def set_settings(self, settings: Settings) -> None:
        """Use other settings from the next note on."""
        self.settings = settings
        self._apply()

    def set_affect(self, affect: Affect, colour: Colour = PLAIN) -> None:
        """Play the present melody as an affect and a mood's colour ask; `cue_nearest` changes the melody.

        Ends a glide.
        """
        self.touch(affect, colour)
        self.adapt()

    def touch(self, affect: Affect, colour: Colour = PLAIN) -> None:
        """The part of `set_affect` that can be sent at once: velocity, gate and controllers; `adapt` is the rest."""
        self.glide = None
        self._affect, self.colour = affect, colour
        self.request_epoch += 1
        self._player.touch(self.effective_affect, colour)
        if self.is_playing:
            self._bytes += self._player.controllers()

    def adapt(self) -> None:
        """Play in the mode, octave and timing of the affect from the next note on."""
        self._player.adapt(self._played_tick)

    def cue_nearest(self, tick: float) -> int | None:
        """Cue the melody nearest to the affect; its tick, None where what plays or was asked for is near enough."""
        self._pinned = None
        return self._cue_nearest(self.effective_affect, self._boundary(tick))

    def glide_to(self, affect: Affect, bars: int, tick: float) -> int:
        """Reach an affect over `bars` >= 1 bars, one step a beat; the tick at which it is reached.

        Melodies on the way take over at bar lines, wherever one is clearly nearer than what plays.
        """
        self._pinned, self.colour = None, PLAIN
        self.request_epoch, self.melody_epoch = self.request_epoch + 1, self.melody_epoch + 1
        self._apply()
        start = floor(tick) if self.is_playing else 0
        self.glide = Glide.over(self._affect, affect, start, bars, self._glide_grid)
        if self.glide.is_sudden:
            self._cue_nearest(affect.scaled(self.settings.intensity), self.glide.end_tick)
        return self.glide.end_tick

    def suits(self, ready: Ready | None) -> bool:
        """Whether a melody is near enough to the present affect to be played in it."""
        return ready is not None and self._chooser.is_near(ready, self.effective_affect, self.settings.density)

    def next(self, tick: float) -> int | None:
        """Cue another melody of this affect; the boundary's tick.

        Raises:
            CommandError: 4, there is no other melody.
        """
        self.wanted = self.effective_affect
        ready = self._choose(self._cue.ready if self._cue else None, tick)
        if ready is None:
            raise CommandError(CommandError.NOT_NOW, "no other melody of this affect is ready yet")
        return self.launch(ready, tick)

    def again(self, tick: float) -> int | None:
        """Cue the melody before this one; the boundary's tick.

        Raises:
            CommandError: 4, nothing was played before.
        """
        if not self._history:
            raise CommandError(CommandError.NOT_NOW, "no melody was played before this one")
        return self.launch(self._history[-1], tick)

    def launch(self, ready: Ready, tick: float, *, is_pinned: bool = False) -> int | None:
        """Cue this melody for the next boundary, to loop until another is asked for where it `is_pinned`."""
        self._pinned = ready if is_pinned else None
        self.request_epoch, self.melody_epoch = self.request_epoch + 1, self.melody_epoch + 1
        return self._cue_at(ready, self._boundary(tick))

    def landing_bar(self, tick: float) -> int:
        """The bar of the phrase, 0..15, in which a melody that is asked for now will enter."""
        return (self._boundary(tick) - self._phrase_tick) // TICKS_PER_BAR % BARS if self.is_playing else 0

    def another(self) -> Ready | None:
        """A melody of this affect that is not the one that sounds."""
        return self._choose(None, self._phrase_tick)

    def pin(self) -> Ready | None:
        """Let the phrase that sounds loop until another is asked for; the phrase, None where there is none.

        From now on it sounds as it will when it is recalled: in the mode and octave that a phrase enters with.
        """
        self._pinned = self.phrase
        if self._pinned:
            self._player.begin(self._pinned)
        if self._cue and not self._cue.is_asked:
            self._cue = None
        return self.phrase

    def offer(self, ready: Ready, tick: float, entry: Cue | None = None) -> int | None:
        """Shelve a melody just made for the present affect; cue it if it is nearer than what plays or is cued.

        What was asked for stays if near. One that continues what sounds takes the place of `entry` if about as near.
        """
        self.shelf.add(ready)
        cue, asked = self._cue, (self.effective_affect, self.settings.density)
        if cue and cue.is_as(entry) and cue.is_nearest and self._chooser.is_as_near(ready, cue.ready, *asked):
            self._cue = replace(cue, ready=ready, is_joined=True)
            return cue.tick
        rival = cue.ready if cue else self.phrase
        is_promised = cue is not None and cue.is_wish and self._chooser.is_near(cue.ready, *asked)
        if rival is not None and (self.is_pinned or is_promised or not self._chooser.is_nearer(ready, rival, *asked)):
            return None
        return self._cue_at(ready, self._boundary(tick), is_nearest=True)

    def join(self, ready: Ready, tick: int) -> None:
        """Cue a phrase that continues the one that sounds, at a bar line; sounding notes are not cut off."""
        self._cue = Cue(ready, tick, is_asked=False, is_joined=True)

    @property
    def _phrase_tick(self) -> int:
        return self._player.cursor.phrase_tick

    def _apply(self) -> None:
        """Hand affect, colour and settings to the player."""
        self._bytes += self._player.apply(
            self.effective_affect, self.colour, self.settings, bar_tick=self._bar_tick, earliest_tick=self._played_tick
        )
        if self.is_playing:
            self._bytes += self._player.controllers()

    def _cue_nearest(self, affect: Affect, boundary: int) -> int | None:
        self.wanted = affect
        if self._cue and self._cue.is_wish and self._chooser.is_near(self._cue.ready, affect, self.settings.density):
            return None
        ready = self._chooser.choose(affect, self.settings.density, boundary, keep=self.phrase)
        if ready is self.phrase:
            self._cue = self._cue if self._cue and self._cue.is_version_of(ready) else None
            return None
        return self._cue_at(ready, boundary, is_nearest=True)

    def _choose(self, also_without: Ready | None, tick: float) -> Ready | None:
        without = (self.phrase, also_without)
        return self._chooser.choose(self.effective_affect, self.settings.density, self._boundary(tick), without)

    @property
    def _glide_grid(self) -> int:
        return max(TICKS_PER_BAR, QUANTIZE[self.settings.quantize])

    def _boundary(self, tick: float) -> int:
        grid = QUANTIZE[self.settings.quantize]
        return (floor(max(tick, self._played_tick, self._player.cursor.taken_tick) / grid) + 1) * grid

    def _cue_at(self, ready: Ready | None, boundary: int, *, is_nearest: bool = False) -> int | None:
        """Cue a melody for a boundary; while stopped, for the first downbeat."""
        if ready is None:
            return None
        if not self.is_playing:
            self._player.cursor.phrase, self._cue = ready, None
            return 0
        self._cue = Cue(ready, boundary, is_nearest=is_nearest)
        return boundary

    def _cue_again(self, tick: int) -> None:
        """After a jump: an overdue cue enters here, one asked for at the next boundary, one not asked for never."""
        if self._cue and not self._cue.is_asked:
            self._cue = None
        elif self._cue and self._cue.tick <= tick:
            self._bytes += self._enter(Cue(self._cue.ready, tick))
        elif self._cue:
            self._cue_at(self._cue.ready, self._boundary(tick))

    def _enter(self, cue: Cue) -> list[bytes]:
        """Let the cued melody take over at the bar where the old one was."""
        self._cue = None
        if self._history and cue.ready is self._history[-1]:
            self._history.pop()
        elif self.phrase and (cue.is_nearest or not cue.is_joined) and not cue.is_version_of(self.phrase):
            self._history = [*self._history, self.phrase][-MAX_HISTORY:]
        self._begin_phrase(cue.ready)
        self._player.go_to(cue.tick)
        return [] if cue.is_joined else self._player.release()

    def _begin_phrase(self, ready: Ready) -> None:
        self.shelf.mark_played(ready)
        self._player.begin(ready)

    def _begin_bar(self) -> None:
        self.events.append(BarLine(self._bar_tick // TICKS_PER_BAR + 1))
        if self._bar_tick - self._phrase_tick >= PHRASE_TICKS:
            self._player.cursor.phrase_tick = self._bar_tick
            self._player.go_to(self._bar_tick)
        self._bar_tick += TICKS_PER_BAR
        is_last = self._bar_tick - self._phrase_tick >= PHRASE_TICKS
        if is_last and not self._cue and not self.is_pinned:
            self._evolve()

    def _evolve(self) -> None:
        """Cue, one bar ahead, the melody that follows this phrase."""
        self.wanted = self.effective_affect
        if self._random.random() < self.settings.evolve:
            ready = self._choose(None, self._bar_tick - 1)
            if ready is not None:
                self._cue = Cue(ready, self._bar_tick, is_asked=False, is_nearest=True)

    def _step(self, glide: Glide, tick: int) -> list[bytes]:
        """One beat of a glide: the touch now, the melody one beat ahead of each bar line."""
        self._affect = glide.at(tick)
        self._apply()
        self.events.append(GlideStep())
        self.glide, bar_line = glide.stepped(tick), bar_line_after(tick)
        if self.glide and bar_line:
            boundary = -(-bar_line // self._glide_grid) * self._glide_grid
            self._cue_nearest(glide.at(bar_line).scaled(self.settings.intensity), boundary)
        return self.take_bytes()
