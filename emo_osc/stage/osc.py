"""OSC packets as bytes, read strictly and within bounds, and the UDP socket they come through.

Our own decoder, because python-osc 1.10.2 must not see untrusted bytes: a bundle element of size -4 hangs it.
Types follow the OSC 1.0 specification with the 1.1 additions; strings are UTF-8, as every client of ours sends them.
"""

import socket
import struct
import sys
from contextlib import suppress
from typing import NamedTuple

from emo_osc.errors import EmoOscError

OscValue = int | float | bool | str | bytes | None
Target = tuple[str, int]

MAX_DATAGRAM_BYTES = 8192
MAX_DEPTH = 8  # bundles inside bundles; nobody sends more than two
MAX_ELEMENTS = 128  # messages and bundles in one datagram, so that none takes long to read; 8 KB could hold a thousand
MAX_ARGUMENTS = 512  # in one datagram; 8 KB could hold eight thousand without data
MAX_REPLY_BYTES = 1400  # one Ethernet frame, so that no reply is ever cut in pieces
RECEIVE_BUFFER_BYTES = 1 << 20
MAX_FLOODERS = 8
CALM_READS = 1000  # empty reads of a flooder's queue until it is given up; the stage reads once a millisecond
MAX_FLOAT = (2.0 - 2.0**-23) * 2.0**127  # the largest 32-bit float
IMMEDIATELY = 1  # the OSC timetag that means now
NTP_TO_UNIX_S = 2_208_988_800  # seconds from 1900 to 1970

_FIXED = {
    tag: struct.Struct(layout)
    for tag, layout in {"i": ">i", "f": ">f", "d": ">d", "h": ">q", "t": ">Q", "c": "4s", "r": "4s", "m": "4s"}.items()
}
_NUMBERS = {"i": "i", "f": "f", "d": "d", "h": "q"}
_CONSTANT: dict[str, OscValue] = {"T": True, "F": False, "N": None, "I": True}
_SIZE = struct.Struct(">i")
_TIMETAG = struct.Struct(">Q")

# Linux adds to each datagram when it came and how many were lost since; Python does not name these two (socket(7)).
_STAMP, _OVERFLOW = 35, 40
_ANCILLARY_BYTES = 64
_TIMESPEC = struct.Struct("@ll")
_COUNT = struct.Struct("@I")


# Address and type tags of messages of numbers, as bytes -> the address, and how to read the rest: a pad sends the same
# head over and over. What came first stays, so that nobody can make this grow or forget.
MAX_HEADS, MAX_HEAD_BYTES = 256, 64
_HEADS: dict[bytes, tuple[str, struct.Struct]] = {}


class MalformedError(ValueError):
    """Bytes that are not OSC; counted, never answered."""


class Message(NamedTuple):  # and no dataclass: one is made in half the time, and there may be 100,000 a second
    """One OSC message. `time_s` is the Unix time its bundle asks for, or None for at once."""

    address: str
    arguments: tuple[OscValue, ...] = ()
    time_s: float | None = None


def decode(packet: bytes) -> list[Message]:
    """The messages of one datagram, bundles unfolded, in order.

    >>> decode(encode("/emo/va", 0.5, -1))
    [Message(address='/emo/va', arguments=(0.5, -1), time_s=None)]

    Raises:
        MalformedError: the bytes break the OSC 1.0 framing, are longer than 8,192, nest deeper than 8, or hold more
            than 128 messages and bundles or 512 arguments.
    """
    if len(packet) > MAX_DATAGRAM_BYTES:
        raise MalformedError(f"{len(packet)} bytes, at most {MAX_DATAGRAM_BYTES}")
    found = _Found()
    try:
        _read_element(packet, None, 0, found)
    except (struct.error, UnicodeDecodeError) as error:
        raise MalformedError(str(error)) from None
    return found.messages


def encode(address: str, *arguments: float | str) -> bytes:
    """One message of int, float and text arguments (`i f s`), under 1,400 bytes: a longer text is cut.

    >>> encode("/emo/bar", 2)
    b'/emo/bar\\x00\\x00\\x00\\x00,i\\x00\\x00\\x00\\x00\\x00\\x02'
    """
    tags, body = ",", b""
    for argument in arguments:
        tag, data = _write_value(argument)
        tags, body = tags + tag, body + data
    packet = _write_text(address) + _write_text(tags) + body
    if len(packet) < MAX_REPLY_BYTES:
        return packet
    longest = max((len(a) for a in arguments if isinstance(a, str)), default=0)
    return encode(address, *(a[: longest // 2] if isinstance(a, str) else a for a in arguments))


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


class _Found:
    """What was read of one datagram so far, and how much more may be in it."""

    __slots__ = ("arguments_left", "elements_left", "messages")

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.elements_left = MAX_ELEMENTS
        self.arguments_left = MAX_ARGUMENTS

    def take_arguments(self, count: int) -> None:
        self.arguments_left -= count
        if self.arguments_left < 0:
            raise MalformedError(f"more than {MAX_ARGUMENTS} arguments")


def _target(sender: tuple[str, int] | tuple[str, int, int, int]) -> Target:
    """A sender as replies are addressed; an IPv6 host of this link keeps the number of its interface."""
    if len(sender) == 2:
        return sender
    host, port, _, interface = sender
    return (f"{host}%{interface}" if interface else host), port


def _read_element(data: bytes, time_s: float | None, depth: int, found: _Found) -> None:
    found.elements_left -= 1
    if found.elements_left < 0:
        raise MalformedError(f"more than {MAX_ELEMENTS} messages and bundles")
    if len(data) % 4 or not data:
        raise MalformedError(f"an element of {len(data)} bytes")
    if data[:8] == b"#bundle\0":
        _read_bundle(data, depth, found)
    elif data[:1] == b"/":
        found.messages.append(_read_message(data, time_s, found))
    else:
        raise MalformedError(f"neither an address nor a bundle: {data[:8]!r}")


def _read_bundle(data: bytes, depth: int, found: _Found) -> None:
    if depth >= MAX_DEPTH:
        raise MalformedError(f"bundles nested deeper than {MAX_DEPTH}")
    (timetag,) = _TIMETAG.unpack_from(data, 8)
    time_s = None if timetag <= IMMEDIATELY else timetag / 2**32 - NTP_TO_UNIX_S
    at = 16
    while at < len(data):
        (size,) = _SIZE.unpack_from(data, at)
        at += 4
        if not 0 < size <= len(data) - at:
            raise MalformedError(f"a bundle element of {size} bytes where {len(data) - at} are left")
        _read_element(data[at : at + size], time_s, depth + 1, found)
        at += size


def _read_message(data: bytes, time_s: float | None, found: _Found) -> Message:
    head = data[: data.find(b"\0", data.find(b",")) + 4 & ~3]
    known = _HEADS.get(head)
    if known and len(data) == len(head) + known[1].size:
        values = known[1].unpack_from(data, len(head))
        found.take_arguments(len(values))
        return Message(known[0], values, time_s)
    message, tags = _read_new_message(data, time_s, found)
    if tags and len(head) <= MAX_HEAD_BYTES and len(_HEADS) < MAX_HEADS and _NUMBERS.keys() >= set(tags):
        layout = struct.Struct(">" + "".join(_NUMBERS[tag] for tag in tags))
        if len(data) == len(head) + layout.size:  # not where a comma in the address was taken for the tags'
            _HEADS[head] = message.address, layout
    return message


def _read_new_message(data: bytes, time_s: float | None, found: _Found) -> tuple[Message, str]:
    """A message, and the type tags after its comma."""
    address, at = _read_text(data, 0)
    if at == len(data):  # some old clients leave out the type tags of a message without arguments
        return Message(address, (), time_s), ""
    tags, at = _read_text(data, at)
    if tags[:1] != ",":
        raise MalformedError(f"type tags {tags[:40]!r}")
    found.take_arguments(len(tags) - 1)
    values: list[OscValue] = []
    for tag in tags[1:]:
        if tag in "[]":  # arrays are read as their items
            continue
        value, at = _read_value(data, at, tag)
        values.append(value)
    if at != len(data):
        raise MalformedError(f"{len(data) - at} bytes after the last argument")
    return Message(address, tuple(values), time_s), tags[1:]


def _read_value(data: bytes, at: int, tag: str) -> tuple[OscValue, int]:
    if tag in _FIXED:
        layout = _FIXED[tag]
        value: OscValue = layout.unpack_from(data, at)[0]
        return value, at + layout.size
    if tag in _CONSTANT:
        return _CONSTANT[tag], at
    if tag in "sS":
        return _read_text(data, at)
    if tag == "b":
        return _read_blob(data, at)
    raise MalformedError(f"type tag {tag!r}")


def _read_text(data: bytes, at: int) -> tuple[str, int]:
    end = data.find(b"\0", at)
    if end < 0:
        raise MalformedError("a text without its end")
    return data[at:end].decode("utf-8"), end + 4 & ~3


def _read_blob(data: bytes, at: int) -> tuple[bytes, int]:
    (size,) = _SIZE.unpack_from(data, at)
    start, end = at + 4, at + 4 + (size + 3 & ~3)
    if size < 0 or end > len(data):
        raise MalformedError(f"a blob of {size} bytes where {len(data) - start} are left")
    return data[start : start + size], end


def _write_value(value: float | str) -> tuple[str, bytes]:
    if isinstance(value, str):
        return "s", _write_text(value)
    if isinstance(value, int):
        return "i", _SIZE.pack(max(-(2**31), min(2**31 - 1, value)))
    return "f", struct.pack(">f", max(-MAX_FLOAT, min(MAX_FLOAT, value)))


def _write_text(text: str) -> bytes:
    data = text.replace("\0", "").encode("utf-8", "replace")
    return data + b"\0" * (4 - len(data) % 4)


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
