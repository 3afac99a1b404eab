"""The life of the web process: open, print the address, serve until the end."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import segno
from aiohttp import web
from platformdirs import user_data_path

from emo_osc.clients.lifetime import until_told
from emo_osc.protocol.child_setup import USERS_FAULT
from emo_osc.surface.connections import Callers, limit_of, most_callers
from emo_osc.surface.discovery import Announcement, announce, lan_address
from emo_osc.surface.guard import Guard, guard_of, is_local
from emo_osc.surface.library_log import log_few_lines
from emo_osc.surface.pad_hub import PadHub
from emo_osc.surface.server import application
from emo_osc.surface.setup import WebSetup
from emo_osc.surface.state_cache import TOPICS
from emo_osc.surface.subscription import Subscription

GOODBYE_S = 0.5
KEEP_ALIVE_S = 15.0  # a connection that asks for nothing more is closed then


def serve(setup: WebSetup) -> int:
    """Serve until the stage hangs up; the exit code."""
    log_few_lines(_say)
    try:
        guard = guard_of(setup.host, token_file(), lambda remark: _say(f"web pad   {remark}"))
        asyncio.run(_serve(setup, guard))
    except OSError as error:
        reason = error.strerror or str(error)
        _say(
            f"web pad   none: {setup.host}:{setup.port} cannot be opened ({reason}); the music goes on without it. "
            f"Another port: --web-port {setup.port % 65535 + 1}"
        )
        return USERS_FAULT
    return 0


def token_file() -> Path:
    """Where the token of the pad's link is kept."""
    return user_data_path("emo_osc") / "pad_token"


def link(setup: WebSetup, guard: Guard) -> str:
    """The address to open in a browser, with the token where one is needed.

    >>> link(WebSetup("127.0.0.1", 7780, "127.0.0.1", 7770, 1, "x"), Guard("127.0.0.1"))
    'http://127.0.0.1:7780/'
    """
    host = lan_address() if setup.host in ("0.0.0.0", "::") else setup.host
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{setup.port}/" + (f"?token={guard.token}" if guard.token else "")


def lines(setup: WebSetup, guard: Guard) -> Iterator[str]:
    """What people are told: the link, and where others may use it, a picture of it for a camera."""
    yield f"web pad   {link(setup, guard)} (OSCQuery at the same port)"
    if guard.token:
        yield picture(link(setup, guard))


def picture(text: str) -> str:
    """A QR code in half blocks, as a terminal shows it; light on dark, with the quiet zone that cameras need."""
    from io import StringIO

    out = StringIO()
    segno.make(text, error="l", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue().rstrip("\n")


async def _serve(setup: WebSetup, guard: Guard) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", setup.hub)
    writer.write(setup.hub_token.encode() + b"\n")
    house = PadHub(setup)
    callers = Callers(most_callers(), limit_of)
    runner = web.AppRunner(
        application(house, guard, callers),
        access_log=None,
        shutdown_timeout=GOODBYE_S,
        keepalive_timeout=KEEP_ALIVE_S,
        lingering_time=GOODBYE_S,
    )
    await runner.setup()
    serve, announcement, server = runner.server, None, None
    assert serve is not None  # it has been set up
    subscription = asyncio.create_task(Subscription(TOPICS, house.hear, house.on_heard).run(setup.stage))
    try:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: callers.protocol(serve()), setup.host, setup.port)
        for line in lines(setup, guard):
            _say(line)
        announcement = await _announced(setup)
        await until_told(reader, writer)
    finally:
        subscription.cancel()
        await asyncio.gather(subscription, return_exceptions=True)
        if server:
            server.close()
        await runner.cleanup()
        if announcement:
            await announcement.async_close()
        writer.close()


async def _announced(setup: WebSetup) -> Announcement | None:
    """What others on the network may find; nothing where only this computer reaches us."""
    if is_local(setup.host):
        return None
    try:
        return await announce(setup.host, setup.port, setup.osc_port)
    except (OSError, ValueError) as error:
        _say(f"web pad   not announced on the network ({error}); type its address instead")
        return None


def _say(line: str) -> None:
    with suppress(UnicodeEncodeError, OSError):  # a terminal without half blocks still has the link
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
