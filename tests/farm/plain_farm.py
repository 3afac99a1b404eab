"""The farm's service behind a plain HTTP server in a thread, for tests without Ray, and a stage's end of the line."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from threading import Event, Thread
from typing import Any

from aiohttp import web

from emo_osc.config.preset import GeneratorSection
from emo_osc.farm.maker import Done, Maker
from emo_osc.farm.service import Service
from emo_osc.protocol.farm_wire import Order
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import Alive, AnyMessage, ToStudio
from emo_osc.studio.remote import worker
from emo_osc.studio.remote.farm_client import FarmClient
from emo_osc.studio.remote.farm_generator import FarmGenerator
from emo_osc.studio.setup import StudioSetup

TOKEN = "secret"
TIMEOUT_S = 60.0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PlainFarm:
    """One service on a port of loopback; `slow_s` delays every melody, `handler` answers in the service's place."""

    def __init__(
        self,
        section: GeneratorSection | None = None,
        port: int = 0,
        slow_s: float = 0.0,
        most: int = 32,
        handler: Handler | None = None,
    ) -> None:
        self._slow_s, self._handler = slow_s, handler
        self.orders: list[Order] = []
        self._maker = None if handler else Maker(section or GeneratorSection(name="canned"))
        if self._maker:
            self.service = Service(self._maker.about, TOKEN, self._make, most)
        self.port = port
        self._is_open, self._loop = Event(), asyncio.new_event_loop()
        self._thread = Thread(target=self._run)
        self._thread.start()
        assert self._is_open.wait(TIMEOUT_S)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(TIMEOUT_S)

    async def _make(self, order: Order) -> Done:
        assert self._maker is not None
        self.orders.append(order)
        await asyncio.sleep(self._slow_s)
        return self._maker.make([order])[0]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if self._handler:
            return await self._handler(request)
        authorization = request.headers.get("Authorization", "")
        reply = await self.service.answer(request.method, request.path, authorization, await request.read())
        return web.Response(status=reply.status, body=reply.body, content_type="application/json")

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:  # which cancels orders that are at work
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._ended = asyncio.Event()
        runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.1)  # type: ignore[arg-type]
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        self._is_open.set()
        await self._ended.wait()
        await runner.cleanup()


class Line:
    """A studio that orders from a farm, in a thread, and the stage's end of its connection."""

    def __init__(self, url: str, token: str = TOKEN, fallback_s: float = 0.2, answer_s: float = 5.0, **section: Any):
        asked = GeneratorSection.model_validate({"name": "canned", "studio": url, **section})
        self._mine, theirs = socket.socketpair()
        self._mine.settimeout(TIMEOUT_S)
        self._lines = self._mine.makefile("rb")
        setup = StudioSetup(1, "", asked, ())
        aims = setup.aims
        client = FarmClient(url, token, answer_s)
        farm = FarmGenerator(client, aims, asked.name, is_seeded=asked.seed is not None)
        self._studio = worker.FarmStudio(farm, aims, setup, theirs, fallback_s)
        self._theirs = theirs
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with self._theirs:
            self._studio.run()

    def read(self) -> AnyMessage:
        """The next message that is no sign of life."""
        while isinstance(message := decode(self._lines.readline()), Alive):
            continue
        return message

    def send(self, message: ToStudio) -> None:
        self._mine.sendall(encode(message))

    def close(self) -> None:
        self._mine.shutdown(socket.SHUT_WR)
        self._thread.join(TIMEOUT_S)
        self._lines.close()
        self._mine.close()
        assert not self._thread.is_alive()
