"""Files of others: whatever can be played is read as players read it, and the rest is refused for its true reason."""

import re
from collections.abc import Callable
from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.midi_chunks import MOST_EVENTS, NotMidiError
from emo_osc.core.midi_file import MAX_FILE_BYTES, MidiMusic, music_of, read_midi_file
from tests.odd_midi import (
    BODY,
    HEAD,
    NO_FILES,
    PLAIN,
    PLAYED,
    READ_IN_PART,
    REFUSED,
    RESOLUTION,
    TEMPO_140,
    TUNE,
    chunk,
    notes,
    smf,
)

TEMPO_240 = b"\x00\xff\x51\x03\x03\xd0\x90"
PEDAL_DOWN, PEDAL_UP = b"\x00\xb0\x40\x7f", b"\x00\xb0\x40\x00"
SILENT = ("no notes", "drums alone")  # read, and refused by who wants a melody


def heard(music: MidiMusic) -> list[tuple[int, int, int]]:
    """Start, end as heard, and pitch, of all but drums."""
    return sorted((note.start_tick, note.heard_tick, note.pitch) for note in music.notes if note.channel != 9)


TUNE_HEARD = [(at * RESOLUTION, (at + 1) * RESOLUTION, pitch) for at, pitch in enumerate(TUNE)]


@pytest.mark.parametrize("name", PLAYED)
def test_an_event_that_is_never_used_costs_nothing(name: str) -> None:
    music = music_of(PLAYED[name])

    assert heard(music) == TUNE_HEARD
    assert music.tempos[0] == (0, 0x068A1B)


@pytest.mark.parametrize("name", READ_IN_PART)
def test_a_damaged_file_is_read_as_far_as_it_goes_and_says_so(name: str) -> None:
    music = music_of(READ_IN_PART[name])

    found = heard(music)
    assert found[:-1] == TUNE_HEARD[:-1]
    assert found[-1][0] == TUNE_HEARD[-1][0]
    assert len(music.faults) == 1


@pytest.mark.parametrize("name", [name for name in REFUSED if name not in SILENT])
def test_what_is_no_music_is_refused_for_its_reason(name: str, tmp_path: Path) -> None:
    content, reason = REFUSED[name]
    path = tmp_path / "x.mid"
    path.write_bytes(content)

    with pytest.raises(ValueError, match=r"x\.mid: ") as refused:
        read_midi_file(path)

    assert reason in str(refused.value)


@pytest.mark.parametrize("name", NO_FILES)
@pytest.mark.timeout(30)
def test_what_is_no_file_is_refused_without_waiting_for_it(name: str, tmp_path: Path) -> None:
    make, reason = NO_FILES[name]
    make(tmp_path / "x.mid")

    with pytest.raises(ValueError, match=re.escape(reason)):
        read_midi_file(tmp_path / "x.mid")


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: path.parent.joinpath("y.mid").write_text("")])
def test_a_folder_and_a_missing_file_are_refused(make: Callable[[Path], object], tmp_path: Path) -> None:
    make(tmp_path / "x.mid")

    with pytest.raises(ValueError, match=r"x\.mid: cannot be read .(a folder|No such file)"):
        read_midi_file(tmp_path / "x.mid")


def test_a_name_that_is_no_text_is_told_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "Mod\udce0.mid"

    with pytest.raises(ValueError, match=r"Mod\\xe0\.mid: cannot be read") as refused:
        read_midi_file(path)

    assert str(refused.value).isprintable()


def test_too_large_a_file_and_too_many_events_are_refused(tmp_path: Path) -> None:
    with (tmp_path / "x.mid").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(ValueError, match=r"cannot be read \(over 8,388,608 bytes\)"):
        read_midi_file(tmp_path / "x.mid")

    with pytest.raises(NotMidiError, match="more than 500,000 events"):
        music_of(HEAD + chunk(b"MTrk", b"\0\x90\x3c\x40" + b"\0\x3c\0" * MOST_EVENTS))


def test_tempos_count_from_whatever_track_in_the_order_of_time() -> None:
    first = notes(pitches=TUNE[:4]) + TEMPO_140
    second = TEMPO_240 + b"\x83\x00\xff\x51\x03\x07\xa1\x20"  # 384 ticks later, so at the same tick and after

    assert music_of(smf(first, second)).tempos == ((0, 250_000), (384, 0x068A1B), (384, 500_000))


def test_patterns_of_format_2_follow_one_another() -> None:
    music = music_of(smf(TEMPO_140 + notes(pitches=TUNE[:8]), TEMPO_240 + notes(pitches=TUNE[8:]), format=2))

    assert heard(music) == TUNE_HEARD
    assert music.tempos == ((0, 0x068A1B), (8 * RESOLUTION, 250_000))


@pytest.mark.parametrize(
    ("track", "others", "lengths"),
    [
        (PEDAL_DOWN + notes(pitches=(60, 64)) + b"\x60" + PEDAL_UP[1:], [], [288, 192]),
        (PEDAL_DOWN + notes(pitches=(60, 64, 60)) + b"\x60" + PEDAL_UP[1:], [], [192, 288, 192]),  # struck again
        (PEDAL_DOWN + notes(pitches=(60, 64)), [], [192, 96]),  # never lifted: to the end
        (notes(pitches=(60, 64)), [PEDAL_DOWN + b"\x82\x00" + PEDAL_UP[1:]], [256, 160]),  # from another track
        (notes(pitches=(60, 64)), [b"\x00\xb1\x40\x7f" + b"\x82\x00" + b"\xb1\x40\x00"], [96, 96]),  # another channel
        (b"\x00\xb0\x40\x3f" + notes(pitches=(60, 64)), [], [96, 96]),  # not down enough
        (PEDAL_DOWN + notes(pitches=(60,)) + b"\x10\xb0\x79\x00" + notes(pitches=(64,)), [], [112, 96]),  # reset
        (notes(pitches=(60,)) + PEDAL_DOWN + b"\x60" + PEDAL_UP[1:], [], [96]),  # down just after the key went up
        (PEDAL_DOWN + PEDAL_DOWN + notes(pitches=(60,)) + b"\x10" + PEDAL_UP[1:] + PEDAL_UP, [], [112]),
    ],
)
def test_a_pedal_lets_notes_sound(track: bytes, others: list[bytes], lengths: list[int]) -> None:
    music = music_of(smf(track, *others))

    assert [note.heard_tick - note.start_tick for note in music.notes] == lengths
    assert {note.end_tick - note.start_tick for note in music.notes} == {RESOLUTION}


@pytest.mark.parametrize(
    ("track", "spans"),
    [
        (b"\0\x90\x3c\x40\0\x80\x3c\0\x60\x90\x3e\x40\x60\x80\x3e\0", [(0, 1), (96, 192)]),  # no length
        (b"\0\x90\x3c\x40\x60\x90\x3c\x40\0\x80\x3c\0\x60\x80\x3c\0", [(0, 96), (96, 192)]),  # on before the off
        (b"\0\x90\x3c\x40\x60\x90\x3e\x40\x60\x80\x3e\0", [(96, 192), (0, 192)]),  # never off: to the end
        (b"\0\x90\x3c\x40\0\x3e\x40\x60\xb0\x7b\0\x60\x80\x3c\0\0\x3e\0", [(0, 96), (0, 96)]),  # all notes off
        (b"\0\x80\x3c\0\0\x90\x3c\x40\x60\x3c\0\0\x3c\0", [(0, 96)]),  # offs of nothing
    ],
)
def test_notes_last_from_on_to_off(track: bytes, spans: list[tuple[int, int]]) -> None:
    music = music_of(smf(track))

    assert [(note.start_tick, note.end_tick) for note in music.notes] == spans


@given(st.data())
def test_no_bytes_upset_the_reader(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([*PLAYED.values(), *READ_IN_PART.values()])))
    spoilt = data.draw(st.dictionaries(st.integers(0, len(content) - 1), st.integers(0, 255), max_size=6))
    for at, byte in spoilt.items():
        content[at] = byte
    end = data.draw(st.integers(0, len(content)))

    try:
        music = music_of(bytes(content[:end]))
    except NotMidiError:
        return
    assert all(0 <= note.start_tick < note.end_tick <= note.heard_tick for note in music.notes)
    assert all(tempo > 0 for _, tempo in music.tempos)


def test_notes_begin_when_mido_plays_them(tmp_path: Path) -> None:
    (tmp_path / "x.mid").write_bytes(smf(BODY, notes(pitches=(36,) * 8, channel=9)))
    now, played = 0, []
    for message in mido.merge_tracks(mido.MidiFile(tmp_path / "x.mid").tracks):
        now += message.time
        if message.type == "note_on":
            played.append((now, message.note, message.velocity))

    music = read_midi_file(tmp_path / "x.mid")

    assert sorted((note.start_tick, note.pitch, note.velocity) for note in music.notes) == sorted(played)


def test_the_plain_file_is_what_the_odd_ones_are_made_of() -> None:
    assert music_of(PLAIN).faults == ()
