"""The test over HTTP: its own pages and clips and no others; answers on the disk before the next question."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from emo_osc.evaluate.listening.answers import AnswerFile, read_answers
from emo_osc.evaluate.listening.listening_test import ListeningTest
from emo_osc.evaluate.listening.page_server import FILES, application
from emo_osc.evaluate.listening.trials import CHOICES, FIVE, Trial

Client = TestClient[Request, Application]
TRIALS = [Trial(FIVE, "feeling", "made", (f"clip{n}",), CHOICES[FIVE][n]) for n in range(5)]


def visit(tmp_path: Path, talk: Callable[[Client], Awaitable[None]]) -> None:
    """Lets a client talk to a test whose clips are a few bytes each."""

    async def run() -> None:
        clips = tmp_path / "clips"
        clips.mkdir()
        for number in range(5):
            (clips / f"clip{number}.wav").write_bytes(bytes([number]) * 1000)
        (tmp_path / "secret.wav").write_bytes(b"secret")
        (clips / "other.wav").write_bytes(b"other")
        app = application(ListeningTest(TRIALS), AnswerFile(tmp_path / "answers.jsonl"), clips, minutes=3)
        async with TestClient(TestServer(app)) as client:
            await talk(client)

    asyncio.run(run())


def answer(**changes: object) -> dict[str, object]:
    return {"rater": "ann", "place": 1, "choice": "Anger", "ms": 1000, "plays": 1} | changes


def test_pages_and_clips_are_served_and_nothing_else(tmp_path: Path) -> None:
    async def talk(client: Client) -> None:
        for path, (name, kind) in FILES.items():
            response = await client.get(path)
            assert (response.status, response.content_type) == (200, kind), name
            assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        whole = await client.get("/clips/clip3.wav")
        assert (await whole.read(), whole.content_type) == (bytes([3]) * 1000, "audio/wav")
        part = await client.get("/clips/clip3.wav", headers={"Range": "bytes=0-9"})
        assert (part.status, len(await part.read())) == (206, 10)
        for path in ("/clips/other.wav", "/clips/..%2Fsecret.wav", "/answers.jsonl", "/page/index.html", "/nothing"):
            assert (await client.get(path)).status == 404, path
        assert await (await client.get("/about")).json() == {"minutes": 3}

    visit(tmp_path, talk)


def test_an_answer_is_on_the_disk_before_the_next_question(tmp_path: Path) -> None:
    async def talk(client: Client) -> None:
        first = await (await client.get("/next", params={"rater": "ann"})).json()
        following = await (await client.post("/answer", json=answer())).json()
        (written,) = read_answers([tmp_path / "answers.jsonl"], print)

        assert (first["place"], following["place"], written.order, written.choice) == (1, 2, 1, "Anger")
        assert first["clips"] == [f"/clips/{written.clip}.wav"]

    visit(tmp_path, talk)


@pytest.mark.parametrize(
    "changes",
    [
        {"place": 2},
        {"place": "1"},
        {"place": None},
        {"choice": "first"},
        {"choice": 3},
        {"ms": "soon"},
        {"ms": -1},
        {"ms": float("nan")},
        {"plays": 1.5},
        {"plays": -1},
        {"plays": 10**9},
        {"rater": "\ud800"},
        {"rater": ""},
        {"rater": 7},
        {"rater": "x" * 99},
    ],
    ids=str,
)
def test_what_is_no_answer_is_refused_and_not_written_down(tmp_path: Path, changes: dict[str, object]) -> None:
    async def talk(client: Client) -> None:
        response = await client.post("/answer", json=answer(**changes))

        assert response.status == 409
        assert "error" in await response.json()
        assert read_answers([tmp_path / "answers.jsonl"], print) == []

    visit(tmp_path, talk)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b'"x"', b"{}" + b" " * 9000], ids=lambda body: str(body[:8])
)
def test_bodies_that_are_no_object_are_refused(tmp_path: Path, body: bytes) -> None:
    async def talk(client: Client) -> None:
        response = await client.post("/answer", data=body, headers={"Content-Type": "application/json"})

        assert response.status in (400, 413)

    visit(tmp_path, talk)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:7790"}, 403),
        ({"Host": "127.0.0.1:1", "Origin": "http://evil.example"}, 403),
        ({"Host": "127.0.0.1:1", "Origin": "null"}, 403),
        ({"Host": "127.0.0.1:1", "Origin": "http://127.0.0.1:1"}, 200),
        ({"Host": "[::1]:7790"}, 200),
        ({"Host": "[::1]"}, 200),
        ({"Host": "localhost"}, 200),
    ],
)
def test_pages_from_elsewhere_stay_outside(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    async def talk(client: Client) -> None:
        assert (await client.get("/about", headers=headers)).status == status

    visit(tmp_path, talk)


def test_a_disk_that_is_gone_is_told_and_the_question_stays(tmp_path: Path) -> None:
    async def talk(client: Client) -> None:
        (tmp_path / "answers.jsonl").unlink()
        (tmp_path / "answers.jsonl").mkdir()

        response = await client.post("/answer", json=answer())

        assert response.status == 507
        assert (await (await client.get("/next", params={"rater": "ann"})).json())["place"] == 1

    visit(tmp_path, talk)
