"""Messages that wait for their turn, kept apart by sender, so that a flood delays only whoever sends it.

Knows no socket and no clock.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from emo_osc.stage.osc import Fault, MalformedError, Message, Target, read_datagram

MAX_SENDERS = 64
MAX_WAITING = 1024  # messages of one sender
MAX_WAITING_BYTES = 1 << 17  # of one sender
MAX_ASKED = 32
FEW = 8  # up to so many messages of a sender are all done and answered, whatever comes after them


class Waiting(NamedTuple):
    """A message, its share of its datagram's bytes, and when that was received, in seconds."""

    message: Message
    size_bytes: int
    stamp_s: float


class Run(NamedTuple):
    """Messages of one sender in the order they came."""

    sender: Target
    waiting: Sequence[Waiting]


class Inbox:
    """A bounded queue for each of a bounded number of senders; where one is full, its oldest message goes.

    `is_setting` says whether a message overwrites a value and does nothing else.

    >>> inbox = Inbox(lambda message: False)
    >>> for packet, port in ((b"/a\\0\\0", 1), (b"/b\\0\\0", 1), (b"/c\\0\\0", 1), (b"/d\\0\\0", 2), (b"junk", 3)):
    ...     _ = inbox.put(packet, ("10.0.0.1", port), 0.0)
    >>> [(run.sender[1], [waiting.message.address for waiting in run.waiting]) for run in inbox.take(3)]
    [(2, ['/d']), (1, ['/a', '/b'])]
    >>> len(inbox), inbox.received, inbox.malformed, inbox.dropped
    (1, 4, 1, 0)
    """

    def __init__(self, is_setting: Callable[[Message], bool]) -> None:
        self.received = 0
        """Messages that came."""
        self.malformed = 0
        """Datagrams that were not OSC, and single messages that could not be read."""
        self.dropped = 0
        """Messages that came and had to go before their turn."""
        self._is_setting = is_setting
        self._queues: dict[Target, _Queue] = {}

    def __len__(self) -> int:
        return sum(len(queue.waiting) for queue in self._queues.values())

    def put(self, packet: bytes, sender: Target, stamp_s: float) -> list[Fault]:
        """Let the messages of a datagram wait; those of them that cannot be read, and why."""
        try:
            messages, faults = read_datagram(packet)
        except MalformedError:
            self.malformed += 1
            return []
        self.received += len(messages)
        self.malformed += len(faults)
        if messages:
            self._put(messages, packet, sender, stamp_s)
        return faults

    def _put(self, messages: list[Message], packet: bytes, sender: Target, stamp_s: float) -> None:
        queue = self._queues.get(sender)
        if queue is None:
            if len(self._queues) >= MAX_SENDERS:
                self.dropped += len(messages)
                return
            queue = self._queues[sender] = _Queue()
        for message in messages:
            queue.add(Waiting(message, len(packet) // len(messages), stamp_s))
        while len(queue.waiting) > MAX_WAITING or queue.size_bytes > MAX_WAITING_BYTES:
            queue.take()
            self.dropped += 1

    def take(self, limit: int) -> list[Run]:
        """What is worth doing of at most `limit` messages, in equal shares; whoever has least to say comes first."""
        runs = []
        order = sorted(self._queues, key=self._length)
        for left, sender in zip(range(len(order), 0, -1), order, strict=True):
            share = min(-(-limit // left), self._length(sender))
            limit -= share
            if share:
                runs.append(Run(sender, latest(self._take_of(sender, share), self._is_setting)))
        return runs

    def give_back(self, run: Run) -> None:
        """Let messages that were taken wait again, before those that came later."""
        if run.waiting:
            queue = self._queues.setdefault(run.sender, _Queue())
            queue.waiting.extendleft(reversed(run.waiting))
            queue.size_bytes += sum(one.size_bytes for one in run.waiting)

    def _take_of(self, sender: Target, count: int) -> list[Waiting]:
        queue = self._queues[sender]
        if count == len(queue.waiting):
            return list(self._queues.pop(sender).waiting)
        return [queue.take() for _ in range(count)]

    def _length(self, sender: Target) -> int:
        return len(self._queues[sender].waiting)


def latest(run: list[Waiting], is_setting: Callable[[Message], bool]) -> list[Waiting]:
    """What is worth doing of a sender's messages: of settings that follow each other, the last for each address.

    A setting overwrites whatever an earlier one to its address did, so the end is the same. Anything else is kept and
    keeps what stands before it, and so does a message of a bundle that names a time; up to eight are all kept.
    `is_setting` is asked of the last of an address only, and 32 times at most; then all the older ones are kept.
    """
    if len(run) <= FEW:
        return run
    kept: list[Waiting] = []
    settled: set[str] = set()
    asked = 0
    for waiting in reversed(run):
        message = waiting.message
        if message.address in settled and message.time_s is None:
            continue
        kept.append(waiting)
        asked += 1
        if asked <= MAX_ASKED and is_setting(message):
            settled.add(message.address)
        else:
            settled.clear()
    return kept[::-1]


class _Queue:
    __slots__ = ("size_bytes", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Waiting] = deque()
        self.size_bytes = 0

    def add(self, waiting: Waiting) -> None:
        self.waiting.append(waiting)
        self.size_bytes += waiting.size_bytes

    def take(self) -> Waiting:
        waiting = self.waiting.popleft()
        self.size_bytes -= waiting.size_bytes
        return waiting
