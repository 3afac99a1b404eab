"""Words taken out of an MQTT stream, however it is cut into pieces; what is not a word reaches the library whole."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, cast

import aiomqtt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emo_osc.crowd.broker import Broker as Address
from emo_osc.crowd.broker import topics_of
from emo_osc.crowd.bulk_reading import NOT_UNDERSTOOD, RETAINED_ONE, TOO_LONG, PublishFilter, read_in_bulk
from emo_osc.crowd.listening import ONE_BY_ONE, listen
from emo_osc.evaluate.bench.mqtt_phones import publish
from tests.crowd.conftest import Broker

DEADLINE_S = 10.0
PINGRESP, SUBACK = b"\xd0\x00", b"\x90\x03\x00\x01\x00"
QOS_1 = bytes([0x32]) + publish("emo/s/va/q", b"0 0")[1:]
LONG_TOPIC = publish("emo/s/va/" + "x" * 200, b"1 1")
STREAM = [
    publish("emo/s/va/a", b"0.5 0.5"),
    PINGRESP,
    publish("emo/s/va/a", b"-1 -1", is_retained=True),
    publish("emo/s/mood/b", "밝음".encode()),
    publish("emo/s/va/huge", b"1 " * 50_000),
    LONG_TOPIC,
    SUBACK,
    QOS_1,
    publish(b"emo/s/va/\xff", b"0 0"),
    publish("elsewhere", b"0 0"),
    publish("emo/s/va/c", b""),
    PINGRESP,
]
HEARD = [("va", "a", b"0.5 0.5"), ("mood", "b", "밝음".encode()), ("va", "x" * 200, b"1 1"), ("va", "c", b"")]


class Pieces:
    """A socket that gives what it has piece by piece, nothing in between, and then the end."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self.data, self.sizes, self.is_turn = data, sizes, False

    def recv(self, count: int) -> bytes:
        self.is_turn = not self.is_turn
        if not self.is_turn:
            raise BlockingIOError
        size = min(count, self.sizes.pop(0) if self.sizes else count)
        piece, self.data = self.data[:size], self.data[size:]
        return piece


class Listener:
    """Notes what it hears and why messages were dropped; refuses or breaks at those of the client `bad`."""

    def __init__(self, error: type[Exception] | None = None) -> None:
        self.words: list[tuple[str, str, bytes]] = []
        self.dropped: list[str] = []
        self._error = error

    @property
    def clients(self) -> list[str]:
        return [client for _, client, _ in self.words]

    def hear(self, kind: str, voice: str, payload: bytes) -> None:
        self.words.append((kind, voice, payload))
        if self._error and voice == "bad":
            raise self._error(kind)

    def drop(self, reason: str) -> None:
        self.dropped.append(reason)


def passed_on(taken: PublishFilter, count: int) -> bytes:
    """What a library gets that asks for `count` bytes at a time."""
    found = b""
    while True:
        try:
            piece = taken.recv(count)
        except BlockingIOError:
            continue
        if not piece:
            return found
        found += piece


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 300), max_size=60), st.integers(1, 40))
def test_however_the_stream_is_cut_each_packet_goes_where_it_belongs(sizes: list[int], count: int) -> None:
    ear = Listener()
    taken = PublishFilter(Pieces(b"".join(STREAM), sizes), ear)

    assert passed_on(taken, count) == PINGRESP + SUBACK + QOS_1 + PINGRESP
    assert ear.words == HEARD
    assert ear.dropped == [RETAINED_ONE, TOO_LONG, NOT_UNDERSTOOD, NOT_UNDERSTOOD]


def test_a_huge_payload_is_never_held() -> None:
    taken = PublishFilter(Pieces(publish("emo/s/va/huge", b"1 " * 2_000_000) + PINGRESP, []), Listener())
    held = []
    while True:
        try:
            piece = taken.recv(2)
        except BlockingIOError:
            held.append(len(taken._data))
            continue
        break

    assert piece == PINGRESP
    assert max(held) < 512


@pytest.mark.parametrize("error", [ValueError, KeyError])
def test_a_message_that_is_refused_is_counted_and_the_next_is_heard(error: type[Exception]) -> None:
    ear = Listener(error)
    stream = publish("emo/s/va/bad", b"0 0") + publish("emo/s/va/good", b"0 0") + PINGRESP
    taken = PublishFilter(Pieces(stream, []), ear)

    assert passed_on(taken, 2) == PINGRESP
    assert ear.clients == ["bad", "good"]
    assert ear.dropped == [NOT_UNDERSTOOD]


def test_a_message_that_breaks_the_reader_is_not_read_again() -> None:
    ear = Listener(RuntimeError)
    stream = publish("emo/s/va/bad", b"0 0") + publish("emo/s/va/good", b"0 0")
    taken = PublishFilter(Pieces(stream + PINGRESP, [len(stream)]), ear)
    with pytest.raises(RuntimeError):
        taken.recv(2)

    assert passed_on(taken, 2) == PINGRESP
    assert ear.clients == ["bad", "good"]


class Library:
    """Stands for paho: reads its socket once at each call."""

    def __init__(self, ours: socket.socket) -> None:
        self._sock: Any = ours

    def socket(self) -> Any:
        return self._sock

    def loop_read(self) -> None:
        with suppress(BlockingIOError):
            self._sock.recv(2)


async def heard_after_an_error() -> list[str]:
    """What is heard of two messages, where the first breaks the reader."""
    is_broken, is_heard = asyncio.Event(), asyncio.Event()

    class Waiting(Listener):
        def hear(self, kind: str, voice: str, payload: bytes) -> None:
            super().hear(kind, voice, payload)
            is_heard.set()

    ear = Waiting(RuntimeError)
    ours, theirs = socket.socketpair()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: is_broken.set())
    with ours, theirs:
        ours.setblocking(False)
        read_in_bulk(cast(aiomqtt.Client, SimpleNamespace(_client=Library(ours))), ear)
        theirs.send(publish("emo/s/va/bad", b"0 0"))
        await asyncio.wait_for(is_broken.wait(), DEADLINE_S)
        theirs.send(publish("emo/s/va/good", b"0 0"))
        await asyncio.wait_for(is_heard.wait(), DEADLINE_S)
        loop.remove_reader(ours)
    return ear.clients


def test_after_an_error_the_crowd_is_heard_on() -> None:
    assert asyncio.run(heard_after_an_error()) == ["bad", "good"]


async def heard_through(broker: Broker, ear: Listener, lines: list[str]) -> None:
    """Listen until a first word has come."""
    is_told, is_heard = asyncio.Event(), asyncio.Event()

    class Waiting(Listener):
        def hear(self, kind: str, voice: str, payload: bytes) -> None:
            ear.hear(kind, voice, payload)
            is_heard.set()

    def say(line: str) -> None:
        lines.append(line)
        if "listening to" in line:
            is_told.set()

    listening = asyncio.create_task(listen(Address("127.0.0.1", broker.port), topics_of("s"), Waiting(), say))
    await asyncio.wait_for(is_told.wait(), DEADLINE_S)
    broker.phone("p").say("emo/s/va/p", b"0.5 0.5")
    await asyncio.wait_for(is_heard.wait(), DEADLINE_S)
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening


def test_the_libraries_that_are_installed_let_messages_be_read_in_bulk(broker: Callable[..., Broker]) -> None:
    ear, lines = Listener(), list[str]()
    asyncio.run(heard_through(broker(), ear, lines))

    assert ear.clients == ["p"]
    assert ONE_BY_ONE not in lines, "aiomqtt or paho-mqtt has changed: see the head of emo_osc/crowd/bulk_reading.py"


def test_where_the_libraries_have_changed_inside_each_message_is_heard_by_itself(
    broker: Callable[..., Broker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paho.mqtt.client.Client.socket", lambda _: None)
    ear, lines = Listener(), list[str]()
    asyncio.run(heard_through(broker(), ear, lines))

    assert ear.words == [("va", "p", b"0.5 0.5")]
    assert ONE_BY_ONE in lines
