"""POP909's arrangements: read on the song's bar lines, not on the list's own."""

import json
from pathlib import Path

import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.train.corpora.arrangements import load_arrangements
from emo_osc.train.corpora.bar_map import LABELS
from tests.train.arranged_files import BARS, write_arranged

pytestmark = pytest.mark.torch


def test_a_song_is_read_on_its_own_bar_lines(tmp_path: Path) -> None:
    for offset in (0, 4, 24):
        (tmp_path / str(offset)).mkdir()
        write_arranged(tmp_path / str(offset), offset)
    plain, *moved = (load_arrangements(tmp_path / str(offset)) for offset in (0, 4, 24))
    for each in moved:
        assert [song.bars for song in each.songs] == [BARS] * 6
        for one, other in zip(plain.songs, each.songs, strict=True):
            assert np.array_equal(one.events, other.events)


def test_of_a_song_whose_bar_lines_change_the_longest_stretch_is_read(tmp_path: Path) -> None:
    write_arranged(tmp_path)
    songs = json.loads((tmp_path / LABELS).read_text())
    songs["song 0"]["map"] = [[8, None, 16 * 8 - 1], [0, 16 * 8, None]]
    del songs["song 1"]
    (tmp_path / LABELS).write_text(json.dumps(songs))
    read = {song.name: song for song in load_arrangements(tmp_path).songs}
    assert "song 1" not in read
    assert (read["song 0"].events[:, 0] == read["song 2"].events[0, 0]).sum() == BARS


def test_arrangements_without_a_map_of_bars_are_refused(tmp_path: Path) -> None:
    write_arranged(tmp_path)
    (tmp_path / LABELS).unlink()
    with pytest.raises(EmoOscError, match=r"pop909_phrases\.json: no map of bars"):
        load_arrangements(tmp_path)
