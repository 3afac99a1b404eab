"""Telling two sets of melodies apart: where they differ, where they do not, and what gives them away."""

import numpy as np
import pytest
from numpy.typing import NDArray

from emo_osc.evaluate.judges import two_sample as module
from emo_osc.evaluate.judges.grid_features import grid_features
from emo_osc.evaluate.judges.two_sample import by_group, feature_importances, two_sample

SONGS = 30
EACH = 4


@pytest.fixture(autouse=True)
def small_forest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TREES", 40)


def walks(songs: int, seed: int, steps: tuple[int, ...] = (-2, -1, 0, 0, 1, 2)) -> NDArray[np.int64]:
    """Melodies in quarters and eighths that walk through a scale; four near copies of each song, one after another."""
    rng = np.random.default_rng(seed)
    scale = np.array([pitch for pitch in range(55, 80) if pitch % 12 in (0, 2, 4, 5, 7, 9, 11)])
    melodies = np.zeros((songs * EACH, 256), dtype=np.int64)
    for song in range(songs):
        at = np.flatnonzero(rng.random(128) < 0.4 + 0.4 * rng.random()) * 2
        line = np.cumsum(rng.choice(steps, len(at))) % len(scale)
        for copy in range(EACH):
            melodies[song * EACH + copy, at] = scale[(line + (rng.random(len(at)) < 0.02)) % len(scale)] - 19
    return melodies


SONG_OF = np.repeat(np.arange(SONGS), EACH)


def test_other_songs_of_the_same_maker_are_not_told_apart() -> None:
    found = two_sample(walks(SONGS, 1), walks(SONGS, 2), SONG_OF, our_groups=SONG_OF + SONGS)

    assert found["low"] <= 0.6
    assert found["accuracy"] < 0.75
    assert found["melodies"] == SONGS * EACH


def test_a_leaping_maker_is_told_apart_by_the_leaps() -> None:
    leaps = walks(SONGS, 1, steps=(-6, -5, 5, 6))

    found = two_sample(leaps, walks(SONGS, 2), SONG_OF)
    confusions_ = feature_importances(leaps, walks(SONGS, 2), SONG_OF, most=8)

    assert found["accuracy"] > 0.95
    assert found["low"] <= found["accuracy"] <= found["high"]
    assert "interval size mean" in confusions_
    assert confusions_["interval size mean"]["ours"] > confusions_["interval size mean"]["human"]
    assert list(confusions_) == sorted(confusions_, key=lambda name: -confusions_[name]["weight"])


def test_a_song_is_never_both_learned_and_asked_about() -> None:
    """Labels that are luck, song by song, could only be told by knowing the songs: in one fold each, they are not."""
    melodies = walks(SONGS, 3)
    ours = np.random.default_rng(5).random(SONGS)[SONG_OF] < 0.5

    apart = two_sample(melodies[ours], melodies[~ours], SONG_OF[~ours], our_groups=SONG_OF[ours])
    mixed = two_sample(melodies[ours], melodies[~ours], SONG_OF[~ours])  # ours are taken for songs of their own

    assert apart["accuracy"] < mixed["accuracy"] - 0.1


def test_the_key_does_not_tell() -> None:
    melodies = walks(SONGS, 4)
    moved = np.where(melodies >= 2, melodies + 1, melodies)

    same = two_sample(melodies, moved, SONG_OF, our_groups=SONG_OF)

    assert same["accuracy"] == pytest.approx(0.5, abs=0.02)


def test_melodies_of_one_song_are_no_more_witnesses_than_one() -> None:
    is_right = np.tile([True, False], 20)

    alone = by_group(is_right, np.arange(40))
    fourfold = by_group(np.repeat(is_right, 4), np.repeat(np.arange(40), 4))
    weighed = by_group(np.repeat(is_right, 4), np.repeat(np.arange(40), 4), weights=np.full(160, 0.25))
    apart = by_group(np.repeat(is_right, 4), np.arange(160))

    assert alone == pytest.approx(fourfold)
    assert alone == pytest.approx(weighed)
    assert fourfold[1] - fourfold[0] > 1.5 * (apart[1] - apart[0])


@pytest.mark.parametrize(("is_right", "low", "high"), [(True, 0.839, 1.0), (False, 0.0, 0.161)])
def test_twenty_songs_that_agree_leave_doubt(is_right: bool, low: float, high: float) -> None:
    assert by_group(np.full(40, is_right), np.repeat(np.arange(20), 2)) == pytest.approx((low, high), abs=1e-3)


def test_too_few_melodies_are_refused() -> None:
    with pytest.raises(ValueError, match="5 melodies a side"):
        two_sample(walks(1, 1), walks(SONGS, 2), SONG_OF)


def test_features_of_a_known_melody() -> None:
    """A scale of eighths, up and down within the bar, all bars the same."""
    bar = [60, 62, 64, 65, 67, 65, 64, 62]
    tokens = np.zeros((1, 16, 16), dtype=np.int64)
    tokens[0, :, ::2] = np.array(bar) - 19

    values, names = grid_features(tokens.reshape(1, 256))
    confusions_ = dict(zip(names, values[0], strict=True))

    wanted = {
        "notes a bar mean": 8.0,
        "place 1.0": 0.125,
        "length 2": 1.0,
        "wait 2": 1.0,
        "sound share": 1.0,
        "register mean": 63.625,
        "alike in notes at lag 1": 1.0,
        "alike in rhythm equal at lag 8": 1.0,
        "different bars all": 1.0,
        "rest longest": 0.0,
        "in scale": 1.0,
    }
    assert {name: confusions_[name] for name in wanted} == pytest.approx(wanted)
    assert confusions_["interval +2"] + confusions_["interval +1"] == pytest.approx(
        64 / 127
    )  # no note follows the last


def test_silence_has_features_too() -> None:
    values, _ = grid_features(np.zeros((2, 256), dtype=np.int64))

    assert np.isfinite(values).all()
