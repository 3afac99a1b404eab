"""The UDP socket for OSC, with separate queues for senders that flood it."""

import select
import socket
import struct
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.osc import MAX_DATAGRAM_BYTES, Target

RECEIVE_BUFFER_BYTES = 1 << 20
MAX_FLOODERS = 8
MAX_FLOODING_PORTS = 2  # of one host, then all its ports have one queue
MAX_NEIGHBOURS = 32  # of one flooding host
ANY_PORT = 0  # Linux lets a socket be connected to a host without a port: it is handed what comes from any of them
MAX_LAST = 256  # datagrams of a queue that is given up
CALM_READS = 1000  # empty reads of a flooder's queue until it is given up; the stage reads once a millisecond

# Linux adds to each datagram when it came and how many were lost since; Python does not name these two (socket(7)).
_STAMP, _OVERFLOW = 35, 40
_ANCILLARY_BYTES = 64
_TIMESPEC = struct.Struct("@ll")
_COUNT = struct.Struct("@I")


class Datagram(NamedTuple):
    """What came in one piece: its bytes, who sent it, and the Unix time at which the system got it, if it tells."""

    packet: bytes
    sender: Target
    wall_s: float | None = None


class OscSocket:
    """The UDP socket the stage listens on. Never blocks.

    Raises:
        EmoOscError: the port is taken, or the host is not one of this machine's.
    """

    def __init__(self, host: str, port: int) -> None:
        self.socket = _bind(host, port)
        self.unsent = 0
        """Replies the system did not take."""
        self._is_ipv6 = self.socket.family == socket.AF_INET6
        self._queue = _Queue(self.socket)
        self._apart: dict[Target, _Queue] = {}
        """Queues of flooders, and of the clients beside them that are none."""
        self._flooders: set[Target] = set()
        self._hurried: set[Target] = set()
        """Those of whom older datagrams may still wait with everybody's: they are read first."""
        self._lost = 0

    @property
    def port(self) -> int:
        """The port that was bound (useful where 0 was asked)."""
        return int(self.socket.getsockname()[1])

    @property
    def overflowed(self) -> int:
        """Datagrams the system lost before we could read them, where it counts them (Linux)."""
        return self._lost + self._queue.lost + sum(queue.lost for queue in self._apart.values())

    @property
    def is_flooded(self) -> bool:
        """Whether there are flooders to read from."""
        return bool(self._flooders)

    def receive(self, limit: int) -> list[Datagram]:
        """Datagrams that wait, at most `limit` of everybody's, and as many of clients beside a flooder."""
        received = self._queue.receive(limit)
        if len(received) < limit:
            self._hurried.clear()
        if len(self._apart) > len(self._flooders):
            neighbours = self._apart.keys() - self._flooders
            received += self._receive_apart(neighbours, max(1, limit // len(neighbours)))
        return received

    def receive_flood(self, limit: int) -> list[Datagram]:
        """Datagrams of flooders that wait, at most `limit` of each; who has long been quiet is no flooder any more."""
        received = self._receive_apart(self._flooders, limit) if self._flooders else []
        for flooder in [one for one in self._flooders if self._apart[one].empty_reads > CALM_READS]:
            self._flooders.remove(flooder)
            hosts = {host for host, _ in self._flooders}
            for one in [one for one in self._apart if one == flooder or one[0] not in hosts]:
                received += self._close_apart(one)
        return received

    def set_apart(self, flooder: Target, neighbours: Sequence[Target] = ()) -> None:
        """Let the system keep a flooder's datagrams in a queue of their own, and not in the place of others'.

        `ANY_PORT` is a whole host, all its ports together, and so are more than two ports of one; then its
        `neighbours`, clients on that host, have queues of their own too, the first 32 of them. Linux hands a datagram
        to the socket that is connected to its sender, if there is one; elsewhere this does nothing.
        """
        if sys.platform != "linux" or flooder in self._flooders or len(self._flooders) >= MAX_FLOODERS:
            return
        host = flooder[0]
        if sum(one[0] == host for one in self._flooders) >= MAX_FLOODING_PORTS:
            flooder = (host, ANY_PORT)
        joining = [flooder] if flooder[1] else [flooder, *neighbours[:MAX_NEIGHBOURS]]
        if self._join([one for one in joining if one not in self._apart]):
            self._flooders.add(flooder)

    def _join(self, senders: list[Target]) -> bool:
        """Open sockets connected to these senders; false where not even the first could be."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            for sender in senders:
                self._apart[sender] = self._connected(sender)
                self._hurried.add(sender)
        except OSError:
            return bool(senders) and senders[0] in self._apart
        finally:  # nobody else may join: a second daemon must be told that the port is taken
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        return True

    def _connected(self, sender: Target) -> "_Queue":
        apart = socket.socket(self.socket.family, socket.SOCK_DGRAM)
        try:
            apart.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            _prepare(apart)
            apart.bind(self.socket.getsockname())
            apart.connect(self._reachable(sender))
        except OSError:
            apart.close()
            raise
        return _Queue(apart)

    def _receive_apart(self, senders: Iterable[Target], limit: int) -> list[Datagram]:
        queues = [self._apart[one] for one in senders if one not in self._hurried]
        ready = set(select.select([queue.socket for queue in queues], [], [], 0.0)[0]) if queues else set()
        received = []
        for queue in queues:
            if queue.socket in ready:
                received += queue.receive(limit)
            else:
                queue.empty_reads += 1
        return received

    def _close_apart(self, sender: Target) -> list[Datagram]:
        """Give up a queue; what came to it meanwhile."""
        queue = self._apart.pop(sender)
        received = queue.receive(MAX_LAST)
        self._lost += queue.lost
        queue.socket.close()
        return received

    def send(self, packet: bytes, target: Target) -> None:
        """Send one reply; a target that cannot be reached is counted, not reported."""
        try:
            self.socket.sendto(packet, self._reachable(target))
        except (OSError, OverflowError):
            self.unsent += 1

    def close(self) -> None:
        """Free the port."""
        for queue in (self._queue, *self._apart.values()):
            queue.socket.close()

    def _reachable(self, target: Target) -> Target:
        """An IPv4 target as an IPv6 socket writes it."""
        host, port = target
        return (f"::ffff:{host}", port) if self._is_ipv6 and ":" not in host else target


class _Queue:
    """The datagrams that wait at one socket, and how many the system has lost there."""

    def __init__(self, made: socket.socket) -> None:
        self.socket = made
        self.lost = 0
        self.empty_reads = 0

    def receive(self, limit: int) -> list[Datagram]:
        received: list[Datagram] = []
        for _ in range(limit):
            try:
                received.append(self._receive())
            except BlockingIOError:
                break
            except OSError:  # a reply's unreachable port is reported here; it concerns no datagram of ours
                continue
        self.empty_reads = 0 if received else self.empty_reads + 1
        return received

    if hasattr(socket.socket, "recvmsg"):

        def _receive(self) -> Datagram:
            # one byte more than allowed, so that a longer datagram is refused and not cut
            packet, extras, _, sender = self.socket.recvmsg(MAX_DATAGRAM_BYTES + 1, _ANCILLARY_BYTES)
            wall_s = None
            for _, kind, data in extras:
                if kind == _STAMP:
                    seconds, nanoseconds = _TIMESPEC.unpack(data)
                    wall_s = seconds + nanoseconds * 1e-9
                elif kind == _OVERFLOW:
                    (self.lost,) = _COUNT.unpack(data)
            return Datagram(packet, _target(sender), wall_s)

    else:  # Windows

        def _receive(self) -> Datagram:
            packet, sender = self.socket.recvfrom(MAX_DATAGRAM_BYTES + 1)
            return Datagram(packet, _target(sender))


def _target(sender: tuple[str, int] | tuple[str, int, int, int]) -> Target:
    """A sender as replies are addressed; an IPv6 host of this link keeps the number of its interface."""
    if len(sender) == 2:
        return sender
    host, port, _, interface = sender
    return (f"{host}%{interface}" if interface else host), port


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        made = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise EmoOscError(
            f"osc.host: {host} is not an address of this machine ({error}); 127.0.0.1 always is"
        ) from None
    if sys.platform == "win32":  # there two programs may otherwise share a port and each hear half
        made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    _prepare(made)
    if family == socket.AF_INET6:  # IPv4 senders are heard too, as ::ffff:1.2.3.4
        with suppress(OSError):
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    try:
        made.bind(address)
    except OSError as error:
        made.close()
        reason = error.strerror or str(error)
        raise EmoOscError(
            f"osc.port: {host}:{port} cannot be opened ({reason}); is another emo_osc running? "
            "choose another with --osc-port"
        ) from None
    return made


def _prepare(made: socket.socket) -> None:
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    if sys.platform == "linux":
        made.setsockopt(socket.SOL_SOCKET, _STAMP, 1)
        made.setsockopt(socket.SOL_SOCKET, _OVERFLOW, 1)
