"""Sends one OSC message to a running daemon and reads the replies as lines."""

import socket
from collections.abc import Iterator, Sequence
from itertools import islice
from math import isfinite
from time import monotonic

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder

from emo_osc.core.errors import EmoOscError

LISTEN_S = 0.5  # for replies, where the caller does not say how long
PATIENCE_S = 3.0  # for a first reply that is late: a variation is acknowledged when it is made, after 1.5 s at most
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

    Raises:
        EmoOscError: the address is no OSC address, the host is unknown, or nothing listens there.
    """
    datagram = _encoded(address, words)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((host, port))  # connected, so that a closed port is told and strangers are not heard
            sock.send(datagram)
            sent_s = monotonic()
            answered = False
            for line in _replies(sock, sent_s + wait_s):
                answered = True
                yield line
            if not answered:
                yield from islice(_replies(sock, sent_s + patience_s), 1)
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


def _replies(sock: socket.socket, until_s: float) -> Iterator[str]:
    while (left_s := until_s - monotonic()) > 0:
        sock.settimeout(left_s)
        try:
            reply = OscMessage(sock.recv(MAX_REPLY_BYTES))
        except TimeoutError:
            return
        except ParseError:
            yield "(a reply that is not OSC)"
        else:
            if reply.address == "/emo/ping":  # a daemon asks whether we hear it
                sock.send(_encoded("/emo/pong", [str(value) for value in reply.params]))
                continue
            yield " ".join([reply.address, *(_shown(value) for value in reply.params)])


def _shown(value: object) -> str:
    return f"{value:.7g}" if isinstance(value, float) else str(value)  # OSC floats have 7 digits
