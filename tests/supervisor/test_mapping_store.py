"""The player's mapping on disk: whole or not at all, and a preset like any other."""

import os
from pathlib import Path

import pytest

from emo_osc.config.check import check
from emo_osc.config.preset_loading import load_preset
from emo_osc.core.errors import EmoOscError
from emo_osc.stage.session.controls.mapping import Mapping
from emo_osc.supervisor.mapping_store import MappingStore
from tests.odd_files import ODD

TEXT = (
    "cc74@2\tdensity pickup\ncc16+48@1\tvalence\nnrpn300\tarousal\nbend@3\tgate\ncc22\tswing relative-offset\n"
    "note36@10\tnext\nprogram5\t밝음: it's #1"
)


def test_what_is_saved_is_read_again_and_is_a_preset(tmp_path: Path) -> None:
    file = MappingStore(tmp_path / "config" / "mapping.yaml")

    assert file.read() == ""
    file.save(TEXT)
    assert file.read() == TEXT
    assert [path.name for path in file.path.parent.iterdir()] == ["mapping.yaml"]
    file.save("cc74@2\tdensity")
    check(load_preset(str(file.path)), "mine")
    file.save("")
    assert file.read() == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mapping: {knob: density}", "must be a controller 0..127"),
        ("mapping: {1: ''}", "must be a name"),
        ("{mapping: {1: density}, clock: {tempo: 90}}", "clock belongs in a preset; this file may only hold a mapping"),
        ("mapping: [", "not YAML"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused_and_kept_beside_the_next(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text)
    file = MappingStore(path)

    with pytest.raises(EmoOscError, match=reason):
        file.read()
    file.save(TEXT)
    assert file.read() == TEXT
    assert (tmp_path / "mapping.yaml~").read_text() == text


@pytest.mark.parametrize("reason", ODD)
def test_what_is_no_file_is_refused_and_kept_beside_the_next(tmp_path: Path, reason: str) -> None:
    path = tmp_path / "mapping.yaml"
    ODD[reason](path)
    ODD["a FIFO"](tmp_path / "mapping.yaml.part")
    file = MappingStore(path)

    with pytest.raises(EmoOscError, match=reason):
        file.read()
    file.save(TEXT)
    assert file.read() == TEXT


def test_more_controls_than_can_be_read_again_are_not_saved(tmp_path: Path) -> None:
    file = MappingStore(tmp_path / "mapping.yaml")
    file.save(TEXT)

    with pytest.raises(EmoOscError, match="6144 controls are too many"):
        file.save("\n".join(f"cc{number % 128}@{number // 128}\tnext" for number in range(6144)))

    assert file.read() == TEXT


def test_blanks_in_the_name_of_a_control_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text('mapping: {"cc\\t74": density, "note\\n36 @ 2": next, " 7 ": gate}')
    mapping = Mapping()
    mapping.read(MappingStore(path).read())

    assert mapping.shown == ("cc74 density", "note36@2 next", "cc7 gate")


def test_what_was_written_since_the_last_look_is_kept_beside(tmp_path: Path) -> None:
    file = MappingStore(tmp_path / "mapping.yaml")
    file.save(TEXT)
    file.save(f"{TEXT}\ncc1\tgate")
    assert len(list(tmp_path.iterdir())) == 1
    file.path.write_text("mapping: {1: swing}")
    file.save(TEXT)

    assert file.read() == TEXT
    assert (tmp_path / "mapping.yaml~").read_text() == "mapping: {1: swing}"


def test_a_folder_that_cannot_be_written_leaves_the_old_mapping(tmp_path: Path) -> None:
    file = MappingStore(tmp_path / "mapping.yaml")
    file.save(TEXT)
    (tmp_path / "mapping.yaml.part").mkdir()

    with pytest.raises(EmoOscError, match="it holds until the end"):
        file.save("")

    assert file.read() == TEXT


def test_only_what_others_write_is_a_change(tmp_path: Path) -> None:
    file = MappingStore(tmp_path / "mapping.yaml")
    file.save(TEXT)

    assert not file.has_changed()
    os.utime(file.path, ns=(1, 1))
    assert file.has_changed()
    assert not file.has_changed()
    file.path.unlink()
    assert file.has_changed()
