"""The broker's set-up of docs/audience.md in a real mosquitto: everyone speaks for themselves and reads nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from emo_osc.evaluate.bench.mqtt_phones import Phone
from tests.crowd.conftest import SHOW, Broker, Crowd, free_tcp_port
from tests.crowd.test_crowd import VA, near

PAGE = (Path(__file__).parents[2] / "docs" / "audience.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    """What the page tells people to copy."""
    (found,) = re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def audience_of(folder: Path) -> tuple[str, str, int]:
    """The page's settings of the broker, its listener for the audience, and that one's port, which is a free one."""
    acl, port = folder / "audience.acl", free_tcp_port()
    acl.write_text(block("acl"))
    settings, listener, _ = re.split(r"(?=\n#.*\nlistener )", block("conf"))
    return (
        settings,
        listener.replace("9001", f"{port} 127.0.0.1").replace("/etc/mosquitto/audience.acl", str(acl)),
        port,
    )


@pytest.fixture
def hall(tmp_path: Path, broker: Callable[..., Broker]) -> tuple[Broker, int]:
    """The page's broker, and the port of its audience; plain MQTT there, for phones without a WebSocket."""
    settings, listener, port = audience_of(tmp_path)
    return broker(f"allow_anonymous true\n{listener}".replace("protocol websockets\n", ""), settings), port


def test_everyone_speaks_under_their_own_id_alone(hall: tuple[Broker, int], crowd: Callable[..., Crowd]) -> None:
    inside, outside = hall
    heard = crowd(inside.port, "--glide", "0", "--fade", "60", "--weight", "performer=50")
    heard.wait_for_line("listening to")
    honest, troll, thief = (Phone(outside, name) for name in ("honest", "troll", "performer"))
    for number in range(100):
        troll.say(f"{VA}t{number}", b"-1 -1")
    troll.say(f"{VA}honest", b"-1 -1")
    thief.say(f"{VA}performer", b"-1 1")
    troll.say(f"{VA}troll", b"0.5 0.5")
    honest.say(f"{VA}honest", b"0.5 0.5")
    heard.patch.until("/emo/crowd/count", lambda count: count == 2)
    heard.patch.until("/emo/va", near(0.5, 0.5))
    inside.phone("any").say(f"{VA}performer", b"0.25 0.75")

    heard.patch.until("/emo/va", near(0.25, 0.75))
    assert heard.patch.until("/emo/crowd/count").arguments == (3,)
    for phone in (honest, troll, thief):
        phone.close()


@pytest.mark.parametrize("kind", ["va", "mood"])
def test_nobody_in_the_audience_takes_the_performers_weight(
    hall: tuple[Broker, int], crowd: Callable[..., Crowd], kind: str
) -> None:
    inside, outside = hall
    heard = crowd(inside.port, "--glide", "0", "--fade", "60", "--weight", "performer=50")
    heard.wait_for_line("listening to")
    thief, honest = Phone(outside, "performer"), Phone(outside, "honest")
    thief.say(f"emo/{SHOW}/{kind}/performer", b"-1 1" if kind == "va" else b"gloomy")
    thief.heard_until_pong()  # the broker has taken it
    honest.say(f"{VA}honest", b"0.5 0.5")

    heard.patch.until("/emo/va", near(0.5, 0.5))
    assert heard.patch.until("/emo/crowd/count").arguments == (1,)
    for phone in (thief, honest):
        phone.close()


@pytest.mark.parametrize("kind", ["retained", "huge"])
def test_the_broker_throws_out_what_no_phone_sends(hall: tuple[Broker, int], kind: str) -> None:
    phone = Phone(hall[1], "p")
    phone.say(f"emo/{SHOW}/va/p", b"0 0" if kind == "retained" else b"0" * 1000, is_retained=kind == "retained")

    assert phone.is_thrown_out()
    phone.close()


def test_nobody_in_the_audience_hears_another(hall: tuple[Broker, int]) -> None:
    phone, other = Phone(hall[1], "p"), Phone(hall[1], "q")
    phone.subscribe("#")
    for number in range(20):
        other.say(f"emo/{SHOW}/va/q", f"0 0.{number}".encode())

    assert other.heard_until_pong() == []  # the broker has taken them all
    assert phone.heard_until_pong() == []
    phone.close()
    other.close()


def test_the_broker_may_open_as_many_connections_as_it_lets_in() -> None:
    (allowed,), (let_in,) = re.findall(r"LimitNOFILE=(\d+)", PAGE), re.findall(r"max_connections (\d+)", block("conf"))

    assert int(allowed) >= int(let_in) + 100  # its own files beside
