"""The OSC server on a real socket: what it hands over in turns, and what it sends."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import pytest

from emo_osc.protocol.messages import Ready
from emo_osc.protocol.osc import Message, decode, encode
from emo_osc.stage.io.osc_server import OscServer
from emo_osc.stage.io.udp import OscSocket
from emo_osc.stage.session.access import AccessList
from emo_osc.stage.session.effects import SendOsc
from emo_osc.stage.session.events import OscReceived, SenderDenied
from emo_osc.stage.session.session import Session
from tests.serving import TIMEOUT_S
from tests.twin import VirtualStage


class Post:
    """A server with its socket, and a session that handles what comes."""

    def __init__(self, session: Session) -> None:
        self.udp = OscSocket("127.0.0.1", 0)
        self._session = session
        self.server = OscServer(self.udp, AccessList("127.0.0.1"), session.instrument.counters)

    def serve(self) -> list[str]:
        """Answer what has come; the addresses, and `notes` where those have their turn."""
        done = []
        for event in self.server.requests():
            done.append(event.message.address if isinstance(event, OscReceived) else "notes")
            for effect in self._session.handle(event, 1.0) if event else ():
                if isinstance(effect, SendOsc):
                    self.server.send(effect)
        return done


class NobodyMaySpeak(AccessList):
    """Lets nobody in."""

    def may_speak(self, host: str) -> bool:
        return False


@pytest.fixture
def session(stage: Callable[..., VirtualStage], ready: Callable[..., Ready]) -> Session:
    return stage((ready(60),)).session


@pytest.fixture
def post(session: Session) -> Iterator[Callable[..., Post]]:
    opened: list[Post] = []

    def open_post() -> Post:
        opened.append(Post(session))
        return opened[-1]

    yield open_post
    for one in opened:
        one.udp.close()


@pytest.fixture
def client() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.settimeout(TIMEOUT_S)
        yield opened


def test_what_comes_is_handed_over_in_order_and_answered(post: Callable[..., Post], client: socket.socket) -> None:
    opened = post()
    done: list[str] = []
    for number in range(3):
        client.sendto(encode("/emo/ping", number), ("127.0.0.1", opened.udp.port))
    while len(done) < 3:  # a busy machine may need more than one turn
        done += opened.serve()

    assert done == ["/emo/ping"] * 3
    assert [decode(client.recv(100)) for _ in range(3)] == [[Message("/emo/pong", (n,))] for n in range(3)]


def test_a_denied_sender_is_told_once_and_counted(session: Session, client: socket.socket) -> None:
    udp = OscSocket("127.0.0.1", 0)
    server = OscServer(udp, NobodyMaySpeak("127.0.0.1"), session.instrument.counters)
    told: list[object] = []
    while session.instrument.counters.strangers < 3:
        client.sendto(encode("/emo/ping"), ("127.0.0.1", udp.port))
        told += server.requests()
    udp.close()

    assert told == [SenderDenied("127.0.0.1")]


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
        opened.serve()
        assert decode(client.recv(100)) == [Message("/emo/pong", (0,))]
    while not opened.udp.is_flooded:
        for _ in range(30):
            crowd.send(encode("/emo/va", 0.5, 0.25), here[1])
        opened.serve()
    client.setblocking(False)
    for number in range(1, 1000):
        crowd.send(encode("/emo/va", 0.5, 0.25), here[1])
        client.sendto(encode("/emo/ping", number), here)
        opened.serve()
        with suppress(BlockingIOError):
            if decode(client.recv(100))[0].address == "/emo/pong":
                return
    raise AssertionError("no ping was answered")
