"""Plays the phrase at its cursor, melody and accompaniment, as an affect and the settings ask.

Knows no clock, no port, and not which phrase comes next: that is the performer's part.
"""

from dataclasses import replace
from math import inf

from emo_osc.core.affect import NEUTRAL, PLAIN, Affect, Colour
from emo_osc.core.score import TICKS_PER_STEP
from emo_osc.core.targets import Targets
from emo_osc.protocol.messages import STEPS, Ready
from emo_osc.stage.player.accompaniment import Accompaniment
from emo_osc.stage.player.controllers import controllers
from emo_osc.stage.player.cue import Cue, Sounding
from emo_osc.stage.player.cursor import Cursor
from emo_osc.stage.player.events import NotePlayed
from emo_osc.stage.player.expression import Expression
from emo_osc.stage.player.pitch_mapping import PitchMapping
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.voice import Voice


class PhrasePlayer:
    """One melody voice with its accompaniment; every note-on has its note-off.

    `cursor` holds the phrase and the position in it. `pitches` is the pitch 0..127 that sounds for each written pitch,
    in the melody and in the accompaniment alike.
    """

    def __init__(self) -> None:
        self.cursor = Cursor()
        self.pitches = tuple(range(128))
        self._settings, self._affect, self._colour = Settings(), NEUTRAL, PLAIN
        self._expression = Expression()
        self._mapping = PitchMapping()
        self._voice, self._accompaniment = Voice(), Accompaniment()

    def next_tick(self, until_tick: float = inf) -> float:
        """The tick at which the next note begins or ends; infinity where none does.

        A note of the melody that is written at `until_tick` or later is left to the phrase that takes over there.
        """
        note_tick = self.cursor.note_tick if self.cursor.written_tick < until_tick else inf
        return min(self._voice.off_tick, note_tick, self._accompaniment.next_tick)

    def set_targets(self, targets: Targets) -> None:
        """Derive mode and octave from these targets, from the next `apply` or `begin` on."""
        self._mapping.targets = targets

    def apply(
        self, affect: Affect, colour: Colour, settings: Settings, *, bar_tick: int, earliest_tick: int
    ) -> list[bytes]:
        """Use another affect, colour and settings from the next note on.

        A part of the accompaniment that was silent joins at `bar_tick`, the next bar line; no note is moved before
        `earliest_tick`.

        Returns:
            Note-offs of parts that change their channel or fall silent.
        """
        before, self._settings = self._settings, settings
        off = self._voice.release() if settings.channel != before.channel else []
        self.touch(affect, colour)
        self.adapt(earliest_tick)
        return off + (self._accompaniment.follow(settings, bar_tick) if settings != before else [])

    def touch(self, affect: Affect, colour: Colour) -> None:
        """Use the velocity, gate and controllers of another affect from the next note on."""
        s = self._settings
        self._affect, self._colour = affect, colour
        self._expression = Expression(affect, s.velocity, s.gate, s.humanize, s.swing, s.rules, colour.brightness)

    def adapt(self, earliest_tick: int) -> None:
        """Use the mode, octave and timing that go with the touch; no note is moved before `earliest_tick`."""
        self._mapping.follow(self._affect)
        self._map_pitches()
        self.cursor.aim(self._expression, earliest_tick)

    def controllers(self) -> list[bytes]:
        """Control changes whose value differs from the last one sent."""
        channel = self._settings.channel
        wanted = controllers(self._expression, self._settings)
        return [message for number, value in wanted for message in self._voice.control(number, value, channel)]

    def all_controllers(self) -> list[bytes]:
        """Every control change again, for an instrument that may just have connected."""
        self._voice.forget()
        return self.controllers()

    def begin(self, phrase: Ready) -> None:
        """Take a phrase in the mode and octave it was written in, as far as the affect allows; `go_to` places it."""
        self.cursor.phrase = phrase
        self._mapping.begin(phrase, self._affect)
        self._map_pitches()

    def sounding(self, cue: Cue) -> Sounding | None:
        """What sounds until a cue, in its mode and octave, key and transposition left out; None where nothing does."""
        if self.cursor.phrase is None:
            return None
        melody, pitches = self.cursor.phrase.melody, self._mapping.own_pitches(self._settings.rules)
        notes = tuple(replace(note, pitch=pitches[note.pitch]) for note in melody.notes)
        step = (cue.tick - self.cursor.phrase_tick) // TICKS_PER_STEP % STEPS
        return Sounding(replace(melody, notes=notes), step, cue)

    def go_to(self, tick: int) -> None:
        """Continue with what is written at or after a tick; notes that sound are left to end."""
        self.cursor.go_to(tick, self._expression)
        self._accompaniment.go_to(self.cursor.phrase, self.cursor.phrase_tick, tick, self._expression)

    def on_tick(self, tick: int, until_tick: float = inf) -> tuple[list[NotePlayed], list[bytes]]:
        """The notes that begin by `tick`, the melody's first, and their messages; `until_tick` as in `next_tick`."""
        played: list[NotePlayed] = []
        messages: list[bytes] = []
        while self.cursor.note_tick <= tick and self.cursor.written_tick < until_tick:
            note = self.cursor.take(self._expression, self.pitches, self._settings.channel)
            played.append(note)
            messages += self._voice.strike(note.pitch, note.velocity, note.channel, tick + note.duration_tick)
        also_played, also_sent = self._accompaniment.strike(tick, self._expression, self.pitches)
        return played + also_played, messages + also_sent

    def release(self, tick: float = inf) -> list[bytes]:
        """The note-offs that are due by `tick`; without one, those of all notes that sound."""
        return self._voice.release(tick) + self._accompaniment.release(tick)

    def panic(self) -> list[bytes]:
        """Note-offs of all notes that sound, then All Notes Off and All Sound Off on every channel."""
        return self._accompaniment.release() + self._voice.panic()

    def _map_pitches(self) -> None:
        self.pitches = self._mapping.pitches(self._settings, self._colour)
