"""Who may open the pad: names that cannot be rebound, pages of ours, and on a network those with the token."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emo_osc.surface.guard import Guard, guard_of
from emo_osc.surface.token_attempts import MAX_ADDRESSES, MAX_WRONG, WINDOW_S, Attempts


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
        ("127.0.0.1.:7780", True),
        ("[FE80::1%25en0]:7780", True),
        ("[::ffff:127.0.0.1]", True),
        ("[::1", False),
        ("[::1].evil.example", False),
        ("[::1].evil.example:7780", False),
        ("[evil.example]", False),
        ("[127.0.0.1]", False),
        ("::1", False),
        ("127.0.0.1.evil", False),
        ("127.0.0.1@evil.example", False),
        ("evil.example#127.0.0.1", False),
        ("stage.local..:7780", False),
        ("stage.local:77800", False),
        ("stage.local:", False),
        ("stage.local:7780:7780", False),
        ("stage.local ", False),
        ("0x7f.1", False),
        ("\udcff\udcfe", False),
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
        ("HTTP://127.0.0.1:7780", True),
        ("http://rebound.example", False),
        ("http://127.0.0.1:7780.rebound.example", False),
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
        ("192.168.0.9", "\udcff\udcfe", False),
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


def token_told(path: Path) -> tuple[str, list[str]]:
    told: list[str] = []
    return guard_of("0.0.0.0", path, told.append).token, told


ODD = {
    "empty": lambda path: path.write_bytes(b""),
    "short": lambda path: path.write_bytes(b"abc\n"),
    "huge": lambda path: path.write_bytes(b"a" * 10_000_000),
    "no text": lambda path: path.write_bytes(b"\xff\xfe" * 20),
    "two lines": lambda path: path.write_bytes(b"abcdefghijklmnop\nabcdefghijklmnop\n"),
}


@pytest.mark.parametrize("make", ODD.values(), ids=ODD.keys())
def test_a_file_that_holds_no_token_is_replaced_and_people_are_told(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / "pad_token"
    make(path)
    path.chmod(0o644)

    token, told = token_told(path)

    assert [line.partition(": ")[2] for line in told] == [
        "holds no token; a new token was made, links of before no longer open the pad"
    ]
    assert token_told(path) == (token, [])
    assert len(token) >= 16
    assert path.stat().st_mode & 0o077 == 0 or sys.platform == "win32"


@pytest.mark.skipif(sys.platform == "win32", reason="has no modes")
def test_a_token_that_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "pad_token"
    path.write_text("abcdefghijklmnop\n")
    path.chmod(0o644)

    token, (line,) = token_told(path)

    assert token == "abcdefghijklmnop"
    assert "others could read it" in line
    assert path.stat().st_mode & 0o777 == 0o600
    assert token_told(path) == (token, [])


NO_FILES = {
    "a pipe": os.mkfifo if hasattr(os, "mkfifo") else None,
    "a folder": Path.mkdir,
    "a loop": lambda path: path.symlink_to(path),
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="has none of these")
@pytest.mark.parametrize("make", NO_FILES.values(), ids=NO_FILES.keys())
def test_what_is_no_file_is_left_alone_and_the_token_holds_until_the_end(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / "pad_token"
    make(path)

    token, (line,) = token_told(path)

    assert len(token) >= 16
    assert "holds until the end" in line
    assert [each.name for each in tmp_path.iterdir()] == ["pad_token"]


def test_wrong_tokens_of_an_address_are_limited_and_one_page_that_was_left_open_is_no_guess() -> None:
    attempts = Attempts()
    for _ in range(100):
        attempts.failed("10.0.0.2", "of yesterday", 0.0)
    before = attempts.wait_s("10.0.0.2", 1.0)
    for number in range(MAX_WRONG):
        attempts.failed("10.0.0.2", f"guess {number}", 1.0)

    assert before == 0.0
    assert attempts.wait_s("10.0.0.2", 1.0) == WINDOW_S - 1.0
    assert attempts.wait_s("10.0.0.2", WINDOW_S) == 0.0


def test_what_is_remembered_of_guessers_is_bounded() -> None:
    attempts = Attempts()
    for number in range(2 * MAX_ADDRESSES):
        attempts.failed(f"10.0.{number // 256}.{number % 256}", "guess", 0.0)
        attempts.succeeded(f"10.0.{number // 256}.{number % 256}")

    assert (len(attempts._tried), len(attempts._admitted)) == (MAX_ADDRESSES, MAX_ADDRESSES)
