"""The OSC server: reads datagrams in fair turns, and sends replies and pushes.

It knows no session: what has come it gives as events, and what it sends it is given as effects. In a flood it gives
what is worth doing, and asks for a rest.
"""

from collections import Counter
from collections.abc import Generator, Iterator
from math import inf
from time import perf_counter, time

from emo_osc.protocol.osc import Target
from emo_osc.protocol.osc import encode as encode_osc
from emo_osc.protocol.parsing import is_setting
from emo_osc.stage.io.send_budget import Credit
from emo_osc.stage.io.sender_queues import Run, SenderQueues
from emo_osc.stage.io.udp import ANY_PORT, Datagram, OscSocket
from emo_osc.stage.session.access import AccessList
from emo_osc.stage.session.effects import SendOsc
from emo_osc.stage.session.events import AnswersHeldBack, OscReceived, OscUnreadable, SenderDenied
from emo_osc.stage.session.status_counters import StatusCounters

DATAGRAMS_A_BATCH = 64  # then notes get their turn
MESSAGES_A_TURN = 256
LONG_BYTES = 64  # a bundle this long takes as long to read as several messages
QUANTUM_S = 0.00025  # at least, for one client's messages, then it is the next one's turn; one is always done
BUSY_S = 0.002  # for answering clients, before the rest of the house is looked after
REST_S = 0.001  # then, in a flood: Linux takes a real-time thread off the stage for 50 ms when it works all the time
PROOF = "/emo/pong"  # the answer to a question of ours
MAX_OFF_S = 1.0  # a stamp of the system's that lies farther away was made by a wall clock that has been set
OscEvent = OscReceived | OscUnreadable | SenderDenied | AnswersHeldBack


class OscServer:
    """The socket's two ways. `counters` are told how much came and went."""

    def __init__(self, udp: OscSocket, access: AccessList, counters: StatusCounters) -> None:
        self._udp = udp
        self._access = access
        self._counters = counters
        self._queues = SenderQueues(is_setting)
        self._credit = Credit(access.is_named)
        self._credit.on_held_back = lambda host: self._news.append(AnswersHeldBack(host))
        self._news: list[OscEvent] = []
        self._sent: tuple[str, tuple[float | str, ...]] | None = None
        self._packet = b""
        self._crowd: list[Target] = []
        self._rests_until_s = 0.0

    def take_rest_s(self) -> float:
        """Until when the thread must rest, zero where it need not; asking takes it."""
        rest_s, self._rests_until_s = self._rests_until_s, 0.0
        return rest_s

    def rest(self) -> None:
        """Let the thread rest before it works on."""
        self._rests_until_s = perf_counter() + REST_S

    def next_s(self, now_s: float) -> float:
        """When to look for datagrams that wake nobody: those of a flooder."""
        return now_s + REST_S if self._udp.is_flooded else inf

    def requests(self) -> Iterator[OscEvent | None]:
        """What clients ask, in fair turns; None where notes should have theirs. Of a flood, only what is worth doing.

        Handle each before the next is taken: how long that took decides whose turn it is.
        """
        yield from self._take_news()
        until_s = perf_counter() + BUSY_S
        while (yield from self._read_batches()):
            served_s = perf_counter() + BUSY_S / 2
            while perf_counter() < served_s and (queues := self._queues.queues):
                yield from self._serve(self._queues.take(MESSAGES_A_TURN), max(QUANTUM_S, BUSY_S / 2 / queues))
            if perf_counter() > until_s:
                if len(self._crowd) >= DATAGRAMS_A_BATCH:
                    self._set_apart()
                self.rest()
                return

    def send(self, answer: SendOsc) -> None:
        """Send a message; what is pushed to many in a row is encoded once."""
        if self._sent != (answer.address, answer.arguments):
            self._sent = (answer.address, answer.arguments)
            self._packet = encode_osc(answer.address, *answer.arguments)
        now_s = perf_counter()
        if self._credit.may_send(answer.target, len(self._packet), now_s):
            self._udp.send(self._packet, answer.target)
        for target, number in self._credit.questions(now_s):
            self._udp.send(encode_osc("/emo/ping", number), target)

    def _read_batches(self) -> Generator[OscEvent | None, None, bool]:
        """Read what has come, up to a few batches; whether there is something to do."""
        until_s = perf_counter() + BUSY_S / 2
        while (yield from self._read_udp()) and len(self._queues) < MESSAGES_A_TURN and perf_counter() < until_s:
            yield None
        return len(self._queues) > 0

    def _read_udp(self) -> Generator[OscEvent | None, None, bool]:
        """Read a batch of everybody's, and one of each flooder's unless enough waits; whether there may be more."""
        datagrams = self._udp.receive(DATAGRAMS_A_BATCH)
        self._crowd = [datagram.sender for datagram in datagrams]
        if len(self._queues) < MESSAGES_A_TURN:
            datagrams += self._udp.receive_flood(DATAGRAMS_A_BATCH)
        now_s = perf_counter()
        ahead_s = now_s - time()
        for count, datagram in enumerate(datagrams, 1):
            self._queue(datagram, now_s, ahead_s)
            if self._news:
                yield from self._take_news()
            if len(datagram.packet) > LONG_BYTES or count % DATAGRAMS_A_BATCH == 0:
                yield None
        counters, inbox = self._counters, self._queues
        counters.received, counters.malformed = inbox.received - inbox.dropped, inbox.malformed
        counters.dropped, counters.unsent = (
            inbox.dropped + self._udp.overflowed,
            self._udp.unsent + self._credit.held_back,
        )
        return len(datagrams) >= DATAGRAMS_A_BATCH

    def _queue(self, datagram: Datagram, now_s: float, ahead_s: float) -> None:
        """Let a datagram's messages wait for their turn; `ahead_s` is the stage's clock less the Unix time."""
        host = datagram.sender[0]
        if not self._access.may_speak(host):
            self._refuse(host)
            return
        self._credit.received(host, len(datagram.packet), now_s)
        stamp_s = now_s if datagram.wall_s is None else datagram.wall_s + ahead_s
        is_sane = now_s - MAX_OFF_S < stamp_s < now_s + MAX_OFF_S  # the wall clock may have been set
        faults = self._queues.put(datagram.packet, datagram.sender, stamp_s if is_sane else now_s)
        self._news += [OscUnreadable(fault, datagram.sender) for fault in faults]

    def _refuse(self, host: str) -> None:
        """Count a denied sender; the first one is told."""
        self._counters.strangers += 1
        if self._counters.strangers == 1:
            self._news.append(SenderDenied(host))

    def _take_news(self) -> list[OscEvent]:
        news, self._news = self._news, []
        return news

    def _set_apart(self) -> None:
        """Give a flooding sender a queue of its own: a client, or a host with all its ports, but for those it had."""
        sender, count = Counter(self._crowd).most_common(1)[0]
        if 2 * count < len(self._crowd):
            host, _ = Counter(host for host, _ in self._crowd).most_common(1)[0]
            sender = (host, ANY_PORT)
        self._udp.set_apart(sender, self._queues.programs(sender[0]))

    def _serve(self, run: Run | None, quantum_s: float) -> Iterator[OscEvent]:
        if run is None:
            return
        until_s = perf_counter() + quantum_s
        for done, waiting in enumerate(run.waiting):
            if done and perf_counter() > until_s:
                self._queues.give_back(run._replace(waiting=run.waiting[done:]))
                return
            if waiting.message.address == PROOF:
                self._credit.answered(waiting.sender[0], waiting.message.arguments, perf_counter())
            yield OscReceived(waiting.message, waiting.sender, waiting.stamp_s, time())
