"""Continuous mode: asks the studio for one bar at a time and lets each enter at its bar line.

Each bar takes its place in the phrase that sounds, so what was there before is played wherever the studio is late: the
bars of a phrase ago, or of a melody from the shelf, which a new feeling books as ever. Knows no clock and no socket.
"""

from dataclasses import replace

from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS, TICKS_PER_BAR
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.session.studio_client import StudioClient


class ContinuousMode:
    """What has been asked for, and whether to ask at all: not while a phrase is kept, or was chosen by the player.

    What was chosen is played until something else is felt, or another density is held.
    """

    def __init__(self, performer: Performer, studio_client: StudioClient) -> None:
        self._performer, self._studio_client = performer, studio_client
        self._asked: tuple[int, Affect, float] | None = None
        self._felt: tuple[Affect, float] | None = None
        self._wishes = 0
        self._rests = False

    @property
    def rests(self) -> bool:
        """Whether the phrase that plays, or comes next, was chosen by the player and is left alone."""
        return self._rests and self._studio_client.goes_on

    def look(self, tick: float, tempo_bpm: float) -> None:
        """Ask for the next bar where it has not been asked for, or for something else than is felt now.

        A tempo that changes meanwhile is told with the bar after it.
        """
        performer, self._asked, asked_before = self._performer, None, self._asked
        if not self._studio_client.goes_on:
            return
        felt = (performer.effective_affect, performer.settings.density)
        wishes = performer.request_epoch
        if felt != self._felt:
            self._rests = False
        elif wishes != self._wishes:
            self._rests = True
        self._felt, self._wishes = felt, wishes
        if not performer.is_playing or performer.is_pinned or self._rests:
            return
        performer.wanted = None  # or the studio would be at work on a whole melody when the next bar is due
        bar = int(tick) // TICKS_PER_BAR + 1
        self._asked = (bar, *felt)
        if self._asked != asked_before:
            self._studio_client.go_on(bar, performer.effective_affect, tempo_bpm)

    def take(self, ready: Ready, tick: float) -> bool:
        """Let a bar that was composed enter at its line; whether the message was one. One that is late is left out."""
        if ready.bar < 0:
            return False
        performer, line = self._performer, ready.bar * TICKS_PER_BAR
        base = performer.cued.ready if performer.cued and performer.cued.tick <= line else performer.phrase
        if base is not None and self._asked is not None and line > tick:
            performer.join(joined(base, ready), line)
        return True


def joined(phrase: Ready, ready: Ready) -> Ready:
    """A phrase with the bar of `ready` in its place, melody and accompaniment."""
    slot = ready.bar % BARS
    begin, end = slot * TICKS_PER_BAR, (slot + 1) * TICKS_PER_BAR
    backing = [note for note in phrase.backing if not begin <= note.start_tick < end]
    return replace(
        phrase,
        melody=phrase.melody.with_bars_of(ready.melody, (slot,)),
        affect=ready.affect,
        measured=ready.measured,
        latent="",
        ticket=-1,
        backing=tuple(sorted([*backing, *ready.backing])),
    )
