"""What training reads of a whole song is what composing reads event after event."""

import numpy as np
import pytest

from emo_osc.studio.duet.look_back import NO_CHORD, BarPlan, LookBack, moved_chord
from emo_osc.studio.events import KEYS, bar_of, transposed
from emo_osc.train.corpora.arrangements import Song, load_arrangements
from emo_osc.train.song_plans import SongPlan
from tests.train.arranged_files import write_arranged

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Song:
    folder = tmp_path_factory.mktemp("songs")
    write_arranged(folder)
    return load_arrangements(folder).songs[1]


@pytest.mark.parametrize(("semitones", "is_given"), [(0, True), (3, True), (-2, False)])
def test_a_song_is_read_as_a_stream_is(song: Song, semitones: int, is_given: bool) -> None:
    events, plan = transposed(song.events, semitones), SongPlan.of(song)
    rows = slice(0, len(events))
    before, told = LookBack(), []
    for bar in range(song.bars):
        first, last = song.begins[bar : bar + 2]
        notes = [(int(place), int(note), int(length)) for place, note, length in events[first + 1 : last]]
        chords = [*(moved_chord(int(each), semitones) for each in song.chords[2 * bar : 2 * bar + 3]), NO_CHORD]
        melody = tuple(note for note in notes if note[1] < KEYS) if is_given else None
        since, until = song.places[bar].tolist()
        three = chords[0], chords[1], chords[2]
        told.append(before.begin(BarPlan(since, until, three, int(plan.bars[bar, 5]), melody)))
        told += [before.read(note) for note in notes]

    columns = plan.columns(events, bar_of(events), rows, semitones, has_melody=is_given, has_density=True)

    assert np.array_equal(columns, np.array(told))
    assert (columns[:, -1] > 0).any(), "no bar was ever followed"
