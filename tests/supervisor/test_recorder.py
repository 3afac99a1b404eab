from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.messages import Played
from emo_osc.supervisor.recorder import Recorder


def notes_of(path: Path) -> list[tuple[float, str, int]]:
    """When each message comes, in seconds, what it is, and its pitch."""
    found, now_s = [], 0.0
    for message in mido.MidiFile(path):
        now_s += message.time
        if not message.is_meta:
            found.append((round(now_s, 3), message.type, message.note))
    return found


def test_what_was_played_lies_on_the_grid_of_its_tempo(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mid")
    for at_s, tempo, data in (
        (100.0, 120.0, "903c50"),
        (100.5, 120.0, "803c40904050"),
        (101.0, 60.0, "804040904350"),
        (102.0, 60.0, "804340"),
    ):
        recorder.add(Played(at_s, tempo, data))
    recorder.save()

    ticks, on = 0, []
    for message in mido.MidiFile(recorder.path).tracks[0]:
        ticks += message.time
        on += [(ticks, message.note)] if message.type == "note_on" else []
    assert on == [(0, 60), (480, 64), (960, 67)]
    assert notes_of(recorder.path)[-1] == (2.0, "note_off", 67)


@pytest.mark.no_cover
@given(gaps=st.lists(st.floats(0.0, 3.0), max_size=40), tempos=st.lists(st.floats(20.0, 300.0), min_size=1))
def test_a_whole_evening_keeps_its_time(
    gaps: list[float], tempos: list[float], tmp_path_factory: pytest.TempPathFactory
) -> None:
    recorder = Recorder(tmp_path_factory.mktemp("record") / "a.mid")
    now_s, expected = 5.0, []
    for number, gap_s in enumerate(gaps):
        now_s += gap_s
        expected.append(now_s)
        recorder.add(Played(now_s, tempos[number % len(tempos)], f"90{number:02x}50 80{number:02x}40"))
    recorder.save()

    on = [at_s for at_s, kind, _ in notes_of(recorder.path) if kind == "note_on"]
    assert on == pytest.approx([at_s - expected[0] for at_s in expected], abs=0.08)


def test_a_note_that_still_sounds_is_switched_off_in_the_file(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mid")
    recorder.add(Played(1.0, 120.0, "923c50"))
    recorder.save()
    recorder.add(Played(2.0, 120.0, "823c40"))

    assert notes_of(recorder.path) == [(0.0, "note_on", 60), (0.0, "note_off", 60)]
    recorder.save()
    assert notes_of(recorder.path) == [(0.0, "note_on", 60), (1.0, "note_off", 60)]


def test_what_sounds_ends_where_the_player_went(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mid")
    recorder.cut(0.5)
    recorder.add(Played(1.0, 120.0, "923c50"))
    recorder.cut(1.5)
    recorder.cut(1.6)
    recorder.add(Played(3.0, 120.0, "924050"))
    recorder.save()

    assert notes_of(recorder.path) == [
        (0.0, "note_on", 60),
        (0.5, "note_off", 60),
        (2.0, "note_on", 64),
        (2.0, "note_off", 64),
    ]


def test_a_recording_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"last night")

    recorder = Recorder(tmp_path / "a.mid")

    assert recorder.path == tmp_path / "a-2.mid"
    assert (tmp_path / "a.mid").read_bytes() == b"last night"


def test_a_file_that_cannot_be_written_is_told_before_the_music(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"--record: .*nowhere.*cannot be written \(No such file or directory\)"):
        Recorder(tmp_path / "nowhere" / "a.mid")
