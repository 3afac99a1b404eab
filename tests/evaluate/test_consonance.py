"""A melody against its chords: notes whose figures can be told by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.evaluate.consonance import Floats, Tokens, consonance, tonal_centroid

C_MAJOR, A_MINOR, F_SHARP_MAJOR = 0, 21, 6


def melody(*pitches: int) -> Tokens:
    """A note every four steps, repeated over sixteen bars."""
    tokens = np.zeros((1, 256), np.int64)
    tokens[0, ::4] = np.resize(np.array(pitches) - 19, 64)
    return tokens


def figures(tokens: Tokens, chord: int = C_MAJOR) -> dict[str, float]:
    return {name: float(value[0]) for name, value in consonance(tokens, np.full((1, 32), chord)).items()}


def test_chord_tones_count_and_so_do_tones_that_pass_by_step() -> None:
    assert figures(melody(60, 64, 67, 72))["ctnctr"] == 1.0
    assert figures(melody(60, 62, 64, 65))["ctnctr"] == pytest.approx(0.75)  # f leaps down to c, a fourth
    assert figures(melody(61, 66))["ctnctr"] == 0.0


@pytest.mark.parametrize(
    ("pitch", "score"),
    [
        (60, 1.0),  # unison; a minor sixth over e; a fourth over g, which is nought
        (67, 1.0),
        (61, -1.0),
    ],
)
def test_a_step_scores_by_its_intervals_over_the_chord(pitch: int, score: float) -> None:
    intervals = [(pitch - note) % 12 for note in (0, 4, 7)]
    by_hand = np.mean([1 if each in (0, 3, 4, 7, 8, 9) else 0 if each == 5 else -1 for each in intervals])
    assert figures(melody(pitch))["pcs"] == pytest.approx(by_hand)
    assert np.sign(figures(melody(pitch))["pcs"]) == score


def test_what_is_far_in_fifths_is_far() -> None:
    tonic, tritone = figures(melody(60)), figures(melody(60), F_SHARP_MAJOR)
    relative = figures(melody(60), A_MINOR)
    assert tonic["mctd"] < relative["mctd"] < tritone["mctd"]


def test_a_held_note_counts_as_long_as_it_sounds_and_silence_not_at_all() -> None:
    tokens = np.zeros((1, 256), np.int64)
    tokens[0, 0], tokens[0, 6], tokens[0, 8] = 60 - 19, 61 - 19, 1
    held = figures(tokens)["pcs"]
    assert held == pytest.approx((6 * figures(melody(60))["pcs"] + 2 * figures(melody(61))["pcs"]) / 8)
    assert all(np.isnan(value) for value in figures(np.ones((1, 256), np.int64)).values())


def test_a_table_of_bytes_scores_as_one_of_long_numbers() -> None:
    tokens = melody(60, 64, 67, 70)
    tokens[0, 8:16] = 1  # silence, which must not become a pitch class
    assert figures(tokens.astype(np.uint8)) == figures(tokens)


@given(st.integers(0, 11), st.lists(st.integers(48, 83), min_size=1, max_size=16))
def test_moved_together_melody_and_chord_score_the_same(by: int, pitches: list[int]) -> None:
    moved = figures(melody(*[pitch + by for pitch in pitches]), (C_MAJOR + by) % 12)
    assert moved == pytest.approx(figures(melody(*pitches)))


def test_a_semitone_turns_every_circle_without_changing_distances() -> None:
    weights: Floats = np.random.default_rng(0).random((2, 12))
    apart = np.linalg.norm(np.subtract(*tonal_centroid(weights)))
    assert np.linalg.norm(np.subtract(*tonal_centroid(np.roll(weights, 1, axis=1)))) == pytest.approx(apart)
