"""Clients of an MQTT broker for benches and tests: the few packets of MQTT 3.1.1 that a phone of the audience sends.

Its own bytes, because a client library sends only what is right, and takes too long for thousands of phones in a
process.
"""

import socket
from collections.abc import Sequence

CONNECT, PUBLISH, SUBSCRIBE, SUBACK, PINGRESP = 1 << 4, 3 << 4, 8 << 4 | 2, 9 << 4, 13 << 4
PINGREQ = (12 << 12).to_bytes(2, "big")  # without a body
REFUSED = MORE = 1 << 7  # a code of refusal; the bit of a length that goes on
CLEAN_SESSION, HAS_PASSWORD, HAS_USER = 0x02, 0x40, 1 << 7
CONNACK_BYTES = 4
TIMEOUT_S = 30.0
UPGRADE = (
    b"GET /mqtt HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ZW1vX29zYyBiZW5jaCBwaG9u\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
)
WHOLE_BINARY, MASKED, MASK = 1 << 7 | 2, 1 << 7, bytes(4)  # a mask of zeros changes nothing; phones take a random one
MOST_IN_FRAME = 125  # in a frame whose length is one byte


def connect(identifier: str, user: str | None = None, password: str | None = None) -> bytes:
    """A CONNECT packet of a client that keeps nothing and is not watched (keep-alive 0)."""
    flags = CLEAN_SESSION | (HAS_USER if user else 0) | (HAS_PASSWORD if password else 0)
    parts = [_text(part.encode()) for part in (identifier, user, password) if part]
    return _packet(CONNECT, b"\x00\x04MQTT\x04" + bytes([flags]) + b"\x00\x00" + b"".join(parts))


def publish(topic: str | bytes, payload: bytes, is_retained: bool = False) -> bytes:
    """A PUBLISH packet of QoS 0; a topic of bytes may be no UTF-8.

    >>> publish("a", b"1 0")
    b'0\\x06\\x00\\x01a1 0'
    """
    name = topic.encode() if isinstance(topic, str) else topic
    return _packet(PUBLISH | is_retained, _text(name) + payload)


class Phone:
    """One client of a broker on this computer, over a socket of its own.

    Raises:
        ConnectionError: the broker refuses the login.
    """

    def __init__(self, port: int, identifier: str, user: str | None = None, password: str | None = None) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(connect(identifier, user, password))
        answer = self.socket.recv(CONNACK_BYTES)
        if len(answer) < CONNACK_BYTES or answer[3]:
            self.close()
            raise ConnectionError(f"the broker refuses the login: {answer!r}")

    def say(self, topic: str | bytes, payload: bytes, is_retained: bool = False) -> None:
        """Publish once."""
        self.socket.sendall(publish(topic, payload, is_retained))

    def subscribe(self, topic: str) -> bool:
        """Ask for what others say; whether the broker allows it."""
        self.socket.sendall(_packet(SUBSCRIBE, b"\x00\x01" + _text(topic.encode()) + b"\x00"))
        return self._packet_of(SUBACK)[-1] < REFUSED

    def heard_until_pong(self) -> list[bytes]:
        """What others have said by the time the broker answers a ping: the bodies of PUBLISH packets."""
        self.socket.sendall(PINGREQ)
        heard = []
        while (packet := self._read())[0] != PINGRESP:
            heard.append(packet[1:])
        return heard

    def is_thrown_out(self) -> bool:
        """Wait for the broker to hang up; False where it answers something else."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def _packet_of(self, kind: int) -> bytes:
        while (packet := self._read())[0] != kind:
            continue
        return packet

    def _read(self) -> bytes:
        """The first byte and the body of the next packet, which is short."""
        kind, length = self._exactly(2)
        return bytes([kind]) + self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError("the broker has hung up")
            data += more
        return data

    def close(self) -> None:
        """Hang up without a word, as phones do."""
        self.socket.close()


class WebSocketPhone(Phone):
    """A client over a WebSocket, of which `web_phones` opens many at once."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(UPGRADE)

    def enter(self, identifier: str) -> None:
        """Ask for MQTT, once the broker has agreed to a WebSocket.

        Raises:
            ConnectionError: it does not.
        """
        answer = b""
        while b"\r\n\r\n" not in answer and (more := self.socket.recv(1024)):
            answer += more
        if b" 101 " not in answer:
            raise ConnectionError(f"the broker speaks no WebSocket: {answer[:64]!r}")
        self.socket.sendall(frame(connect(identifier)))

    def wait_until_in(self) -> None:
        """Wait for the broker's answer.

        Raises:
            ConnectionError: it refuses the login.
        """
        answer = self._exactly(2 + CONNACK_BYTES)
        if answer[-1]:
            raise ConnectionError(f"the broker refuses the login: {answer!r}")

    def say(self, topic: str | bytes, payload: bytes, is_retained: bool = False) -> None:
        """Publish once, at most 125 bytes in all."""
        self.socket.sendall(frame(publish(topic, payload, is_retained)))


def web_phones(port: int, identifiers: Sequence[str]) -> list[Phone]:
    """Clients over WebSockets. Side by side: mosquitto 2.0 takes a fifth of a second for one, and for many no longer.

    Raises:
        ConnectionError: the broker refuses one.
    """
    phones = [WebSocketPhone(port) for _ in identifiers]
    for phone, identifier in zip(phones, identifiers, strict=True):
        phone.enter(identifier)
    for phone in phones:
        phone.wait_until_in()
    return list(phones)


def frame(packet: bytes) -> bytes:
    """A client's frame of a WebSocket around a short packet.

    >>> frame(b"ab")
    b'\\x82\\x82\\x00\\x00\\x00\\x00ab'

    Raises:
        ValueError: the packet is longer than 125 bytes.
    """
    if len(packet) > MOST_IN_FRAME:
        raise ValueError(f"{len(packet)} bytes, at most {MOST_IN_FRAME}")
    return bytes([WHOLE_BINARY, MASKED | len(packet)]) + MASK + packet


def _text(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _packet(kind: int, body: bytes) -> bytes:
    left, length = len(body), b""
    while True:
        left, low = divmod(left, 128)
        length += bytes([low | (MORE if left else 0)])
        if not left:
            return bytes([kind]) + length + body
