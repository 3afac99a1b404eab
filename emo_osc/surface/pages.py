"""Open pads: each has a WebSocket, and its own UDP socket to the stage for replies."""

import asyncio
import json
from collections import deque
from contextlib import suppress

from aiohttp import WSMsgType, web

from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.osc import Message
from emo_osc.surface.rate_limit import Pace
from emo_osc.surface.state_cache import Json
from emo_osc.surface.subscription import Wire, open_wire

FRAME_S = 0.012  # what happens within is told in one frame: a screen shows no more
MAX_EVENTS = 512  # a page that sleeps misses notes, never a value
MAX_ARGUMENTS, MAX_TEXT = 4, 64
HEARTBEAT_S = 5.0
ANSWERS = {"/emo/ack": ("address", "bar", "ms"), "/emo/error": ("code", "text", "address")}
FORBIDDEN = ("/emo/reply_to", "/emo/start_listen/", "/emo/stop_listen/")
"""What would lead a page's answers elsewhere; it hears everything anyway."""
ASKING = "/emo/get/"


class Page:
    """One open pad: what it is still to be told, newest value only, and its way to the stage."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._states: dict[str, Json] = {}
        self._events: deque[Json] = deque(maxlen=MAX_EVENTS)
        self._is_due = asyncio.Event()

    def tell(self, told: Json) -> None:
        """Let the page know, with its next frame."""
        if told["kind"] == "state":
            self._states[str(told["name"])] = told
        else:
            self._events.append(told)
        self._is_due.set()

    async def run(self, stage: tuple[str, int]) -> None:
        """Carry messages both ways until the page goes."""
        wire = await open_wire(stage, self._hear)
        writer = asyncio.create_task(self._write())
        pace = Pace()
        try:
            async for message in self._socket:
                await asyncio.sleep(pace.wait_s(asyncio.get_running_loop().time()))
                if message.type is WSMsgType.TEXT:
                    self._take(message.data, wire)
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await writer
            wire.close()

    async def _write(self) -> None:
        while True:
            await self._is_due.wait()
            await asyncio.sleep(FRAME_S)
            self._is_due.clear()
            frame = [*self._states.values(), *self._events]
            self._states.clear()
            self._events.clear()
            await self._socket.send_str(json.dumps(frame, ensure_ascii=False))

    def _hear(self, message: Message) -> None:
        """An answer of the stage's to this page."""
        names = ANSWERS.get(message.address)
        if names:
            kind = message.address.rpartition("/")[2]
            values: Json = {"values": list(message.arguments[len(names) :])}
            self.tell({"kind": kind} | dict(zip(names, message.arguments, strict=False)) | values)

    def _take(self, text: str, wire: Wire) -> None:
        """Hand a command on to the stage; a ping is answered here, and anything else is dropped."""
        asked = read_command(text)
        if asked is None:
            return
        address, arguments = asked
        if address == "ping":
            self.tell({"kind": "pong", "token": arguments[0] if arguments else 0})
        else:
            wire.send(address, *arguments)


def read_command(text: str) -> tuple[str, tuple[float | str, ...]] | None:
    """The address and arguments of `["/emo/va", 0.5, 0.2]`; None for anything a pad does not send.

    >>> read_command('["/emo/va", 0.5, 1]')
    ('/emo/va', (0.5, 1))
    >>> [read_command(text) for text in ('["/emo/reply_to", 9]', '["/emo/va", [1]]', '["/emo/va", NaN]', "no")]
    [None, None, None, None]
    """
    try:
        found = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not found or len(found) > MAX_ARGUMENTS + 1:
        return None
    address, *arguments = found
    if not isinstance(address, str) or not all(_is_plain(argument) for argument in arguments):
        return None
    if address == "ping":
        return address, tuple(arguments)
    is_right = address in ROUTES and not leads_elsewhere(address, tuple(arguments))
    return (address, tuple(arguments)) if is_right else None


def leads_elsewhere(address: str, arguments: tuple[object, ...]) -> bool:
    """Whether a message would have answers sent elsewhere than to its sender.

    >>> leads_elsewhere("/emo/get/va", (9913,)), leads_elsewhere("/emo/get/va", ())
    (True, False)
    """
    return address.startswith(FORBIDDEN) or (address.startswith(ASKING) and bool(arguments))


def _is_plain(argument: object) -> bool:
    if isinstance(argument, str):
        return len(argument) <= MAX_TEXT
    return isinstance(argument, int | float) and not isinstance(argument, bool) and abs(argument) < 2**31
