"""A strict, bounded OSC decoder and encoder. Knows no socket.

Our own decoder, because python-osc 1.10.2 must not see untrusted bytes: a bundle element of size -4 hangs it.
Types follow the OSC 1.0 specification with the 1.1 additions. Text is UTF-8; what is not is read as CP949, the code
page that Korean Windows programs send.
"""

import codecs
import struct
from typing import NamedTuple

OscValue = int | float | bool | str | bytes | None
Target = tuple[str, int]

MAX_DATAGRAM_BYTES = 8192
MAX_DEPTH = 8  # bundles inside bundles; nobody sends more than two
MAX_ELEMENTS = 128  # messages and bundles in one datagram, so that none takes long to read; 8 KB could hold a thousand
MAX_ARGUMENTS = 512  # in one datagram; 8 KB could hold eight thousand without data
MAX_REPLY_BYTES = 1400  # one Ethernet frame, so that no reply is ever cut in pieces
MAX_FLOAT = (2.0 - 2.0**-23) * 2.0**127  # the largest 32-bit float
BUNDLE_HEAD_BYTES = 16  # `#bundle` and the timetag
IMMEDIATELY = 1  # the OSC timetag that means now
NTP_TO_UNIX_S = 2_208_988_800  # seconds from 1900 to 1970

_FIXED = {
    tag: struct.Struct(layout)
    for tag, layout in {"i": ">i", "f": ">f", "d": ">d", "h": ">q", "t": ">Q", "c": "4s", "r": "4s", "m": "4s"}.items()
}
_NUMBERS = {"i": "i", "f": "f", "d": "d", "h": "q"}
_CONSTANT: dict[str, OscValue] = {"T": True, "F": False, "N": None, "I": True}
_KOREAN = codecs.lookup("cp949").decode  # looked up now, because a codec is read from disk when it is first used
_SIZE = struct.Struct(">i")
_TIMETAG = struct.Struct(">Q")


# Address and type tags of messages of numbers, as bytes -> the address, and how to read the rest: a pad sends the same
# head over and over. What came first stays, so that nobody can make this grow or forget.
MAX_HEADS, MAX_HEAD_BYTES = 256, 64
_HEADS: dict[bytes, tuple[str, struct.Struct]] = {}


class MalformedError(ValueError):
    """Bytes that are not OSC."""


class Message(NamedTuple):  # and no dataclass: one is made in half the time, and there may be 100,000 a second
    """One OSC message. `time_s` is the Unix time its bundle asks for, or None for at once."""

    address: str
    arguments: tuple[OscValue, ...] = ()
    time_s: float | None = None


class Fault(NamedTuple):
    """A message that cannot be read: its address, empty where that is not readable either, and the reason."""

    address: str
    text: str


def decode(packet: bytes) -> list[Message]:
    """The messages of one datagram, bundles unfolded, in order.

    >>> decode(encode("/emo/va", 0.5, -1))
    [Message(address='/emo/va', arguments=(0.5, -1), time_s=None)]

    Raises:
        MalformedError: one of them cannot be read, or the datagram as `read_datagram` says.
    """
    messages, faults = read_datagram(packet)
    if faults:
        raise MalformedError(faults[0].text)
    return messages


def read_datagram(packet: bytes) -> tuple[list[Message], list[Fault]]:
    """The messages of one datagram, bundles unfolded, in order, and those that cannot be read.

    >>> read_datagram(b"/x\\0\\0,Q\\0\\0")
    ([], [Fault(address='/x', text="type tag 'Q' is unknown; send i f d h s b T F")])

    Raises:
        MalformedError: the sizes in a bundle are wrong, or the datagram is longer than 8,192 bytes, nests deeper than
            8, or holds more than 128 messages and bundles or 512 arguments.
    """
    if len(packet) > MAX_DATAGRAM_BYTES:
        raise MalformedError(f"{len(packet)} bytes, at most {MAX_DATAGRAM_BYTES}")
    found = _Found()
    _read_element(packet, None, 0, found)
    return found.messages, found.faults


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


def answerable(value: OscValue) -> float | str:
    """A value as a type that every client reads: int, float or text; a blob as no text."""
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, int | float | str) else ""


class _Found:
    """What was read of one datagram so far, and how much more may be in it."""

    __slots__ = ("arguments_left", "elements_left", "faults", "messages")

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.faults: list[Fault] = []
        self.elements_left = MAX_ELEMENTS
        self.arguments_left = MAX_ARGUMENTS

    def take_arguments(self, count: int) -> None:
        self.arguments_left -= count
        if self.arguments_left < 0:
            raise MalformedError(f"more than {MAX_ARGUMENTS} arguments")


class _UnreadableError(Exception):
    """One message cannot be read; where the next one begins is known all the same."""


def _read_element(data: bytes, time_s: float | None, depth: int, found: _Found) -> None:
    found.elements_left -= 1
    if found.elements_left < 0:
        raise MalformedError(f"more than {MAX_ELEMENTS} messages and bundles")
    if data[:8] == b"#bundle\0":
        _read_bundle(data, depth, found)
        return
    try:
        found.messages.append(_read_message(data, time_s, found))
    except _UnreadableError as error:
        found.faults.append(Fault(_address_of(data), str(error)))


def _address_of(data: bytes) -> str:
    """The address of a message that cannot be read, empty where that cannot be read either."""
    try:
        return _read_text(data, 0)[0] if data[:1] == b"/" else ""
    except _UnreadableError:
        return ""


def _read_bundle(data: bytes, depth: int, found: _Found) -> None:
    if depth >= MAX_DEPTH:
        raise MalformedError(f"bundles nested deeper than {MAX_DEPTH}")
    if len(data) < BUNDLE_HEAD_BYTES:
        raise MalformedError(f"a bundle of {len(data)} bytes")
    (timetag,) = _TIMETAG.unpack_from(data, 8)
    time_s = None if timetag <= IMMEDIATELY else timetag / 2**32 - NTP_TO_UNIX_S
    at = BUNDLE_HEAD_BYTES
    while at < len(data):
        if len(data) - at < _SIZE.size:
            raise MalformedError(f"{len(data) - at} bytes after the last element of a bundle")
        (size,) = _SIZE.unpack_from(data, at)
        at += 4
        if not 0 < size <= len(data) - at:
            raise MalformedError(f"a bundle element of {size} bytes where {len(data) - at} are left")
        _read_element(data[at : at + size], time_s, depth + 1, found)
        at += size


def _read_message(data: bytes, time_s: float | None, found: _Found) -> Message:
    if len(data) % 4:
        raise _UnreadableError(f"a message of {len(data)} bytes, which is no multiple of 4")
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
    if data[:1] != b"/":
        raise _UnreadableError(f"neither an address nor a bundle: {data[:8]!r}")
    address, at = _read_text(data, 0)
    if at == len(data):  # some old clients leave out the type tags of a message without arguments
        return Message(address, (), time_s), ""
    tags, at = _read_text(data, at)
    if tags[:1] != ",":
        raise _UnreadableError(f"type tags must begin with a comma, got {tags[:40]!r}")
    found.take_arguments(len(tags) - 1)
    values: list[OscValue] = []
    for tag in tags[1:]:
        if tag in "[]":  # arrays are read as their items
            continue
        value, at = _read_value(data, at, tag)
        values.append(value)
    if at != len(data):
        raise _UnreadableError(f"{len(data) - at} bytes after the last argument")
    return Message(address, tuple(values), time_s), tags[1:]


def _read_value(data: bytes, at: int, tag: str) -> tuple[OscValue, int]:
    if tag in _FIXED:
        return _read_fixed(data, at, _FIXED[tag])
    if tag in _CONSTANT:
        return _CONSTANT[tag], at
    if tag in "sS":
        return _read_text(data, at)
    if tag == "b":
        return _read_blob(data, at)
    raise _UnreadableError(f"type tag {tag!r} is unknown; send i f d h s b T F")


def _read_fixed(data: bytes, at: int, layout: struct.Struct) -> tuple[OscValue, int]:
    end = at + layout.size
    if end > len(data):
        raise _UnreadableError("there are fewer arguments than type tags")
    value: OscValue = layout.unpack_from(data, at)[0]
    return value, end


def _read_text(data: bytes, at: int) -> tuple[str, int]:
    end = data.find(b"\0", at)
    if end < 0:
        raise _UnreadableError("a text without its end")
    return _text(data[at:end]), end + 4 & ~3


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return _KOREAN(data)[0]
    except UnicodeDecodeError:
        raise _UnreadableError("a text that is neither UTF-8 nor Korean CP949; send UTF-8") from None


def _read_blob(data: bytes, at: int) -> tuple[bytes, int]:
    if len(data) - at < _SIZE.size:
        raise _UnreadableError("there are fewer arguments than type tags")
    (size,) = _SIZE.unpack_from(data, at)
    start, end = at + 4, at + 4 + (size + 3 & ~3)
    if size < 0 or end > len(data):
        raise _UnreadableError(f"a blob of {size} bytes where {len(data) - start} are left")
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
