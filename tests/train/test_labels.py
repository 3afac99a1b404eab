"""Labels from notes: each cue moves them as the experiment says, and thousands come as one by one."""

import os
from pathlib import Path
from random import Random

import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.performance import Performance, Played
from emo_osc.train.corpora.note_table import NoteTable
from emo_osc.train.cues import CUES, cues
from emo_osc.train.labels import PUBLISHED, among, label_notes

Clip = list[tuple[float, float, int, int]]
MAJOR, MINOR = (0, 4, 7, 12, 11, 5, 2, 9), (0, 3, 7, 12, 10, 5, 2, 8)


def clip(
    scale: tuple[int, ...] = MAJOR, pace_s: float = 0.25, tonic: int = 60, velocity: int = 70, gate: float = 0.9
) -> Clip:
    return [(at * pace_s, gate * pace_s, tonic + scale[at % len(scale)], velocity) for at in range(32)]


def label(one: Clip) -> tuple[float, float]:
    valence, arousal = label_notes(NoteTable.of_notes([one]))[0].tolist()
    return valence, arousal


def cue(name: str, one: Clip) -> float:
    return float(cues(NoteTable.of_notes([one]))[0, CUES.index(name)])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("notes a second", 2.0), ("events a second", 2.0), ("gate", 0.9), ("length", np.log2(0.225)), ("loudness", 0.0)],
)
def test_a_cue_measures_what_was_played(name: str, expected: float) -> None:
    assert cue(name, clip(velocity=64)) == pytest.approx(expected)


def test_chords_are_one_event_and_many_notes() -> None:
    low = [(onset, held, pitch - 24, velocity) for onset, held, pitch, velocity in clip()]
    both = [*clip(), *((onset + 0.01, held, pitch, velocity) for onset, held, pitch, velocity in low)]

    assert cue("events a second", both) == pytest.approx(cue("events a second", clip()), abs=0.01)
    assert cue("notes a second", both) == pytest.approx(cue("notes a second", clip()) + 1, abs=0.03)
    assert cue("top", both) == cue("pitch", clip()) == cue("pitch", low) + 24


def test_mode_and_register_move_valence() -> None:
    assert label(clip(MAJOR))[0] - label(clip(MINOR))[0] > 0.4
    assert label(clip(MAJOR))[1] == pytest.approx(label(clip(MINOR))[1])
    assert label(clip(tonic=72))[0] > label(clip(tonic=48))[0]


@pytest.mark.parametrize(
    ("calm", "excited"),
    [(clip(pace_s=0.5), clip(pace_s=0.1)), (clip(velocity=40), clip(velocity=110)), (clip(gate=1.0), clip(gate=0.4))],
    ids=["pace", "loudness", "touch"],
)
def test_pace_loudness_and_touch_move_arousal(calm: Clip, excited: Clip) -> None:
    assert label(excited)[1] > label(calm)[1] + 0.1


def test_a_doubling_of_pace_is_worth_what_was_published() -> None:
    slow, fast = label(clip(pace_s=0.3)), label(clip(pace_s=0.15))

    assert fast[1] - slow[1] == pytest.approx(0.87 / (2.2 * 1.3))
    assert fast[0] - slow[0] == pytest.approx(0.31 / (2.2 * 1.7))


def test_transposition_by_octaves_and_order_change_only_what_they_should() -> None:
    shuffled = Random(3).sample(clip(), 32)

    assert label(shuffled) == label(clip())
    assert label(clip(tonic=72))[1] == pytest.approx(label(clip())[1])


def test_windows_are_labelled_as_if_each_were_a_clip() -> None:
    pieces = NoteTable.of_notes([clip(), clip(MINOR, 0.5), clip(MAJOR, 0.1)])
    first, last = np.array([0, 8, 32, 70]), np.array([16, 32, 64, 90])
    rows = np.column_stack([pieces.onset_s, pieces.duration_s, pieces.pitch, pieces.velocity])
    alone = [[(on, held, int(p), int(v)) for on, held, p, v in rows[a:b]] for a, b in zip(first, last, strict=True)]

    together = label_notes(pieces, (first, last))

    np.testing.assert_allclose(together, [label(one) for one in alone])


def test_labels_within_their_set_fill_the_plane_whatever_the_level() -> None:
    random = Random(1)
    some = [clip(random.choice([MAJOR, MINOR]), random.uniform(0.2, 0.25), velocity=100) for _ in range(200)]
    louder = [[(on, held, pitch, velocity + 20) for on, held, pitch, velocity in one] for one in some]

    relative = label_notes(NoteTable.of_notes(some), is_relative=True)

    np.testing.assert_allclose(relative.mean(axis=0), 0.0, atol=0.02)
    np.testing.assert_allclose(relative.std(axis=0), 1 / 2.2, atol=0.02)
    np.testing.assert_allclose(label_notes(NoteTable.of_notes(louder), is_relative=True), relative, atol=1e-6)


def test_a_clip_without_notes_has_no_feeling() -> None:
    points = label_notes(NoteTable.of_notes([clip(), [], clip(MINOR)]), is_relative=True)

    assert np.isnan(points).all(axis=1).tolist() == [False, True, False]
    assert label_notes(NoteTable.of_notes([])).shape == (0, 2)
    assert np.isnan(label_notes(NoteTable.of_notes([[]]), is_relative=True)).all()


def test_labels_never_leave_the_plane() -> None:
    wildest = [clip(MAJOR, 0.001, 100, 127, 0.05), clip(MINOR, 20.0, 20, 1, 1.0), [(0.0, 1.0, 60, 80)]]

    assert (np.abs(label_notes(NoteTable.of_notes(wildest))) <= 1).all()


def test_drums_and_silent_notes_are_not_heard() -> None:
    heard = tuple(Played(pitch, velocity, on, on + held) for on, held, pitch, velocity in clip())
    unheard = (Played(38, 127, 0.1, 0.2, is_drum=True), Played(20, 0, 0.1, 0.2))

    both = NoteTable.of_performances([Performance(heard), Performance((*unheard, *heard))])

    points = label_notes(both)
    assert points[0].tolist() == pytest.approx(list(label(clip())))
    assert points[1].tolist() == points[0].tolist()


def test_a_table_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    one = np.array([0.0, 1.0])
    with pytest.raises(ValueError, match="rise from 0 to 2"):
        NoteTable(one, one, one, one, np.array([0, 1]))
    with pytest.raises(ValueError, match="order of onset"):
        NoteTable(one[::-1], one, one, one, np.array([0, 2]))
    with pytest.raises(ValueError, match="every note"):
        NoteTable(one, one[:1], one, one, np.array([0, 2]))
    with pytest.raises(EmoOscError, match="not a table of notes"):
        NoteTable.load(tmp_path / "nothing.npz")


def test_deviations_are_counted_from_the_others() -> None:
    others = np.array([[0.0, 0.0], [2.0, 4.0]])

    assert among(np.array([[3.2, 2.0]]), others).tolist() == [[1.0, 0.0]]


def test_the_rules_agree_with_human_labels_as_told() -> None:
    path = Path(os.environ.get("EMO_OSC_DATA", "nowhere")) / "notes_labelled.npz"
    if not path.exists():
        pytest.skip("EMO_OSC_DATA names no folder with notes_labelled.npz")
    with np.load(path) as file:
        felt, source = np.column_stack([file["valence"], file["arousal"]]), file["piece_source"]

    points = label_notes(NoteTable.load(path))

    for corpus, least in ((0, (0.40, 0.70)), (1, (0.50, 0.75))):
        rows = source == corpus
        for axis, floor in enumerate(least):
            assert np.corrcoef(points[rows, axis], felt[rows, axis])[0, 1] > floor
    assert PUBLISHED.weights.shape == (2, len(CUES))
