"""Phrases as players handle them: kept, recalled, varied, captured. Knows no client and no disk."""

from dataclasses import replace
from math import inf
from random import Random

from emo_osc.core.errors import CommandError
from emo_osc.core.score import TICKS_PER_BAR, Melody, tiled
from emo_osc.protocol.messages import Measured, PhraseSaved, Ready
from emo_osc.stage.player.bar_swap import exchanged
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.session.midi_capture import EARLY_TICKS, MidiCapture
from emo_osc.stage.session.phrase_library import PhraseLibrary
from emo_osc.stage.session.studio_client import StudioClient


class Phrases:
    """What the performer plays by name, by hand or by change. Ticks are arguments; landings are ticks."""

    def __init__(self, performer: Performer, studio_client: StudioClient, random: Random) -> None:
        self.book = PhraseLibrary()
        self._performer = performer
        self._studio_client = studio_client
        self._random = random
        self._ear: MidiCapture | None = None

    @property
    def playing_name(self) -> str:
        """The name the sounding phrase was kept under, also with another accompaniment; empty where it was not."""
        phrase = self._performer.phrase
        if phrase is None:
            return ""
        kept, found = _as_kept(phrase), [self.book.find(name) for name in self.book.names]
        versions = [each for each in found if each.ready.melody == kept.melody]
        return next((each.name for each in versions if each.ready == kept), versions[0].name if versions else "")

    @property
    def bars_to_learn(self) -> int:
        """How many bars are being listened to; 0 where nobody plays for us."""
        return self._ear.bars if self._ear else 0

    @property
    def learned_tick(self) -> float:
        """When listening ends, just before its bar line; infinity where there is none."""
        return self._ear.last_tick - EARLY_TICKS if self._ear else inf

    def keep(self, name: str | None, tempo: float) -> PhraseSaved:
        """Pin the sounding phrase, played at a tempo in bpm; what the supervisor should save.

        Raises:
            CommandError: 2, the name is none; 4, nothing sounds, or the book is full.
        """
        clean = self.book.check(name) if name else self.book.free_name()
        phrase = self._performer.pin()
        if phrase is None:
            raise CommandError(CommandError.NOT_NOW, "no melody is playing that could be kept")
        return PhraseSaved(clean, _as_kept(phrase), self._performer.affect, tempo, self._performer.colour)

    def recall(self, name: str, tick: float) -> int | None:
        """Play a kept phrase with the affect it was kept with, and let it loop.

        Raises:
            CommandError: 3, nothing was kept under that name.
        """
        kept = self.book.find(name)
        self._performer.set_affect(kept.affect, kept.colour)
        return self._performer.launch(kept.ready, tick, is_pinned=True)

    @property
    def staying(self) -> Ready:
        """The phrase that was asked for and is yet to come, else the one that sounds.

        Raises:
            CommandError: 4, no melody sounds.
        """
        cue = self._performer.cued
        return cue.ready if cue and (cue.is_wish or self._performer.is_pinned) else self._sounding()

    def ask_variation(self, amount: float) -> int | None:
        """Let the studio vary the melody; the ticket it comes with, None where the studio cannot.

        Raises:
            CommandError: 4, no melody sounds.
        """
        return self._studio_client.vary(self._sounding(), self._performer.effective_affect, amount)

    def vary_here(self, amount: float, tick: float) -> int | None:
        """Vary the melody with bars of another, without the studio.

        Raises:
            CommandError: 5, there is no other either.
        """
        phrase = self._sounding()
        other = self._performer.another()
        if other is None:
            raise CommandError(CommandError.GENERATOR_DOWN, "no other melody is ready to vary this one with")
        return self._performer.launch(exchanged(phrase, other, amount, self._random), tick)

    def listen(self, bars: int, tick: float) -> int:
        """Learn the next bars from the bar line that follows; its tick."""
        first = (int(tick) // TICKS_PER_BAR + 1) * TICKS_PER_BAR
        self._ear = MidiCapture(first, bars)
        return first

    def hear(self, message: bytes, tick: float) -> None:
        """A MIDI message that was played at a tick."""
        if self._ear:
            self._ear.hear(message, tick)

    def learn(self, tick: float) -> int | None:
        """Play what was heard, and let the studio compose around it.

        Raises:
            CommandError: 4, no note came in.
        """
        assert self._ear is not None  # or there would be no end of listening
        melody, self._ear = self._ear.written(), None
        if not melody.notes:
            raise CommandError(
                CommandError.NOT_NOW, f"no note came in during {melody.bars} bars; does the keyboard reach --midi-in?"
            )
        self._studio_client.learn(melody)
        self._performer.shelf.begin_theme()
        return self._performer.launch(
            self._ready_of(tiled(melody, self._performer.landing_bar(tick))), tick, is_pinned=True
        )

    def forget(self) -> None:
        """Let the studio compose freely again; what is being listened to is dropped."""
        self._ear = None
        self._studio_client.learn(None)
        self._performer.shelf.end_theme()

    def _sounding(self) -> Ready:
        phrase = self._performer.phrase
        if phrase is None:
            raise CommandError(CommandError.NOT_NOW, "no melody is playing that could be varied")
        return phrase

    def _ready_of(self, melody: Melody) -> Ready:
        pitches = [note.pitch for note in melody.notes]
        measured = Measured(len(pitches) / melody.bars, sum(pitches) / len(pitches), 0.5)
        return Ready(melody, self._performer.effective_affect, measured, 0.0, self._random.getrandbits(31), -1)


def _as_kept(phrase: Ready) -> Ready:
    """A phrase without what belongs to the order it answered alone."""
    return replace(phrase, ticket=-1, asked_notes=0.0)
