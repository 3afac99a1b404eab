"""Figures of a band, on a few chords whose cadences, clashes and parallels can be told by hand."""

import numpy as np
import pytest

from emo_osc.evaluate.band import band_figures, clashes_of, parallels_of
from emo_osc.studio.harmony import HALVES, REGULAR, cadences, chords_of

pytestmark = pytest.mark.torch
C, F, G, C_MINOR = 0, 5, 7, 12


def held(*pitches: int) -> np.ndarray:
    """One note a half bar, again and again, as tokens (1, 256)."""
    tokens = np.zeros((1, 256), np.int64)
    tokens[0, ::8] = np.resize(np.array(pitches) - 19, HALVES)
    return tokens


def chords(*numbers: int) -> np.ndarray:
    return np.resize(np.array(numbers), HALVES)[None]


def test_chords_that_never_change_are_a_long_one_without_a_cadence() -> None:
    told = band_figures(held(60, 64), chords(C))
    assert (told["changes"], told["cadence"], told["long chord"], told["on beats"]) == (0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("last_bars", "authentic", "half"),
    [
        ((F, F, G, C), True, False),
        ((F, G, C_MINOR, C_MINOR), True, False),
        ((C, C, F, G), False, True),
        ((G, C, F, G), True, True),
        ((C, G, F, C), False, False),
        ((C, C, C, C), False, False),
    ],
)
def test_a_cadence_is_five_to_one_in_the_last_two_bars_or_a_rest_on_five(
    last_bars: tuple[int, ...], authentic: bool, half: bool
) -> None:
    found = cadences(chords(C, F, C, F, *last_bars))
    assert [each.tolist() for each in found] == [[authentic] * 4, [half] * 4]


def test_cadences_are_looked_for_where_the_phrases_end() -> None:
    until = np.full((1, 16), -1)
    until[0, 6] = 0
    written = chords(C)
    written[0, 13] = G
    assert [each.tolist() for each in cadences(written, until)] == [[False], [True]]
    assert cadences(chords(C), np.full((1, 16), -1))[0].shape == (0,)


@pytest.mark.parametrize(
    ("pitches", "share"),
    [
        ((60, 64), 0.0),  # chord tones
        ((62, 62), 0.0),  # no semitone from any
        ((66, 60), 0.5),  # a semitone below the fifth, and it leaps away
        ((65, 64), 0.0),  # a semitone above the third, to which it moves
    ],
)
def test_a_clash_is_a_semitone_from_a_chord_tone_that_does_not_resolve(pitches: tuple[int, ...], share: float) -> None:
    clashes, beats = clashes_of(held(*pitches), chords(C))
    assert beats.all()
    assert clashes[:, :-2].mean() == pytest.approx(share, abs=0.02)


def test_a_rest_clashes_with_nothing() -> None:
    tokens = held(66)
    tokens[0, 1::8] = 1
    clashes, beats = clashes_of(tokens, chords(C))
    assert beats.sum() == clashes.sum() == HALVES


def test_fifths_and_octaves_in_the_same_direction_are_parallels_and_contrary_intervals_are_not() -> None:
    fifths, moves = parallels_of(held(67, 72), chords(C, F))
    assert fifths.all()
    assert moves.all()
    assert parallels_of(held(60, 65), chords(C, F))[0].all()
    assert not parallels_of(held(64, 69), chords(C, F))[0].any()
    assert not parallels_of(held(60, 60), chords(C, F))[1].any()
    assert not parallels_of(held(60, 65), chords(C, C_MINOR))[1].any()


def test_the_shipped_tables_change_chords_and_close_phrases_about_as_people_do() -> None:
    """People, validation and test split: changes .60 and .71, a long chord .06 and .02, cadences .31 and .50."""
    scale = np.array([60, 62, 64, 65, 67, 69, 71, 72])
    rng = np.random.default_rng(3)
    steps = rng.integers(-2, 3, (64, 64)).cumsum(axis=1) % 14
    tokens = np.zeros((64, 256), np.int64)
    tokens[:, ::4] = scale[np.minimum(steps, 13 - steps)] - 19
    told = band_figures(tokens, chords_of(tokens))
    assert 0.45 < told["changes"] < 0.75
    assert told["long chord"] <= 0.2
    assert told["cadence"] > 0.2
    assert REGULAR.tolist() == [[3, 2, 1, 0] * 4]
