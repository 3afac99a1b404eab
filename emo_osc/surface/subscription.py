"""The web process's OSC socket to the stage, and its subscription there."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from emo_osc.clients.listen_lease import ListenLease
from emo_osc.protocol.osc import MalformedError, Message, decode, encode

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
    """A socket to the stage; connected, so that datagrams of others are dropped."""
    loop = asyncio.get_running_loop()
    transport, wire = await loop.create_datagram_endpoint(lambda: Wire(hear), remote_addr=stage)
    wire.opened(transport)
    return wire


class Subscription:
    """Hears what the stage pushes about `topics`; `on_heard` learns whether it answers, whenever that changes."""

    def __init__(self, topics: Sequence[str], hear: Hear, on_heard: Callable[[bool], None]) -> None:
        self._lease = ListenLease(topics)
        self._hear = hear
        self._on_heard = on_heard
        self._is_heard = False
        self._wire: Wire | None = None

    async def run(self, stage: tuple[str, int]) -> None:
        """Listen until cancelled."""
        wire = self._wire = await open_wire(stage, self._take)
        try:
            while True:
                now_s = asyncio.get_running_loop().time()
                self._tell_heard(self._lease.is_answered(now_s))
                self._send(self._lease.due(now_s))
                await asyncio.sleep(max(0.0, self._lease.next_s - now_s))
        finally:
            self._send(self._lease.end())
            wire.close()

    def _take(self, message: Message) -> None:
        self._send(self._lease.hear(message, asyncio.get_running_loop().time()))
        self._tell_heard(True)
        self._hear(message)

    def _send(self, packets: Iterable[bytes]) -> None:
        for packet in packets:
            if self._wire:
                self._wire.send_packet(packet)

    def _tell_heard(self, is_heard: bool) -> None:
        if is_heard != self._is_heard:
            self._is_heard = is_heard
            self._on_heard(is_heard)
