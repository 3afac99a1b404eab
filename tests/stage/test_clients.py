import pytest

from emo_osc.errors import CommandError
from emo_osc.stage.clients import LEASE_S, MAX_CLIENTS, MAX_LISTENERS, Clients

PAD, PHONE = ("127.0.0.1", 1), ("10.0.0.2", 2)


def test_replies_go_to_the_sender_unless_told_otherwise() -> None:
    clients = Clients()
    clients.reply_to(PAD, ("127.0.0.1", 9))

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
        clients.reply_to(client, ("127.0.0.1", 9))

    assert clients.listeners(frozenset({"bar"}), 1.0) == [("127.0.0.1", 9)]


def test_listeners_are_bounded() -> None:
    clients = Clients()
    for port in range(MAX_LISTENERS):
        clients.listen(("127.0.0.1", port), "bar", 0.0)

    with pytest.raises(CommandError, match="listen already"):
        clients.listen(PHONE, "bar", 1.0)
    clients.listen(("127.0.0.1", 3), "note", 1.0)
    clients.listen(PHONE, "bar", LEASE_S + 2)


def test_the_longest_silent_client_is_forgotten_first() -> None:
    clients = Clients()
    for port in range(MAX_CLIENTS + 1):
        clients.reply_to(("127.0.0.1", port), PHONE)

    assert clients.target(("127.0.0.1", 0)) == ("127.0.0.1", 0)
    assert clients.target(("127.0.0.1", 1)) == PHONE
