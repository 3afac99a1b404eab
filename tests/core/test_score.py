"""Notes and melodies: what cannot exist, what moving and cutting keep, and the way to a .mid and back."""

from dataclasses import replace
from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.score import BARS, PHRASE_TICKS, TICKS_PER_BAR, TICKS_PER_BEAT, Melody, Note, midi_of, monophonic

loose_notes = st.builds(
    Note, st.integers(0, PHRASE_TICKS - 1), st.integers(1, 2 * TICKS_PER_BAR), st.integers(0, 127), st.integers(1, 127)
)
melodies = st.lists(loose_notes, max_size=40).map(monophonic)
SCALE = Melody(tuple(Note(step * 480, 480, 60 + step, 40 + step) for step in range(64)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_tick": -1},
        {"duration_tick": 0},
        {"pitch": -1},
        {"pitch": 128},
        {"velocity": 0},
        {"velocity": 128},
    ],
)
def test_a_note_out_of_range_cannot_exist(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"must be in|needs start"):
        replace(Note(0, 480, 60), **wrong)


@pytest.mark.parametrize(
    ("notes", "reason"),
    [
        ((Note(0, 481, 60), Note(480, 480, 62)), "overlap"),
        ((Note(480, 480, 60), Note(0, 480, 62)), "overlap"),
        ((Note(PHRASE_TICKS - 1, 2, 60),), "ends after bar 16"),
    ],
)
def test_a_melody_of_two_voices_or_past_its_end_cannot_exist(notes: tuple[Note, ...], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Melody(notes)


def test_sixteen_bars_are_1536_clocks() -> None:
    assert Melody(()).length_tick == PHRASE_TICKS == 1536 * TICKS_PER_BEAT // 24


@given(melodies, st.integers(-127, 127))
def test_transposing_keeps_the_rhythm_and_the_pitch_class(melody: Melody, semitones: int) -> None:
    moved = melody.transposed(semitones)

    assert [replace(note, pitch=0) for note in moved.notes] == [replace(note, pitch=0) for note in melody.notes]
    assert all((b.pitch - a.pitch - semitones) % 12 == 0 for a, b in zip(melody.notes, moved.notes, strict=True))


@given(melodies)
def test_a_melody_cut_into_bars_loses_only_what_rings_over(melody: Melody) -> None:
    bars = [melody.clipped(bar, 1) for bar in range(BARS)]

    assert all(part.length_tick == TICKS_PER_BAR for part in bars)
    onsets = [
        (bar * TICKS_PER_BAR + note.start_tick, note.pitch) for bar, part in enumerate(bars) for note in part.notes
    ]
    assert onsets == [(note.start_tick, note.pitch) for note in melody.notes]


@given(melodies)
def test_clipping_to_the_whole_phrase_changes_nothing(melody: Melody) -> None:
    assert melody.clipped(0, BARS) == melody


@given(melodies, melodies, st.sets(st.integers(0, BARS - 1)))
def test_swapped_bars_come_from_the_other_melody_and_the_rest_stays(one: Melody, other: Melody, bars: set[int]) -> None:
    mixed = one.with_bars_of(other, bars)

    for bar in range(BARS):
        source = other if bar in bars else one
        onsets = [(note.start_tick, note.pitch) for note in source.clipped(bar, 1).notes]
        assert [(note.start_tick, note.pitch) for note in mixed.clipped(bar, 1).notes] == onsets


@given(st.lists(loose_notes, max_size=40))
def test_one_voice_keeps_every_onset_and_its_highest_note(notes: list[Note]) -> None:
    line = monophonic(notes)

    tops = {tick: max(n.pitch for n in notes if n.start_tick == tick) for tick in {n.start_tick for n in notes}}
    assert {note.start_tick: note.pitch for note in line.notes} == tops


@given(melodies)
def test_one_voice_stays_one_voice(melody: Melody) -> None:
    assert monophonic(melody.notes) == melody


@given(melody=melodies)
def test_a_melody_survives_the_way_to_midi_and_back(tmp_path_factory: pytest.TempPathFactory, melody: Melody) -> None:
    path = tmp_path_factory.getbasetemp() / "round.mid"
    melody.to_midi().save(path)

    assert Melody.from_midi(path) == melody


def test_a_midi_file_says_its_tempo_channel_and_whole_length() -> None:
    file = Melody((Note(0, 480, 60),)).to_midi(tempo_bpm=90.0, channel=3)

    assert file.ticks_per_beat == TICKS_PER_BEAT
    assert [message.tempo for message in file if message.type == "set_tempo"] == [mido.bpm2tempo(90.0)]
    assert {message.channel for message in file if not message.is_meta} == {2}
    assert file.length == pytest.approx(BARS * 4 * 60 / 90)


def test_melodies_written_together_follow_one_another() -> None:
    file = midi_of([SCALE, SCALE.clipped(0, 4), SCALE], 120.0)

    assert file.length == pytest.approx((16 + 4 + 16) * 2.0)
    assert sum(message.type == "note_on" for message in file) == 64 + 16 + 64


def test_a_repeated_pitch_is_switched_off_before_it_sounds_again() -> None:
    file = Melody((Note(0, 480, 60), Note(480, 480, 60))).to_midi()

    kinds = [message.type for message in file if message.type.startswith("note")]
    assert kinds == ["note_on", "note_off", "note_on", "note_off"]


def test_a_file_of_another_resolution_is_read_in_our_ticks(tmp_path: Path) -> None:
    track = mido.MidiTrack(
        [
            mido.Message("note_on", note=60, velocity=99, time=96),
            mido.Message("note_on", note=60, velocity=0, time=48),
            mido.Message("note_on", note=36, velocity=99, channel=9, time=0),
            mido.Message("note_off", note=36, channel=9, time=96),
        ]
    )
    mido.MidiFile(ticks_per_beat=96, tracks=[track]).save(tmp_path / "other.mid")

    assert Melody.from_midi(tmp_path / "other.mid") == Melody((Note(480, 240, 60, 99),))


@pytest.mark.parametrize(
    "content", [b"", b"MThd", b"RIFF0000", bytes(100), b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\xff"]
)
def test_a_file_that_is_no_midi_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.mid"
    path.write_bytes(content)

    with pytest.raises(ValueError, match=r"broken\.mid: not a MIDI file"):
        Melody.from_midi(path)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"gone\.mid"):
        Melody.from_midi(tmp_path / "gone.mid")


def test_a_file_timed_in_film_frames_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "film.mid"
    SCALE.to_midi().save(path)
    path.write_bytes(path.read_bytes().replace((480).to_bytes(2), b"\xe7\x28", 1))

    with pytest.raises(ValueError, match=r"film\.mid: its time is in film frames"):
        Melody.from_midi(path)


@given(spoilt=st.dictionaries(st.integers(0, 60), st.integers(0, 255), min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, spoilt: dict[int, int]
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.mid"
    file = SCALE.to_midi()
    file.tracks[0].insert(0, mido.MetaMessage("key_signature", key="D"))
    file.save(path)
    content = bytearray(path.read_bytes())
    for place, byte in spoilt.items():
        content[place] = byte
    path.write_bytes(content)

    try:
        melody = Melody.from_midi(path)
    except ValueError as error:
        melody, reason = Melody(()), str(error)
    else:
        reason = "damaged.mid"
    assert (melody.bars, "damaged.mid" in reason) == (BARS, True)
