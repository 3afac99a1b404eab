"""What tests of the web process share: a daemon with its pad, and how to ask it."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import pytest

from emo_osc.protocol.parameters import VALUES
from tests.serving import TIMEOUT_S, Daemon

Answer = tuple[int, Mapping[str, str], bytes]
CANNED = "{name: canned, seed: 1, pool: 1}"
T = TypeVar("T")
OPEN_S = aiohttp.ClientTimeout(total=TIMEOUT_S)


def free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def told(pad: aiohttp.ClientWebSocketResponse, kind: str, **wanted: Any) -> dict[str, Any]:
    """The next thing of a kind that a pad is told."""
    while True:
        for each in json.loads((await pad.receive(TIMEOUT_S)).data):
            if each["kind"] == kind and wanted.items() <= each.items():
                return dict(each)


@dataclass
class Served:
    """A daemon and the address of its pad."""

    daemon: Daemon
    port: int
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def get(self, path: str, **headers: str) -> Answer:
        """Status, headers and body of one request, redirects not followed."""

        async def ask(session: aiohttp.ClientSession) -> Answer:
            async with session.get(self.url + path, headers=headers, allow_redirects=False) as answer:
                return answer.status, answer.headers, await answer.read()

        return self.talk(ask)

    def talk(self, conversation: Callable[[aiohttp.ClientSession], Awaitable[T]]) -> T:
        """Whatever is said over one session."""

        async def run() -> T:
            async with aiohttp.ClientSession(timeout=OPEN_S) as session:
                return await conversation(session)

        return asyncio.run(run())


def pad_of(opened: Daemon, port: int) -> Served:
    """The pad of a daemon that was just started, once it knows every value."""
    opened.wait_for_line("web pad")
    served = Served(opened, port)

    async def wait(session: aiohttp.ClientSession) -> None:
        async with session.ws_connect(f"{served.url}/pad/socket") as pad:
            await told(pad, "state", name=tuple(VALUES)[-1])

    served.talk(wait)
    return served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A pad that the tests of a file share; none may expect the mood or the tempo of another."""
    port = free_tcp_port()
    opened = Daemon(tmp_path_factory.mktemp("pad"), 0, CANNED, ("--web", "--web-port", str(port)))
    yield pad_of(opened, port)
    opened.close()


@pytest.fixture
def serve(daemon: Callable[..., Daemon]) -> Callable[..., Served]:
    """Opens daemons with a pad each, ready to be asked."""

    def open_pad(*arguments: str, port: int = 0, **options: Any) -> Served:
        port = port or free_tcp_port()
        return pad_of(daemon("--web", "--web-port", str(port), *arguments, **options), port)

    return open_pad
