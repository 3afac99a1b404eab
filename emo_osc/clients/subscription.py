"""An OSC subscription to a running daemon: renews its lease and subscribes again after a silence.

Knows no screen. Times are those of `perf_counter`, in seconds.
"""

import socket
from collections.abc import Sequence
from contextlib import suppress
from time import perf_counter

from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.osc import MalformedError, Message, decode, encode

PING_S = 0.5
SILENCE_S = 2.0  # a daemon that plays answers pings within a millisecond
SUBSCRIBE_S = 10.0  # a daemon that was started again meanwhile knows no subscribers
LARGEST = 65_507


class Listener:
    """Hears what a daemon pushes about `topics`: values, `note`, `state`, `latency` or `*`.

    Raises:
        EmoOscError: there is no such host.
    """

    def __init__(self, host: str, port: int, topics: Sequence[str]) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._topics = tuple(topics)
        self._answered_s = self._pinged_s = self._subscribed_s = float("-inf")
        try:
            self.socket.connect((host, port))  # connected, so that strangers are not heard
        except (OSError, OverflowError) as error:
            self.socket.close()
            raise EmoOscError(f"{host}:{port}: cannot be reached ({error})") from None
        self.socket.setblocking(False)

    @property
    def is_answered(self) -> bool:
        """Whether the daemon was heard in the last two seconds."""
        return perf_counter() - self._answered_s < SILENCE_S

    def send(self, address: str, *arguments: float | str) -> None:
        """One message; that nobody listens is noticed by the silence that follows."""
        with suppress(OSError):
            self.socket.send(encode(address, *arguments))

    def receive(self) -> list[tuple[float, Message]]:
        """What has come, each with the time at which it was read; asks for more where that is due."""
        received = []
        while (packet := self._read()) is not None:
            with suppress(MalformedError):
                received += [(perf_counter(), message) for message in decode(packet)]
        self._answer(received)
        now_s = perf_counter()
        if received:
            self._subscribed_s = self._subscribed_s if self.is_answered else float("-inf")
            self._answered_s = now_s
        self._keep(now_s)
        return received

    def close(self) -> None:
        """Ask for no more."""
        self.send("/emo/stop_listen/*")
        self.socket.close()

    def _answer(self, received: list[tuple[float, Message]]) -> None:
        """Show a daemon that asks whether we hear it that we do: else it sends another computer only so much."""
        for _, message in received:
            if message.address == "/emo/ping":
                self.send("/emo/pong", *(one for one in message.arguments if isinstance(one, int)))

    def _keep(self, now_s: float) -> None:
        """Ping, which renews the lease, and subscribe now and then: a daemon that was restarted has forgotten."""
        if now_s - self._pinged_s > PING_S:
            self._pinged_s = now_s
            self.send("/emo/ping")
        if self.is_answered and now_s - self._subscribed_s > SUBSCRIBE_S:
            self._subscribed_s = now_s
            for topic in self._topics:
                self.send(f"/emo/start_listen/{topic}")

    def _read(self) -> bytes | None:
        try:
            return self.socket.recv(LARGEST)
        except OSError:  # nothing there, or nobody who listens
            return None
