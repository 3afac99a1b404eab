"""The same tune in nine feelings: the page, its picture and its files."""

from pathlib import Path

import mido
import pytest

from emo_osc.core.targets import tempo_hint
from emo_osc.studio.music_vae import MusicVAE
from tools.feelings import NINE, feelings, write

pytestmark = [pytest.mark.torch, pytest.mark.slow]


def test_one_source_becomes_nine_melodies_that_keep_some_of_its_rhythm(shipped: MusicVAE) -> None:
    felt = feelings(shipped)
    assert [each.mood for each in felt] == list(NINE)
    assert len({each.take.composed.melody for each in felt}) == 9
    assert len({each.take.composed.seed for each in felt}) == 1
    assert sum(each.rhythm for each in felt) / 9 > 0.35
    tempos = {each.mood.id: each.tempo for each in felt}
    assert tempos["peaceful"] < tempos["refreshing"] < tempos["lively"] == tempo_hint(NINE[2].affect)


def test_the_page_names_every_mood_and_its_file_plays(shipped: MusicVAE, tmp_path: Path) -> None:
    write(shipped, tmp_path)
    page = (tmp_path / "feelings.md").read_text(encoding="utf-8")
    for mood in NINE:
        file = mido.MidiFile(tmp_path / "feelings" / f"{mood.id}.mid")
        assert sum(message.type == "note_on" for message in file.tracks[0]) > 16
        assert f"feelings/{mood.id}.mid" in page
    assert (tmp_path / "images" / "feelings.png").stat().st_size > 20_000
