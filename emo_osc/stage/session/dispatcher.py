"""The dispatcher: from an OSC message to the function that handles its command.

Theory of operation. A message goes through five steps, in this order:

1. An answer of another daemon is dropped: two daemons whose replies go to each other would never stop.
2. The sender's subscription is renewed, whatever it asks for.
3. A timetag in the future makes it a scheduled message: it is parsed now, so that what could never be done is refused
   at once, acknowledged, and handled when it is due, in turns with those of other clients.
4. The table of addresses in `protocol/commands` makes it a command, with types and ranges checked; a button's release
   makes none. From here on nothing is text. MIDI controls enter at this step, with a command and no address.
5. The type of the command finds its handler in one table, which the families below fill: values, clients, phrases,
   mappings. A handler changes what it owns and returns effects; it calls nothing above it, so all that a command
   causes is in the list that comes back. A `CommandError` anywhere becomes the one error reply.

Nothing here waits. A handler that needs the studio, the supervisor or a control that moves remembers the request, and
the reply comes with the event that ends it.

Knows no socket; times are arguments.
"""

from dataclasses import replace

from emo_osc.core.errors import CommandError
from emo_osc.protocol import commands
from emo_osc.protocol.osc import Message, Target
from emo_osc.protocol.parsing import parse, read_message
from emo_osc.stage.session.effects import Effects, Handlers
from emo_osc.stage.session.events import OscReceived
from emo_osc.stage.session.instrument import Instrument
from emo_osc.stage.session.replies import Replies
from emo_osc.stage.session.request import Request
from emo_osc.stage.session.scheduled import ScheduledMessages
from emo_osc.stage.session.subscriptions import Clients
from emo_osc.stage.session.transport import NOW

MAX_AHEAD_S = 60.0
MAX_SCHEDULED, MAX_SCHEDULED_A_HOST = 8192, 2048
ANSWERS = frozenset({f"/emo/{name}" for name in ("error", "ack", "pong", "startup", "note", "bar", "roll")})
"""Addresses that are never answered."""

_QUESTIONS = (commands.Get, commands.Status, commands.AskLatency, commands.AskSpread, commands.Version)
"""Commands that are answered without an acknowledgement."""


class Dispatcher:
    """Handles messages now or when their timetag says, by the handlers that it is given."""

    def __init__(self, instrument: Instrument, clients: Clients, replies: Replies, handlers: Handlers) -> None:
        self._instrument, self._clients, self._replies = instrument, clients, replies
        self._handlers = handlers
        self._scheduled: ScheduledMessages[tuple[Message, Target]] = ScheduledMessages(
            MAX_SCHEDULED, MAX_SCHEDULED_A_HOST
        )

    @property
    def next_s(self) -> float:
        """When a scheduled message is due."""
        return self._scheduled.next_s

    def receive(self, event: OscReceived, now_s: float) -> Effects:
        """Handle a message now, or schedule it."""
        message, sender = event.message, event.sender
        if message.address in ANSWERS:
            return []
        self._clients.renew(sender, now_s)
        ahead_s = 0.0 if message.time_s is None else message.time_s - event.wall_s
        if ahead_s > 0.0:
            return self._schedule(message, sender, ahead_s, now_s)
        return self._handle(message, sender, now_s)

    def handle_scheduled(self, now_s: float) -> Effects:
        """Handle one scheduled message that is due, of the client whose turn it is."""
        due = self._scheduled.take(now_s)
        return self._handle(*due, now_s) if due else []

    def do(self, command: commands.Command, request: Request, now_s: float) -> Effects:
        """Carry out a command, or refuse it."""
        try:
            return self._handlers[type(command)](command, request, now_s)
        except CommandError as error:
            return self._replies.refuse(request, error)

    def _handle(self, message: Message, sender: Target, now_s: float) -> Effects:
        request = Request(message.address, sender)
        try:
            command, surplus = read_message(message.address, message.arguments)
        except CommandError as error:
            return self._replies.refuse(request, error)
        if command is None:
            return []
        if isinstance(command, commands.Get | commands.Listen | commands.Unlisten) and command.port:
            request = request.at(command.port)
        if not surplus:
            return self.do(command, request, now_s)
        request = replace(request, note=f"{surplus} more argument(s) than needed, ignored")
        effects = self.do(command, request, now_s)
        return effects + (self._replies.acknowledge(request, NOW, now_s) if isinstance(command, _QUESTIONS) else [])

    def _schedule(self, message: Message, sender: Target, ahead_s: float, now_s: float) -> Effects:
        request = Request(message.address, sender)
        try:
            if parse(message.address, message.arguments) is None:
                return []
            if ahead_s > MAX_AHEAD_S:
                text = f"the timetag lies {ahead_s:.0f} s ahead, at most {MAX_AHEAD_S:g}"
                raise CommandError(CommandError.NOT_NOW, text)
            if not self._scheduled.add(now_s + ahead_s, (message, sender), sender):
                held = f"{self._scheduled.held(sender[0])} messages of {sender[0]} are scheduled already"
                raise CommandError(CommandError.NOT_NOW, f"{held}, which leaves no more for one client")
        except CommandError as error:
            return self._replies.refuse(request, error)
        bar = max(1, self._instrument.transport.bar_at(now_s + ahead_s))
        return self._replies.answer(request, "/emo/ack", message.address, bar, 1000 * ahead_s, "scheduled")
