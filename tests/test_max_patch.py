"""The Max patch: current, whole, and speaking the daemon's own addresses and ports."""

import json
import re
from typing import Any

import pytest
from py2max import Patcher
from py2max.lint import lint

from emo_osc.affect import MOODS
from emo_osc.lab.max_patch import PATCH, REPLY_PORT, build
from emo_osc.preset import QUANTIZE, Preset
from emo_osc.stage.commands import ROUTES, parse
from emo_osc.stage.values import VALUES

PATCHER = json.loads(PATCH.read_text(encoding="utf-8"))["patcher"]
BOXES: list[dict[str, Any]] = [entry["box"] for entry in PATCHER["boxes"]]
TEXTS = [box["text"] for box in BOXES if box["maxclass"] in ("newobj", "message")]
ANSWERS = {"/emo/ack", "/emo/error", "/emo/bar", *(f"/emo/state/{name}" for name in VALUES)}


def sent() -> list[str]:
    """Every message the patch can send, as Max would: a control's number or item stands for itself."""
    messages = [part.strip() for box in BOXES if box["maxclass"] == "message" for part in box["text"].split(",")]
    return [message for message in messages if message]


def prepended() -> list[str]:
    return [text.split()[1] for text in TEXTS if text.startswith("prepend /emo")]


def test_the_shipped_patch_is_current() -> None:
    assert PATCH.read_text(encoding="utf-8") == build().text()


def test_max_would_find_nothing_wrong_with_it() -> None:
    # The window shows the presentation; the wiring lies outside it on purpose.
    findings = [str(finding) for finding in lint(Patcher.from_file(PATCH)) if finding.code != "W-OFFCANVAS"]

    assert findings == []


def test_every_address_in_the_patch_is_in_the_table_or_among_the_answers() -> None:
    found = set(re.findall(r"/emo/[\w/]+", " ".join(TEXTS)))

    assert found <= ROUTES.keys() | ANSWERS
    assert {"/emo/va", "/emo/mood", "/emo/play", "/emo/stop", "/emo/panic", "/emo/next"} <= found


@pytest.mark.parametrize("message", sent())
def test_the_daemon_understands_every_message_box(message: str) -> None:
    address, *arguments = message.split()

    assert parse(address, tuple(arguments)) is not None


@pytest.mark.parametrize("address", prepended())
def test_the_daemon_understands_what_the_controls_send(address: str) -> None:
    numbers = {"/emo/va": (0.5, -0.5)}
    items = {"/emo/quantize": ("2bars",)}

    assert parse(
        address, (*items.get(address, ()), *numbers.get(address, ())) or (50.0 if "tempo" in address else 0.5,)
    )


def test_every_mood_has_its_button() -> None:
    assert [message for message in sent() if "mood" in message] == [f"/emo/mood {mood.id}" for mood in MOODS]


def test_the_quantize_menu_offers_what_the_daemon_takes() -> None:
    menu = next(box for box in BOXES if box["maxclass"] == "umenu")

    assert [item for item in menu["items"] if item != ","] == list(QUANTIZE)


@pytest.mark.parametrize("box", [box for box in BOXES if box["maxclass"] == "flonum"], ids=lambda box: str(box["id"]))
def test_a_number_box_has_the_range_of_its_value(box: dict[str, Any]) -> None:
    target = next(line["patchline"] for line in PATCHER["lines"] if line["patchline"]["source"][0] == box["id"])
    text = next(other["text"] for other in BOXES if other["id"] == target["destination"][0])
    argument = VALUES[text.rsplit("/", 1)[1]].arguments[0]

    assert (box["minimum"], box["maximum"]) == (argument.low, argument.high)


def test_the_ports_are_the_daemons_and_a_place_to_hear_it() -> None:
    osc = Preset().osc

    assert f"udpsend {osc.host} {osc.port}" in TEXTS
    assert f"udpreceive {REPLY_PORT}" in TEXTS
    assert f"/emo/reply_to {REPLY_PORT}" in sent()
    assert REPLY_PORT not in (osc.port, Preset().web.port)


def test_no_port_or_cord_is_left_open() -> None:
    cords = [line["patchline"] for line in PATCHER["lines"]]
    sources, targets = {c["source"][0] for c in cords}, {c["destination"][0] for c in cords}
    silent = [b["id"] for b in BOXES if b["numoutlets"] and b["id"] not in sources and b["maxclass"] != "message"]
    deaf = [b["id"] for b in BOXES if b["numinlets"] and b["maxclass"] == "newobj" and b["id"] not in targets]
    starts = [b["id"] for b in BOXES if b.get("text", "").startswith(("loadmess", "udpreceive"))]

    assert silent == []
    assert sorted(deaf) == sorted(starts)


def test_presentation_boxes_do_not_overlap_and_fit_the_window() -> None:
    shown = [box["presentation_rect"] for box in BOXES if box.get("presentation")]
    _, _, width, height = PATCHER["rect"]

    assert PATCHER["openinpresentation"] == 1
    assert all(x + w <= width and y + h <= height for x, y, w, h in shown)
    assert not any(
        a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
        for index, a in enumerate(shown)
        for b in shown[:index]
    )
