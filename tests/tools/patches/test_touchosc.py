"""The TouchOSC layouts as TouchOSC reads them: unzipped XML, every message against the stage's own table."""

import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import py2tosc
import pytest

from emo_osc.config.preset import Preset
from emo_osc.core.affect import MOODS
from emo_osc.protocol.commands import ROUTES, SetValue
from emo_osc.protocol.parameters import QUANTIZE, VALUES
from emo_osc.protocol.parsing import parse
from tools.patches.touchosc import COMMANDS, FORMAT, PLANS, REPLY_PORT, Plan
from tools.patches.words import WORDS

ROOT = Path(__file__).parents[3]
HEARD = {"/emo/bar", *(f"/emo/state/{name}" for name in VALUES)}


@dataclass(frozen=True)
class Part:
    kind: str
    conversion: str
    value: str
    low: float
    high: float


@dataclass(frozen=True)
class LogLine:
    control: str
    address: str
    parts: tuple[Part, ...]
    triggers: tuple[tuple[str, str], ...]
    is_sent: bool
    is_heard: bool
    connections: str


def xml_of(plan: Plan) -> ElementTree.Element:
    packed = (ROOT / "layouts" / "touchosc" / f"{plan.name}.tosc").read_bytes()
    return ElementTree.fromstring(zlib.decompress(packed))


def part(partial: ElementTree.Element) -> Part:
    texts = [partial.findtext(tag, "") for tag in ("type", "conversion", "value", "scaleMin", "scaleMax")]
    return Part(texts[0], texts[1], texts[2], float(texts[3]), float(texts[4]))


def messages(plan: Plan) -> list[LogLine]:
    return [
        LogLine(
            control=node.get("type", ""),
            address="".join(part(partial).value for partial in osc.iterfind("path/partial")),
            parts=tuple(part(partial) for partial in osc.iterfind("arguments/partial")),
            triggers=tuple(
                (t.findtext("var", ""), t.findtext("condition", "")) for t in osc.iterfind("triggers/trigger")
            ),
            is_sent=osc.findtext("send") == "1",
            is_heard=osc.findtext("receive") == "1",
            connections=osc.findtext("connections", ""),
        )
        for node in xml_of(plan).iter("node")
        for osc in node.iterfind("messages/osc")
    ]


ALL = [(plan.name, said) for plan in PLANS for said in messages(plan)]
each_plan = pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)


def each(found: list[tuple[str, LogLine]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("said", [pytest.param(said, id=f"{name} {said.address}") for name, said in found])


def values_at(parts: tuple[Part, ...], share: float) -> tuple[float | str, ...]:
    return tuple(p.value if p.kind == "CONSTANT" else p.low + share * (p.high - p.low) for p in parts)


@each_plan
def test_touchosc_would_find_nothing_wrong(plan: Plan) -> None:
    document = py2tosc.load(ROOT / "layouts" / "touchosc" / f"{plan.name}.tosc")

    assert [str(issue) for issue in document.validate()] == []
    assert document.version == FORMAT == "3"


@each_plan
def test_every_control_has_an_id_of_its_own_and_lies_on_the_screen(plan: Plan) -> None:
    nodes = list(xml_of(plan).iter("node"))
    root, *others = (
        [float(frame.findtext(side, "")) for side in "xywh"]
        for node in nodes
        for frame in node.iterfind("properties/property[@type='r']/value")
    )

    assert len({node.get("ID") for node in nodes}) == len(nodes)
    assert len(others) == len(nodes) - 1
    assert all(x >= 0 and y >= 0 and x + w <= root[2] and y + h <= root[3] for x, y, w, h in others)


@each(ALL)
def test_what_is_sent_is_in_the_table_with_its_types_and_ranges(said: LogLine) -> None:
    assert said.connections == "1" * 10
    assert said.is_sent is not said.is_heard, "what comes in must never go out again"
    if said.is_sent:
        assert said.address in ROUTES
        for share in (0.0, 0.5, 1.0):
            assert parse(said.address, values_at(said.parts, share)) is not None


@each([(name, said) for name, said in ALL if said.is_heard])
def test_what_is_heard_is_an_answer_of_the_stage(said: LogLine) -> None:
    assert said.address in HEARD
    assert said.triggers == ()


@each([(name, said) for name, said in ALL if said.control in ("FADER", "XY")])
def test_a_control_that_slides_has_the_range_of_its_value(said: LogLine) -> None:
    arguments = VALUES[said.address.rsplit("/", 1)[1]].arguments

    assert [(p.low, p.high) for p in said.parts] == [(a.low, a.high) for a in arguments]
    assert [p.value for p in said.parts] == ["x", "y"][: len(arguments)]
    assert said.is_heard or {trigger for trigger, _ in said.triggers} == {p.value for p in said.parts}


@each([(name, said) for name, said in ALL if said.control == "BUTTON"])
def test_a_button_speaks_as_it_goes_down_and_not_as_it_comes_up(said: LogLine) -> None:
    assert said.triggers == (("x", "RISE"),)


@each_plan
def test_moods_commands_and_boundaries_have_their_buttons(plan: Plan) -> None:
    sent = [(said.address, *values_at(said.parts, 0)) for said in messages(plan) if said.control == "BUTTON"]
    nine = [mood.id for mood in MOODS if mood.vocabulary == "moods"]

    assert [args[0] for address, *args in sent if address == "/emo/mood"][:9] == nine
    assert [address for address, *_ in sent if address in {f"/emo/{name}" for name in COMMANDS}] == [
        f"/emo/{name}" for name in COMMANDS
    ]
    assert [args[0] for address, *args in sent if address == "/emo/quantize"] == list(QUANTIZE)


@each_plan
def test_the_pad_hears_where_it_is_from_under_itself(plan: Plan) -> None:
    heard, sent = (said for said in messages(plan) if said.control == "XY")

    assert (heard.address, sent.address) == ("/emo/state/va", "/emo/va")
    assert parse(sent.address, values_at(sent.parts, 1.0)) == SetValue("va", (1.0, 1.0))


@each_plan
def test_the_script_asks_for_answers_where_touchosc_listens(plan: Plan) -> None:
    properties = {p.findtext("key"): p.findtext("value") for p in xml_of(plan).iterfind("node/properties/property")}
    script = properties["script"] or ""
    asked = re.findall(r"sendOSC\('(/emo/[\w/]+)'", script)

    assert properties["tag"] == str(REPLY_PORT)
    assert REPLY_PORT not in (Preset().osc.port, Preset().web.port)
    assert parse(asked[0], (float(REPLY_PORT),)) is not None, "Lua knows no whole numbers"
    assert asked[0] == "/emo/reply_to"
    assert all(parse(address, ()) is not None for address in asked[1:-1])
    assert asked[-1] == "/emo/pong"
    assert "message[1] == '/emo/ping'" in script, "a daemon that asks whether it is heard is answered"
    assert {said.address.split("/")[2] for said in messages(plan) if said.is_heard} == {"state", "bar"}


def test_the_words_are_those_of_the_pad_in_a_browser() -> None:
    korean = (ROOT / "emo_osc/surface/static/words.js").read_text(encoding="utf-8").split("ko: {")[1]
    there = dict(re.findall(r'\b(\w+): "([^"]+)"', korean))

    assert {name: there[name] for name in WORDS} == WORDS
