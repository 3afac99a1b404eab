"""The web process of a real daemon: what it serves, whom it turns away, and how it ends."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emo_osc.protocol.osc import Message, decode, encode
from emo_osc.surface.discovery import TYPES
from tests.serving import TIMEOUT_S, Daemon
from tests.surface.conftest import Served, free_tcp_port, told

TABLET = "10.7.7.7"
Serve = Callable[..., Served]


async def sent(socket: aiohttp.ClientWebSocketResponse, wanted: Callable[[Message], bool]) -> Message:
    """The next OSC message that an OSCQuery client is sent and wants."""
    while True:
        frame = await socket.receive(TIMEOUT_S)
        assert frame.type is aiohttp.WSMsgType.BINARY
        (message,) = decode(frame.data)
        if wanted(message):
            return message


def test_one_port_serves_the_page_and_oscquery_and_turns_strangers_away(served: Served) -> None:
    page, info = served.get("/", Accept="text/html"), served.get("/?HOST_INFO")
    root = served.get("/", Accept="application/json")

    assert page[0] == 200
    assert b'id="pad"' in page[2]
    assert "default-src 'none'" in page[1]["Content-Security-Policy"]
    assert page[1]["Referrer-Policy"] == "no-referrer"
    assert json.loads(info[2])["OSC_PORT"] == served.daemon.port
    assert "emo" in json.loads(root[2])["CONTENTS"]
    assert json.loads(served.get("/emo/transpose?VALUE")[2]) == {"VALUE": [0]}
    assert [served.get(path)[0] for path in ("/emo/next?VALUE", "/emo?NO", "/emo/no", "/pad/..%2fsetup.py")] == [
        204,
        400,
        404,
        404,
    ]
    assert served.get("/pad/main.js", **{"If-None-Match": served.get("/pad/main.js")[1]["ETag"]})[0] == 304
    assert served.get("/", Host="rebound.example")[0] == 403
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "http://elsewhere.example"}
    assert [served.get(path, **upgrade)[0] for path in ("/", "/pad/socket")] == [403, 403]


@pytest.mark.parametrize("accept", ["*/*", "", "application/json", "application/json, text/plain, */*"])
def test_oscquery_clients_get_the_tree_whatever_they_accept_but_html(served: Served, accept: str) -> None:
    status, headers, body = served.get("/", Accept=accept)

    assert (status, headers["Content-Type"].partition(";")[0], headers["Vary"]) == (200, "application/json", "Accept")
    assert "emo" in json.loads(body)["CONTENTS"]
    assert b'id="pad"' in served.get("/", Accept="text/html,application/xhtml+xml,*/*;q=0.8")[2]


def test_a_client_that_names_no_type_gets_the_tree(served: Served) -> None:
    with socket.create_connection((served.host, served.port), TIMEOUT_S) as client:
        client.sendall(f"GET / HTTP/1.0\r\nHost: {served.host}:{served.port}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: client.recv(1 << 16), b""))

    assert "emo" in json.loads(answer.partition(b"\r\n\r\n")[2])["CONTENTS"]


@pytest.mark.parametrize("address", ["/emo/reply_to", "/emo/reply_t?", "/emo/get/va", "/emo/{get,start_listen}/va"])
def test_an_oscquery_client_cannot_have_answers_sent_elsewhere(served: Served, address: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
        elsewhere.bind(("127.0.0.1", 0))
        port = elsewhere.getsockname()[1]

        async def converse(session: aiohttp.ClientSession) -> None:
            query = await session.ws_connect(served.url)
            await query.send_str(json.dumps({"COMMAND": "LISTEN", "DATA": "/emo/transpose"}))
            await query.send_bytes(encode(address, port))
            await query.send_bytes(encode("/emo/transpose", port % 24))
            await sent(query, lambda message: message.arguments == (port % 24,))

        served.talk(converse)
        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.recv(100)


def test_pads_and_oscquery_clients_hear_each_other(served: Served) -> None:
    async def converse(session: aiohttp.ClientSession) -> tuple[dict[str, Any], ...]:
        one, other = [await session.ws_connect(f"{served.url}/pad/socket") for _ in range(2)]
        query = await session.ws_connect(served.url)
        hello = await told(one, "hello")
        await query.send_str(json.dumps({"COMMAND": "LISTEN", "DATA": "/emo/tempo"}))
        assert (await sent(query, lambda _: True)).address == "/emo/tempo"
        await one.send_str('["/emo/mood", "밝음"]')
        ack, mood = await told(one, "ack"), await told(other, "state", values=["bright", 1.0])
        await other.send_str('["/emo/tempo", 100]')
        tempo = await sent(query, lambda message: message.arguments == (100.0,))
        await query.send_bytes(encode("/emo/tempo", 90))
        await query.send_str(json.dumps({"COMMAND": "IGNORE", "DATA": "/emo/tempo"}))
        await told(one, "state", name="tempo", values=[90.0])
        await one.send_str('["/emo/mood", "nobody"]')
        error = await told(one, "error")
        note, roll = (
            await told(other, "note"),
            await told(await session.ws_connect(f"{served.url}/pad/socket"), "roll", which="now", part=1),
        )
        return hello, ack, mood, tempo._asdict(), error, note, roll

    hello, ack, mood, tempo, error, note, roll = served.talk(converse)

    assert {"bright", "sadness"} <= {each["id"] for each in hello["moods"]}
    assert {"current", "club"} <= set(hello["presets"])
    assert ack["ms"] >= 0
    assert mood["name"] == "mood"
    assert tempo["address"] == "/emo/tempo"
    assert (error["code"], error["address"]) == (3, "/emo/mood")
    assert 0 < note["velocity"] <= 127
    assert len(roll["notes"]) % 8 == 0


def test_another_preset_brings_its_own_moods(serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "emo_osc" / "presets"
    folder.mkdir(parents=True)
    (folder / "storms.yaml").write_text(
        "moods: {storm: {valence: -0.3, arousal: 0.9, aliases: [폭풍]}}", encoding="utf-8"
    )
    served = serve()

    async def converse(session: aiohttp.ClientSession) -> dict[str, Any]:
        pad = await session.ws_connect(f"{served.url}/pad/socket")
        await pad.send_str('["/emo/preset", "storms"]')
        return await told(pad, "moods")

    storm = served.talk(converse)["moods"][-1]

    assert (storm["id"], storm["korean"], storm["arousal"]) == ("storm", "폭풍", 0.9)


def test_on_the_network_the_token_lets_in_and_discovery_finds_us(own_network: None, serve: Serve) -> None:
    zeroconf = pytest.importorskip("zeroconf", reason="no zeroconf here: pip install '.[discovery]'")
    subprocess.run(["ip", "address", "add", f"{TABLET}/24", "dev", "lo"], check=True)
    served = replace(serve("--web-host", "0.0.0.0"), host=TABLET)
    link = f"/?token={next(served.daemon.folder.rglob('pad_token')).read_text().strip()}"
    status, headers, _ = served.get(link)
    cookie = headers["Set-Cookie"].partition(";")[0]
    with closing(zeroconf.Zeroconf(interfaces=[TABLET])) as browser:
        found = [browser.get_service_info(kind, f"emo_osc {served.port}.{kind}", 10_000) for kind in TYPES]

    assert [served.get(path)[0] for path in ("/", "/emo", "/pad/main.js", "/?token=wrong")] == [401] * 4
    assert served.get("/pad/socket", Upgrade="websocket", Connection="Upgrade")[0] == 401
    assert [served.get(f"/audience{path}")[0] for path in ("", "/", "/main.js", "/colours.js")] == [308] + [200] * 3
    assert [served.get(f"/audience{path}")[0] for path in ("s", "/../emo", "/pad.css", "/socket")] == [
        401,
        401,
        404,
        404,
    ]
    assert (status, headers["Location"]) == (303, "/")
    assert "HttpOnly" in headers["Set-Cookie"]
    assert [served.get(path, Cookie=cookie)[0] for path in ("/", "/emo", "/pad/main.js")] == [200] * 3
    assert replace(served, host="127.0.0.1").get("/")[0] == 200
    assert [info.port for info in found] == [served.port, served.daemon.port]


def test_a_taken_port_is_told_and_the_music_goes_on(daemon: Callable[..., Daemon]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        opened = daemon("--web", "--web-port", str(taken.getsockname()[1]))
        line = opened.wait_for_line("web pad")
        opened.send("/emo/start_listen/note")

        assert "--web-port" in line
        assert opened.receive_until(lambda message: message.address == "/emo/note").arguments[1]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("fault", ["SIGKILL", "SIGSTOP"])
def test_the_pad_comes_back_by_itself_and_ends_with_the_daemon(fault: str, serve: Serve) -> None:
    served = serve()
    first = served.daemon.child("emo_osc.surface")
    os.kill(first, signal.Signals[fault])
    served.daemon.wait_for_line("web has ended")
    served.daemon.wait_for_line("web pad")
    second = served.daemon.child("emo_osc.surface")

    assert second != first
    assert served.get("/")[0] == 200
    assert served.daemon.close() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_without_a_pad_nothing_listens(daemon: Callable[..., Daemon]) -> None:
    port = free_tcp_port()
    opened = daemon("--no-web", "--web-port", str(port))
    opened.wait_for_line("MIDI out")
    opened.send("/emo/ping")

    assert opened.receive().address == "/emo/pong"
    assert b"emo_osc.surface" not in b"".join(opened.children().values())


def raw_answer(served: Served, *lines: bytes) -> bytes:
    """The status line that a request of these header lines is answered."""
    with socket.create_connection((served.host, served.port), TIMEOUT_S) as caller:
        caller.sendall(b"\r\n".join((b"GET / HTTP/1.1", *lines, b"Connection: close", b"", b"")))
        return caller.makefile("rb").readline().split(b" ")[1]


ODD_HEADERS = {
    "a Host of bytes": ((b"Host: \xff\xfe",), b"403"),
    "a Host of two": ((b"Host: [::1].evil.example",), b"403"),
    "a cookie of bytes": ((b"Host: 127.0.0.1", b"Cookie: \xff\xfe=\xff\xfe; emo_osc_7780=\xff\xfe"), b"200"),
    "an Accept of bytes": ((b"Host: 127.0.0.1", b"Accept: \xff\xfe"), b"200"),
    "a tag of bytes": ((b"Host: 127.0.0.1", b"If-None-Match: \xff\xfe"), b"200"),
    "an Upgrade of bytes": ((b"Host: 127.0.0.1", b"Upgrade: \xff\xfe"), b"200"),
    "an Origin of bytes": ((b"Host: 127.0.0.1", b"Upgrade: websocket", b"Origin: \xff\xfe"), b"403"),
}


@pytest.mark.parametrize(("lines", "status"), ODD_HEADERS.values(), ids=ODD_HEADERS.keys())
def test_odd_headers_are_answered_and_are_no_fault_of_ours(
    lines: tuple[bytes, ...], status: bytes, served: Served
) -> None:
    assert raw_answer(served, *lines) == status
    assert not [line for line in served.daemon.lines() if "Error" in line or "Traceback" in line]


def test_from_the_network_wrong_tokens_are_limited_and_odd_cookies_are_wrong_ones(
    own_network: None, serve: Serve
) -> None:
    subprocess.run(["ip", "address", "add", f"{TABLET}/24", "dev", "lo"], check=True)
    subprocess.run(["ip", "address", "add", "10.8.8.8/24", "dev", "lo"], check=True)
    served = replace(serve("--web-host", "0.0.0.0"), host=TABLET)
    token = next(served.daemon.folder.rglob("pad_token")).read_text().strip()
    cookie = b"Cookie: emo_osc_%d=\xff\xfe" % served.port
    odd = raw_answer(served, f"Host: {TABLET}".encode(), cookie)
    same = [served.get("/?token=yesterday")[0] for _ in range(30)]
    guesses = [served.get(f"/?token=guess{number}")[0] for number in range(30)]
    right = served.get(f"/?token={token}")

    assert odd == b"401"
    assert same == [401] * 30
    assert guesses[0] == 401
    assert guesses[-1] == 429
    assert (right[0], 0 < int(right[1]["Retry-After"]) <= 60) == (429, True)
    assert replace(served, host="10.8.8.8").get(f"/?token={token}")[0] == 303, "another address is not kept out"
    assert not [line for line in served.daemon.lines() if "Error" in line or "Traceback" in line]


def test_half_requests_keep_nobody_out_and_fill_no_log(served: Served) -> None:
    halves = [socket.create_connection(("127.0.0.1", served.port), TIMEOUT_S) for _ in range(300)]
    for half in halves:
        half.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    answered = served.get("/")[0]
    for half in halves:
        with suppress(ConnectionResetError):
            assert half.recv(100) == b""
        half.close()

    assert answered == 200
    assert served.daemon.lines() == []


def test_a_page_that_sends_too_fast_is_read_more_slowly_and_keeps_nobody_out(served: Served) -> None:
    async def converse(session: aiohttp.ClientSession) -> str:
        fast, other = [await session.ws_connect(f"{served.url}/pad/socket") for _ in range(2)]
        for number in range(5000):
            await fast.send_str(f'["/emo/va", {number / 5000}, 0.5]')
        await other.send_str('["ping", 7]')
        pong = await told(other, "pong", token=7)
        await fast.send_str("x" * 10_000)
        while (said := await fast.receive(TIMEOUT_S)).type != aiohttp.WSMsgType.CLOSE:
            continue
        return f"{pong['token']} {said.data}"

    assert served.talk(converse) == "7 1009"


def test_a_page_that_answers_nothing_is_hung_up_on(served: Served) -> None:
    key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    head = b"GET /pad/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + key
    with socket.create_connection(("127.0.0.1", served.port), TIMEOUT_S) as page:
        page.sendall(head + b"\r\n")
        with suppress(ConnectionResetError):
            while page.recv(1 << 16):
                continue

    assert served.get("/")[0] == 200
