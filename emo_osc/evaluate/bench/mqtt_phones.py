"""Clients of an MQTT broker for benches and tests: the few packets of MQTT 3.1.1 that a phone of the audience sends.

Its own bytes, because a client library sends only what is right, and takes too long for thousands of phones in a
process.
"""

import socket

CONNECT, PUBLISH, SUBSCRIBE, SUBACK, PINGRESP = 1 << 4, 3 << 4, 8 << 4 | 2, 9 << 4, 13 << 4
PINGREQ = (12 << 12).to_bytes(2, "big")  # without a body
REFUSED = MORE = 1 << 7  # a code of refusal; the bit of a length that goes on
CLEAN_SESSION, HAS_PASSWORD, HAS_USER = 0x02, 0x40, 1 << 7
CONNACK_BYTES = 4
TIMEOUT_S = 30.0


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


def _text(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _packet(kind: int, body: bytes) -> bytes:
    left, length = len(body), b""
    while True:
        left, low = divmod(left, 128)
        length += bytes([low | (MORE if left else 0)])
        if not left:
            return bytes([kind]) + length + body
