"""Tokens and melodies, against what Magenta's converter made of the same music: see tests/golden/README.md."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.score import TICKS_PER_STEP, Melody, Note
from emo_osc.studio.extraction import melodies, windows
from emo_osc.studio.performance import Performance, Played, read_midi
from emo_osc.studio.tokens import CLASSES, STEPS, clean, melody_of, pitch_of, token_of, tokens_of

GOLDEN = Path(__file__).parents[1] / "golden" / "converter"
ENCODED = json.loads((GOLDEN / "encode_cases.json").read_text())
DECODED = json.loads((GOLDEN / "decode_cases.json").read_text())
STEP_S = 0.125  # at Magenta's 120 quarters a minute

by_name = pytest.mark.parametrize("case", ENCODED, ids=lambda case: str(case["name"]))


def _performance(sequence: dict[str, Any]) -> Performance:
    return Performance(
        tuple(Played(*note) for note in sequence["notes"]),
        tuple((time_s, tempo) for time_s, tempo in sequence["tempos"]),
        tuple((time_s, beats, unit) for time_s, beats, unit in sequence["time_signatures"]),
    )


@by_name
@pytest.mark.parametrize("source", ["sequence", "midi"])
def test_melodies_and_windows_are_the_golden_ones(case: dict[str, Any], source: str) -> None:
    performance = _performance(case["sequence"]) if source == "sequence" else read_midi(GOLDEN / case["midi"])

    assert [melodies(piece) for piece in performance.pieces()] == [m or [] for m in case[f"melodies_from_{source}"]]
    assert sorted(windows(performance)) == case[f"windows_from_{source}"]


@by_name
def test_midi_files_are_read_as_note_seq_reads_them(case: dict[str, Any]) -> None:
    assert read_midi(GOLDEN / case["midi"]) == _performance(case["midi_parsed"])


@pytest.mark.parametrize("case", DECODED, ids=range(len(DECODED)))
def test_tokens_spell_the_golden_notes(case: dict[str, Any]) -> None:
    notes = [
        (note.pitch, note.velocity, note.start_tick / TICKS_PER_STEP * STEP_S, note.end_tick / TICKS_PER_STEP * STEP_S)
        for note in melody_of(case["tokens"]).notes
    ]

    assert notes == [tuple(note[:4]) for note in case["sequence"]["notes"]]


@pytest.mark.parametrize("case", [c for c in DECODED if c["midi"]], ids=lambda case: str(case["midi"]))
def test_melodies_are_those_of_the_golden_midi_files(case: dict[str, Any]) -> None:
    assert Melody.from_midi(GOLDEN / case["midi"]) == melody_of(case["tokens"])


@given(st.lists(st.one_of(st.sampled_from([0, 1]), st.integers(0, CLASSES - 1)), min_size=STEPS, max_size=STEPS))
def test_tokens_come_back_from_their_melody(tokens: list[int]) -> None:
    assert tokens_of(melody_of(tokens)) == clean(tokens)


def test_every_pitch_has_its_token() -> None:
    assert [pitch_of(token_of(pitch)) for pitch in range(21, 109)] == list(range(21, 109))
    assert (token_of(21), token_of(108)) == (2, CLASSES - 1)


def test_a_free_melody_goes_to_the_nearest_steps() -> None:
    late, short, same_step = Note(59, 130, 60), Note(300, 5, 62), Note(305, 400, 65)

    assert tokens_of(Melody((late, short, same_step), 1)) == [41, 0, 1, 46, 0, 0, 1, *[0] * 9]


def test_pitches_off_the_piano_are_left_out() -> None:
    assert tokens_of(Melody((Note(0, 120, 20), Note(120, 120, 109), Note(240, 120, 108)), 1))[:4] == [0, 0, 89, 1]


def test_a_note_that_rounds_past_the_end_is_left_out() -> None:
    assert tokens_of(Melody((Note(1919, 1, 60),), 1)) == [0] * 16


@pytest.mark.parametrize("tokens", [[0] * 15, [90] + [0] * 15, [-1] + [0] * 15])
def test_what_is_no_melody_is_refused(tokens: list[int]) -> None:
    with pytest.raises(ValueError, match=r"tokens must be 0\.\.89"):
        melody_of(tokens)


def _notes(*notes: tuple[int, int, int]) -> tuple[Played, ...]:
    return tuple(Played(pitch, 80, start * STEP_S, end * STEP_S) for start, end, pitch in notes)


def test_no_notes_no_melodies() -> None:
    assert windows(Performance(())) == []


def test_a_rest_of_a_bar_ends_a_melody_and_a_shorter_one_does_not() -> None:
    shorter, longer = (Performance(_notes((0, 1, 60), (end, end + 1, 62))) for end in (16, 17))

    assert [len(melodies(piece)) for piece in (*shorter.pieces(), *longer.pieces())] == [1, 2]


def test_unheard_notes_make_no_melody() -> None:
    silent = Performance((Played(60, 0, 0.0, 1.0), Played(60, 80, 0.0, 1.0, instrument=1, is_drum=True)))

    assert [melodies(piece) for piece in silent.pieces()] == [[]]


def test_a_note_across_a_tempo_change_ends_there() -> None:
    before, after = Performance(_notes((0, 32, 60), (20, 24, 64)), tempos=((2.0, 60.0),)).pieces()

    assert (before.tempo, after.tempo) == (120.0, 60.0)
    assert before.notes == (Played(60, 80, 0.0, 2.0),)
    assert after.notes == (Played(64, 80, 0.5, 1.0),)


def test_melodies_stop_at_100_bars() -> None:
    endless = Performance(_notes(*((step, step + 8, 60) for step in range(0, 120 * 16, 8))))

    assert [len(melody) for piece in endless.pieces() for melody in melodies(piece)] == [1600]


def test_a_file_that_is_not_midi_is_refused(tmp_path: Path) -> None:
    (tmp_path / "not.mid").write_bytes(b"MThd nonsense")

    with pytest.raises(ValueError, match="not a MIDI file"):
        read_midi(tmp_path / "not.mid")
