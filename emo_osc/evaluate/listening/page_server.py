"""HTTP server of the listening test: serves its page and its clips, and takes the answers."""

import asyncio
import json
import signal
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.listening.answers import AnswerFile
from emo_osc.evaluate.listening.listening_test import ListeningTest, RefusalError, Submission

PAGE = Path(__file__).parent / "page"
FILES = {
    "/": ("index.html", "text/html"),
    "/listen.js": ("listen.js", "text/javascript"),
    "/listen.css": ("listen.css", "text/css"),
    "/texts.json": ("texts.json", "application/json"),
}
POLICY = "default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
MAX_ANSWER_BYTES = 4096


def application(listening_test: ListeningTest, answers: AnswerFile, clips: Path, minutes: int = 10) -> web.Application:
    """The test as a web application; the folder `clips` holds a .wav file for each clip of the test, named by its hash.

    `minutes` is the duration that the page announces.
    """
    app = web.Application(middlewares=[_reject_foreign_requests], client_max_size=MAX_ANSWER_BYTES)

    async def file(request: web.Request) -> web.StreamResponse:
        name, kind = FILES[request.path]
        return web.Response(body=(PAGE / name).read_bytes(), content_type=kind, charset="utf-8")

    async def clip(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in listening_test.clips:  # serve no other file of the folder
            raise web.HTTPNotFound
        return web.FileResponse(clips / f"{name}.wav", headers={"Content-Type": "audio/wav"})

    async def about(request: web.Request) -> web.StreamResponse:
        return web.json_response({"minutes": minutes})

    async def next_question(request: web.Request) -> web.StreamResponse:
        return _json(lambda: listening_test.next(request.query.get("rater", "")))

    async def answer(request: web.Request) -> web.StreamResponse:
        body = await _json_object(request)
        return _json(lambda: _answer(listening_test, answers, body))

    for path in FILES:
        app.router.add_get(path, file)
    app.router.add_get("/clips/{name}.wav", clip)
    app.router.add_get("/about", about)
    app.router.add_get("/next", next_question)
    app.router.add_post("/answer", answer)
    app.on_response_prepare.append(_protect)
    return app


async def serve(app: web.Application, host: str, port: int, report: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; calls `report` with the URL once the port is open (port 0 takes a free one).

    Raises:
        EmoOscError: the port cannot be opened.
    """
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        is_over = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(is_over.set))
        loop = asyncio.get_running_loop()
        open_at = runner.addresses[0]
        report(f"http://{'[' + open_at[0] + ']' if ':' in open_at[0] else open_at[0]}:{open_at[1]}/")
        await is_over.wait()
    except (OSError, OverflowError) as error:
        raise EmoOscError(f"{host}:{port} cannot be served on ({error}); choose another --port") from None
    finally:
        await runner.cleanup()


def _answer(listening_test: ListeningTest, answers: AnswerFile, body: dict[str, Any]) -> dict[str, Any]:
    rater = body.get("rater")
    place, choice, ms, plays = (body.get(name) for name in ("place", "choice", "ms", "plays"))
    if not isinstance(rater, str) or not isinstance(choice, str) or not isinstance(ms, int | float):
        raise RefusalError("an answer has rater, place, choice, ms and plays")
    if not isinstance(place, int) or not isinstance(plays, int):
        raise RefusalError("place and plays are whole numbers")
    accepted = listening_test.check(rater, Submission(place, choice, round(ms, 1), plays))
    answers.append(accepted)
    listening_test.record(accepted)
    return listening_test.next(rater)


def _json(work: Callable[[], dict[str, Any]]) -> web.Response:
    try:
        return web.json_response(work())
    except RefusalError as error:
        return web.json_response({"error": str(error)}, status=409)
    except OSError as error:
        return web.json_response({"error": f"the answer cannot be saved: {error.strerror}"}, status=507)


async def _json_object(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.text())
    except (ValueError, UnicodeError):
        body = None
    if request.content_type != "application/json" or not isinstance(body, dict):
        raise web.HTTPBadRequest(text="send the answer as a JSON object\n")
    return body


@web.middleware
async def _reject_foreign_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests with another host name (DNS rebinding) or another origin; IP addresses and localhost pass."""
    host = request.headers.get("Host", "")
    if not _is_address_or_localhost(host.rsplit(":", 1)[0].strip("[]") if not host.endswith("]") else host.strip("[]")):
        raise web.HTTPForbidden(text="open this page by its IP address, such as 127.0.0.1\n")
    if request.headers.get("Origin", f"http://{host}") != f"http://{host}":
        raise web.HTTPForbidden(text="requests from another origin are refused\n")
    return await handler(request)


def _is_address_or_localhost(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


async def _protect(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
