"""One connection to another emo_osc process: whole lines in, bytes out, never blocking.

Knows no sockets but the one it is given.
"""

from typing import Protocol

from emo_osc.protocol.line_buffer import Lines

MAX_PENDING_BYTES = 1 << 18


class Connection(Protocol):
    """What a peer needs of a non-blocking socket."""

    def recv(self, size: int, /) -> bytes:
        """Bytes that have come, none at the end."""

    def send(self, data: bytearray, /) -> int:
        """Send what fits; how many bytes that was."""

    def fileno(self) -> int:
        """The descriptor, -1 once closed."""

    def close(self) -> None:
        """Hang up."""


class Peer:
    """A process of ours on the loopback socket: `supervisor`, `studio` or `sound`, once it has shown its token."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.role = ""
        self._lines = Lines()
        self._pending = bytearray()

    @property
    def is_behind(self) -> bool:
        """Whether something waits to be taken."""
        return bool(self._pending)

    def read(self) -> list[bytes] | None:
        """Lines that have come, or None at the end.

        Raises:
            ValueError: a line is too long.
        """
        try:
            data = self.connection.recv(1 << 16)
        except BlockingIOError:
            return []
        except OSError:
            return None
        return self._lines.feed(data) if data else None

    def write(self, data: bytes) -> bool:
        """Send without waiting, keeping what does not fit; false where the peer has stopped reading."""
        self._pending += data
        try:
            while self._pending:
                del self._pending[: self.connection.send(self._pending)]
        except BlockingIOError:
            return len(self._pending) <= MAX_PENDING_BYTES + len(data)  # a single message is not too much
        except OSError:
            return False
        return True
