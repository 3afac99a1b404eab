"""Reads the crowd's messages from the stream in bulk, before the MQTT library reads it packet by packet.

paho reads each packet with three calls of `recv`, and aiomqtt wakes the event loop for each: 35 us a message on a busy
machine, and 10,000 come a second. Here one `recv` takes what five milliseconds have brought, and PUBLISH packets of QoS
0 are read at once, in 6 us each. All else of MQTT (login, TLS, subscription, keep-alive) is left to the libraries.

Neither library has a public way to put anything between itself and its socket, so this sets two names that are private:
aiomqtt's `Client._client`, its paho client, and that one's `_sock`. Whether paho then reads what was set is asked of
its public `socket()`. Where it does not, or a name is gone, nothing is changed: the libraries read packet by packet.
"""

import asyncio
from typing import Any, Protocol

import aiomqtt

BATCH_S = 0.005
CHUNK_BYTES = 1 << 16  # about 2,000 words, 10 ms of work: a flood may not keep the loop from sending
PUBLISH, RETAINED, NOT_QOS_0, MORE = 0x30, 0x01, 0x06, 1 << 7
MAX_PACKET_BYTES = 512  # a longer one of QoS 0 is skipped as it comes, and never held
MAX_LENGTH_BYTES = 4

RETAINED_ONE, TOO_LONG, NOT_UNDERSTOOD = "retained", "too long", "not understood"
"""Why a message is dropped here, in words."""


class Ear(Protocol):
    """Who is told what clients send."""

    def hear(self, kind: str, voice: str, payload: bytes) -> None:
        """A message of a client."""

    def drop(self, reason: str) -> None:
        """A message was dropped before it could be heard."""


class PublishFilter:
    """A socket that hands PUBLISH packets of QoS 0 to an ear and passes on all others.

    Dropped, and told so: retained messages, those longer than 512 bytes, topics that cannot be read, and what the ear
    refuses with ValueError or KeyError.
    """

    def __init__(self, socket: Any, ear: Ear) -> None:
        self._socket, self._ear = socket, ear
        self._data = b""
        self._passing = self._skipping = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    @property
    def has_more(self) -> bool:
        """Whether there is more to read of which the system's socket knows nothing: here, or decrypted by TLS."""
        return bool(self._passing and self._data) or getattr(self._socket, "pending", int)() > 0

    def recv(self, count: int) -> bytes:
        """At most `count` bytes of other packets, empty at the end of the stream; reads the socket once at most.

        Raises:
            BlockingIOError: there are none now.
        """
        if not (self._passing and self._data):
            more = self._socket.recv(CHUNK_BYTES)
            if not more:
                return b""
            self._data += more
        if not self._passing:
            self._take_all()
        if not (self._passing and self._data):
            raise BlockingIOError
        passed = self._data[: min(count, self._passing)]
        self._data = self._data[len(passed) :]
        self._passing -= len(passed)
        if not self._passing:
            self._take_all()
        return passed

    def _take_all(self) -> None:
        """Read packets up to one for the library, or to the end of what is here."""
        data, at, end = self._data, 0, len(self._data)
        try:
            while at < end:
                if self._skipping:
                    step = min(self._skipping, end - at)
                    self._skipping -= step
                    at += step
                    continue
                body, length = _length_of(data, at + 1)
                if body < 0:
                    break
                if data[at] >> 4 != PUBLISH >> 4 or data[at] & NOT_QOS_0:
                    self._passing = body + length - at
                    break
                if length > MAX_PACKET_BYTES:
                    self._skipping = body + length - at
                    self._ear.drop(TOO_LONG)
                    continue
                if body + length > end:
                    break
                is_retained = data[at] & RETAINED
                at = body + length  # first: whatever becomes of this packet, it is not read again
                if is_retained:
                    self._ear.drop(RETAINED_ONE)
                else:
                    self._take(data[body:at])
        finally:
            self._data = data[at:]

    def _take(self, body: bytes) -> None:
        topic_end = 2 + int.from_bytes(body[:2])
        try:
            _, _, kind, client = body[2:topic_end].decode().split("/", 3)
            self._ear.hear(kind, client, body[topic_end:])
        except (ValueError, KeyError):
            self._ear.drop(NOT_UNDERSTOOD)


def read_in_bulk(client: aiomqtt.Client, ear: Ear) -> bool:
    """Read a connected client's socket in batches from now on; False where the libraries have changed inside."""
    paho: Any = getattr(client, "_client", None)
    socket = getattr(paho, "_sock", None)
    if socket is None:
        return False
    loop, taken = asyncio.get_running_loop(), PublishFilter(socket, ear)
    paho._sock = taken
    if paho.socket() is not taken:
        paho._sock = socket
        return False

    def read() -> None:
        loop.remove_reader(socket.fileno())
        try:
            paho.loop_read()
            while taken.has_more and paho._sock is taken:
                paho.loop_read()
        finally:  # an error goes to the event loop, which logs it; the crowd is heard on
            loop.call_later(BATCH_S, listen)

    def listen() -> None:
        if paho._sock is taken and socket.fileno() >= 0:
            loop.add_reader(socket.fileno(), read)

    loop.remove_reader(socket.fileno())
    listen()
    return True


def _length_of(data: bytes, at: int) -> tuple[int, int]:
    """Where a packet's body begins and how long it is, its length standing at `at`; (-1, 0) where more is to come."""
    length = 0
    for place in range(at, min(at + MAX_LENGTH_BYTES, len(data))):
        length |= (data[place] & 0x7F) << 7 * (place - at)
        if not data[place] & MORE:
            return place + 1, length
    return (-1, 0) if len(data) < at + MAX_LENGTH_BYTES else (at + MAX_LENGTH_BYTES, 0)  # no length: a broken broker
