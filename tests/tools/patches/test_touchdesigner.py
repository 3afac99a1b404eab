"""The script for TouchDesigner, run with a real daemon: `op` is the only thing of TouchDesigner's that it needs."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from emo_osc.config.preset import Preset
from emo_osc.core.affect import MOODS
from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.osc import Message
from tests.serving import Daemon
from tools.patches.touchdesigner import REPLY_PORT

SCRIPT = (Path(__file__).parents[3] / "layouts" / "touchdesigner" / "emo_osc.py").read_text(encoding="utf-8")
ANSWERS = {"/emo/pong", "/emo/note", "/emo/bar", "/emo/state/va", "/emo/state/mood"}


class OscOut:
    """An OSC Out DAT: sends what it is told from the daemon's own client."""

    def __init__(self, send: Callable[..., None]) -> None:
        self._send = send

    def sendOSC(self, address: str, values: list[float | str]) -> None:  # noqa: N802, TouchDesigner's own name
        self._send(address, *values)


def module(out: OscOut) -> dict[str, Any]:
    names: dict[str, Any] = {"op": {"oscout": out}.__getitem__}
    exec(compile(SCRIPT, "emo_osc.py", "exec"), names)
    return names


def told(names: dict[str, Any], message: Message) -> None:
    names["onReceiveOSC"](None, 0, "", b"", 0.0, message.address, list(message.arguments), None)


def test_its_addresses_ports_and_moods_are_the_tables() -> None:
    said = set(re.findall(r'"(/emo/[\w/]+[a-z])"', SCRIPT))
    asked = re.findall(r"for name in \(([^)]+)\)", SCRIPT)[0].replace('"', "").split(", ")
    names = module(OscOut(lambda *_: None))

    assert said - ANSWERS <= ROUTES.keys()
    assert all(f"/emo/start_listen/{name}" in ROUTES for name in asked)
    assert names["MOODS"] == {mood.id: (mood.affect.valence, mood.affect.arousal) for mood in MOODS}
    assert f"port {Preset().osc.port}" in SCRIPT
    assert names["REPLY_PORT"] == REPLY_PORT


def test_it_calls_a_mood_and_hears_the_notes_of_a_real_daemon(daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("MIDI out")
    sent: list[str] = []

    def send(address: str, *values: float | str) -> None:
        sent.append(address)
        if address != "/emo/reply_to":  # this client hears with the socket it sends from
            one.send(address, *values)

    names = module(OscOut(send))
    names["hello"]()
    names["feel"](0.5, -0.25)
    heard = names["heard"]
    while heard["va"] != (0.5, -0.25):
        told(names, one.receive())
    names["mood"]("gloomy")
    while heard["mood"] != "gloomy" or len(heard["notes"]) < 4 or not heard["bar"]:
        told(names, one.receive())

    assert sent[0] == "/emo/reply_to"
    for pitch, velocity, duration_ms, channel in heard["notes"]:
        assert 0 <= pitch <= 127
        assert 0 < velocity <= 127
        assert duration_ms > 0
        assert 1 <= channel <= 16


def test_a_daemon_that_asks_whether_it_is_heard_is_answered() -> None:
    sent: list[tuple[object, ...]] = []
    told(module(OscOut(lambda *said: sent.append(said))), Message("/emo/ping", (1_234_567,), None))

    assert sent == [("/emo/pong", 1_234_567)]


def test_only_the_last_notes_are_kept() -> None:
    names = module(OscOut(lambda *_: None))
    for pitch in range(100):
        told(names, Message("/emo/note", (pitch, 64, 100.0, 1), None))

    assert [note[0] for note in names["heard"]["notes"]] == list(range(36, 100))
