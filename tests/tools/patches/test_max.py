"""The patches for Max and the device for Live: whole, and speaking the daemon's own addresses and ports."""

import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from py2max import Patcher
from py2max.lint import lint

from emo_osc.config.preset import Preset
from emo_osc.core.affect import MOODS
from emo_osc.core.scales import LIVE_SCALES
from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.parameters import QUANTIZE, VALUES
from emo_osc.protocol.parsing import parse
from tools.patches.live_device import CHANNELS, FREE, HEIGHT, MADE, PORTS
from tools.patches.live_key import HASH, SCALES
from tools.patches.max_desk import BY_HAND, FIELDS, MENUS, REPLY_PORT, numbers
from tools.patches.max_parts import NOTES_PORT, PAD_PORT
from tools.patches.touchosc import REPLY_PORT as TOUCHOSC_PORT

FOLDER = Path(__file__).parents[3] / "max_patches"
NAMES = ("emo_osc.maxpat", "emo_pad.maxpat", "emo_notes.maxpat", "emo_osc.amxd")
ANSWERS = {"/emo/ack", "/emo/pong", "/emo/error", "/emo/bar", "/emo/note", *(f"/emo/state/{name}" for name in VALUES)}
FAMILIES = {"set", "get", "start_listen", "stop_listen"}

Box = dict[str, Any]


def unpacked(name: str) -> dict[str, Any]:
    """A patch as Max reads it; out of the device by the sizes its header gives."""
    content = (FOLDER / name).read_bytes()
    if name.endswith(".amxd"):
        (size,) = struct.unpack(">I", content[44:48])
        content = content[48 : 48 + size - 16].rstrip(b"\0")
    patcher: dict[str, Any] = json.loads(content)["patcher"]
    return patcher


class Read:
    """A patch, its boxes, and what they say."""

    def __init__(self, name: str) -> None:
        self.patcher = unpacked(name)
        self.boxes: list[Box] = [entry["box"] for entry in self.patcher["boxes"]]
        self.cords = [line["patchline"] for line in self.patcher["lines"]]
        self.texts = [box["text"] for box in self.boxes if box["maxclass"] in ("newobj", "message")]
        said = [part.strip() for b in self.boxes if b["maxclass"] == "message" for part in b["text"].split(",")]
        self.said = [part for part in said if part.startswith("/emo")]
        self.prepended = [text.split()[1] for text in self.texts if text.startswith("prepend /emo")]

    def behind(self, box: Box, outlet: int = 0, text: str = "") -> Box:
        """The box that an outlet leads to, the one that begins with a text where there are several."""
        ends = [c["destination"][0] for c in self.cords if c["source"] == [box["id"], outlet]]
        return next(b for b in self.boxes if b["id"] in ends and b.get("text", "").startswith(text))

    def found(self, maxclass: str) -> list[Box]:
        return [box for box in self.boxes if box["maxclass"] == maxclass]


PATCHES = {name: Read(name) for name in NAMES}
DESK, PAD, NOTES, DEVICE = PATCHES.values()
each_patch = pytest.mark.parametrize("name", NAMES)
SAID = [(name, message) for name, patch in PATCHES.items() for message in patch.said]
SENT = [(name, address) for name, patch in PATCHES.items() for address in patch.prepended]


@each_patch
def test_max_would_find_nothing_wrong_with_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{Path(name).stem}.maxpat"  # py2max reads no device with Live's `meta` chunk
    path.write_text(json.dumps({"patcher": unpacked(name)}), encoding="utf-8")
    # The window shows the presentation; the wiring lies outside it on purpose.
    findings = [str(finding) for finding in lint(Patcher.from_file(path)) if finding.code != "W-OFFCANVAS"]

    assert findings == []


@each_patch
def test_every_address_is_in_the_table_or_among_the_answers(name: str) -> None:
    found = set(re.findall(r"/emo/[\w/]+", " ".join(PATCHES[name].texts)))

    assert found <= ROUTES.keys() | ANSWERS


@pytest.mark.parametrize(("name", "message"), SAID)
def test_the_daemon_understands_every_message_box(name: str, message: str) -> None:
    address, *arguments = message.replace("$1", "7771").split()

    assert parse(address, tuple(arguments)) is not None


@pytest.mark.parametrize(("name", "address"), [sent for sent in SENT if sent[1] not in ANSWERS])
def test_the_daemon_understands_what_the_controls_send(name: str, address: str) -> None:
    arguments = ROUTES[address].forms[0]
    values = [
        a.choices[-1] if a.choices else "bright" if a.kind == "s" else a.high for a in arguments if not a.is_optional
    ]

    assert parse(address, tuple(values)) is not None


@each_patch
def test_a_daemon_that_asks_whether_it_is_heard_is_answered(name: str) -> None:
    assert {"route /emo/ping", "prepend /emo/pong"} <= set(PATCHES[name].texts)


def test_every_command_is_reached_or_left_to_the_line_on_purpose() -> None:
    own = {address for address in ROUTES if address.split("/")[2] not in FAMILIES}
    values = {value.name for value in VALUES.values() if value.is_settable}
    sent = {message.split()[0] for message in DESK.said} | set(DESK.prepended)
    set_here = {address.removeprefix("/emo/set/").removeprefix("/emo/") for address in sent}

    assert own - sent - {f"/emo/{name}" for name in set_here} == BY_HAND.keys()
    assert values - set_here == {"valence", "arousal"}
    assert "route text" in [DESK.behind(box)["text"] for box in DESK.found("textedit")]


@each_patch
def test_no_port_or_cord_is_left_open(name: str) -> None:
    patch = PATCHES[name]
    sources, targets = ({cord[end][0] for cord in patch.cords} for end in ("source", "destination"))
    starts = ("loadmess", "loadbang", "udpreceive", "patcherargs", "live.thisdevice", "midiin")
    silent = [b["id"] for b in patch.boxes if b["numoutlets"] and b["id"] not in sources and b["maxclass"] != "message"]
    deaf = [b for b in patch.boxes if b["numinlets"] and b["maxclass"] == "newobj" and b["id"] not in targets]

    assert silent == []
    assert [box["text"] for box in deaf if not box["text"].startswith(starts)] == []


@each_patch
def test_what_is_sent_by_name_is_received_by_name(name: str) -> None:
    patch = PATCHES[name]
    sent, received = ({t.split()[1] for t in patch.texts if re.match(rf"{verb} \S+$", t)} for verb in "sr")

    assert sent == received
    assert all(bus.startswith(("emo_osc", "#0_", "---")) for bus in sent)


@each_patch
def test_presentation_boxes_do_not_overlap_and_fit_the_window(name: str) -> None:
    patch = PATCHES[name]
    shown = [box["presentation_rect"] for box in patch.boxes if box.get("presentation")]
    _, _, width, height = patch.patcher["rect"]

    assert patch.patcher["openinpresentation"] == 1
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in shown)
    assert [
        (a, b)
        for index, a in enumerate(shown)
        for b in shown[:index]
        if a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
    ] == []


def test_moods_have_their_buttons() -> None:
    nine = [mood.id for mood in MOODS if mood.vocabulary == "moods"]

    assert [m for m in DESK.said if m.startswith("/emo/mood")] == [f"/emo/mood {mood.id}" for mood in MOODS]
    assert [m for m in PAD.said if m.startswith("/emo/mood")] == [f"/emo/mood {name}" for name in nine]


def test_menus_offer_what_the_daemon_takes() -> None:
    offered = {DESK.behind(m, 1)["text"]: [i for i in m["items"] if i != ","] for m in DESK.found("umenu")}

    assert offered == {f"prepend /emo/{name}": list(VALUES[name].arguments[0].choices) for name in MENUS}


@pytest.mark.parametrize("box", [*DESK.found("flonum"), *DESK.found("number")], ids=lambda box: str(box["id"]))
def test_a_number_box_has_the_range_of_its_value(box: Box) -> None:
    argument = VALUES[DESK.behind(box)["text"].rsplit("/", 1)[1]].arguments[0]

    assert (box["minimum"], box["maximum"]) == (argument.low, argument.high)
    assert (box["maxclass"] == "number") is (argument.kind == "i")


def test_every_value_with_a_range_has_its_number_box() -> None:
    boxes = [*DESK.found("flonum"), *DESK.found("number")]

    assert {DESK.behind(box)["text"] for box in boxes} == {f"prepend /emo/set/{name}" for name in numbers()}
    assert {f"prepend /emo/{name}" for name in FIELDS} <= set(DESK.texts)


def test_the_ports_are_the_daemons_and_places_of_their_own_to_hear_it() -> None:
    osc = Preset().osc
    low, count = PORTS
    own = {DESK: REPLY_PORT, PAD: PAD_PORT, NOTES: NOTES_PORT, DEVICE: low}

    for patch, port in own.items():
        assert f"udpsend {osc.host} {osc.port}" in patch.texts
        assert f"udpreceive {port}" in patch.texts
    assert len({*own.values(), TOUCHOSC_PORT, osc.port, Preset().web.port}) == len(own) + 3
    assert not {osc.port, Preset().web.port, TOUCHOSC_PORT, REPLY_PORT, PAD_PORT} & set(range(low, low + count))
    assert f"/emo/reply_to {REPLY_PORT}" in DESK.said
    assert f"/emo/reply_to {NOTES_PORT}" in NOTES.said


def test_the_pad_takes_host_port_and_reply_port_in_that_order() -> None:
    osc = Preset().osc
    apart = next(box for box in PAD.boxes if box.get("text") == "unpack s 0 0")

    assert f"patcherargs {osc.host} {osc.port} {PAD_PORT}" in PAD.texts
    assert PAD.behind(PAD.behind(apart, 0, "prepend host"))["text"].startswith("udpsend")
    assert PAD.behind(PAD.behind(apart, 1, "prepend port"))["text"].startswith("udpsend")
    assert PAD.behind(PAD.behind(apart, 2, "prepend port"))["text"] == f"udpreceive {PAD_PORT}"
    assert PAD.behind(PAD.behind(apart, 2, "i"))["text"].startswith("/emo/reply_to $1")
    assert (len(PAD.found("inlet")), len(PAD.found("outlet"))) == (1, 1)


@pytest.mark.parametrize("name", ["emo_notes.maxpat", "emo_osc.amxd"])
def test_a_note_finds_each_of_its_numbers_where_makenote_wants_it(name: str) -> None:
    patch = PATCHES[name]
    apart = next(box for box in patch.boxes if box.get("text") == "unpack 0 0 0. 1")
    make = next(box for box in patch.boxes if box.get("text", "").startswith("makenote"))
    into = {
        c["source"][1]: c["destination"][1]
        for c in patch.cords
        if (c["source"][0], c["destination"][0]) == (apart["id"], make["id"])
    }

    assert into == {index: index for index in range(make["numinlets"])}
    assert make["numinlets"] == len(make["text"].split("@")[0].split())


def test_the_device_is_a_midi_effect_that_fits_lives_strip() -> None:
    project = DEVICE.patcher["project"]

    assert project["amxdtype"] == int.from_bytes(b"mmmm", "big")
    assert (project["creationdate"], project["modificationdate"]) == (MADE, MADE)
    assert DEVICE.patcher["rect"][3] == HEIGHT
    assert {"midiin", "midiout", "live.thisdevice"} <= set(DEVICE.texts)


def parameters() -> dict[str, dict[str, Any]]:
    valued = [box for box in DEVICE.boxes if box.get("parameter_enable")]
    return {box["varname"]: box["saved_attribute_attributes"]["valueof"] for box in valued}


def test_lives_parameters_have_names_of_their_own_and_the_ranges_of_the_table() -> None:
    found = parameters()
    spans = {
        name.lower(): (p["parameter_mmin"], p["parameter_mmax"])
        for name, p in found.items()
        if p["parameter_type"] == 0
    }

    assert all(name == p["parameter_longname"] for name, p in found.items())
    assert len(found) == sum(bool(box.get("parameter_enable")) for box in DEVICE.boxes)
    assert spans == {name: (VALUES[name].arguments[0].low, VALUES[name].arguments[0].high) for name in spans}
    assert {"valence", "arousal"} < spans.keys()
    assert found["Mood"]["parameter_enum"] == [FREE, *(mood.id for mood in MOODS)]
    assert found["Quantize"]["parameter_enum"] == list(QUANTIZE)
    assert found["Channel"]["parameter_enum"] == list(CHANNELS)
    assert all(p["parameter_mmax"] == len(p["parameter_enum"]) - 1 for p in found.values() if "parameter_enum" in p)


def test_what_the_daemon_tells_moves_no_parameter_of_lives() -> None:
    valued = {box["id"] for box in DEVICE.boxes if box.get("parameter_enable")}
    heard = next(box for box in DEVICE.boxes if box.get("text", "").startswith("route /emo/note"))
    shown = [DEVICE.behind(DEVICE.behind(heard, outlet)) for outlet in (1, 2, 3)]

    assert [box["maxclass"] for box in shown] == ["live.comment"] * 3
    assert not valued & {box["id"] for box in shown}


def test_the_device_says_nothing_before_it_stands() -> None:
    sends = {
        c["source"][0]
        for c in DEVICE.cords
        if "udpsend" in next(b for b in DEVICE.boxes if b["id"] == c["destination"][0]).get("text", "")
    }
    texts = {box["id"]: box["text"] for box in DEVICE.boxes if "text" in box}

    assert sorted(texts[box].split(" ")[0] for box in sends) == ["/emo/reply_to", "gate"]


def test_a_scale_of_lives_becomes_one_of_ours() -> None:
    messages = [message for message in DEVICE.said if message.startswith("/emo/scale")]

    assert messages == [f"/emo/scale {name}" for name in (*SCALES.values(), LIVE_SCALES[HASH], "auto")]
    assert not any("#" in text for text in DEVICE.texts)
    assert "/emo/key" in DEVICE.prepended
    assert {"property root_note", "property scale_name", "path live_set"} <= set(DEVICE.texts)
