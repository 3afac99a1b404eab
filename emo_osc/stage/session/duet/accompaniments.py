"""Accompaniments that the studio is asked for, of phrases that sound or come next.

One at a time: it takes seconds, so a phrase that is to be accompanied leaves none for the one before. Whoever asks for
the same one meanwhile waits for the same answer. With `auto_accompany` every bare phrase that stays is accompanied
without being asked for, once; it sounds bare until then. Knows no socket; times are arguments.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from emo_osc.core.errors import CommandError
from emo_osc.protocol import commands
from emo_osc.protocol.messages import Failed, Ready, StudioToStage
from emo_osc.stage.session.effects import Effects, Handlers
from emo_osc.stage.session.instrument import Instrument
from emo_osc.stage.session.replies import Replies
from emo_osc.stage.session.request import Request

PATIENCE_S = 30.0  # sixteen bars take 2 s of a core, 10 on a busy machine; the stage has none to give
MAX_REQUESTS, MAX_LEFT = 16, 64


@dataclass(frozen=True, slots=True)
class _Making:
    """An accompaniment that is being made: of which phrase, whom to answer, and how long we wait for it.

    `epoch` is the performer's `melody_epoch` when it was asked for.
    """

    ticket: int
    phrase: Ready
    requests: tuple[Request, ...]
    until_s: float
    epoch: int


class Accompaniments:
    """Asks for accompaniments and lets each enter under its phrase."""

    def __init__(self, instrument: Instrument, replies: Replies) -> None:
        self._instrument, self._replies = instrument, replies
        self._making: _Making | None = None
        self._tried: Ready | None = None
        """The phrase that was last accompanied unasked, or was to be: a failure is not repeated for ever."""
        self._retried: Ready | None = None
        """The phrase that another studio, or one that has returned, was to accompany unasked."""
        self._left: deque[int] = deque(maxlen=MAX_LEFT)  # tickets of what nobody waits for any more

    @property
    def handlers(self) -> Handlers:
        """What to call for each command."""
        return {commands.Accompany: self._accompany}

    @property
    def next_s(self) -> float:
        """When our patience with the studio ends."""
        return self._making.until_s if self._making else inf

    def on_time(self, now_s: float) -> Effects:
        """Tell those who have waited too long."""
        return self._leave(_none_made()) if self.next_s <= now_s else []

    def studio_left(self) -> Effects:
        """Tell those who wait that nobody makes it any more; the next studio is asked again, once."""
        if self._tried is not self._retried:
            self._retried, self._tried = self._tried, None
        return self._leave(_none_made())

    def look(self, now_s: float, *, is_chosen: bool) -> Effects:
        """Have a phrase accompanied that stays, which one does that is pinned, or that `is_chosen` by the player."""
        performer = self._instrument.performer
        if not performer.settings.auto_accompany or not (is_chosen or performer.is_pinned) or not performer.phrase:
            return []
        phrase = self._instrument.phrases.staying
        if phrase is self._tried or not self._is_bare(phrase) or not self._instrument.studio_client.is_ready:
            return []
        self._tried = phrase
        is_making = self._making is not None and self._making.phrase is phrase
        return [] if is_making else self._begin(phrase, (), now_s)

    def receive_studio(self, message: StudioToStage, now_s: float) -> Effects | None:
        """Take an accompaniment that was asked for, or the news that there will be none; None for another message."""
        if not isinstance(message, Ready | Failed):
            return None
        if message.ticket in self._left:
            self._left.remove(message.ticket)
            return []
        making = self._making
        if making is None or making.ticket != message.ticket:
            return None
        self._making = None
        return self._made(making, message, now_s) if isinstance(message, Ready) else self._refuse(making, _none_made())

    def _accompany(self, _: commands.Accompany, request: Request, now_s: float) -> Effects:
        phrase, making = self._instrument.phrases.staying, self._making
        if making is None or making.phrase is not phrase or self._fault_of(making):
            return self._begin(phrase, (request,), now_s)
        if len(making.requests) >= MAX_REQUESTS:
            raise CommandError(CommandError.NOT_NOW, f"{MAX_REQUESTS} wait for this accompaniment; wait for an answer")
        self._making = replace(making, requests=(*making.requests, request))
        return []

    def _begin(self, phrase: Ready, requests: Sequence[Request], now_s: float) -> Effects:
        """Ask for an accompaniment in the place of another; answered when it is made, for only then is its bar known.

        Raises:
            CommandError: 4, nobody is there to make one.
        """
        performer = self._instrument.performer
        ticket = self._instrument.studio_client.vary(phrase, performer.effective_affect, 0.0)
        if ticket is None:
            raise _none_made()
        text = "the accompaniment of another phrase was asked for before this one was made"
        effects = self._leave(CommandError(CommandError.NOT_NOW, text))
        self._making = _Making(ticket, phrase, tuple(requests), now_s + PATIENCE_S, performer.melody_epoch)
        return effects

    def _is_bare(self, phrase: Ready) -> bool:
        """Whether a phrase has nothing that this generator would write: notes, or else chords for the band."""
        has_chords = bool(phrase.chords) and not self._instrument.studio_client.goes_on
        return not phrase.backing and not has_chords and bool(phrase.melody.notes)

    def _made(self, making: _Making, ready: Ready, now_s: float) -> Effects:
        if fault := self._fault_of(making):
            return self._refuse(making, CommandError(CommandError.NOT_NOW, fault))
        performer, tick = self._instrument.performer, self._instrument.transport.tick_at(now_s)
        landing = performer.launch(ready, tick, is_pinned=performer.is_pinned)
        self._tried = ready
        answers = [self._replies.acknowledge(request, landing, now_s) for request in making.requests]
        return [effect for answer in answers for effect in answer]

    def _fault_of(self, making: _Making) -> str:
        """Why an accompaniment is out of date, empty where it is not.

        It fits its phrase in any affect, so only another melody makes it out of date.
        """
        performer = self._instrument.performer
        if making.phrase not in (performer.phrase, performer.cued and performer.cued.ready):
            return "the melody has changed before its accompaniment was made; ask again"
        is_leaving = performer.cued is not None and performer.cued.ready is not making.phrase
        if is_leaving or making.epoch != performer.melody_epoch:
            return "another melody was chosen before the accompaniment was made; ask again"
        return ""

    def _leave(self, error: CommandError) -> Effects:
        """Wait no longer for what is being made."""
        making, self._making = self._making, None
        if making is None:
            return []
        self._left.append(making.ticket)
        return self._refuse(making, error)

    def _refuse(self, making: _Making, error: CommandError) -> Effects:
        return [effect for request in making.requests for effect in self._replies.refuse(request, error)]


def _none_made() -> CommandError:
    return CommandError(CommandError.NOT_NOW, "the generator makes no accompaniment now; try again")
