"""Message queues, one for each host and program, so that a flood delays only its own sender.

Each host has its turn, and in it each program of that host: an address and port that messages come from. 32 programs of
a host have a queue of their own, those that were there first. Further ports share one queue for each OSC address, since
nothing tells a client among ten thousand ports from the flood around it but what it asks for; so a client that comes
late is answered, as long as the flood asks for something else or for what can be overtaken. Further hosts than 64 are
taken for one. Knows no socket and no clock.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from emo_osc.core.fair_shares import Turns
from emo_osc.protocol.address_patterns import spread
from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.osc import Fault, MalformedError, Message, Target, read_datagram

MAX_HOSTS = 64
MAX_PROGRAMS = 32  # of one host
SILENCE_S = 10.0  # a program that was silent so long may lose its queue to another
SWEEP_S = 1.0
MAX_WAITING = 1024  # messages of one program
MAX_WAITING_BYTES = 1 << 17  # of one program
MAX_WAITING_OF_HOST = 4096
MAX_WAITING_BYTES_OF_HOST = 1 << 19
MAX_ASKED = 32
FEW = 8  # up to so many messages of a sender are all done and answered, whatever comes after them
ANY_HOST = ""

Name = int | str
"""What a queue of a host is called: the port of a program, or an OSC address that further programs send to."""


class Waiting(NamedTuple):
    """A message, who sent it, its share of its datagram's bytes, and when that was received, in seconds."""

    message: Message
    sender: Target
    size_bytes: int
    stamp_s: float


class Run(NamedTuple):
    """Messages of one queue in the order they came, and whose queue that is."""

    host: str
    name: Name
    waiting: Sequence[Waiting]


class SenderQueues:
    """A bounded queue for each program of each host; where one is full, its oldest message goes.

    `is_setting` says whether a message overwrites a value and does nothing else.

    >>> inbox = SenderQueues(lambda message: False)
    >>> for packet, port in ((b"/a\\0\\0", 1), (b"/b\\0\\0", 1), (b"/c\\0\\0", 1), (b"/d\\0\\0", 2), (b"junk", 3)):
    ...     _ = inbox.put(packet, ("10.0.0.1", port), 0.0)
    >>> for _ in range(3):
    ...     run = inbox.take(2)
    ...     print(run.name, [waiting.message.address for waiting in run.waiting])
    1 ['/a', '/b']
    2 ['/d']
    1 ['/c']
    >>> inbox.take(2), len(inbox), inbox.received, inbox.malformed, inbox.dropped
    (None, 0, 4, 1, 0)
    """

    def __init__(self, is_setting: Callable[[Message], bool]) -> None:
        self.received = 0
        """Messages that came."""
        self.malformed = 0
        """Datagrams that were not OSC, and single messages that could not be read."""
        self.dropped = 0
        """Messages that came and had to go before their turn."""
        self._is_setting = is_setting
        self._known = _Known()
        self._hosts: dict[str, _Host] = {}
        self._turns: Turns[Name] = Turns()

    def __len__(self) -> int:
        return sum(host.count for host in self._hosts.values())

    @property
    def queues(self) -> int:
        """How many queues have messages in them."""
        return sum(len(host.queues) for host in self._hosts.values())

    def put(self, packet: bytes, sender: Target, stamp_s: float) -> list[Fault]:
        """Let the messages of a datagram wait; those of them that cannot be read, and why."""
        try:
            messages, faults = read_datagram(packet)
        except MalformedError:
            self.malformed += 1
            return []
        messages = spread(messages)
        self.received += len(messages)
        self.malformed += len(faults)
        if messages:
            self._put(messages, sender, len(packet) // len(messages), stamp_s)
        return faults

    def _put(self, messages: list[Message], sender: Target, size_bytes: int, stamp_s: float) -> None:
        place, is_known = self._known.place(sender, stamp_s)
        host = self._hosts.get(place)
        if host is None:
            host = self._hosts[place] = _Host()
        for message in messages:
            name = sender[1] if is_known else message.address if message.address in ROUTES else ""
            if name not in host.queues:
                self._turns.add(place, name)
            host.add(name, Waiting(message, sender, size_bytes, stamp_s))
            if host.queues[name].is_full or host.is_full:
                self._drop(place, host, name)

    def take(self, limit: int) -> Run | None:
        """What is worth doing of at most `limit` messages of the queue whose turn it is; None where nothing waits."""
        if not self._turns:
            return None
        place, name = self._turns.next()
        host = self._hosts[place]
        taken = host.take(name, limit)
        self._forget_empty(place, host, name)
        return Run(place, name, latest(taken, self._is_setting))

    def give_back(self, run: Run) -> None:
        """Let messages that were taken wait again, before those that came later."""
        if run.waiting:
            host = self._hosts.setdefault(run.host, _Host())
            host.give_back(run.name, run.waiting)
            self._turns.add(run.host, run.name)

    def programs(self, host: str) -> list[Target]:
        """The programs of a host that have a queue of their own, those that came first first."""
        return self._known.programs(host)

    def _drop(self, place: str, host: "_Host", name: Name) -> None:
        """Drop the oldest message of a queue that is full, or of the longest where the host's are."""
        if host.queues[name].is_full:
            self._drop_oldest(place, host, name)
        while host.is_full:
            self._drop_oldest(place, host, max(host.queues, key=lambda one: host.queues[one].size_bytes))

    def _drop_oldest(self, place: str, host: "_Host", name: Name) -> None:
        host.take(name, 1)
        self.dropped += 1
        self._forget_empty(place, host, name)

    def _forget_empty(self, place: str, host: "_Host", name: Name) -> None:
        if not host.queues[name].waiting:
            del host.queues[name]
            self._turns.remove(place, name)
        if not host.queues:
            del self._hosts[place]


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


class _Host:
    """The queues of a host that are not empty."""

    __slots__ = ("count", "queues", "size_bytes")

    def __init__(self) -> None:
        self.queues: dict[Name, _Queue] = {}
        self.count = 0
        self.size_bytes = 0

    @property
    def is_full(self) -> bool:
        return self.count > MAX_WAITING_OF_HOST or self.size_bytes > MAX_WAITING_BYTES_OF_HOST

    def add(self, name: Name, waiting: Waiting) -> None:
        queue = self.queues.get(name)
        if queue is None:
            queue = self.queues[name] = _Queue()
        queue.waiting.append(waiting)
        queue.size_bytes += waiting.size_bytes
        self.size_bytes += waiting.size_bytes
        self.count += 1

    def give_back(self, name: Name, waiting: Sequence[Waiting]) -> None:
        queue = self.queues.setdefault(name, _Queue())
        queue.waiting.extendleft(reversed(waiting))
        self._counted(queue, waiting, 1)

    def take(self, name: Name, limit: int) -> list[Waiting]:
        queue = self.queues[name]
        if len(queue.waiting) <= limit:
            taken = list(queue.waiting)
            queue.waiting.clear()
        else:
            taken = [queue.waiting.popleft() for _ in range(limit)]
        self._counted(queue, taken, -1)
        return taken

    def _counted(self, queue: "_Queue", waiting: Sequence[Waiting], sign: int) -> None:
        size_bytes = sign * sum(one.size_bytes for one in waiting)
        queue.size_bytes += size_bytes
        self.size_bytes += size_bytes
        self.count += sign * len(waiting)


class _Queue:
    __slots__ = ("size_bytes", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Waiting] = deque()
        self.size_bytes = 0

    @property
    def is_full(self) -> bool:
        return len(self.waiting) > MAX_WAITING or self.size_bytes > MAX_WAITING_BYTES


class _Known:
    """Programs that have a place of their own, by host and port, and when they last sent something."""

    def __init__(self) -> None:
        self._heard_s: dict[str, dict[int, float]] = {}
        self._swept_s = 0.0

    def programs(self, host: str) -> list[Target]:
        return [(host, port) for port in self._heard_s.get(host, ())]

    def place(self, sender: Target, now_s: float) -> tuple[str, bool]:
        """The host whose turn a message of this sender takes, and whether the sender has a queue of its own in it."""
        if now_s - self._swept_s > SWEEP_S:
            self._sweep(now_s)
        host, port = sender
        ports = self._heard_s.get(host)
        if ports is None:
            if len(self._heard_s) >= MAX_HOSTS:
                return ANY_HOST, False
            ports = self._heard_s[host] = {}
        if port not in ports and len(ports) >= MAX_PROGRAMS:
            return host, False
        ports[port] = now_s
        return host, True

    def _sweep(self, now_s: float) -> None:
        """Forget who has long been silent."""
        self._swept_s = now_s
        for host, ports in list(self._heard_s.items()):
            for port in [port for port, heard_s in ports.items() if now_s - heard_s > SILENCE_S]:
                del ports[port]
            if not ports:
                del self._heard_s[host]
