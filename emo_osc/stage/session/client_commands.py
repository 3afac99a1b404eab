"""The client commands: questions, subscriptions, where replies go, and what a crowd is like.

They change nothing that is played.

Knows no socket; times are arguments.
"""

from math import inf

from emo_osc import __version__
from emo_osc.core.errors import CommandError
from emo_osc.protocol import commands
from emo_osc.protocol.osc import Target, answerable
from emo_osc.protocol.parameters import VALUES
from emo_osc.stage.session.access import AccessList, numeric_host
from emo_osc.stage.session.effects import Effects, Handlers
from emo_osc.stage.session.latency import Latency
from emo_osc.stage.session.pushes import Pushes
from emo_osc.stage.session.replies import Replies, latency_answer
from emo_osc.stage.session.request import Request
from emo_osc.stage.session.status_counters import StatusCounters
from emo_osc.stage.session.subscriptions import Clients
from emo_osc.stage.session.transport import NOW

SILENCE_S = 5.0  # a crowd sends both figures once a second at least
CROWD_FIGURES = ("crowd_spread", "crowd_count")


class ClientCommands:
    """Answers clients, and knows which of them listen to what."""

    def __init__(
        self, clients: Clients, access: AccessList, delays: dict[str, Latency], replies: Replies, pushes: Pushes
    ) -> None:
        self._clients, self._access, self._delays = clients, access, delays
        self._replies, self._pushes = replies, pushes

    @property
    def handlers(self) -> Handlers:
        """What to call for each command."""
        return {
            commands.Get: self._get,
            commands.Listen: self._listen,
            commands.Unlisten: self._unlisten,
            commands.ReplyTo: self._reply_to,
            commands.Ping: self._ping,
            commands.Status: self._status,
            commands.AskLatency: self._latency,
            commands.AskSpread: self._spread,
            commands.Version: self._version,
        }

    def latencies(self, target: Target) -> Effects:
        """Every kind of delay, for one client."""
        return [latency_answer(target, name, delay) for name, delay in self._delays.items()]

    def _get(self, command: commands.Get, request: Request, now_s: float) -> Effects:
        return [self._replies.value(self._clients.target(request.sender), command.name, now_s)]

    def _listen(self, command: commands.Listen, request: Request, now_s: float) -> Effects:
        self._clients.listen(request.sender, command.name, now_s)
        self._pushes.someone_came()
        target = self._clients.target(request.sender)
        names = VALUES if command.name in ("state", "*") else (command.name,)
        effects = self._replies.acknowledge(request, NOW, now_s)
        effects += [self._replies.value(target, name, now_s) for name in names if name in VALUES]
        return effects + (self._pushes.whole_roll(target) if command.name in ("roll", "*") else [])

    def _unlisten(self, command: commands.Unlisten, request: Request, now_s: float) -> Effects:
        self._clients.unlisten(request.sender, command.name)
        return self._replies.acknowledge(request, NOW, now_s)

    def _reply_to(self, command: commands.ReplyTo, request: Request, now_s: float) -> Effects:
        host = numeric_host(command.host or request.sender[0])
        if not self._access.may_be_answered(host, request.sender[0]):
            text = f"answers go to you or this computer; to have them sent to {host}, name it under osc.allow"
            raise CommandError(CommandError.NOT_NOW, text)
        self._clients.reply_to(request.sender, (host, command.port), now_s)
        effects = self._replies.acknowledge(request, NOW, now_s)
        return effects + self._replies.answer(request, "/emo/startup", __version__)

    def _ping(self, command: commands.Ping, request: Request, now_s: float) -> Effects:
        token = () if command.token is None else (answerable(command.token),)
        return self._replies.answer(request, "/emo/pong", *token)

    def _status(self, _: commands.Status, request: Request, now_s: float) -> Effects:
        target = self._clients.target(request.sender)
        return [self._replies.value(target, name, now_s) for name in VALUES]

    def _latency(self, _: commands.AskLatency, request: Request, now_s: float) -> Effects:
        return self.latencies(self._clients.target(request.sender))

    def _spread(self, _: commands.AskSpread, request: Request, now_s: float) -> Effects:
        answers = (
            self._replies.answer(request, "/emo/latency/spread", name, *delay.spread())
            for name, delay in self._delays.items()
        )
        return [effect for answer in answers for effect in answer]

    def _version(self, _: commands.Version, request: Request, now_s: float) -> Effects:
        return self._replies.answer(request, "/emo/version", __version__)


class CrowdFigures:
    """Takes the figures of `emo-osc crowd`; both are 0 again five seconds after the last of them."""

    def __init__(self, counters: StatusCounters, replies: Replies, pushes: Pushes) -> None:
        self._counters, self._replies, self._pushes = counters, replies, pushes
        self._until_s = inf

    @property
    def handlers(self) -> Handlers:
        """What to call for the command."""
        return {commands.TellCrowd: self._take}

    def on_second(self, now_s: float) -> Effects:
        """Forget a crowd that has fallen silent."""
        if now_s < self._until_s:
            return []
        self._until_s = inf
        self._counters.crowd_spread, self._counters.crowd_count = 0.0, 0
        return self._pushes.values(CROWD_FIGURES, now_s)

    def _take(self, command: commands.TellCrowd, request: Request, now_s: float) -> Effects:
        self._until_s = now_s + SILENCE_S
        setattr(self._counters, command.name, command.value)  # a count is an int already: its argument is read as one
        effects = self._replies.acknowledge(request, NOW, now_s, command.value)
        return effects + self._pushes.value(command.name, now_s)
