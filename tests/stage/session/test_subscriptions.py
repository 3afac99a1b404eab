from collections.abc import Callable
from typing import Any

import pytest

from emo_osc.core.errors import CommandError
from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.messages import Ready
from emo_osc.protocol.osc import Message, Target
from emo_osc.stage.session.access import MAX_REMEMBERED, AccessList
from emo_osc.stage.session.dispatcher import ANSWERS
from emo_osc.stage.session.session import Session
from emo_osc.stage.session.subscriptions import LEASE_S, MAX_HOSTS, MAX_LISTENERS_A_HOST, MAX_REDIRECTED_A_HOST, Clients
from tests.twin import VirtualStage

PAD, PHONE = ("127.0.0.1", 1), ("10.0.0.2", 2)


def test_replies_go_to_the_sender_unless_told_otherwise() -> None:
    clients = Clients()
    clients.reply_to(PAD, ("127.0.0.1", 9), 0.0)

    assert (clients.target(PAD), clients.target(PHONE)) == (("127.0.0.1", 9), PHONE)


def test_a_lease_ends_after_a_minute_and_any_message_renews_it() -> None:
    clients = Clients()
    clients.listen(PAD, "note", 0.0)
    clients.listen(PHONE, "note", 0.0)
    clients.renew(PHONE, 30.0)

    assert clients.listeners(frozenset({"note"}), LEASE_S - 1) == [PAD, PHONE]
    assert clients.listeners(frozenset({"note"}), LEASE_S + 1) == [PHONE]


def test_an_expired_lease_is_not_renewed() -> None:
    clients = Clients()
    clients.listen(PAD, "note", 0.0)
    clients.renew(PAD, LEASE_S + 1)

    assert clients.listeners(frozenset({"note"}), LEASE_S + 2) == []


def test_a_star_hears_everything_and_ends_everything() -> None:
    clients = Clients()
    clients.listen(PAD, "*", 0.0)
    clients.listen(PHONE, "bar", 0.0)
    heard = clients.listeners(frozenset({"bar"}), 1.0)
    clients.unlisten(PAD, "*")
    clients.unlisten(PHONE, "bar")

    assert heard == [PAD, PHONE]
    assert clients.listeners(frozenset({"bar"}), 1.0) == []


def test_two_clients_with_one_reply_port_are_pushed_to_once() -> None:
    clients = Clients()
    for client in (PAD, PHONE):
        clients.listen(client, "bar", 0.0)
        clients.reply_to(client, ("127.0.0.1", 9), 0.0)

    assert clients.listeners(frozenset({"bar"}), 1.0) == [("127.0.0.1", 9)]


def test_a_host_full_of_listeners_shuts_out_no_other() -> None:
    clients = Clients()
    for port in range(MAX_LISTENERS_A_HOST):
        clients.listen(("127.0.0.1", port), "bar", 0.0)

    with pytest.raises(CommandError, match=r"128 clients of 127\.0\.0\.1 listen already"):
        clients.listen(("127.0.0.1", 60_000), "bar", 1.0)
    clients.listen(("127.0.0.1", 3), "note", 1.0)
    for number in range(8):
        clients.listen((f"10.0.0.{number}", 1), "bar", 1.0)
    assert len(clients.listeners(frozenset({"bar"}), 2.0)) == MAX_LISTENERS_A_HOST + 8
    clients.listen(("127.0.0.1", 60_000), "bar", LEASE_S + 2)


def test_the_longest_silent_client_of_a_host_is_forgotten_first() -> None:
    clients = Clients()
    clients.reply_to(("10.0.0.9", 1), PHONE, 0.0)
    for port in range(MAX_REDIRECTED_A_HOST):
        clients.reply_to(("127.0.0.1", port), PHONE, 0.0)
    clients.renew(("127.0.0.1", 0), 1.0)
    clients.reply_to(("127.0.0.1", 60_000), PHONE, 1.0)

    assert clients.target(("127.0.0.1", 1)) == ("127.0.0.1", 1)
    assert [clients.target(one) for one in (("127.0.0.1", 0), ("127.0.0.1", 2), ("10.0.0.9", 1))] == [PHONE] * 3


def test_no_number_of_reply_ports_makes_a_listener_unheard() -> None:
    clients = Clients()
    clients.listen(PAD, "bar", 0.0)
    clients.reply_to(PAD, ("127.0.0.1", 9), 0.0)
    for port in range(2, 2 * MAX_REDIRECTED_A_HOST):
        clients.reply_to(("127.0.0.1", port), ("127.0.0.1", port + 1), 1.0)
    for number in range(2 * MAX_HOSTS):
        clients.reply_to((f"10.0.1.{number}", 1), PHONE, 1.0)

    assert clients.listeners(frozenset({"bar"}), 2.0) == [("127.0.0.1", 9)]


def test_hosts_whose_replies_go_elsewhere_are_bounded() -> None:
    clients = Clients()
    for number in range(MAX_HOSTS):
        clients.listen((f"10.0.1.{number}", 1), "bar", 0.0)
        clients.reply_to((f"10.0.1.{number}", 1), PHONE, 0.0)

    with pytest.raises(CommandError, match="64 hosts"):
        clients.reply_to(PAD, PHONE, 1.0)
    clients.reply_to(PAD, PHONE, LEASE_S + 2)
    assert clients.target(PAD) == PHONE


def test_a_lease_that_is_renewed_goes_on_for_an_evening() -> None:
    clients = Clients()
    clients.listen(PAD, "bar", 0.0)
    for minute in range(1, 181):
        clients.renew(PAD, minute * (LEASE_S - 1.0))

    assert clients.listeners(frozenset({"bar"}), 180 * (LEASE_S - 1.0) + 1.0) == [PAD]


def pads(playing: Any, topics: tuple[str, ...]) -> list[Target]:
    """Sixty-four listeners, the last of them with its answers sent to another port."""
    senders = [("127.0.0.1", 51_000 + number) for number in range(64)]
    for number, sender in enumerate(senders):
        playing.ask(f"/emo/start_listen/{topics[number % len(topics)]}", sender=sender)
    playing.ask("/emo/reply_to", 9000, sender=senders[-1])
    return [*senders[:-1], ("127.0.0.1", 9000)]


def told(playing: Any, address: str) -> dict[Target, tuple[object, ...]]:
    return {answer.target: answer.arguments for answer in playing.take_answers() if answer.address == address}


@pytest.fixture
def playing(stage: Callable[..., Any], ready: Callable[..., Ready]) -> Any:
    made = stage((ready(60), ready(72, 0.8, 0.35)))
    made.ask("/emo/play")
    return made


def test_when_one_pad_moves_sixty_four_are_told(playing: Any) -> None:
    everybody = pads(playing, ("va", "state", "*"))
    playing.receive(Message("/emo/va", (0.5, -0.25)), PAD, 1.0, 1.0)

    assert told(playing, "/emo/state/va") == dict.fromkeys(everybody, (0.5, -0.25))


def test_a_dragged_pad_is_echoed_as_fast_as_a_screen_shows_and_where_it_came_to_rest(playing: Any) -> None:
    everybody = pads(playing, ("va",))
    echoed = []
    for number in range(1000):  # a second at a thousand a second
        playing.receive(Message("/emo/va", (number / 1000, 0.0)), PAD, number / 1000, 1.0)
        playing.on_time(number / 1000)
        echoed.append(told(playing, "/emo/state/va"))
    playing.on_time(playing.next_s)
    at_rest = told(playing, "/emo/state/va")

    assert 90 <= sum(map(bool, echoed)) <= 101
    assert at_rest == dict.fromkeys(everybody, (0.999, 0.0))


def test_each_message_of_a_polite_pad_is_acknowledged(playing: Any) -> None:
    acks = [playing.ask("/emo/va", number / 100, 0.0)[0] for number in range(100)]

    assert [ack[:2] + ack[4:] for ack in acks] == [("/emo/ack", "/emo/va", number / 100, 0.0) for number in range(100)]


ELSEWHERE = {
    "to another port": (("10.0.0.2", 2), (9000,), None),
    "to its own host": (("10.0.0.2", 2), ("10.0.0.2", 9000), None),
    "to this computer": (("10.0.0.2", 2), ("127.0.0.1", 9000), None),
    "to this computer by IPv6": (("::1", 2), ("::1", 9000), None),
    "to its own host, through IPv6": (("::ffff:10.0.0.2", 2), ("10.0.0.2", 9000), None),
    "to a host of the list": (("10.0.0.2", 2), ("10.0.7.9", 9000), None),
    "to a neighbour": (("10.0.0.2", 2), ("10.0.0.3", 9000), 4),
    "to the world": (("127.0.0.1", 2), ("192.0.2.1", 9000), 4),
    "to everybody": (("10.0.0.2", 2), ("255.255.255.255", 9000), 4),
    "to a name": (("10.0.0.2", 2), ("example.org", 9000), 2),
}


@pytest.mark.parametrize(("sender", "arguments", "code"), ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_answers_are_thrown_at_no_stranger(
    sender: Target, arguments: tuple[int | str, ...], code: int | None, playing: Any
) -> None:
    stage = VirtualStage(Session(playing.instrument, AccessList("0.0.0.0", ("10.0.7.0/24",))))
    stage.receive(Message("/emo/reply_to", arguments), sender, 1.0, 1.0)
    answers = stage.take_answers()

    if code is None:
        assert [(answer.address, answer.target[1]) for answer in answers] == [
            ("/emo/ack", 9000),
            ("/emo/startup", 9000),
        ]
    else:
        (answer,) = answers
        assert (answer.address, answer.target, answer.arguments[0]) == ("/emo/error", sender, code)
    stage.receive(Message("/emo/ping"), sender, 1.0, 1.0)
    (pong,) = stage.take_answers()
    assert pong.target == (sender if code else (pong.target[0], 9000))


def test_the_remedy_for_answers_elsewhere_is_named(playing: Any) -> None:
    (error,) = playing.ask("/emo/reply_to", "192.0.2.1", 9000)

    assert error[2] == "answers go to you or this computer; to have them sent to 192.0.2.1, name it under osc.allow"


@pytest.mark.parametrize("address", sorted(ANSWERS))
def test_an_answer_is_never_answered(address: str, playing: Any) -> None:
    assert playing.ask(address, 1, "text", "/emo/va") == []


def test_two_daemons_that_answer_each_other_stop(stage: Callable[..., Any], ready: Callable[..., Ready]) -> None:
    one, other = stage((ready(60),)), stage((ready(60),))
    for address in [route for route in ROUTES if route.count("/") == 2]:
        flying = [Message(address)]
        hops = 0
        while flying and hops < 10:
            here = (one, other)[hops % 2]
            flying = [Message(said[0], said[1:]) for message in flying for said in here.ask(*message[:1], *message[1])]
            hops += 1

        assert not flying, address


HEARD = {
    "nobody named, from this computer": ((), "127.0.0.2", True),
    "nobody named, from home": ((), "192.168.1.9", True),
    "nobody named, from this link": ((), "fe80::1%2", True),
    "nobody named, from the world": ((), "192.0.2.1", False),
    "nobody named, from the world by IPv6": ((), "2001:db8::1", False),
    "nobody named, from the world through IPv6": ((), "::ffff:192.0.2.1", False),
    "named": (("10.0.0.7",), "10.0.0.7", True),
    "named, through IPv6": (("10.0.0.0/24",), "::ffff:10.0.0.7", True),
    "not named": (("10.0.0.7",), "10.0.0.8", False),
    "not named, from home": (("10.0.0.7",), "192.168.1.9", False),
    "this computer, not named": (("10.0.0.7",), "127.0.0.1", True),
    "this computer by the address we listen on": (("10.0.0.7",), "10.0.0.1", True),
    "no address": ((), "nonsense", False),
}


@pytest.mark.parametrize(("allow", "host", "is_heard"), HEARD.values(), ids=HEARD.keys())
def test_who_is_heard(allow: tuple[str, ...], host: str, is_heard: bool) -> None:
    access = AccessList("10.0.0.1", allow)

    assert [access.may_speak(host) for _ in range(2)] == [is_heard, is_heard]


def test_what_is_remembered_of_strangers_is_bounded() -> None:
    access = AccessList("0.0.0.0")
    for number in range(2 * MAX_REMEMBERED):
        access.may_speak(f"192.0.2.{number}")

    assert len(access._known) <= MAX_REMEMBERED
    assert access.may_speak("127.0.0.1")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.5", "::1", "localhost"])
def test_there_is_nothing_to_tell_where_nobody_else_can_come(host: str) -> None:
    assert AccessList(host).summary == ""


def test_who_can_come_is_told() -> None:
    assert "private networks" in AccessList("0.0.0.0").summary
    assert "10.0.0.7" in AccessList("::", ("10.0.0.7",)).summary
