"""The letterbox between a real socket and a desk: what is done in turns, and that notes have theirs in between."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

from emo_osc.protocol.messages import Ready
from emo_osc.protocol.osc import Message, Target, decode, encode
from emo_osc.stage.io.osc_server import OscServer
from emo_osc.stage.io.udp import OscSocket
from emo_osc.stage.session.access import AccessList
from tests.serving import TIMEOUT_S


class Post:
    """A letterbox with its socket, and in which order things were done."""

    def __init__(self, dispatcher: Any, scheduled: int = 0) -> None:
        self.udp = OscSocket("127.0.0.1", 0)
        self.done: list[str] = []
        self._dispatcher, self._scheduled = dispatcher, scheduled
        self.letters = OscServer(
            self.udp,
            AccessList("127.0.0.1"),
            dispatcher,
            lambda: self.done.append("notes"),
            self._receive,
            self._do_scheduled,
        )

    def _receive(self, message: Message, sender: Target, stamp_s: float) -> None:
        self.done.append(message.address)
        self._dispatcher.receive(message, sender, 1.0, 1.0)

    def _do_scheduled(self) -> bool:
        if self._scheduled:
            self._scheduled -= 1
            self.done.append("scheduled")
            return True
        return False


@pytest.fixture
def post(stage: Callable[..., Any], ready: Callable[..., Ready]) -> Iterator[Callable[..., Post]]:
    opened: list[Post] = []

    def open_post(scheduled: int = 0) -> Post:
        opened.append(Post(stage((ready(60),)).dispatcher, scheduled))
        return opened[-1]

    yield open_post
    for one in opened:
        one.udp.close()


@pytest.fixture
def client() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.settimeout(TIMEOUT_S)
        yield opened


def test_notes_have_their_turn_between_messages_that_were_scheduled_for_one_instant(post: Callable[..., Post]) -> None:
    opened = post(scheduled=3)
    while len(opened.done) < 6:  # a busy machine may need more than one turn
        opened.letters.serve_scheduled()

    assert opened.done == ["scheduled", "notes"] * 3


def test_other_clients_have_their_turn_between_messages_that_were_scheduled(
    post: Callable[..., Post], client: socket.socket
) -> None:
    opened = post(scheduled=10**9)  # more than anybody could do in one turn
    opened.letters.serve_scheduled()
    client.sendto(encode("/emo/ping", 7), ("127.0.0.1", opened.udp.port))
    opened.letters.serve_all()
    opened.letters.send_answers()

    assert decode(client.recv(100)) == [Message("/emo/pong", (7,))]
    assert opened.letters.take_rest_s() > 0.0


class Crowd(NamedTuple):
    """Sockets of one host that all send at once."""

    sockets: list[socket.socket]

    def send(self, packet: bytes, port: int) -> None:
        for one in self.sockets:
            one.sendto(packet, ("127.0.0.1", port))


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    opened = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(150)]
    yield Crowd(opened)
    for one in opened:
        one.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives a host a queue of its own")
@pytest.mark.parametrize("is_late", [False, True], ids=["who was there before", "who comes late"])
def test_a_flood_from_many_ports_of_a_host_leaves_another_program_of_it_its_answers(
    is_late: bool, post: Callable[..., Post], crowd: Crowd, client: socket.socket
) -> None:
    opened = post()
    here = ("127.0.0.1", opened.udp.port)
    if not is_late:
        client.sendto(encode("/emo/ping", 0), here)
        opened.letters.serve_all()
        assert decode(client.recv(100)) == [Message("/emo/pong", (0,))]
    while not opened.udp.is_flooded:
        for _ in range(30):
            crowd.send(encode("/emo/va", 0.5, 0.25), here[1])
        opened.letters.serve_all()
    client.setblocking(False)
    for number in range(1, 1000):
        crowd.send(encode("/emo/va", 0.5, 0.25), here[1])
        client.sendto(encode("/emo/ping", number), here)
        opened.letters.serve_all()
        with suppress(BlockingIOError):
            if decode(client.recv(100))[0].address == "/emo/pong":
                return
    raise AssertionError("no ping was answered")
