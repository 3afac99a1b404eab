"""The phrase commands: keep, recall, vary and learn; some are answered later.

Knows no socket; times are arguments.
"""

from dataclasses import dataclass
from math import inf

from emo_osc.core.errors import CommandError
from emo_osc.protocol import commands
from emo_osc.protocol.messages import Failed, PhraseNotSaved, PhraseSaved, Ready, StudioToStage
from emo_osc.stage.session.effects import Effects, Handlers, TellSupervisor
from emo_osc.stage.session.instrument import Instrument
from emo_osc.stage.session.pushes import Pushes
from emo_osc.stage.session.replies import Replies
from emo_osc.stage.session.request import Request
from emo_osc.stage.session.transport import NOW

MAX_SAVING, MAX_VARYING = 8, 16  # at a time: a flood must fill neither the connection to the supervisor nor a turn
VARY_PATIENCE_S = 1.5  # a variation of the studio's takes some tenths; after this the stage makes one itself
DUET_PATIENCE_S = 6.0  # one with an accompaniment takes 2 s of a core


@dataclass(frozen=True, slots=True)
class _Varying:
    """A variation of a phrase that the studio was asked for, and how long we wait for it.

    `wishes` and `melodies` are the performer's `request_epoch` and `melody_epoch` when it was asked for.
    """

    request: Request
    amount: float
    until_s: float
    wishes: int
    melodies: int


class PhraseCommands:
    """Does what is asked of phrases, and remembers whom to answer when the studio or the disk has done its part."""

    def __init__(self, instrument: Instrument, replies: Replies, pushes: Pushes) -> None:
        self._instrument, self._replies, self._pushes = instrument, replies, pushes
        self._keeping: dict[str, Request] = {}
        self._varying: dict[int, _Varying] = {}
        self._learning: Request | None = None

    @property
    def handlers(self) -> Handlers:
        """What to call for each command."""
        return {
            commands.Goto: self._goto,
            commands.Keep: self._keep,
            commands.Recall: self._recall,
            commands.Mutate: self._mutate,
            commands.Learn: self._learn,
            commands.Forget: self._forget,
        }

    @property
    def next_s(self) -> float:
        """When something happens by itself: the end of learning, or of our patience with the studio."""
        learned_s = self._instrument.transport.time_of(self._instrument.phrases.learned_tick)
        return min(learned_s, min((waiting.until_s for waiting in self._varying.values()), default=inf))

    def on_time(self, now_s: float) -> Effects:
        """Play what was learned, and vary here what the studio has not."""
        effects: Effects = []
        if self._instrument.transport.time_of(self._instrument.phrases.learned_tick) <= now_s:
            effects += self._learned(now_s)
        for ticket in [ticket for ticket, waiting in self._varying.items() if waiting.until_s <= now_s]:
            effects += self._vary_here(ticket, now_s)
        return effects

    def receive_studio(self, message: StudioToStage, now_s: float) -> Effects | None:
        """Take a variation that was asked for, or the news that there will be none; None for any other message."""
        if not isinstance(message, Ready | Failed) or message.ticket not in self._varying:
            return None
        return self._varied(message, now_s) if isinstance(message, Ready) else self._vary_here(message.ticket, now_s)

    def receive_supervisor(self, message: PhraseSaved | PhraseNotSaved, now_s: float) -> Effects:
        """Take what the supervisor has saved, or could not."""
        return self._kept(message, now_s) if isinstance(message, PhraseSaved) else self._not_kept(message)

    def _goto(self, command: commands.Goto, request: Request, now_s: float) -> Effects:
        return self._replies.acknowledge(request, self._instrument.goto(command.to, command.bars, now_s), now_s)

    def _keep(self, command: commands.Keep, request: Request, now_s: float) -> Effects:
        phrases = self._instrument.phrases
        name = phrases.book.check(command.name or phrases.book.free_name())
        if name in self._keeping or len(self._keeping) >= MAX_SAVING:
            text = f"{', '.join(map(repr, self._keeping))} must be saved first; wait for the answer"
            raise CommandError(CommandError.NOT_NOW, text)
        kept = phrases.keep(name, self._instrument.transport.clock.tempo)
        self._keeping[kept.name] = request  # answered when the supervisor has saved it
        return [TellSupervisor(kept), *self._pushes.value("pinned", now_s)]

    def _kept(self, message: PhraseSaved, now_s: float) -> Effects:
        self._instrument.phrases.book.add(message)
        request = self._keeping.pop(message.name, None)
        if request is None:
            return []
        answer = self._replies.acknowledge(request, NOW, now_s, message.name)
        return answer + self._pushes.values(("kept", "phrase"), now_s)

    def _not_kept(self, message: PhraseNotSaved) -> Effects:
        request = self._keeping.pop(message.name, None)
        return self._replies.refuse(request, CommandError(CommandError.NOT_NOW, message.text)) if request else []

    def _recall(self, command: commands.Recall, request: Request, now_s: float) -> Effects:
        answer = self._replies.acknowledge(request, self._instrument.recall(command.name, now_s), now_s)
        return answer + self._pushes.changes("va", now_s)

    def _mutate(self, command: commands.Mutate, request: Request, now_s: float) -> Effects:
        if len(self._varying) >= MAX_VARYING:
            raise CommandError(CommandError.NOT_NOW, f"{MAX_VARYING} variations are being made; wait for an answer")
        ticket = self._instrument.phrases.ask_variation(command.amount)
        if ticket is None:
            return self._replies.acknowledge(request, self._instrument.vary_here(command.amount, now_s), now_s)
        performer = self._instrument.performer
        epochs = performer.request_epoch, performer.melody_epoch
        patience_s = DUET_PATIENCE_S if self._instrument.studio_client.goes_on else VARY_PATIENCE_S
        self._varying[ticket] = _Varying(request, command.amount, now_s + patience_s, *epochs)
        return []  # answered when it is made: only then is its bar known

    def _varied(self, ready: Ready, now_s: float) -> Effects:
        waiting = self._varying.pop(ready.ticket)
        if self._is_stale(waiting, ready):
            return self._replies.refuse(waiting.request, _stale())
        landing = self._instrument.performer.launch(ready, self._instrument.transport.tick_at(now_s))
        return self._replies.acknowledge(waiting.request, landing, now_s)

    def _vary_here(self, ticket: int, now_s: float) -> Effects:
        waiting = self._varying.pop(ticket)
        if self._is_stale(waiting, self._instrument.performer.phrase):
            return self._replies.refuse(waiting.request, _stale())
        try:
            landing = self._instrument.vary_here(waiting.amount, now_s)
        except CommandError as error:
            return self._replies.refuse(waiting.request, error)
        return self._replies.acknowledge(waiting.request, landing, now_s)

    def _is_stale(self, waiting: _Varying, made: Ready | None) -> bool:
        """Whether another melody was asked for; an affect does where it moves out of the reach of what was `made`."""
        performer = self._instrument.performer
        is_overtaken = waiting.melodies != performer.melody_epoch
        return is_overtaken or (waiting.wishes != performer.request_epoch and not performer.suits(made))

    def _learn(self, command: commands.Learn, request: Request, now_s: float) -> Effects:
        answer = self._replies.acknowledge(request, self._instrument.listen(command.bars, now_s), now_s)
        self._learning = request
        return answer + self._pushes.value("learning", now_s)

    def _learned(self, now_s: float) -> Effects:
        request, self._learning = self._learning, None
        answer: Effects = []
        try:
            landing = self._instrument.phrases.learn(self._instrument.transport.tick_at(now_s))
        except CommandError as error:
            answer = self._replies.refuse(request, error) if request else []
        else:
            answer = self._replies.acknowledge(request, landing, now_s) if request else []
        return answer + self._pushes.value("learning", now_s)

    def _forget(self, _: commands.Forget, request: Request, now_s: float) -> Effects:
        self._instrument.phrases.forget()
        return self._replies.acknowledge(request, NOW, now_s)


def _stale() -> CommandError:
    return CommandError(CommandError.NOT_NOW, "something else was asked for before the variation was made")
