"""A latency that is kept: written, read, and taken by the next daemon where the preset names none."""

import logging
from pathlib import Path

import pytest

from emo_osc.cli import doctor
from emo_osc.config.calibration import calibration_path, keep_calibration, read_calibration
from emo_osc.config.preset import Preset
from emo_osc.config.preset_loading import parse_preset
from emo_osc.core.errors import EmoOscError
from emo_osc.supervisor.child_setups import calibrated


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("emo_osc.config.calibration.user_folder", lambda: tmp_path / "new")
    return tmp_path / "new"


def test_what_is_kept_is_read_again(folder: Path) -> None:
    assert read_calibration(calibration_path()) is None

    keep_calibration(calibration_path(), -12)
    keep_calibration(calibration_path(), 23)

    assert read_calibration(calibration_path()) == 23.0
    assert [path.name for path in folder.iterdir()] == ["calibration.yaml"]


def test_the_next_daemon_takes_it_where_the_preset_names_no_latency(folder: Path) -> None:
    assert calibrated(Preset()) == (Preset(), "", logging.INFO)

    keep_calibration(calibration_path(), 23)
    preset, line, level = calibrated(Preset())

    assert level == logging.INFO
    assert preset.values()["latency_ms"] == 23.0
    assert line == f"everything is sent 23 ms earlier, as calibrated ({folder / 'calibration.yaml'})"
    named = parse_preset("performance: {latency_ms: 5}", "mine")
    assert calibrated(named) == (named, "", logging.INFO)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("performance: {latency_ms: 900}", "calibration.yaml.performance.latency_ms: input should be less than"),
        ("performance: {latency_ms: 3, swing: 1}", "calibration.yaml: swing belongs into a preset"),
        ("performance: [", "calibration.yaml: "),
        ("clock: {tempo: 90}", "calibration.yaml: clock belongs into a preset"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_the_music_plays(folder: Path, text: str, said: str) -> None:
    folder.mkdir()
    calibration_path().write_text(text, encoding="utf-8")

    preset, line, level = calibrated(Preset())

    assert (preset, level) == (Preset(), logging.WARNING)
    assert said in line
    assert line.endswith("; playing without it")
    assert said in doctor.PARTS["latency"]()[0]


def test_a_place_that_cannot_be_written_is_told_with_another(folder: Path) -> None:
    folder.write_text("a file where the folder should be", encoding="utf-8")

    with pytest.raises(EmoOscError, match=r"cannot be saved .* performance\.latency_ms: 23"):
        keep_calibration(calibration_path(), 23)


def test_doctor_shows_what_is_kept(folder: Path) -> None:
    keep_calibration(calibration_path(), 23)

    assert doctor.PARTS["latency"]() == (
        f"23 ms, kept in {folder / 'calibration.yaml'}; a preset that names latency_ms comes first",
        "",
    )
