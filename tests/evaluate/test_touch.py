"""The measure of touch, on melodies and performances made so that the answer is known."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emo_osc.core.affect import NEUTRAL
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.touch import ON_GRID_MS, as_played, beside_the_line, figures, people
from emo_osc.studio.tokens import melody_of, token_of

STEPS = np.arange(0, 256, 2)
DRIFT = np.cumsum(np.random.default_rng(5).integers(-3, 4, len(STEPS)))


def eighths() -> np.ndarray[Any, np.dtype[np.int64]]:
    tokens = np.zeros(256, dtype=np.int64)
    tokens[STEPS] = [token_of(60 + int(step) % 7) for step in STEPS]
    return tokens


def write_clip(folder: Path, *, lost: int = 0) -> None:
    """One clip of EMOPIA at 120 bpm, 8 ms late on every fourth note; `lost` of its notes were not played."""
    kept = slice(lost, None)
    whole: dict[str, Any] = {
        "piece_id": np.array(["clip"]),
        "piece_source": np.array([0]),
        "source_names": np.array(["emopia"]),
    }
    onset_ms = STEPS * 125 + np.where(np.arange(len(STEPS)) % 4 == 0, 8, 0)
    pitch = 60 + STEPS % 7
    notes = {"onset_tick": 6 * STEPS, "onset_ms": onset_ms, "pitch": pitch, "velocity": 64 + DRIFT}
    played: dict[str, Any] = {name: column[kept] for name, column in notes.items()}
    np.savez(folder / "notes_labelled.npz", ptr=np.array([0, len(STEPS) - lost]), **played, **whole)
    np.savez(folder / "labelled_16bar.npz", events=[eighths()], piece=[0], bar=[0], piece_id=np.array(["clip"]))


def test_what_a_pianist_played_is_found_in_the_notes(tmp_path: Path) -> None:
    write_clip(tmp_path)

    (played,) = people(tmp_path)
    row = figures([played])

    assert played.velocity.tolist() == (64 + DRIFT).tolist()
    assert row["lag 1"] > 0.8
    assert row["late"] == pytest.approx(0.25, abs=0.03)
    assert "end ms" not in row


def test_a_clip_whose_notes_are_not_the_windows_is_left_out(tmp_path: Path) -> None:
    write_clip(tmp_path, lost=40)

    assert people(tmp_path) == []


def test_without_clips_one_line_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"labelled_16bar.npz: no labelled clips"):
        people(tmp_path)


def test_a_clip_without_a_beat_has_no_times() -> None:
    times = np.sort(np.random.default_rng(1).uniform(0, 20_000, len(STEPS)))

    assert np.isnan(beside_the_line(STEPS, times + 400.0 * (STEPS % 3))).all()
    assert np.isnan(beside_the_line(STEPS[:5], STEPS[:5] * 100.0)).all(), "five notes are too few"


def test_the_stage_plays_as_pianists_do_from_note_to_note() -> None:
    tokens = eighths()
    last_bars = np.array([3, 7, 11, 15])
    row = figures(as_played(melody_of(tokens.tolist()), tokens, NEUTRAL, seed, last_bars) for seed in range(24))

    assert 0.1 < row["lag 1"] < 0.35
    assert 8.0 < row["velocity sd"] < 12.0
    assert min(row["early"], row["late"]) > 0.25
    assert row["mean ms"] < 4.0
    assert row["end ms"] > row["mean ms"] + 5 * ON_GRID_MS
