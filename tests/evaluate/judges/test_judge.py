"""The judges, taught on clips made so that density is arousal and mode is valence."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import Melody, Note
from emo_osc.core.targets import tempo_hint
from emo_osc.evaluate.judges import judge as module
from emo_osc.evaluate.judges.judge import Judge, Judgements, judge_makers, one_judge, played
from emo_osc.evaluate.judges.labelled import MOST_WINDOWS, load_clips, load_labelled
from tests.evaluate.labelled_files import FOLLOW, IGNORE, PIECES, write_labelled


@pytest.fixture(autouse=True)
def small_forest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TREES", 30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_labelled(tmp_path)
    return tmp_path


def test_clips_are_read_in_both_forms(folder: Path) -> None:
    notes, predicted = load_clips(folder, "vgmidi", "notes"), load_clips(folder, "vgmidi", "played")

    for clips in (notes, predicted):
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

    predicted = clips.song == 5
    assert predicted.sum() == MOST_WINDOWS
    assert clips.weight[predicted].sum() == pytest.approx(1.0)
    assert clips.weight.sum() == pytest.approx(PIECES)


def test_a_folder_without_labelled_clips_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"labelled_16bar\.npz: no labelled clips"):
        load_clips(tmp_path, "emopia", "notes")


@pytest.fixture(scope="module")
def predicted(tmp_path_factory: pytest.TempPathFactory) -> Judgements:
    folder = tmp_path_factory.mktemp("clips")
    write_labelled(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "TREES", 20)
        return judge_makers({"ours": FOLLOW, "deaf": IGNORE}, load_labelled(folder), samples=64)


def test_judges_hear_a_feeling_that_is_there_and_none_that_is_not(predicted: Judgements) -> None:
    assert len(predicted.tables) == 6
    for title, table in predicted.tables.items():
        ours = {name: row for name, row in table.items() if name.startswith("ours")}
        assert ours, title
        for row in ours.values():
            assert row["pieces"] == 64
            assert row["arousal"] > 0.8, title
            assert row["quadrant_low"] <= row["quadrant"] <= row["quadrant_high"]
    notes = predicted.tables["notes, judged by emopia"]
    assert notes["ours, within their set"]["valence"] > 0.8
    assert notes["ours, within their set"]["quadrant"] > 0.7
    for scaling in ("as they are", "within their set"):
        assert notes[f"deaf, {scaling}"]["quadrant"] < 0.45
        assert notes[f"deaf, {scaling}"]["arousal_low"] < 0.5 < notes[f"deaf, {scaling}"]["arousal_high"] + 0.05


def test_what_is_heard_for_what_adds_up(predicted: Judgements) -> None:
    confusions_ = predicted.confusions["notes"]["emopia, as they are"]

    assert set(confusions_) == {"human test clips", "ours", "deaf"}
    assert confusions_["ours"].sum(axis=1).tolist() == pytest.approx([1.0] * 4)
    right = predicted.tables["notes, judged by emopia"]["ours, as they are"]["quadrant"]
    assert np.trace(confusions_["ours"]) / 4 == pytest.approx(right)  # as many were asked for of each


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

    before, _ = one_judge(clips, {"ours": ours})
    after, _ = one_judge(turned, {"ours": ours})

    assert before["ours, as they are"] == after["ours, as they are"]
    assert before["human test clips, as they are"]["quadrant"] > 0.7
    assert after["human test clips, as they are"]["quadrant"] < 0.2


def test_within_its_set_a_judge_does_not_mind_another_level(folder: Path) -> None:
    clips = load_clips(folder, "emopia", "notes")
    judge = Judge.fit(clips, is_relative=True)

    assert np.array_equal(judge.probabilities(clips.values), judge.probabilities(2.0 * clips.values + 4.0))


@pytest.mark.parametrize(
    ("affect", "compare"), [(Affect(0, 0.8), np.greater), (Affect(0, -0.8), np.less)], ids=["aroused", "calm"]
)
def test_a_melody_is_judged_as_the_stage_plays_it(
    affect: Affect, compare: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]]
) -> None:
    melody = Melody(tuple(Note(480 * beat, 480, 60 + beat % 5) for beat in range(64)))

    felt, neutral = played(melody, affect, tempo_hint(affect)), played(melody, Affect(0, 0), 110.0)

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

    row = one_judge(clips, {})[0]["all human clips, five folds by song"]

    assert row["quadrant"] > 0.60
    assert row["arousal"] > 0.85
    assert row["valence"] > 0.68
