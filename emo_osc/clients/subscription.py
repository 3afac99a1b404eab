"""An OSC subscription to a running daemon, over a socket of its own.

Knows no screen. Times are those of `perf_counter`, in seconds.
"""

import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from time import perf_counter

from emo_osc.clients.listen_lease import ListenLease
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.osc import MalformedError, Message, decode, encode

LARGEST = 65_507


class Listener:
    """Hears what a daemon pushes about `topics`: values, `note`, `state`, `latency` or `*`.

    Raises:
        EmoOscError: there is no such host.
    """

    def __init__(self, host: str, port: int, topics: Sequence[str]) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._lease = ListenLease(topics)
        try:
            self.socket.connect((host, port))  # connected, so that strangers are not heard
        except (OSError, OverflowError) as error:
            self.socket.close()
            raise EmoOscError(f"{host}:{port}: cannot be reached ({error})") from None
        self.socket.setblocking(False)

    @property
    def is_answered(self) -> bool:
        """Whether the daemon was heard in the last two seconds."""
        return self._lease.is_answered(perf_counter())

    def send(self, address: str, *arguments: float | str) -> None:
        """One message; that nobody listens is noticed by the silence that follows."""
        with suppress(OSError):
            self.socket.send(encode(address, *arguments))

    def receive(self) -> list[tuple[float, Message]]:
        """What has come, each with the time at which it was read; keeps the subscription."""
        received = []
        while (packet := self._read()) is not None:
            with suppress(MalformedError):
                received += [(perf_counter(), message) for message in decode(packet)]
        for at_s, message in received:
            self._send_all(self._lease.hear(message, at_s))
        self._send_all(self._lease.due(perf_counter()))
        return received

    def close(self) -> None:
        """Ask for no more."""
        self._send_all(self._lease.end())
        self.socket.close()

    def _send_all(self, packets: Iterable[bytes]) -> None:
        for packet in packets:
            with suppress(OSError):
                self.socket.send(packet)

    def _read(self) -> bytes | None:
        try:
            return self.socket.recv(LARGEST)
        except OSError:  # nothing there, or nobody who listens
            return None
