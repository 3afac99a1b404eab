"""Who may open the pad: names that cannot be rebound, pages of ours, and on a network those with the token."""

from pathlib import Path

import pytest

from emo_osc.surface.guard import Guard, guard_of


@pytest.mark.parametrize(
    ("host", "is_known"),
    [
        ("127.0.0.1:7780", True),
        ("127.0.0.1", True),
        ("localhost:7780", True),
        ("LOCALHOST:7780", True),
        ("[::1]:7780", True),
        ("192.168.0.9:7780", True),
        ("stage.local:7780", True),
        ("stage.local.:7780", True),
        ("rebound.example:7780", False),
        ("127.0.0.1.rebound.example:7780", False),
        ("localhost.rebound.example", False),
        ("", False),
        ("[::1", True),
        ("a:b:c", False),
    ],
)
def test_a_host_is_a_numeric_address_or_a_name_of_this_computer(host: str, is_known: bool) -> None:
    assert Guard("127.0.0.1", names=frozenset({"stage.local"})).knows_host(host) is is_known


@pytest.mark.parametrize(
    ("origin", "is_known"),
    [
        (None, True),
        ("http://127.0.0.1:7780", True),
        ("https://127.0.0.1:7780", True),
        ("http://127.0.0.1:7781", False),
        ("http://rebound.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_page_from_elsewhere_opens_no_socket(origin: str | None, is_known: bool) -> None:
    assert Guard("127.0.0.1").knows_origin(origin, "127.0.0.1:7780") is is_known


@pytest.mark.parametrize(
    ("peer", "token", "is_admitted"),
    [
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("::ffff:127.0.0.1", "", True),
        ("192.168.0.9", "right", True),
        ("192.168.0.9", "wrong", False),
        ("192.168.0.9", "", False),
        ("192.168.0.9", "righté", False),
        ("", "", False),
    ],
)
def test_from_the_network_the_token_is_needed(peer: str, token: str, is_admitted: bool) -> None:
    assert Guard("0.0.0.0", "right").admits(peer, token) is is_admitted


def test_a_server_for_this_computer_alone_needs_no_token(tmp_path: Path) -> None:
    assert guard_of("127.0.0.1", tmp_path / "token").token == ""
    assert not (tmp_path / "token").exists()


def test_the_token_stays_the_same_every_evening_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    first, second = (guard_of("0.0.0.0", tmp_path / "data" / "token").token for _ in range(2))

    assert first == second
    assert len(first) >= 16
    assert (tmp_path / "data" / "token").stat().st_mode & 0o077 == 0
    assert guard_of("0.0.0.0", tmp_path / "other").token != first
