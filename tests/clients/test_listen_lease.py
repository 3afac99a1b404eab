"""The lease of a subscription: renewed by pings, asked for again after a loss, the same for each of our clients."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from queue import Queue
from threading import Thread

import pytest

from emo_osc.clients.listen_lease import AGAIN_S, PING_S, SILENCE_S, ListenLease
from emo_osc.clients.send import exchange
from emo_osc.clients.subscription import Listener
from emo_osc.protocol.osc import Message, decode, encode
from emo_osc.surface.subscription import Subscription
from tests.serving import TIMEOUT_S

PONG = Message("/emo/pong")


def said(packets: list[bytes]) -> list[str]:
    return [message.address for packet in packets for message in decode(packet)]


def test_a_client_pings_twice_a_second_and_asks_with_the_first_answer() -> None:
    lease = ListenLease(["note", "bar"])

    assert said(lease.due(0.0)) == ["/emo/ping"]
    assert lease.due(0.4) == []
    assert said(lease.due(PING_S)) == ["/emo/ping"]
    assert said(lease.hear(PONG, 0.6)) == ["/emo/start_listen/note", "/emo/start_listen/bar"]
    assert lease.hear(PONG, 0.7) == []


def test_a_daemon_that_came_back_is_asked_again_with_its_first_message() -> None:
    lease = ListenLease(["note"])
    lease.hear(PONG, 0.0)

    assert lease.is_answered(SILENCE_S - 0.1)
    assert not lease.is_answered(SILENCE_S)
    assert said(lease.hear(Message("/emo/note"), SILENCE_S)) == ["/emo/start_listen/note"]


def test_a_restart_too_short_to_be_noticed_costs_ten_seconds_of_pushes() -> None:
    lease = ListenLease(["note"])
    lease.hear(PONG, 0.0)
    asked = []
    for step in range(1, 41):
        now_s = step * PING_S
        asked += [now_s for address in said(lease.due(now_s)) if address == "/emo/start_listen/note"]
        lease.hear(PONG, now_s)

    assert asked == [AGAIN_S, 2 * AGAIN_S]


def test_a_silent_daemon_is_pinged_and_asked_for_nothing() -> None:
    lease = ListenLease(["note"])

    assert {address for step in range(100) for address in said(lease.due(step * PING_S))} == {"/emo/ping"}


def test_a_daemon_that_asks_is_answered_with_its_token() -> None:
    assert ListenLease([]).hear(Message("/emo/ping", (123, "x")), 0.0) == [encode("/emo/pong", 123)]


def test_who_keeps_no_topics_sends_nothing_of_its_own() -> None:
    lease = ListenLease([])

    assert (lease.due(0.0), lease.hear(PONG, 1.0), lease.end()) == ([], [], [])


@contextmanager
def daemon() -> Iterator[tuple[int, Queue[str]]]:
    """Answers pings, with a note to who listens to notes, and asks who is there; its port, and what it was sent."""
    heard: Queue[str] = Queue()
    answers = {
        "/emo/ping": [encode("/emo/pong")],
        "/emo/start_listen/note": [encode("/emo/ping", 7), encode("/emo/note", 60)],
    }
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while (message := decode((got := server.recvfrom(2000))[0])[0]).address != "/end":
                heard.put(message.address)
                for answer in answers.get(message.address, []):
                    server.sendto(answer, got[1])
                if message.address == "/emo/start_listen/note":
                    answers["/emo/ping"] = [encode("/emo/pong"), encode("/emo/note", 62)]

        thread = Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], heard
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ender:
                ender.sendto(encode("/end"), server.getsockname())
            thread.join()


def listen(port: int) -> None:
    with closing(Listener("127.0.0.1", port, ["note"])) as listener:
        while "/emo/note" not in [message.address for _, message in listener.receive()]:
            continue


def listen_with_asyncio(port: int) -> None:
    async def run() -> None:
        is_heard, states = asyncio.Event(), list[bool]()
        hear: Callable[[Message], None] = lambda message: is_heard.set() if message.address == "/emo/note" else None  # noqa: E731
        running = asyncio.create_task(Subscription(["note"], hear, states.append).run(("127.0.0.1", port)))
        await asyncio.wait_for(is_heard.wait(), TIMEOUT_S)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        assert states == [True]

    asyncio.run(run())


def listen_from_the_command_line(port: int) -> None:
    lines = exchange("127.0.0.1", port, "/emo/start_listen/note", (), TIMEOUT_S)
    assert next(lines) == "/emo/note 60"
    lines.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("client", [listen, listen_with_asyncio, listen_from_the_command_line])
def test_each_of_our_clients_asks_answers_and_takes_its_leave(client: Callable[[int], None]) -> None:
    with daemon() as (port, heard):
        client(port)
        told: list[str] = []
        while not told or told[-1] != "/emo/stop_listen/*":
            told.append(heard.get(timeout=TIMEOUT_S))

    assert {"/emo/start_listen/note", "/emo/pong"} <= set(told)


def test_what_the_command_line_asked_for_is_kept_and_its_pings_are_not_shown() -> None:
    with daemon() as (port, heard):
        lines = exchange("127.0.0.1", port, "/emo/start_listen/note", (), TIMEOUT_S)
        shown = [next(lines) for _ in range(3)]
        told = [heard.get(timeout=TIMEOUT_S) for _ in range(4)]

    assert shown == ["/emo/note 60", "/emo/note 62", "/emo/note 62"]
    assert told == ["/emo/start_listen/note", "/emo/pong", "/emo/ping", "/emo/ping"]


@pytest.mark.parametrize(("address", "words"), [("/emo/ping", ()), ("/emo/start_listen/note", ("9913",))])
def test_the_command_line_renews_nothing_that_is_no_subscription_of_its_own(
    address: str, words: tuple[str, ...]
) -> None:
    with daemon() as (port, heard):
        list(exchange("127.0.0.1", port, address, words, 2 * PING_S))

    assert [told for told in heard.queue if told != "/emo/pong"] == [address]
