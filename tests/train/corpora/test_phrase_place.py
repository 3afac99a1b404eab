"""Where bars lie in their phrases: from two people's labels, from ends, from strains of eight, or unknown."""

from pathlib import Path

import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.train.corpora.phrase_place import BARS, PhrasePlace, of_ends, of_strains, place_of


def test_the_second_person_is_asked_where_the_first_is_silent(tmp_path: Path) -> None:
    since = np.stack([np.full(BARS, -1), np.arange(BARS) % 4])[None].astype(np.int8)
    place = place_of(tmp_path, "pop909bars", {"bar_in_phrase": since, "phrase_bars": np.where(since < 0, -1, 4)})
    assert place.since[0].tolist() == [0, 1, 2, 3] * 4
    assert place.until[0].tolist() == [3, 2, 1, 0] * 4
    assert place.starts_phrase.tolist() == [True]


def test_a_window_knows_what_a_window_before_it_holds() -> None:
    ends = np.zeros((2, BARS), dtype=bool)
    ends[0, 3] = ends[0, 7] = ends[1, 2] = True  # the second window starts five bars later in the same line
    place = of_ends(ends, np.array([1, 1]), np.array([0, 5]))
    assert place.since[0, :9].tolist() == [-1, -1, -1, -1, 0, 1, 2, 3, 0]
    assert place.until[0, :9].tolist() == [3, 2, 1, 0, 3, 2, 1, 0, -1]
    assert place.since[1, :4].tolist() == [1, 2, 3, 0]


def test_other_lines_and_gaps_tell_nothing() -> None:
    ends = np.zeros((3, BARS), dtype=bool)
    ends[0, 15] = True
    place = of_ends(ends, np.array([1, 2, 1]), np.array([0, 16, 20]))
    assert (place.since[1:] == -1).all()


def test_strains_without_a_label_are_unknown() -> None:
    place = of_strains(np.array([255, 1]))
    assert (place.since[0] == -1).all()
    assert (place.until[0] == -1).all()
    assert place.since[1, :8].tolist() == [1, 2, 3, 4, 5, 6, 7, 0]


def test_a_shard_without_labels_is_unknown(tmp_path: Path) -> None:
    place = place_of(tmp_path, "other", {"events": np.zeros((2, 256))})
    assert not place.starts_phrase.any()
    assert np.array_equal(place.since, PhrasePlace.unknown(2).since)


def test_labels_that_are_missing_or_of_another_shard_are_told(tmp_path: Path) -> None:
    shard = {"events": np.zeros((1, 256)), "piece": np.array([0]), "bar": np.array([4])}
    with pytest.raises(EmoOscError, match=r"trad_phase\.npz: no labels.*--data"):
        place_of(tmp_path, "trad", shard)
    np.savez(tmp_path / "trad_phase.npz", phase=np.array([0]), piece=np.array([0]), bar=np.array([5]))
    with pytest.raises(EmoOscError, match="other windows"):
        place_of(tmp_path, "trad", shard)
