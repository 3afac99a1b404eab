"""Replies: what the sender of a request is answered. Knows no socket and no command."""

from math import inf

from emo_osc.core.errors import CommandError
from emo_osc.protocol.osc import Fault, Target
from emo_osc.protocol.parameters import MAX_TEXT, Scalar
from emo_osc.stage.session.effects import Effect, Effects, SendOsc
from emo_osc.stage.session.instrument import Instrument
from emo_osc.stage.session.latency import Latency
from emo_osc.stage.session.request import NO_TARGET, Request
from emo_osc.stage.session.subscriptions import Clients

EVERY_S = 1.0  # for each sender
MAX_REMEMBERED = 256


class Replies:
    """Answers go where the client of a request has its replies sent."""

    def __init__(self, instrument: Instrument, clients: Clients) -> None:
        self._instrument, self._clients = instrument, clients
        self._complaints = Complaints()

    def acknowledge(self, request: Request, landing: float | None, now_s: float, *values: Scalar) -> Effects:
        """Answer the bar it lands on, the milliseconds until then, the values as they were taken, and a note."""
        bar, ms = self._instrument.transport.landing(landing, now_s)
        notes = (request.note,) if request.note else ()
        return self.answer(request, "/emo/ack", request.address, bar, ms, *values, *notes)

    def refuse(self, request: Request, error: CommandError) -> Effects:
        """Answer why not."""
        return self.answer(request, "/emo/error", error.code, str(error), request.address[:MAX_TEXT])

    def complain(self, fault: Fault, sender: Target, now_s: float) -> Effects:
        """Answer a message that cannot be read; each sender once a second."""
        if not self._complaints.is_due(sender, now_s):
            return []
        return self.refuse(Request(fault.address, sender), CommandError(CommandError.WRONG_ARGUMENTS, fault.text))

    def answer(self, request: Request, address: str, *arguments: Scalar) -> Effects:
        """Answer with any message; nothing where the request came from no client."""
        if request.sender == NO_TARGET:
            return []
        return [SendOsc(self._clients.target(request.sender), address, arguments)]

    def value(self, target: Target, name: str, now_s: float) -> Effect:
        """A value as it stands."""
        return SendOsc(target, f"/emo/state/{name}", self._instrument.read(name, now_s))


class Complaints:
    """When each sender was last told; no more than 256 senders are told within a second.

    >>> complaints = Complaints()
    >>> [complaints.is_due(("10.0.0.2", port), at_s) for port, at_s in ((1, 0.0), (1, 0.9), (2, 0.9), (1, 1.0))]
    [True, False, True, True]
    """

    def __init__(self) -> None:
        self._told_s: dict[Target, float] = {}  # the one told longest ago comes first

    def is_due(self, sender: Target, now_s: float) -> bool:
        """Whether this sender is told now; it then counts as told."""
        if now_s - self._told_s.get(sender, -inf) < EVERY_S:
            return False
        if len(self._told_s) >= MAX_REMEMBERED and sender not in self._told_s:
            oldest = next(iter(self._told_s))
            if now_s - self._told_s[oldest] < EVERY_S:
                return False
            del self._told_s[oldest]
        self._told_s.pop(sender, None)
        self._told_s[sender] = now_s
        return True


def latency_answer(target: Target, name: str, delay: Latency) -> Effect:
    """The percentiles of one kind of delay."""
    p = delay.percentiles()
    return SendOsc(target, "/emo/latency", (name, p.p50_ms, p.p95_ms, p.p99_ms, p.max_ms, p.count))
