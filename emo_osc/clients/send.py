"""Sends one OSC message to a running daemon and reads the replies as lines."""

import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from math import inf, isfinite
from time import monotonic

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder

from emo_osc.clients.listen_lease import TOPIC, ListenLease
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.osc import Message

LISTEN_S = 0.5  # for replies, where the caller does not say how long
PATIENCE_S = 3.0  # for a first reply that is late: a variation is acknowledged when it is made, after 1.5 s at most
MIN_WAIT_S = 0.001  # a time limit of 0 would not wait at all
MAX_REPLY_BYTES = 65_507  # the largest UDP datagram; the daemon's own replies stay under 1,400

Argument = int | float | str


def typed(word: str) -> Argument:
    """A word of the command line as OSC would carry it: a whole number, a number, else text.

    >>> [typed(word) for word in ("3", "-0.5", "밝음", "1/16", "nan")]
    [3, -0.5, '밝음', '1/16', 'nan']
    """
    for kind in (int, float):
        try:
            value = kind(word)
        except ValueError:
            continue
        return value if isfinite(value) else word
    return word


def exchange(
    host: str, port: int, address: str, words: Sequence[str], wait_s: float, patience_s: float = 0.0
) -> Iterator[str]:
    """Sends one message, then yields each reply as a line until `wait_s` seconds have passed since the sending.

    Where none has come by then, the first is waited for until `patience_s` seconds after the sending.

    What the message asked to be pushed is pushed for as long: its lease is renewed, also at a daemon that restarts.

    Raises:
        EmoOscError: the address is no OSC address, the host is unknown, or nothing listens there.
    """
    datagram = _encoded(address, words)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((host, port))  # connected, so that a closed port is told and strangers are not heard
            sock.send(datagram)
            yield from _all_replies(sock, _lease(address, words), monotonic(), wait_s, patience_s)
        except ConnectionRefusedError:
            raise EmoOscError(f"nothing listens on {host}:{port}; start it with: emo-osc serve") from None
        except (OSError, OverflowError) as error:
            raise EmoOscError(f"{host}:{port}: cannot be reached ({error})") from None


def _encoded(address: str, words: Sequence[str]) -> bytes:
    if not address.startswith("/"):
        raise EmoOscError(f"{address}: an OSC address begins with '/', such as /emo/mood")
    builder = OscMessageBuilder(address)
    for word in words:
        builder.add_arg(typed(word))
    return bytes(builder.build().dgram)


def _lease(address: str, words: Sequence[str]) -> ListenLease:
    """What keeps alive what the message asked for; nothing where it is sent to another port, or is no subscription."""
    listens = address.startswith(TOPIC) and not words
    lease = ListenLease([address.removeprefix(TOPIC)] if listens else [], again_s=inf)
    lease.asked(monotonic())
    return lease


def _all_replies(
    sock: socket.socket, lease: ListenLease, sent_s: float, wait_s: float, patience_s: float
) -> Iterator[str]:
    is_answered = False
    try:
        for line in _replies(sock, lease, sent_s + wait_s):
            is_answered = True
            yield line
        if not is_answered:
            yield from islice(_replies(sock, lease, sent_s + patience_s), 1)
    finally:
        _send_all(sock, lease.end())


def _replies(sock: socket.socket, lease: ListenLease, until_s: float) -> Iterator[str]:
    is_heard = False
    while (now_s := monotonic()) < until_s:
        _send_all(sock, lease.due(now_s))
        sock.settimeout(max(MIN_WAIT_S, min(until_s, lease.next_s) - now_s))
        try:
            packet = sock.recv(MAX_REPLY_BYTES)
        except TimeoutError:
            continue
        except ConnectionRefusedError:
            if not is_heard:
                raise
            continue  # it is being restarted
        is_heard = True
        yield from _reply(sock, lease, packet)


def _reply(sock: socket.socket, lease: ListenLease, packet: bytes) -> Iterator[str]:
    """The line of a reply; none for what belongs to the lease."""
    try:
        reply = OscMessage(packet)
    except ParseError:
        yield "(a reply that is not OSC)"
        return
    _send_all(sock, lease.hear(Message(reply.address, tuple(reply.params)), monotonic()))
    if reply.address != "/emo/ping" and not (reply.address == "/emo/pong" and lease.is_kept):
        yield " ".join([reply.address, *(_shown(value) for value in reply.params)])


def _send_all(sock: socket.socket, packets: Iterable[bytes]) -> None:
    for packet in packets:
        with suppress(OSError):  # nobody listens just now
            sock.send(packet)


def _shown(value: object) -> str:
    return f"{value:.7g}" if isinstance(value, float) else str(value)  # OSC floats have 7 digits
