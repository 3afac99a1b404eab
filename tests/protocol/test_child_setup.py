"""The set-up of a child: read by the types of its fields, and refused in one line that names the field."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest

from emo_osc.config.preset import GeneratorSection
from emo_osc.config.preset_loading import parse_preset
from emo_osc.core.affect import MOODS, Affect, Mood, Reference
from emo_osc.core.errors import EmoOscError
from emo_osc.midi.jack_setup import JackSetup, JackState
from emo_osc.protocol import child_setup
from emo_osc.protocol.child_setup import ChildSetup, HubSetup, SoundSetup
from emo_osc.protocol.stage_setup import Report, Setup, StagePreset
from emo_osc.studio.setup import StudioSetup
from emo_osc.supervisor.child_setups import live_setup, stage_setup, web_setup
from tests.serving import TIMEOUT_S

PRESET = parse_preset("{mapping: {20: density}, moods: {odd: {valence: 0.1, arousal: 0.2}}}", "preset")
REPORT = Report(5, 7770, ("OSC in", "MIDI out"))
SETUPS: tuple[ChildSetup, ...] = (
    stage_setup(PRESET),
    REPORT,
    StagePreset({"tempo": 90.0, "quantize": "bar"}, MOODS, rules={"level": 0.5}, references=(Reference(Affect(0, 1)),)),
    StudioSetup(7, "t", GeneratorSection(name="canned"), (Affect(0.5, 0),), "x", (Reference(Affect(0, 1), 5.0),)),
    web_setup(PRESET, REPORT, "token"),
    live_setup(PRESET, REPORT, "token"),
    SoundSetup(7, "token", 0.25),
    HubSetup(7, "token"),
    JackSetup("emo_osc", "out", "", ("a:b", "c:d")),
    JackState("emo_osc:out", 64, 48000, ("a:b",)),
)
CHILDREN = {
    "emo_osc.studio.worker": "StudioSetup",
    "emo_osc.surface": "WebSetup",
    "emo_osc.clients.ableton": "LiveSetup",
    "emo_osc.sound": "SoundSetup",
    "emo_osc.midi.port_monitor": "HubSetup",
}
NONSENSE = {
    "nothing": b"",
    "half a line": b'{"port": 1',
    "no text": b"\xff\xfe\x00",
    "another type": b"[1, 2]",
    "nothing in it": b"{}",
    "an unknown field": b'{"nonsense": 1}',
    "too deep": b"[" * 100_000,
}


@dataclass(frozen=True, slots=True)
class Sample(ChildSetup):
    count: int
    share: float = 0.5
    is_on: bool = False
    names: tuple[str, ...] = ()
    moods: tuple[Mood, ...] = ()
    values: dict[str, float | str] = field(default_factory=dict)
    note: str | None = None


@pytest.mark.parametrize("setup", SETUPS, ids=lambda setup: type(setup).__name__)
def test_every_setup_survives_the_pipe(setup: ChildSetup) -> None:
    assert type(setup).from_json(setup.to_json()) == setup
    assert "\n" not in setup.to_json()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({}, "Sample.count: missing"),
        ({"count": "3"}, 'Sample.count: expected a whole number, got "3"'),
        ({"count": 3.0}, "Sample.count: expected a whole number, got 3.0"),
        ({"count": True}, "Sample.count: expected a whole number, got true"),
        ({"count": None}, "Sample.count: expected a whole number, got null"),
        ({"count": 1, "share": False}, "Sample.share: expected a finite number, got false"),
        ({"count": 1, "is_on": 1}, "Sample.is_on: expected true or false, got 1"),
        ({"count": 1, "names": "ab"}, 'Sample.names: expected a list, got "ab"'),
        ({"count": 1, "names": ["a", 2]}, "Sample.names[1]: expected text, got 2"),
        ({"count": 1, "values": []}, "Sample.values: expected an object, got []"),
        ({"count": 1, "values": {"a": None}}, "Sample.values.a: expected text, got null"),
        ({"count": 1, "note": 5}, "Sample.note: expected text, got 5"),
        ({"count": 1, "other": 5}, "Sample: unknown field 'other'"),
        ({"count": 1, "moods": [{"id": "x"}]}, "Sample.moods[0].affect: missing"),
        (
            {"count": 1, "moods": [{"id": "x", "affect": {"valence": 9, "arousal": 0}}]},
            "Sample.moods[0].affect: valence must be in [-1, 1], got 9",
        ),
    ],
    ids=str,
)
def test_a_wrong_field_is_refused_by_its_place_and_its_value(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=r"^Sample") as refused:
        Sample.from_json(json.dumps(wrong))

    assert str(refused.value) == told


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_not_finite_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        Sample.from_json(f'{{"count": 1, "share": {number}}}')
    with pytest.raises(ValueError, match="JSON"):
        Sample(1, float(number)).to_json()


def test_what_a_later_version_may_leave_out_has_its_default() -> None:
    assert Sample.from_json('{"count": 1, "note": null}') == Sample(1)


def test_a_setup_without_end_is_refused_at_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_setup, "MAX_BYTES", 100)
    endless = BytesIO(b" " * 5000)

    with pytest.raises(EmoOscError, match="over 100 bytes"):
        Sample.read(endless)
    assert endless.tell() == 101


def test_a_model_refuses_in_one_line_too() -> None:
    text = json.dumps({"port": 1, "token": "t", "affects": [], "generator": {"pool": 0, "nonsense": 1}})

    with pytest.raises(ValueError, match=r"^StudioSetup\.generator: ") as refused:
        StudioSetup.from_json(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"port": 65536}, "port must be in 0..65535"),
        ({"preset": "other"}, "preset must be one of presets"),
        ({"allow": ["nowhere"]}, "'nowhere' does not appear to be"),
        ({"presets": {"current": {"values": {"mood": "odd"}}}}, "no mood 'odd'"),
        ({"presets": {"current": {"values": {"tempo": 0}}}}, r"values\.tempo: tempo must be in 20\.\.300"),
        ({"presets": {"current": {"values": {"tempi": 0}}}}, "unknown value 'tempi'"),
        ({"presets": {"current": {"values": {}, "mapping": {"knob": "density"}}}}, "must be a controller"),
    ],
    ids=str,
)
def test_a_setup_that_no_stage_could_play_is_refused(change: dict[str, Any], told: str) -> None:
    written = json.loads(stage_setup(PRESET).to_json()) | change

    with pytest.raises(ValueError, match=told):
        Setup.from_json(json.dumps(written))


def run(module: str, text: bytes) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", module]
    return subprocess.run(command, input=text, capture_output=True, check=False, timeout=TIMEOUT_S)


@pytest.mark.parametrize("text", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.parametrize("read", [Setup.read, StudioSetup.read, SoundSetup.read])
def test_nonsense_is_one_line_that_says_where_and_what_to_do(
    read: Callable[[BytesIO], ChildSetup], text: bytes
) -> None:
    with pytest.raises(EmoOscError, match=r"^standard input: .*; emo-osc serve starts this process$"):
        read(BytesIO(text))


@pytest.mark.parametrize("module", CHILDREN)
def test_a_child_with_a_nonsense_setup_says_one_line_and_exits_with_2(module: str) -> None:
    ended = run(module, b'{"nonsense": 1}')

    assert (ended.returncode, ended.stdout) == (2, b"")
    told = f"standard input: {CHILDREN[module]}: unknown field 'nonsense'; emo-osc serve starts this process"
    assert ended.stderr.decode().splitlines() == [told]


@pytest.mark.parametrize("text", [b"", b"{}", b'{"port": [', b"null"], ids=str)
def test_a_stage_with_a_nonsense_setup_reports_one_fault(text: bytes) -> None:
    ended = run("emo_osc.stage.loop", text)

    assert (ended.returncode, ended.stderr) == (2, b"")
    assert Report.from_json(ended.stdout).fault.startswith("standard input: Setup")


def test_a_stage_refuses_a_rule_that_it_does_not_know() -> None:
    preset = json.loads(stage_setup(PRESET).to_json()) | {"midi_out": "none", "port": 0}
    preset["presets"]["current"]["rules"] = {"rubato": 1.0}
    ended = run("emo_osc.stage.loop", json.dumps(preset).encode())

    assert (ended.returncode, ended.stderr) == (2, b"")
    assert Report.from_json(ended.stdout).fault.startswith("presets.current.rules: ")
