"""An OSCQuery WebSocket: LISTEN and IGNORE in, values as OSC packets out, OSC packets to the stage."""

import asyncio
import json
from contextlib import suppress

from aiohttp import WSMsgType, web

from emo_osc.protocol.address_patterns import spread
from emo_osc.protocol.osc import MalformedError, encode, read_datagram
from emo_osc.surface.oscquery import name_of, value_of
from emo_osc.surface.pages import leads_elsewhere
from emo_osc.surface.rate_limit import Pace
from emo_osc.surface.state_cache import Json, StateCache
from emo_osc.surface.subscription import Wire, open_wire

MAX_PATHS = 512


class Query:
    """One client: the paths it listens to, those that may have changed since, and what it was told of each last."""

    def __init__(self, socket: web.WebSocketResponse, mirror: StateCache) -> None:
        self._socket = socket
        self._mirror = mirror
        self._paths: set[str] = set()
        self._changed: set[str] = set()
        self._told: dict[str, bytes] = {}
        self._is_due = asyncio.Event()

    def tell(self, told: Json) -> None:
        """Send the paths that show a value which has changed, with the next packets."""
        if told["kind"] == "state":
            self._touch({path for path in self._paths if name_of(path) == told["name"]})
        elif told["kind"] == "bar":
            self._touch({path for path in self._paths if name_of(path) in ("bar", "phrase_bar")})

    async def run(self, stage: tuple[str, int]) -> None:
        """Serve the client until it goes."""
        wire = await open_wire(stage, lambda _: None)
        writer = asyncio.create_task(self._write())
        pace = Pace()
        try:
            async for message in self._socket:
                await asyncio.sleep(pace.wait_s(asyncio.get_running_loop().time()))
                if message.type is WSMsgType.TEXT:
                    self.command(message.data)
                elif message.type is WSMsgType.BINARY:
                    _forward(message.data, wire)
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await writer
            wire.close()

    def command(self, text: str) -> None:
        """Do what `{"COMMAND": "LISTEN", "DATA": "/emo/tempo"}` asks; what is no command is dropped."""
        try:
            asked = json.loads(text)
            command, path = asked["COMMAND"], asked["DATA"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return
        if command == "LISTEN" and isinstance(path, str) and name_of(path) and len(self._paths) < MAX_PATHS:
            self._paths.add(path)
            self._told.pop(path, None)
            self._touch({path})
        elif command == "IGNORE" and isinstance(path, str):
            self._paths.discard(path)
            self._told.pop(path, None)

    def _touch(self, paths: set[str]) -> None:
        if paths:
            self._changed |= paths
            self._is_due.set()

    async def _write(self) -> None:
        while True:
            await self._is_due.wait()
            self._is_due.clear()
            changed, self._changed = self._changed & self._paths, set()
            for path in sorted(changed):
                packet = self._packet(path)
                if packet != self._told.get(path):  # the stage tells every value again from time to time
                    self._told[path] = packet
                    await self._socket.send_bytes(packet)

    def _packet(self, path: str) -> bytes:
        values = value_of(path, self._mirror.values) or ()
        return encode(path, *(value for value in values if isinstance(value, int | float | str)))


def _forward(packet: bytes, wire: Wire) -> None:
    """Hand OSC on to the stage, as long as it does not ask for answers, which would find nobody."""
    with suppress(MalformedError):
        messages, _ = read_datagram(packet)
        if not any(leads_elsewhere(message.address, message.arguments) for message in spread(messages)):
            wire.send_packet(packet)
