"""The phrase commands: keep, recall, vary and learn; some are answered later.

Knows no socket; times are arguments.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Protocol

from emo_osc.core.errors import CommandError
from emo_osc.protocol import commands
from emo_osc.protocol.messages import Failed, PhraseNotSaved, PhraseSaved, Ready, StudioToStage
from emo_osc.protocol.osc import Message, Target
from emo_osc.protocol.parameters import Scalar
from emo_osc.stage.session.instrument import NOW, Instrument

MAX_SAVING, MAX_VARYING = 8, 16  # at a time: a flood must fill neither the connection to the supervisor nor a turn
VARY_PATIENCE_S = 1.5  # a variation of the studio's takes some tenths; after this the stage makes one itself


@dataclass(frozen=True, slots=True)
class Request:
    """A message, who sent it, and what its sender should know about it beside the answer, if anything."""

    message: Message
    sender: Target
    note: str = ""

    def at(self, port: int) -> "Request":
        """The same of another port of the sender's host."""
        return replace(self, sender=(self.sender[0], port))


class Counter(Protocol):
    """Where answers are handed over."""

    def acknowledge(self, request: Request, landing: float | None, now_s: float, *values: Scalar) -> None:
        """Answer the bar it lands on and the milliseconds until then."""

    def refuse(self, request: Request, error: CommandError) -> None:
        """Answer why not."""

    def push_value(self, name: str, now_s: float) -> None:
        """Tell listeners a value."""

    def push_changes(self, name: str, now_s: float) -> None:
        """Tell listeners a value and all that change with it."""


@dataclass(frozen=True, slots=True)
class _Varying:
    """A variation the studio was asked for, and how long we wait for it."""

    request: Request
    amount: float
    until_s: float
    wishes: int


class PhraseCommands:
    """Does what is asked of phrases, and remembers whom to answer when the studio or the disk has done its part."""

    def __init__(self, instrument: Instrument, counter: Counter) -> None:
        self._instrument = instrument
        self._counter = counter
        self._keeping: dict[str, Request] = {}
        self._varying: dict[int, _Varying] = {}
        self._learning: Request | None = None

    @property
    def next_s(self) -> float:
        """When something happens by itself: the end of learning, or of our patience with the studio."""
        learned_s = self._instrument.time_of(self._instrument.phrases.learned_tick)
        return min(learned_s, min((waiting.until_s for waiting in self._varying.values()), default=inf))

    def on_time(self, now_s: float) -> None:
        """Play what was learned, and vary here what the studio has not."""
        if self._instrument.time_of(self._instrument.phrases.learned_tick) <= now_s:
            self._learned(now_s)
        for ticket in [ticket for ticket, waiting in self._varying.items() if waiting.until_s <= now_s]:
            self._vary_here(ticket, now_s)

    def do(self, command: commands.Command, request: Request, now_s: float) -> bool:
        """Do a command that is about phrases; false for any other.

        Raises:
            CommandError: it cannot be done.
        """
        handler = _HANDLERS.get(type(command))
        if handler:
            handler(self, command, request, now_s)
        return handler is not None

    def receive_studio(self, message: StudioToStage, now_s: float) -> bool:
        """Take a variation that was asked for, or the news that there will be none; false for any other message."""
        if not isinstance(message, Ready | Failed) or message.ticket not in self._varying:
            return False
        if isinstance(message, Ready):
            self._varied(message, now_s)
        else:
            self._vary_here(message.ticket, now_s)
        return True

    def receive_supervisor(self, message: PhraseSaved | PhraseNotSaved, now_s: float) -> None:
        """Take what the supervisor has saved, or could not."""
        if isinstance(message, PhraseSaved):
            self._kept(message, now_s)
        else:
            self._not_kept(message)

    def _goto(self, command: commands.Goto, request: Request, now_s: float) -> None:
        self._counter.acknowledge(request, self._instrument.goto(command.to, command.bars, now_s), now_s)

    def _keep(self, command: commands.Keep, request: Request, now_s: float) -> None:
        book = self._instrument.phrases.book
        name = book.check(command.name or book.free_name())
        if name in self._keeping or len(self._keeping) >= MAX_SAVING:
            text = f"{', '.join(map(repr, self._keeping))} must be saved first; wait for the answer"
            raise CommandError(CommandError.NOT_NOW, text)
        self._keeping[self._instrument.keep(name)] = request  # answered when the supervisor has saved it
        self._counter.push_value("pinned", now_s)

    def _kept(self, message: PhraseSaved, now_s: float) -> None:
        self._instrument.phrases.book.add(message)
        request = self._keeping.pop(message.name, None)
        if request:
            self._counter.acknowledge(request, NOW, now_s, message.name)
            for value in ("kept", "phrase"):
                self._counter.push_value(value, now_s)

    def _not_kept(self, message: PhraseNotSaved) -> None:
        request = self._keeping.pop(message.name, None)
        if request:
            self._counter.refuse(request, CommandError(CommandError.NOT_NOW, message.text))

    def _recall(self, command: commands.Recall, request: Request, now_s: float) -> None:
        self._counter.acknowledge(request, self._instrument.recall(command.name, now_s), now_s)
        self._counter.push_changes("va", now_s)

    def _mutate(self, command: commands.Mutate, request: Request, now_s: float) -> None:
        if len(self._varying) >= MAX_VARYING:
            raise CommandError(CommandError.NOT_NOW, f"{MAX_VARYING} variations are being made; wait for an answer")
        ticket = self._instrument.phrases.ask_variation(command.amount)
        if ticket is None:
            self._counter.acknowledge(request, self._instrument.vary_here(command.amount, now_s), now_s)
        else:  # answered when it is made: only then is its bar known
            wishes = self._instrument.performer.request_epoch
            self._varying[ticket] = _Varying(request, command.amount, now_s + VARY_PATIENCE_S, wishes)

    def _varied(self, ready: Ready, now_s: float) -> None:
        waiting = self._varying.pop(ready.ticket)
        if not self._is_stale(waiting):
            landing = self._instrument.performer.launch(ready, self._instrument.tick_at(now_s))
            self._counter.acknowledge(waiting.request, landing, now_s)

    def _vary_here(self, ticket: int, now_s: float) -> None:
        waiting = self._varying.pop(ticket)
        if self._is_stale(waiting):
            return
        try:
            self._counter.acknowledge(waiting.request, self._instrument.vary_here(waiting.amount, now_s), now_s)
        except CommandError as error:
            self._counter.refuse(waiting.request, error)

    def _is_stale(self, waiting: _Varying) -> bool:
        """Whether something else was asked for meanwhile; whoever wanted the variation is told."""
        is_stale = waiting.wishes != self._instrument.performer.request_epoch
        if is_stale:
            text = "something else was asked for before the variation was made"
            self._counter.refuse(waiting.request, CommandError(CommandError.NOT_NOW, text))
        return is_stale

    def _learn(self, command: commands.Learn, request: Request, now_s: float) -> None:
        self._counter.acknowledge(request, self._instrument.listen(command.bars, now_s), now_s)
        self._learning = request
        self._counter.push_value("learning", now_s)

    def _learned(self, now_s: float) -> None:
        request, self._learning = self._learning, None
        try:
            landing = self._instrument.phrases.learn(self._instrument.tick_at(now_s))
        except CommandError as error:
            if request:
                self._counter.refuse(request, error)
        else:
            if request:
                self._counter.acknowledge(request, landing, now_s)
        self._counter.push_value("learning", now_s)

    def _forget(self, _: commands.Forget, request: Request, now_s: float) -> None:
        self._instrument.phrases.forget()
        self._counter.acknowledge(request, NOW, now_s)


_HANDLERS: dict[type, Callable[[PhraseCommands, Any, Request, float], None]] = {
    commands.Goto: PhraseCommands._goto,
    commands.Keep: PhraseCommands._keep,
    commands.Recall: PhraseCommands._recall,
    commands.Mutate: PhraseCommands._mutate,
    commands.Learn: PhraseCommands._learn,
    commands.Forget: PhraseCommands._forget,
}
