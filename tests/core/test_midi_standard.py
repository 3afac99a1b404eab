"""The table of MIDI numbers against mido's, and that no other module writes such a number down."""

import ast
from pathlib import Path

import mido
import pytest
from mido.messages.specs import SPEC_BY_STATUS

from emo_osc.core import midi_standard
from emo_osc.core.midi_standard import (
    CHANNEL_BITS,
    FIRST_STATUS,
    FIRST_SYSTEM,
    META,
    SYSTEM_EXCLUSIVE,
    all_off,
    length_of,
)

ROOT = Path(__file__).parents[2]
OTHER_BYTES = {"face", "studio", "train", "weights"}
"""Rooms that know no MIDI message; the bytes they read are pixels and checkpoints."""
FILES = sorted(
    path
    for path in (*(ROOT / "emo_osc").rglob("*.py"), *(ROOT / "tools").rglob("*.py"))
    if path.stem != "midi_standard" and not OTHER_BYTES & set(path.relative_to(ROOT).parts)
)
NAMES = {name for name, value in vars(midi_standard).items() if name.isupper() and isinstance(value, int)}
OFFS = (midi_standard.ALL_SOUND_OFF, midi_standard.RESET_ALL_CONTROLLERS, midi_standard.ALL_NOTES_OFF)


def written_down(source: str) -> list[str]:
    """What a module says of MIDI in numbers of its own."""
    return [
        ast.get_source_segment(source, node) or ast.dump(node)
        for node in ast.walk(ast.parse(source))
        if is_half_or_status(source, node) or is_message(node) or is_second_table(node)
    ]


def is_half_or_status(source: str, node: ast.AST) -> bool:
    """Whether it is a status byte or one of its halves, which everybody writes in hexadecimal."""
    if not isinstance(node, ast.Constant) or type(node.value) is not int:
        return False
    is_byte = node.value == CHANNEL_BITS or FIRST_STATUS <= node.value < META
    return is_byte and (ast.get_source_segment(source, node) or "").startswith("0x")


def is_message(node: ast.AST) -> bool:
    """Whether bytes are a message whose status or controller is a literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bytes) and 1 <= len(node.value) <= 3:
        return length_of(node.value[0]) >= len(node.value) and node.value[0] >= FIRST_STATUS
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "bytes" and node.args
    parts = called[0].elts if called and isinstance(called[0], ast.Tuple | ast.List) else []
    return any(is_status_or_controller(part, place) for place, part in enumerate(parts[:2]))


def is_status_or_controller(part: ast.expr, place: int) -> bool:
    values = [each.value for each in ast.walk(part) if isinstance(each, ast.Constant) and isinstance(each.value, int)]
    return any(value >= FIRST_STATUS if place == 0 else value in OFFS for value in values)


def is_second_table(node: ast.AST) -> bool:
    """Whether one of the table's names, or a controller that switches things off, is said again."""
    if isinstance(node, ast.Compare | ast.MatchValue):
        compared = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
        return any(type(value) is int and value in OFFS for value in compared)
    if not isinstance(node, ast.Assign):
        return False
    names = {each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)}
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    are_numbers = all(isinstance(each, ast.Constant) and isinstance(each.value, int) for each in values)
    return bool(names & NAMES) and are_numbers


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_other_module_writes_a_midi_number_down(path: Path) -> None:
    assert written_down(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "ALL_NOTES_OFF = 123",
        "ALL_SOUND_OFF, ALL_NOTES_OFF = 120, 123",
        "on = bytes((0x90 | channel, pitch, 64))",
        "on = bytes([144 | channel, pitch, 64])",
        "off = bytes((status, 123, 0))",
        "is_note = message[0] & 0xF0 == kind",
        "channel = message[0] & 0x0F",
        "CLOCK = b'\\xf8'",
        "is_mode = message[1] >= 120",
    ],
)
def test_a_midi_number_in_another_module_would_be_found(source: str) -> None:
    assert written_down(source)


@pytest.mark.parametrize(
    "source", ["byte & 0xFF", "tempo = 120.0", "START = 'start'", "b'\\xfd7zXZ'", "bytes((pitch,))"]
)
def test_another_number_is_left_alone(source: str) -> None:
    assert written_down(source) == []


@pytest.mark.parametrize("status", sorted(SPEC_BY_STATUS.keys() - {SYSTEM_EXCLUSIVE}), ids=hex)
def test_a_message_is_as_long_as_mido_says(status: int) -> None:
    assert length_of(status) == SPEC_BY_STATUS[status]["length"]


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("NOTE_OFF", "note_off"),
        ("NOTE_ON", "note_on"),
        ("KEY_PRESSURE", "polytouch"),
        ("CONTROL_CHANGE", "control_change"),
        ("PROGRAM_CHANGE", "program_change"),
        ("CHANNEL_PRESSURE", "aftertouch"),
        ("PITCH_BEND", "pitchwheel"),
        ("TIME_CODE", "quarter_frame"),
        ("SONG_POSITION", "songpos"),
        ("SONG_SELECT", "song_select"),
        ("CLOCK", "clock"),
        ("START", "start"),
        ("CONTINUE", "continue"),
        ("STOP", "stop"),
    ],
)
def test_a_name_means_what_it_means_to_mido(name: str, type_: str) -> None:
    status = getattr(midi_standard, name)

    assert mido.Message.from_bytes([status, *[0] * (length_of(status) - 1)]).type == type_
    assert (status < FIRST_SYSTEM) is hasattr(mido.Message(type_), "channel")


def test_all_off_ends_notes_then_sound_on_every_channel_and_touches_nothing_else() -> None:
    assert all_off() == [bytes((0xB0 | channel, control, 0)) for channel in range(16) for control in (123, 120)]
