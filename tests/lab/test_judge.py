"""The judges, taught on clips made so that density is arousal and mode is valence."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from emo_osc.affect import Affect
from emo_osc.errors import EmoOscError
from emo_osc.lab import judge as module
from emo_osc.lab.judge import Judge, judge_tables, one_judge, played
from emo_osc.lab.labelled import MOST_WINDOWS, load_clips, quadrants
from emo_osc.score import Melody, Note
from emo_osc.studio.tokens import melody_of

PIECES = 96  # of each corpus; every fourth is a test piece
CORNERS = {1: (1, 1), 2: (-1, 1), 3: (-1, -1), 4: (1, -1)}


@pytest.fixture(autouse=True)
def small_forest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TREES", 30)


def line(quadrant: int, luck: np.random.Generator) -> NDArray[np.int64]:
    """A melody that is major where valence is high, and dense where arousal is."""
    valence, arousal = CORNERS[quadrant]
    scale = (60, 62, 64, 65, 67, 69, 71, 72) if valence > 0 else (60, 62, 63, 65, 67, 68, 70, 72)
    tokens = np.zeros(256, dtype=np.int64)
    at = np.flatnonzero(luck.random(128) < (0.75 if arousal > 0 else 0.35)) * 2
    tokens[at] = np.array(scale)[np.abs(np.cumsum(luck.choice((-1, 0, 1, 2), len(at)))) % 8] - 19
    tokens[0], tokens[240] = 41, 41
    return tokens


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Labelled files as the corpus has them: two corpora, each with windows and with notes."""
    luck = np.random.default_rng(0)
    quadrant = np.tile([1, 2, 3, 4], PIECES // 2)
    source = np.repeat([0, 1], PIECES)
    split = np.where(np.arange(2 * PIECES) // 4 % 4 == 3, 2, 0)
    axes = np.array([CORNERS[each] for each in quadrant], dtype=np.float32)
    labels: dict[str, Any] = {
        "piece_source": source,
        "piece_group": np.arange(2 * PIECES),
        "source_names": np.array(["emopia", "vgmidi"]),
        "split": split,
        "quadrant": np.where(source == 0, quadrant, 0),
        "valence": 0.2 + 0.1 * axes[:, 0],  # VGMIDI's ratings are not centred
        "arousal": 0.3 + 0.1 * axes[:, 1],
    }
    events = np.array([line(each, luck) for each in quadrant])
    np.savez(tmp_path / "labelled_16bar.npz", events=events, piece=np.arange(2 * PIECES), **labels)
    notes = [melody_of(row).notes for row in events]
    np.savez(
        tmp_path / "notes_labelled.npz",
        onset_ms=[n.start_tick for each in notes for n in each],
        dur_ms=[n.duration_tick for each in notes for n in each],
        pitch=[n.pitch for each in notes for n in each],
        velocity=[90 if CORNERS[q][1] > 0 else 50 for q, each in zip(quadrant, notes, strict=True) for _ in each],
        ptr=np.cumsum([0] + [len(each) for each in notes]),
        **labels,
    )
    return tmp_path


def follow(affect: Affect, count: int, seed: int) -> list[Melody]:
    quadrant = int(quadrants(np.array([affect.valence]), np.array([affect.arousal]))[0])
    luck = np.random.default_rng(100 + seed)
    return [melody_of(line(quadrant, luck)) for _ in range(count)]


def ignore(affect: Affect, count: int, seed: int) -> list[Melody]:
    luck = np.random.default_rng(200 + seed)
    return [melody_of(line(int(luck.integers(1, 5)), luck)) for _ in range(count)]


def test_clips_are_read_in_both_forms(folder: Path) -> None:
    notes, heard = load_clips(folder, "vgmidi", "notes"), load_clips(folder, "vgmidi", "played")

    for clips in (notes, heard):
        assert clips.quadrant.tolist() == [1, 2, 3, 4] * (PIECES // 4)  # at the medians, though all ratings are high
        assert clips.weight.tolist() == [1.0] * PIECES
        assert clips.is_test.sum() == PIECES // 4
        assert np.isfinite(clips.values).all()


def test_of_a_long_piece_a_few_windows_are_heard_and_weigh_as_one(folder: Path) -> None:
    with np.load(folder / "labelled_16bar.npz") as kept:
        whole = dict(kept)
    long = np.concatenate([np.arange(2 * PIECES), np.full(19, 5)])  # piece 5 has twenty windows
    for name in ("events", "split", "quadrant", "valence", "arousal"):
        whole[name] = whole[name][long]
    np.savez(folder / "labelled_16bar.npz", **{**whole, "piece": long})

    clips = load_clips(folder, "emopia", "notes")

    heard = clips.song == 5
    assert heard.sum() == MOST_WINDOWS
    assert clips.weight[heard].sum() == pytest.approx(1.0)
    assert clips.weight.sum() == pytest.approx(PIECES)


def test_a_folder_without_labelled_clips_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"labelled_16bar\.npz: no labelled clips"):
        load_clips(tmp_path, "emopia", "notes")


def test_judges_hear_a_feeling_that_is_there(folder: Path) -> None:
    tables = judge_tables(follow, folder, samples=64)

    assert len(tables) == 6
    for title, table in tables.items():
        ours = {name: row for name, row in table.items() if name.startswith("ours")}
        assert ours, title
        for row in ours.values():
            assert row["pieces"] == 64
            assert row["arousal"] > 0.8, title
            assert row["quadrant_low"] <= row["quadrant"] <= row["quadrant_high"]
    relative = tables["notes, judged by emopia"]["ours, within their set"]
    assert relative["valence"] > 0.8
    assert relative["quadrant"] > 0.7


def test_judges_hear_nothing_in_the_notes_that_is_not_there(folder: Path) -> None:
    tables = judge_tables(ignore, folder, samples=128)

    for row in (tables["notes, judged by emopia"][f"ours, {words}"] for words in ("as they are", "within their set")):
        assert row["quadrant"] < 0.4
        assert row["arousal_low"] < 0.5 < row["arousal_high"] + 0.05


def test_no_test_clip_is_learned_from(folder: Path) -> None:
    """With the labels of the test clips turned over, what a judge hears stays what it was."""
    clips = load_clips(folder, "emopia", "notes")
    ours = load_clips(folder, "vgmidi", "notes")
    turned = type(clips)(
        clips.values,
        np.where(clips.is_test, (clips.quadrant + 1) % 4 + 1, clips.quadrant),
        clips.weight,
        clips.song,
        clips.is_test,
    )

    before, after = one_judge(clips, ours), one_judge(turned, ours)

    assert before["ours, as they are"] == after["ours, as they are"]
    assert before["human test clips, as they are"]["quadrant"] > 0.7
    assert after["human test clips, as they are"]["quadrant"] < 0.2


def test_within_its_set_a_judge_does_not_mind_another_level(folder: Path) -> None:
    clips = load_clips(folder, "emopia", "notes")
    judge = Judge.taught(clips, is_relative=True)

    assert np.array_equal(judge.chances(clips.values), judge.chances(2.0 * clips.values + 4.0))


@pytest.mark.parametrize(
    ("affect", "compare"), [(Affect(0, 0.8), np.greater), (Affect(0, -0.8), np.less)], ids=["aroused", "calm"]
)
def test_a_melody_is_judged_as_the_stage_plays_it(
    affect: Affect, compare: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]]
) -> None:
    melody = Melody(tuple(Note(480 * beat, 480, 60 + beat % 5) for beat in range(64)))

    felt, neutral = played(melody, affect), played(melody, Affect(0, 0))

    assert felt.shape == neutral.shape == (64, 4)
    assert felt[:, 2].tolist() == [60 + beat % 5 for beat in range(64)]
    assert compare(felt[:, 3], neutral[:, 3]).all()
    assert compare(neutral[1:, 0], felt[1:, 0]).all()  # the tempo is the affect's
    assert neutral[4, 0] == pytest.approx(4 * 60 / 110)


def test_the_figures_for_people_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Top lines as people played them: .65 of quadrants, .89 of arousal, .72 of valence are the known figures."""
    if not os.environ.get("EMO_OSC_DATA"):
        pytest.skip("EMO_OSC_DATA does not name the corpus folder")
    monkeypatch.setattr(module, "TREES", 100)
    clips = load_clips(Path(os.environ["EMO_OSC_DATA"]), "emopia", "played")

    row = one_judge(clips, clips.select(clips.is_test))["all human clips, five folds by song"]

    assert row["quadrant"] > 0.60
    assert row["arousal"] > 0.85
    assert row["valence"] > 0.68
