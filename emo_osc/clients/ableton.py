"""Follows the key and scale of an Ableton Live set, as an OSC client in a small process.

Run as `python -m emo_osc.clients.ableton` with a setup on standard input; it ends when the stage hangs up. The tempo
is the clock's business: MIDI clock or Link.
"""

import asyncio
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass

from emo_osc.clients.ableton_song import LiveSong
from emo_osc.clients.lifetime import until_told
from emo_osc.protocol.child_setup import USERS_FAULT, ChildSetup, check_port
from emo_osc.protocol.osc import MalformedError, decode, encode

LOOK_S = 0.25
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class LiveSetup(ChildSetup):
    """Where Live listens and answers, where the stage does, and how to hear that the daemon has ended.

    AbletonOSC answers to `reply_port` of whoever asks; `hub` is the stage's loopback port and `hub_token` lets us in.

    Raises:
        ValueError: a port is none.
    """

    host: str
    port: int
    reply_port: int
    follow: tuple[str, ...]
    stage_host: str
    stage_port: int
    hub: int
    hub_token: str

    def __post_init__(self) -> None:
        for name in ("port", "reply_port", "stage_port", "hub"):
            check_port(name, getattr(self, name))


class Ear(asyncio.DatagramProtocol):
    """Hears Live at the reply port, and asks from there; nobody else is heard."""

    def __init__(self, live: Place, song: LiveSong, stage: Place) -> None:
        self._live, self._song, self._stage = live, song, stage
        self._transport: asyncio.DatagramTransport | None = None

    def opened(self, transport: asyncio.DatagramTransport) -> None:
        """The port is open."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Place) -> None:
        """Tell the stage what Live says."""
        if addr[0] != self._live[0]:
            return
        with suppress(MalformedError):
            for message in decode(data):
                for address, arguments in self._song.hear(message, asyncio.get_running_loop().time()):
                    self._send(self._stage, address, arguments)
        self._tell()

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there now: the silence that follows is noticed."""

    def look(self) -> None:
        """Ask Live what is due."""
        for address, arguments in self._song.ask(asyncio.get_running_loop().time()):
            self._send(self._live, address, arguments)
        self._tell()

    def _send(self, place: Place, address: str, arguments: tuple[float | str, ...]) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.sendto(encode(address, *arguments), place)

    def _tell(self) -> None:
        told, self._song.lines = self._song.lines, []
        for line in told:
            _say(line)


async def _follow(setup: LiveSetup) -> int:
    """Until the stage hangs up or a signal asks us to end; the exit code."""
    loop, own = asyncio.get_running_loop(), "127.0.0.1"
    place = f"{setup.host}:{setup.port}"
    reader, writer = await asyncio.open_connection("127.0.0.1", setup.hub)
    writer.write(setup.hub_token.encode() + b"\n")
    try:
        live = (await loop.getaddrinfo(setup.host, setup.port, family=socket.AF_INET))[0][4]
        host, port = str(live[0]), int(live[1])
        own = own if host.startswith("127.") else "0.0.0.0"  # Live on another computer answers to this one's address
        ear = Ear((host, port), LiveSong(place, setup.follow, loop.time()), (setup.stage_host, setup.stage_port))
        transport, _ = await loop.create_datagram_endpoint(lambda: ear, local_addr=(own, setup.reply_port))
    except OSError as error:
        reason = error.strerror or str(error)
        _say(f"Live      {place}, answers to port {setup.reply_port}: {reason}; its key is not followed")
        return USERS_FAULT
    ear.opened(transport)
    looking = asyncio.create_task(_look(ear))
    try:
        await until_told(reader, writer)
    finally:
        looking.cancel()
        transport.close()
        writer.close()
    return 0


async def _look(ear: Ear) -> None:
    while True:
        ear.look()
        await asyncio.sleep(LOOK_S)


def _say(line: str) -> None:
    with suppress(OSError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def main() -> int:
    """Follow Live as the setup on standard input says; the exit code."""
    return LiveSetup.run(_serve)


def _serve(setup: LiveSetup) -> int:
    with suppress(ConnectionError):  # the stage has gone, and we with it
        return asyncio.run(_follow(setup))
    return 0


if __name__ == "__main__":
    sys.exit(main())
