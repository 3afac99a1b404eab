"""Phrases of songs: the first person's labels, the second's where there are none, placed on the arrangement's bars."""

import json
from pathlib import Path

import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.train.corpora.arrangements import MELODIES, load_arrangements
from emo_osc.train.corpora.bar_map import LABELS
from emo_osc.train.corpora.song_phrases import load_song_phrases
from tests.train.arranged_files import BARS, write_arranged

pytestmark = pytest.mark.torch


def test_a_songs_bars_stand_in_their_phrases(tmp_path: Path) -> None:
    write_arranged(tmp_path)
    songs = json.loads((tmp_path / LABELS).read_text())
    songs["song 0"] |= {"phrases1": [["A", 4, 0], ["B", 12, 4]], "phrases2": [["A", 16, 0]]}
    songs["song 1"] |= {"phrases1": [], "phrases2": [["A", 2, 1]]}
    (tmp_path / LABELS).write_text(json.dumps(songs))

    labels = load_song_phrases(tmp_path)
    first, second, third, *_ = load_arrangements(tmp_path).songs

    assert sorted(labels) == ["song 0", "song 1"]
    assert first.places[:6].tolist() == [[0, 3], [1, 2], [2, 1], [3, 0], [0, 8], [1, 8]]
    assert second.places[:4].tolist() == [[9, 9], [0, 1], [1, 0], [9, 9]]
    assert third.places.tolist() == [[9, 9]] * BARS
    assert len(first.chords) == 2 * BARS


def test_labels_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / LABELS).write_text('{"song 0": {"map": [], "phrases1": "x"}}')

    with pytest.raises(EmoOscError, match="no phrases of songs"):
        load_song_phrases(tmp_path)


def test_bars_before_the_first_numbered_one_have_no_phrase(tmp_path: Path) -> None:
    write_arranged(tmp_path)
    songs = json.loads((tmp_path / LABELS).read_text())
    songs["song 0"] = {"map": [[32, None, None]], "phrases1": [["A", 4, 0]]}  # two bars come before bar 0
    (tmp_path / LABELS).write_text(json.dumps(songs))
    with np.load(tmp_path / MELODIES) as file:
        melodies = dict(file)
    is_late = melodies["bar"] == 8
    windows = {name: melodies[name][is_late] for name in ("events", "piece", "tonic", "bar")}
    np.savez(tmp_path / MELODIES, piece_id=melodies["piece_id"], **windows | {"bar": windows["bar"] - 2})

    assert load_arrangements(tmp_path).songs[0].places[:4].tolist() == [[9, 9], [9, 9], [0, 3], [1, 2]]
