"""Fits to listeners: what was felt is found again, songs stay together, corpora keep their own level."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.train.cues import CUES
from emo_osc.train.labels import PUBLISHED
from emo_osc.train.listeners import Felt, agreement, fitted

PACE, MAJOR = CUES.index("notes a second"), CUES.index("major")


def felt(count: int = 400, noise: float = 0.05, seed: int = 0) -> Felt:
    """Listeners for whom pace is arousal and mode is valence; the second corpus sits higher and is more alike."""
    random = np.random.default_rng(seed)
    measured = random.normal(size=(count, len(CUES)))
    corpus = (np.arange(count) % 4 == 0).astype(np.int64)
    points = 0.3 * measured[:, [MAJOR, PACE]] + noise * random.normal(size=(count, 2))
    points[corpus == 1] = 0.4 + 0.5 * points[corpus == 1]
    return Felt(measured, points, corpus, np.arange(count) // 2, ("emopia", "vgmidi"))


def test_what_listeners_go_by_is_found() -> None:
    weights = fitted(felt()).weights

    assert np.abs(weights).argmax(axis=1).tolist() == [MAJOR, PACE]
    assert (weights.max(axis=1) > 0.3).all()
    assert (np.sort(np.abs(weights), axis=1)[:, :-1] < 0.05).all()


def test_a_fit_is_scored_on_songs_it_has_not_heard() -> None:
    table = agreement(felt())

    assert table["fitted, emopia, 300"]["V r"] > 0.9
    assert table["fitted, vgmidi, 100"]["A r"] > 0.9
    assert table["fitted, vgmidi, 100"]["A L1"] < 0.05
    assert table["fitted, emopia, 300"]["A side"] > 0.8


def test_chance_is_told_as_chance() -> None:
    random = np.random.default_rng(2)
    some = felt()
    row = agreement(replace(some, points=random.normal(size=some.points.shape)))["fitted, emopia, 300"]

    assert abs(row["V r"]) < 0.2
    assert 0.35 < row["A side"] < 0.65


def test_versions_of_a_song_give_nothing_away() -> None:
    random = np.random.default_rng(3)
    some = felt()
    heard = np.repeat(random.normal(size=(200, len(CUES))), 2, axis=0)
    told = np.repeat(random.normal(size=(200, 2)), 2, axis=0)

    assert abs(agreement(replace(some, measured=heard, points=told))["fitted, emopia, 300"]["V r"]) < 0.25


def test_the_rules_and_people_stand_beside_the_fit() -> None:
    table = agreement(felt(40))

    assert list(table) == [
        "rules, emopia, 30",
        "rules, vgmidi, 10",
        "fitted, emopia, 30",
        "fitted, vgmidi, 10",
        "one person, vgmidi",
        "15 people, vgmidi",
    ]
    assert PUBLISHED.weights[1, PACE] > 0


def test_the_test_split_and_unlabelled_clips_are_left_alone(tmp_path: Path) -> None:
    notes = {"onset_ms": [0, 500] * 4, "dur_ms": [400] * 8, "pitch": [60, 64] * 4, "velocity": [80] * 8}
    pieces = {"split": [0, 1, 2, 0], "piece_source": [0, 1, 0, 1], "piece_group": [7, 8, 9, 9]}
    labels = {"valence": [0.1, 0.2, 0.3, np.nan], "arousal": [0.4, 0.5, 0.6, 0.7], "source_names": ["emopia", "vgmidi"]}
    arrays = {name: np.array(values) for name, values in (notes | pieces | labels).items()}
    with (tmp_path / "notes_labelled.npz").open("wb") as file:
        np.savez(file, allow_pickle=False, ptr=np.arange(0, 9, 2), **arrays)

    known = Felt.load(tmp_path)

    assert known.points.tolist() == [[0.1, 0.4], [0.2, 0.5]]
    assert (known.corpus.tolist(), known.song.tolist()) == ([0, 1], [7, 8])


def test_a_folder_without_labels_is_told(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match="give the corpus folder with --data"):
        Felt.load(tmp_path)
