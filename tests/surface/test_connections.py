"""The connections of the web server: half a request is not waited for, and nobody takes all the places."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from emo_osc.surface.connections import MAX_CALLERS, Callers, most_callers
from emo_osc.surface.library_log import LINES, WINDOW_S, FewLines

TIMEOUT_S = 20.0
HALF = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[bytes], Awaitable[Connection]]


@asynccontextmanager
async def serving(limit: int, limit_of: Callable[[str], int], head_s: float = TIMEOUT_S) -> AsyncIterator[Connect]:
    """A server that answers every request with 204, and a way to connect to it and send some bytes."""
    callers = Callers(limit, limit_of, head_s)

    @web.middleware
    async def hear(request: web.Request, handler: Callable[..., Awaitable[web.StreamResponse]]) -> web.StreamResponse:
        callers.heard(request.transport)
        return await handler(request)

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=204)

    app = web.Application(middlewares=[hear])
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=head_s)
    await runner.setup()
    serve = runner.server
    assert serve is not None
    server = await asyncio.get_running_loop().create_server(lambda: callers.protocol(serve()), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    opened: list[asyncio.StreamWriter] = []

    async def connect(data: bytes) -> Connection:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        opened.append(writer)
        return reader, writer

    try:
        yield connect
    finally:
        for writer in opened:
            writer.close()
        server.close()
        await runner.cleanup()


async def said(reader: asyncio.StreamReader) -> bytes:
    """The first line of an answer, nothing where the server hangs up."""
    try:
        return (await asyncio.wait_for(reader.readline(), TIMEOUT_S)).strip()
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("data", [b"", b"G", HALF], ids=["nothing", "a letter", "half a head"])
def test_a_request_that_does_not_come_is_not_waited_for(data: bytes) -> None:
    async def run() -> bytes:
        async with serving(4, lambda _: 4, head_s=0.2) as connect:
            reader, _ = await connect(data)
            return await said(reader)

    assert asyncio.run(run()) == b""


def test_half_a_second_request_is_not_waited_for_either() -> None:
    async def run() -> tuple[bytes, bytes]:
        async with serving(4, lambda _: 4, head_s=0.2) as connect:
            reader, writer = await connect(HALF + b"\r\n")
            first = await said(reader)
            writer.write(HALF)
            return first, await asyncio.wait_for(reader.read(), TIMEOUT_S)

    first, rest = asyncio.run(run())

    assert first == b"HTTP/1.1 204 No Content"
    assert b"HTTP/1.1" not in rest


@pytest.mark.parametrize(("limit", "of_address"), [(4, 100), (100, 4)], ids=["in all", "of one address"])
def test_who_comes_with_a_request_takes_the_place_of_half_a_request(limit: int, of_address: int) -> None:
    async def run() -> list[bytes]:
        async with serving(limit, lambda _: of_address) as connect:
            halves = [await connect(HALF) for _ in range(40)]
            answers = [await said((await connect(HALF + b"\r\n"))[0]) for _ in range(4)]
            return [await said(halves[0][0]), *answers]

    assert asyncio.run(run()) == [b"", *[b"HTTP/1.1 204 No Content"] * 4]


def test_connections_that_are_used_are_never_hung_up_on_for_others() -> None:
    async def run() -> list[bytes]:
        async with serving(4, lambda _: 4) as connect:
            used = [await connect(HALF + b"\r\n") for _ in range(4)]
            before = [await said(reader) for reader, _ in used]
            one_more = await said((await connect(HALF + b"\r\n"))[0])
            used[0][1].write(HALF + b"\r\n")
            while (line := await said(used[0][0])) not in (b"HTTP/1.1 204 No Content",):
                continue
            return [*before, one_more, line]

    ok = b"HTTP/1.1 204 No Content"
    assert asyncio.run(run()) == [*[ok] * 4, b"", ok]


def test_there_are_fewer_connections_than_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource", reason="this system has no such limit")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 4096))

    assert most_callers() == 96
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_000_000, 1_000_000))
    assert most_callers() == MAX_CALLERS


def test_what_libraries_log_is_a_few_lines_without_tracebacks() -> None:
    told: list[str] = []
    now_s = 0.0
    handler = FewLines(told.append, lambda: now_s)
    logger = logging.Logger("aiohttp.server")
    logger.addHandler(handler)
    for _ in range(1000):
        try:
            raise OSError("too many\nopen files")
        except OSError:
            logger.exception("Error handling request")
    now_s = WINDOW_S
    logger.warning("again")

    assert len(told) == LINES + 2
    assert told[0].startswith("web pad   Error handling request: OSError: too many open files at test_connections.py:")
    assert told[-2:] == [f"web pad   {1000 - LINES} more such lines were left out", "web pad   again"]
    assert not [line for line in told if "\n" in line]
