"""The web server: the pad's files, its WebSocket, the audience's page, and OSCQuery, all on one port."""

from hashlib import sha256
from importlib.resources import files
from math import ceil
from time import monotonic

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from emo_osc.surface.connections import Callers
from emo_osc.surface.guard import Guard, named_host
from emo_osc.surface.oscquery import answer, host_info
from emo_osc.surface.pad_hub import PadHub
from emo_osc.surface.pages import HEARTBEAT_S, Page
from emo_osc.surface.queries import Query
from emo_osc.surface.token_attempts import Attempts

TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; "
    "connect-src {connect}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, nothing inline."""
OWN_SOCKETS, ANY_SOCKET = "'self' ws://{host} wss://{host}", "ws: wss:"
"""What the pad connects to, for Safari does not count a WebSocket of ours as 'self'; and the audience's page: the MQTT
broker, wherever that is."""
AUDIENCE = "audience"
"""The name of the one route that needs no token: its page speaks to the broker alone, never to the instrument."""

MAX_MESSAGE_BYTES = 8192
MAX_HOST = 80
COOKIE_S = 30 * 24 * 3600
NO_TOKEN = (
    "This pad opens with the link that emo-osc serve prints, or with the picture below it.\n"
    "이 패드는 emo-osc serve가 알려 주는 링크나 그 아래 QR 코드로 열 수 있습니다.\n"
)
TOO_MANY = (
    "Too many wrong links were tried from here; wait a minute, then open the one that emo-osc serve prints.\n"
    "잘못된 링크를 너무 많이 열었습니다. 1분 뒤에 emo-osc serve가 알려 주는 링크를 여세요.\n"
)


def application(house: PadHub, guard: Guard, callers: Callers | None = None) -> web.Application:
    """The server's rooms, behind the guard; `callers` are told whose request has come."""
    app = web.Application(middlewares=[_door(guard, callers)], client_max_size=MAX_MESSAGE_BYTES)
    files_of_ours, files_of_audience = _files("static"), _files("audience")
    files_of_audience["colours.js"] = files_of_ours["colours.js"]
    app.router.add_get("/", lambda request: _front(request, house, files_of_ours))
    app.router.add_get("/pad/socket", lambda request: _pad(request, house))
    app.router.add_get("/pad/{name}", lambda request: _file(files_of_ours, request.match_info["name"], request))
    app.router.add_get("/audience{name:(?:/.*)?}", lambda request: _audience(request, files_of_audience), name=AUDIENCE)
    app.router.add_get("/emo", lambda request: _query(request, house))
    app.router.add_get("/emo/{rest:.*}", lambda request: _query(request, house))
    app.on_response_prepare.append(lambda request, response: _protect(request, response, guard))
    app.on_shutdown.append(house.close)
    return app


def cookie_name(port: int) -> str:
    """Cookies know no ports, and two daemons may serve pads: each has its own name."""
    return f"emo_osc_{port}"


def _door(guard: Guard, callers: Callers | None) -> Middleware:
    """Rejects requests that the guard does not allow."""
    attempts = Attempts()

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if callers:
            callers.heard(request.transport)
        if not guard.knows_host(request.host):
            shown_host = request.host[:MAX_HOST].encode("ascii", "backslashreplace").decode()
            raise web.HTTPForbidden(text=f"{shown_host} is not a name of this computer\n")
        if _is_of_audience(request):
            return await handler(request)
        if _is_socket(request) and not guard.knows_origin(request.headers.get("Origin"), request.host):
            raise web.HTTPForbidden(text="a page from elsewhere may not play here\n")
        shown = request.query.get("token", "")
        _check_token(
            guard, attempts, request.remote or "", shown or request.cookies.get(cookie_name(_port(request)), "")
        )
        if shown and request.path == "/" and not _is_socket(request) and guard.token:
            return _remembered(shown, _port(request))
        return await handler(request)

    return check


def _check_token(guard: Guard, attempts: Attempts, peer: str, token: str) -> None:
    """Let a peer in with the token, and guess only so often.

    Raises:
        HTTPUnauthorized: the token is missing or wrong.
        HTTPTooManyRequests: too many wrong ones were shown from there; this one was not looked at.
    """
    if not guard.needs_token(peer):
        return
    if not token:
        raise web.HTTPUnauthorized(text=NO_TOKEN)
    wait_s = attempts.wait_s(peer, monotonic())
    if wait_s and not attempts.is_known(peer):
        raise web.HTTPTooManyRequests(text=TOO_MANY, headers={"Retry-After": str(ceil(wait_s))})
    if not guard.admits(peer, token):
        attempts.failed(peer, token, monotonic())
        raise web.HTTPUnauthorized(text=NO_TOKEN)
    attempts.succeeded(peer)


def _remembered(token: str, port: int) -> web.Response:
    """The same page without the token in its link, which might be photographed; the browser keeps it instead."""
    response = web.Response(status=303, headers={"Location": "/"})
    response.set_cookie(cookie_name(port), token, max_age=COOKIE_S, httponly=True, samesite="Lax", path="/")
    return response


async def _front(request: web.Request, house: PadHub, files_of_ours: dict[str, bytes]) -> web.StreamResponse:
    """The page for people, JSON for OSCQuery clients, a WebSocket for those of them that ask for one."""
    if _is_socket(request):
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=MAX_MESSAGE_BYTES)
        return await house.serve(request, socket, Query(socket, house.mirror))
    if _attribute(request) or not _is_browser(request):
        return await _query(request, house)
    return await _file(files_of_ours, "index.html", request)


async def _pad(request: web.Request, house: PadHub) -> web.StreamResponse:
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=MAX_MESSAGE_BYTES)
    page = Page(socket)
    for told in house.welcome():
        page.tell(told)
    return await house.serve(request, socket, page)


async def _query(request: web.Request, house: PadHub) -> web.Response:
    attribute = _attribute(request)
    if attribute == "HOST_INFO":
        here = named_host(request.host) or "127.0.0.1"
        return web.json_response(host_info("emo_osc", (here, house.setup.osc_port), (here, _port(request))))
    status, found = answer(request.path, attribute, house.mirror.values)
    return web.Response(status=status) if found is None else web.json_response(found)


async def _file(files_of_ours: dict[str, bytes], name: str, request: web.Request) -> web.Response:
    if name not in files_of_ours:
        raise web.HTTPNotFound
    data, tag = files_of_ours[name], f'"{sha256(files_of_ours[name]).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={"ETag": tag})
    return web.Response(body=data, content_type=TYPES[name.rpartition(".")[2]], charset="utf-8", headers={"ETag": tag})


async def _audience(request: web.Request, files_of_audience: dict[str, bytes]) -> web.Response:
    name = request.match_info["name"]
    if not name:  # the page names its files beside itself, as on any web server
        return web.Response(status=308, headers={"Location": "/audience/"})
    return await _file(files_of_audience, name[1:] or "index.html", request)


async def _protect(request: web.Request, response: web.StreamResponse, guard: Guard) -> None:
    host = request.host if guard.knows_host(request.host) else guard.host
    connect = ANY_SOCKET if _is_of_audience(request) else OWN_SOCKETS.format(host=host)
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = POLICY.format(connect=connect)
    response.headers["Vary"] = "Accept"


def _files(page: str) -> dict[str, bytes]:
    """The files of a page by name, read once: nothing else can ever be asked for."""
    folder = files("emo_osc.surface") / page
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name.rpartition(".")[2] in TYPES}


def _is_of_audience(request: web.Request) -> bool:
    return request.match_info.route.name == AUDIENCE


def _is_socket(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").casefold() == "websocket"


def _is_browser(request: web.Request) -> bool:
    """Whether a page is asked for: OSCQuery clients name JSON, any type, or nothing at all."""
    accepted = request.headers.get("Accept", "").casefold()
    return "text/html" in accepted and "application/json" not in accepted


def _attribute(request: web.Request) -> str:
    """What stands after the `?`, as in `/emo/va?VALUE`."""
    return next((key for key in request.query if key != "token"), "")


def _port(request: web.Request) -> int:
    """The port of ours that was called."""
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return int(name[1]) if name else 0
