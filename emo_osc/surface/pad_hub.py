"""The hub of the web process: all connected clients and what is sent to them."""

import asyncio
from typing import Protocol

from aiohttp import WSCloseCode, web

from emo_osc import __version__
from emo_osc.config.paths import preset_names
from emo_osc.config.preset_loading import load_named_preset
from emo_osc.core.errors import EmoOscError
from emo_osc.core.fair_shares import Shares
from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.osc import Message
from emo_osc.protocol.parameters import VALUES, Argument, Value
from emo_osc.surface.setup import PadMood, WebSetup
from emo_osc.surface.state_cache import Json, StateCache

OWN_PRESET = "current"  # what the stage calls the preset the daemon was started with
MAX_SOCKETS, MAX_SOCKETS_OF_ADDRESS = 96, 48  # each may be a listener's worth of work


class PadClient(Protocol):
    """Someone with a WebSocket."""

    def tell(self, told: Json) -> None:
        """Let them know."""

    async def run(self, stage: tuple[str, int]) -> None:
        """Serve them until they go."""


class PadHub:
    """Takes what the stage pushes, caches it, and sends it to every pad."""

    def __init__(self, setup: WebSetup) -> None:
        self.setup = setup
        self.mirror = StateCache()
        self._moods = setup.moods
        self._clients: dict[PadClient, web.WebSocketResponse] = {}
        self._shares = Shares(MAX_SOCKETS, MAX_SOCKETS_OF_ADDRESS)
        self._reading: asyncio.Task[None] | None = None

    def hear(self, message: Message) -> None:
        """One message of the stage's."""
        before = self.mirror.values.get("preset")
        told = self.mirror.hear(message)
        if told is None:
            return
        self._tell(told)
        if self.mirror.values.get("preset") != before:
            self._reading = asyncio.create_task(self._read_moods())

    def on_heard(self, is_heard: bool) -> None:
        """Whether the stage answers now."""
        self.mirror.is_heard = is_heard
        self._tell({"kind": "stage", "is_heard": is_heard})

    def welcome(self) -> list[Json]:
        """What a page gets first: tables, then every cached value."""
        return [
            {
                "kind": "hello",
                "version": __version__,
                "moods": [_plain_mood(mood) for mood in self._moods],
                "values": [_plain_value(value) for value in VALUES.values()],
                "commands": list(ROUTES),
                "presets": [OWN_PRESET, *preset_names()],
            },
            *self.mirror.picture(),
        ]

    async def serve(
        self, request: web.Request, socket: web.WebSocketResponse, client: PadClient
    ) -> web.WebSocketResponse:
        """Serve one pad until it disconnects.

        Raises:
            HTTPServiceUnavailable: too many are here.
        """
        caller = request.remote or "", id(client)
        if not self._shares.take(caller):
            text = f"{self._shares.held(caller[0])} pads of {caller[0]} are open already, {len(self._clients)} in all\n"
            raise web.HTTPServiceUnavailable(text=text)
        try:
            await socket.prepare(request)
            self._clients[client] = socket
            await client.run(self.setup.stage)
        finally:
            self._clients.pop(client, None)
            self._shares.give_back(caller)
        return socket

    async def close(self, _: web.Application) -> None:
        """Say goodbye to everybody."""
        goodbyes = [socket.close(code=WSCloseCode.GOING_AWAY) for socket in self._clients.values()]
        await asyncio.gather(*goodbyes, return_exceptions=True)

    def _tell(self, told: Json) -> None:
        for client in self._clients:
            client.tell(told)

    async def _read_moods(self) -> None:
        """Other presets may have other moods."""
        (name,) = self.mirror.values["preset"][:1]
        self._moods = await asyncio.to_thread(_moods_of, str(name), self.setup.moods)
        self._tell({"kind": "moods", "moods": [_plain_mood(mood) for mood in self._moods]})


def _moods_of(preset: str, own: tuple[PadMood, ...]) -> tuple[PadMood, ...]:
    if preset == OWN_PRESET:
        return own
    try:
        return tuple(PadMood.of(mood) for mood in load_named_preset(preset).mood_book().moods)
    except EmoOscError:  # the file has just gone or is being written: the old ones stay
        return own


def _plain_mood(mood: PadMood) -> Json:
    return {
        "id": mood.id,
        "korean": mood.korean,
        "valence": mood.valence,
        "arousal": mood.arousal,
        "vocabulary": mood.vocabulary,
    }


def _plain_value(value: Value) -> Json:
    return {
        "name": value.name,
        "says": value.description,
        "is_settable": value.is_settable,
        "is_mappable": value.is_mappable,
        "arguments": [_plain_argument(argument) for argument in value.arguments],
    }


def _plain_argument(argument: Argument) -> Json:
    """An argument as JSON, which knows no infinity."""
    has_range = not argument.choices and bool(argument.range_text)
    return {
        "name": argument.name,
        "kind": argument.kind,
        "low": argument.low if has_range else None,
        "high": argument.high if has_range else None,
        "choices": list(argument.choices),
    }
