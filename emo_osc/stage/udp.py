"""The UDP socket that OSC comes through, and a queue of its own for whoever floods it."""

import socket
import struct
import sys
from contextlib import suppress
from typing import NamedTuple

from emo_osc.errors import EmoOscError
from emo_osc.stage.osc import MAX_DATAGRAM_BYTES, Target

RECEIVE_BUFFER_BYTES = 1 << 20
MAX_FLOODERS = 8
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
        self._flooders: dict[Target, _Queue] = {}
        self._hurried: set[Target] = set()
        """Flooders of whom older datagrams may still wait with everybody's: they are read first."""
        self._lost = 0

    @property
    def port(self) -> int:
        """The port that was bound (useful where 0 was asked)."""
        return int(self.socket.getsockname()[1])

    @property
    def overflowed(self) -> int:
        """Datagrams the system lost before we could read them, where it counts them (Linux)."""
        return self._lost + self._queue.lost + sum(queue.lost for queue in self._flooders.values())

    @property
    def is_flooded(self) -> bool:
        """Whether there are flooders to read from."""
        return bool(self._flooders)

    def receive(self, limit: int) -> list[Datagram]:
        """Datagrams that wait, at most `limit`, but for those of flooders."""
        received = self._queue.receive(limit)
        if len(received) < limit:
            self._hurried.clear()
        return received

    def receive_flood(self, limit: int) -> list[Datagram]:
        """Datagrams of flooders that wait, at most `limit` of each; who has long been quiet is no flooder any more."""
        received = []
        for sender, queue in list(self._flooders.items()):
            if sender in self._hurried:
                continue
            received += queue.receive(limit)
            if queue.empty_reads > CALM_READS:
                self._lost += queue.lost
                self._flooders.pop(sender).socket.close()
        return received

    def set_apart(self, flooder: Target) -> None:
        """Let the system keep a flooder's datagrams in a queue of their own, and not in the place of others'.

        Linux hands a datagram to the socket that is connected to its sender, if there is one; elsewhere this does
        nothing.
        """
        if sys.platform != "linux" or flooder in self._flooders or len(self._flooders) >= MAX_FLOODERS:
            return
        apart = socket.socket(self.socket.family, socket.SOCK_DGRAM)
        try:
            for one in (self.socket, apart):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            apart.bind(self.socket.getsockname())
            apart.connect(self._reachable(flooder))
        except OSError:
            apart.close()
        else:
            _prepare(apart)
            self._flooders[flooder] = _Queue(apart)
            self._hurried.add(flooder)
        finally:  # nobody else may join: a second daemon must be told that the port is taken
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)

    def send(self, packet: bytes, target: Target) -> None:
        """Send one reply; a target that cannot be reached is counted, not reported."""
        try:
            self.socket.sendto(packet, self._reachable(target))
        except (OSError, OverflowError):
            self.unsent += 1

    def close(self) -> None:
        """Free the port."""
        for queue in (self._queue, *self._flooders.values()):
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
    except OSError as error:
        raise EmoOscError(f"osc.host: {host} is no address of this machine ({error}); 127.0.0.1 always is") from None
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
