"""The Open Stage Control session: every widget's address, type and range against the stage's own table."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from emo_osc.protocol.commands import ROUTES, SetValue
from emo_osc.protocol.parameters import VALUES
from emo_osc.protocol.parsing import parse
from tools.patches.stage_control import COMMANDS, FADERS, MENUS

ROOT = Path(__file__).parents[3]
SESSION = json.loads((ROOT / "layouts" / "open_stage_control" / "emo_osc.json").read_text(encoding="utf-8"))
WIDGETS: list[dict[str, Any]] = SESSION["content"]["widgets"]
SENDING = [widget for widget in WIDGETS if not widget.get("bypass")]
SHOWN = [widget for widget in WIDGETS if widget.get("visible", True)]
each_sender = pytest.mark.parametrize("widget", SENDING, ids=lambda widget: str(widget["id"]))


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [widget for widget in SENDING if widget["type"] == kind]


def values_of(widget: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What a widget can send, at its ends."""
    spans = [widget[name] for name in ("rangeX", "rangeY", "range") if name in widget]
    if spans:
        return [tuple(span[end] for span in spans) for end in ("min", "max")]
    if "values" in widget:
        return [(value,) for value in widget["values"]]
    return [() if widget["on"] is None else (widget["on"],)]


def test_the_file_is_a_session_with_a_root() -> None:
    assert (SESSION["createdWith"], SESSION["type"], SESSION["content"]["type"]) == (
        "Open Stage Control",
        "session",
        "root",
    )
    assert SESSION["content"]["tabs"] == []
    assert len({widget["id"] for widget in WIDGETS}) == len(WIDGETS)


@each_sender
def test_what_a_widget_sends_is_understood(widget: dict[str, Any]) -> None:
    assert widget["address"] in ROUTES
    for values in values_of(widget):
        assert parse(widget["address"], values) is not None
        assert len(widget.get("typeTags", "")) == len(values)


def test_faders_and_the_pad_have_the_ranges_of_their_values() -> None:
    (pad,) = of_kind("xy")

    assert parse(pad["address"], values_of(pad)[1]) == SetValue("va", (1.0, 1.0))
    for widget in (pad, *of_kind("fader")):
        arguments = VALUES[widget["address"].rsplit("/", 1)[1]].arguments
        assert values_of(widget) == [tuple(a.low for a in arguments), tuple(a.high for a in arguments)]
    assert [widget["id"] for widget in of_kind("fader")] == list(FADERS)


def test_menus_offer_every_choice_and_commands_have_buttons() -> None:
    assert {w["id"]: tuple(w["values"]) for w in of_kind("dropdown")} == {
        name: VALUES[name].arguments[0].choices for name in MENUS
    }
    assert {f"/emo/{name}" for name in COMMANDS} <= {widget["address"] for widget in of_kind("button")}
    assert {widget["mode"] for widget in of_kind("button")} == {"tap"}, "a tap sends nothing as it is let go"


def test_what_the_stage_tells_sets_a_widget_and_is_not_sent_back() -> None:
    told = [widget for widget in WIDGETS if widget["type"] == "variable" and widget["address"] != "/emo/ping"]
    by_id = {widget["id"]: widget for widget in WIDGETS}

    for widget in told:
        name = widget["address"].removeprefix("/emo/state/")
        ((target, part),) = re.findall(
            r"^set\('(\w+)', (?:typeof value === 'object' \? value\[(\d)\] : )?value, \{sync: false, send: false\}\)$",
            widget["onValue"],
        )
        assert name in VALUES or name == "/emo/error"
        assert part or by_id[target]["address"] in (f"/emo/{name}", f"/emo/set/{name}")


def test_of_a_mood_and_of_an_error_the_words_alone_are_shown() -> None:
    told = {w["address"]: w["onValue"] for w in WIDGETS if w["type"] == "variable"}
    shown = {address: re.findall(r"'(shown_\w+)'.*value\[(\d)\]", script) for address, script in told.items()}

    assert shown["/emo/state/mood"] == [("shown_mood", "0")], "mood, intensity"
    assert shown["/emo/error"] == [("shown_error", "1")], "code, text, address"


def test_menus_show_what_they_hold_and_the_axes_have_their_words() -> None:
    words = {widget.get("default") for widget in WIDGETS if widget["type"] == "text"}

    assert not any("label" in menu for menu in of_kind("dropdown")), "a label is shown in the place of the value"
    assert {"흥분 excited", "차분 calm", "불쾌 unpleasant", "유쾌 pleasant", "템포 tempo", "음계 scale"} <= words


def test_texts_hear_what_the_stage_tells() -> None:
    assert {w["address"] for w in WIDGETS if w["type"] == "text" and "address" in w} <= {
        "/emo/bar",
        "/emo/error",
        *(f"/emo/state/{name}" for name in VALUES),
    }


def test_the_script_sends_what_is_understood() -> None:
    sent = [address for widget in WIDGETS for address in re.findall(r"send\('([^']+)'", widget.get("onValue", ""))]

    assert sent == ["/emo/start_listen/bar", "/emo/pong"]
    assert parse(sent[0], ()) is not None


def test_a_daemon_that_asks_whether_it_is_heard_is_answered() -> None:
    (asked,) = [widget for widget in WIDGETS if widget.get("address") == "/emo/ping"]

    assert asked["onValue"] == "send('/emo/pong', value)"


def test_no_widget_lies_on_another() -> None:
    frames = [(w["left"], w["top"], w["width"], w["height"]) for w in SHOWN]

    assert not any(
        a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
        for index, a in enumerate(frames)
        for b in frames[:index]
    )
