"""Datagrams that wait for their turn, kept apart by sender, so that a flood delays only whoever sends it.

Knows no socket and no clock.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from emo_osc.stage.osc import Target

MAX_SENDERS = 256
MAX_WAITING = 1024  # datagrams of one sender
MAX_WAITING_BYTES = 1 << 18  # of one sender
FEW = 8  # up to so many things of a sender are all done and answered, whatever comes after them

Item = TypeVar("Item")


class Waiting(NamedTuple):
    """A datagram, and when it was received, in seconds."""

    packet: bytes
    stamp_s: float

    @property
    def is_bundle(self) -> bool:
        """Whether it is several messages in one."""
        return self.packet.startswith(b"#")

    def read_address(self) -> bytes:
        """The OSC address it starts with, and nothing more of it."""
        return self.packet[: self.packet.find(b"\0")]


class Run(NamedTuple):
    """Datagrams of one sender in the order they came."""

    sender: Target
    waiting: tuple[Waiting, ...]


class Inbox:
    """A bounded queue for each of a bounded number of senders; where one is full, its oldest datagram goes.

    >>> inbox = Inbox()
    >>> for packet, port in ((b"a", 1), (b"b", 1), (b"c", 1), (b"d", 2)):
    ...     inbox.put(packet, ("10.0.0.1", port), 0.0)
    >>> [(run.sender[1], [waiting.packet for waiting in run.waiting]) for run in inbox.take(3)]
    [(2, [b'd']), (1, [b'a', b'b'])]
    >>> inbox.is_empty, inbox.dropped
    (False, 0)
    """

    def __init__(self) -> None:
        self.dropped = 0
        """Datagrams that had to go before they were read."""
        self._queues: dict[Target, _Queue] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nobody waits."""
        return not self._queues

    @property
    def loudest(self) -> tuple[Target, int]:
        """Whose datagrams are the most that wait, and how many they are.

        Raises:
            ValueError: nobody waits.
        """
        sender, queue = max(self._queues.items(), key=lambda item: len(item[1].waiting))
        return sender, len(queue.waiting)

    def put(self, packet: bytes, sender: Target, stamp_s: float) -> None:
        """Let a datagram wait."""
        queue = self._queues.get(sender)
        if queue is None:
            if len(self._queues) >= MAX_SENDERS:
                self.dropped += 1
                return
            queue = self._queues[sender] = _Queue()
        queue.waiting.append(Waiting(packet, stamp_s))
        queue.size_bytes += len(packet)
        while len(queue.waiting) > MAX_WAITING or queue.size_bytes > MAX_WAITING_BYTES:
            queue.size_bytes -= len(queue.waiting.popleft().packet)
            self.dropped += 1

    def take(self, limit: int) -> list[Run]:
        """At most `limit` datagrams in equal shares; whoever has least to say comes first."""
        runs = []
        order = sorted(self._queues, key=lambda sender: len(self._queues[sender].waiting))
        for left, sender in zip(range(len(order), 0, -1), order, strict=True):
            share = min(-(-limit // left), len(self._queues[sender].waiting))
            limit -= share
            if share:
                runs.append(Run(sender, tuple(self._take_of(sender, share))))
        return runs

    def give_back(self, sender: Target, waiting: Sequence[Waiting]) -> None:
        """Let datagrams that were taken wait again, before those that came later."""
        if not waiting:
            return
        queue = self._queues.setdefault(sender, _Queue())
        queue.waiting.extendleft(reversed(waiting))
        queue.size_bytes += sum(len(one.packet) for one in waiting)

    def _take_of(self, sender: Target, count: int) -> Iterable[Waiting]:
        queue = self._queues[sender]
        if count == len(queue.waiting):
            return self._queues.pop(sender).waiting
        taken = [queue.waiting.popleft() for _ in range(count)]
        queue.size_bytes -= sum(len(one.packet) for one in taken)
        return taken


def latest(
    items: Sequence[Item], address_of: Callable[[Item], Hashable], is_setting: Callable[[Item], bool]
) -> list[Item]:
    """What is worth doing of many things that wait: of settings that follow each other, the last for each address.

    A setting overwrites whatever an earlier one to its address did, so the end is the same. Anything else is kept and
    keeps what stands before it; up to eight items are all kept. `is_setting` is asked of the last of an address only.

    >>> latest("aababab", str, lambda _: True), latest("aabaBabaa", str, str.islower)
    (['a', 'a', 'b', 'a', 'b', 'a', 'b'], ['b', 'a', 'B', 'b', 'a'])
    """
    if len(items) <= FEW:
        return list(items)
    kept: list[Item] = []
    settled: set[Hashable] = set()
    for item in reversed(items):
        address = address_of(item)
        if address in settled:
            continue
        kept.append(item)
        if is_setting(item):
            settled.add(address)
        else:
            settled.clear()
    return kept[::-1]


class _Queue:
    __slots__ = ("size_bytes", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Waiting] = deque()
        self.size_bytes = 0
