"""The web process's OSC subscription: renews its lease and subscribes again after a restart."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from emo_osc.protocol.osc import MalformedError, Message, decode, encode

PING_S = 0.5
SILENCE_S = 2.0  # a stage that plays answers pings within a millisecond
SUBSCRIBE_S = 10.0  # a stage that was started again meanwhile knows no subscribers

Hear = Callable[[Message], None]


class Wire(asyncio.DatagramProtocol):
    """A UDP socket of our own to the stage: to it, one more client."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._transport: asyncio.DatagramTransport | None = None

    def opened(self, transport: asyncio.DatagramTransport) -> None:
        """The socket is there."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Hand on what the stage says."""
        with suppress(MalformedError):
            for message in decode(data):
                self._hear(message)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there now: the silence that follows is noticed."""

    def send(self, address: str, *arguments: float | str) -> None:
        """One message."""
        self.send_packet(encode(address, *arguments))

    def send_packet(self, packet: bytes) -> None:
        """A datagram as it is."""
        if self._transport and not self._transport.is_closing():
            self._transport.sendto(packet)

    def close(self) -> None:
        """Close the socket."""
        if self._transport:
            self._transport.close()


async def open_wire(stage: tuple[str, int], hear: Hear) -> Wire:
    """A socket to the stage; connected, so that strangers are not heard."""
    loop = asyncio.get_running_loop()
    transport, wire = await loop.create_datagram_endpoint(lambda: Wire(hear), remote_addr=stage)
    wire.opened(transport)
    return wire


class Subscription:
    """Hears what the stage pushes about `topics`; `on_heard` learns whether it answers, whenever that changes."""

    def __init__(self, topics: Sequence[str], hear: Hear, on_heard: Callable[[bool], None]) -> None:
        self._topics = tuple(topics)
        self._hear = hear
        self._on_heard = on_heard
        self._is_heard = False
        self._wire: Wire | None = None
        self._answered_s = self._subscribed_s = float("-inf")

    async def run(self, stage: tuple[str, int]) -> None:
        """Listen until cancelled."""
        wire = self._wire = await open_wire(stage, self._take)
        try:
            while True:
                self._keep(wire)
                await asyncio.sleep(PING_S)
        finally:
            wire.send("/emo/stop_listen/*")
            wire.close()

    def _take(self, message: Message) -> None:
        now_s = asyncio.get_running_loop().time()
        if message.address == "/emo/ping" and self._wire:  # a stage asks whether it is heard
            self._wire.send("/emo/pong", *(one for one in message.arguments if isinstance(one, int)))
        if message.address == "/emo/pong" and now_s - self._answered_s > SILENCE_S:
            self._subscribed_s = float("-inf")
        self._answered_s = now_s
        self._tell_heard(True)
        self._hear(message)

    def _keep(self, wire: Wire) -> None:
        """Ping, which renews the lease, and subscribe now and then: a stage that was restarted has forgotten us."""
        now_s = asyncio.get_running_loop().time()
        is_heard = now_s - self._answered_s < SILENCE_S
        self._tell_heard(is_heard)
        if now_s - self._subscribed_s > SUBSCRIBE_S:
            self._subscribed_s = now_s if is_heard else float("-inf")
            for topic in self._topics:
                wire.send(f"/emo/start_listen/{topic}")
        wire.send("/emo/ping")

    def _tell_heard(self, is_heard: bool) -> None:
        if is_heard != self._is_heard:
            self._is_heard = is_heard
            self._on_heard(is_heard)
