"""The OSC server: reads datagrams in fair turns and answers them, with the notes' turns in between.

In a flood it does what is worth doing, and never without a rest.
"""

from collections import Counter
from collections.abc import Callable
from math import inf
from time import perf_counter, time

from emo_osc.protocol.osc import Message, Target
from emo_osc.protocol.osc import encode as encode_osc
from emo_osc.protocol.parsing import is_setting
from emo_osc.stage.io.send_budget import Credit
from emo_osc.stage.io.sender_queues import Run, SenderQueues
from emo_osc.stage.io.udp import ANY_PORT, OscSocket
from emo_osc.stage.session.access import AccessList
from emo_osc.stage.session.dispatcher import Dispatcher

DATAGRAMS_A_BATCH = 64  # then notes get their turn
MESSAGES_A_TURN = 256
LONG_BYTES = 64  # a bundle this long takes as long to read as several messages
ANSWERS_A_TURN = 16
QUANTUM_S = 0.00025  # at least, for one client's messages, then it is the next one's turn; one is always done
BUSY_S = 0.002  # for answering clients, before the rest of the house is looked after
REST_S = 0.001  # then, in a flood: Linux takes a real-time thread off the stage for 50 ms when it works all the time
PROOF = "/emo/pong"  # the answer to a question of ours
MAX_OFF_S = 1.0  # a stamp of the system's that lies farther away was made by a wall clock that has been set


class OscServer:
    """The socket's two ways.

    `play` lets notes have their turn, `receive` does what a message asks that came then, and `do_scheduled` what one
    asked for now: it tells whether there was one.
    """

    def __init__(
        self,
        udp: OscSocket,
        access: AccessList,
        dispatcher: Dispatcher,
        play: Callable[[], None],
        receive: Callable[[Message, Target, float], None],
        do_scheduled: Callable[[], bool],
    ) -> None:
        self._udp = udp
        self._access = access
        self._dispatcher = dispatcher
        self._play = play
        self._receive = receive
        self._do_scheduled = do_scheduled
        self._queues = SenderQueues(is_setting)
        self._credit = Credit(access.is_named)
        self._credit.on_held_back = self._tell_held_back
        self._crowd: list[Target] = []
        self._rests_until_s = 0.0

    def take_rest_s(self) -> float:
        """Until when the thread must rest, zero where it need not; asking takes it."""
        rest_s, self._rests_until_s = self._rests_until_s, 0.0
        return rest_s

    def next_s(self, now_s: float) -> float:
        """When to look for letters that wake nobody: those of a flooder."""
        return now_s + REST_S if self._udp.is_flooded else inf

    def serve_all(self) -> None:
        """Do what clients ask; of a flood, only what is worth doing, and never without a rest."""
        until_s = perf_counter() + BUSY_S
        while self._read_batches():
            served_s = perf_counter() + BUSY_S / 2
            while perf_counter() < served_s and (queues := self._queues.queues):
                self._serve(self._queues.take(MESSAGES_A_TURN), max(QUANTUM_S, BUSY_S / 2 / queues))
            if perf_counter() > until_s:
                if len(self._crowd) >= DATAGRAMS_A_BATCH:
                    self._set_apart()
                self._rests_until_s = perf_counter() + REST_S
                return

    def serve_scheduled(self) -> None:
        """Do what was scheduled for now, for a while: datagrams that have come have their turn in between."""
        until_s = perf_counter() + BUSY_S / 2
        while self._do_scheduled():
            self._play()
            self.send_answers()
            if perf_counter() > until_s:
                self._rests_until_s = max(self._rests_until_s, perf_counter() + REST_S)
                return

    def send_answers(self) -> None:
        """Send what the dispatcher has to say; what is pushed to many is written once."""
        known, packet, now_s = None, b"", perf_counter()
        for count, answer in enumerate(self._dispatcher.take_answers(), 1):
            if known != (answer.address, answer.arguments):
                known = (answer.address, answer.arguments)
                packet = encode_osc(answer.address, *answer.arguments)
            if self._credit.may_send(answer.target, len(packet), now_s):
                self._udp.send(packet, answer.target)
            if count % ANSWERS_A_TURN == 0:
                self._play()
        for target, number in self._credit.questions(now_s):
            self._udp.send(encode_osc("/emo/ping", number), target)

    def _read_batches(self) -> bool:
        """Read what has come, up to a few batches; whether there is something to do."""
        until_s = perf_counter() + BUSY_S / 2
        while self._read_udp() and len(self._queues) < MESSAGES_A_TURN and perf_counter() < until_s:
            self._play()
        return len(self._queues) > 0

    def _read_udp(self) -> bool:
        """Read a batch of everybody's, and one of each flooder's unless enough waits; whether there may be more."""
        datagrams = self._udp.receive(DATAGRAMS_A_BATCH)
        self._crowd = [datagram.sender for datagram in datagrams]
        if len(self._queues) < MESSAGES_A_TURN:
            datagrams += self._udp.receive_flood(DATAGRAMS_A_BATCH)
        now_s = perf_counter()
        ahead_s = now_s - time()
        for count, datagram in enumerate(datagrams, 1):
            if not self._access.may_speak(datagram.sender[0]):
                self._refuse(datagram.sender[0])
                continue
            self._credit.received(datagram.sender[0], len(datagram.packet), now_s)
            stamp_s = now_s if datagram.wall_s is None else datagram.wall_s + ahead_s
            is_sane = now_s - MAX_OFF_S < stamp_s < now_s + MAX_OFF_S  # the wall clock may have been set
            for fault in self._queues.put(datagram.packet, datagram.sender, stamp_s if is_sane else now_s):
                self._dispatcher.complain(fault, datagram.sender, now_s)
            if len(datagram.packet) > LONG_BYTES or count % DATAGRAMS_A_BATCH == 0:
                self._play()
        counters, inbox = self._dispatcher.instrument.counters, self._queues
        counters.received, counters.malformed = inbox.received - inbox.dropped, inbox.malformed
        counters.dropped, counters.unsent = (
            inbox.dropped + self._udp.overflowed,
            self._udp.unsent + self._credit.held_back,
        )
        return len(datagrams) >= DATAGRAMS_A_BATCH

    def _refuse(self, host: str) -> None:
        """Count a stranger, and let people read who the first one was."""
        self._dispatcher.instrument.counters.strangers += 1
        if self._dispatcher.instrument.counters.strangers == 1:
            self._dispatcher.instrument.say(
                "osc", f"OSC from {host} is not heard; to let it in, name it under osc.allow"
            )

    def _tell_held_back(self, host: str) -> None:
        proof = "until it answers /emo/ping NUMBER with /emo/pong NUMBER, or is named under osc.allow"
        text = f"answers to {host} are held back {proof}"
        self._dispatcher.instrument.say("osc", text)

    def _set_apart(self) -> None:
        """Give whoever floods us a queue of its own: a client, or a host with all its ports, but for those it had."""
        sender, count = Counter(self._crowd).most_common(1)[0]
        if 2 * count < len(self._crowd):
            host, _ = Counter(host for host, _ in self._crowd).most_common(1)[0]
            sender = (host, ANY_PORT)
        self._udp.set_apart(sender, self._queues.programs(sender[0]))

    def _serve(self, run: Run | None, quantum_s: float) -> None:
        if run is None:
            return
        until_s = perf_counter() + quantum_s
        for done, waiting in enumerate(run.waiting):
            if done and perf_counter() > until_s:
                self._queues.give_back(run._replace(waiting=run.waiting[done:]))
                break
            if waiting.message.address == PROOF:
                self._credit.answered(waiting.sender[0], waiting.message.arguments, perf_counter())
            self._receive(waiting.message, waiting.sender, waiting.stamp_s)
            self._play()
            self.send_answers()
