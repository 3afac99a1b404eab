"""Which bars of a melody move, and what becomes of the others."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import Affect
from emo_osc.core.score import TICKS_PER_BAR, Melody, Note
from emo_osc.studio.attributes import targets
from emo_osc.studio.tokens import tokens_of
from emo_osc.studio.variations import (
    exchanged,
    form_of,
    home_lift,
    lifted,
    moves,
    near_octave,
    ranked,
    sameness,
    unchanged,
    with_bars,
)


def melody(pitches: list[int], velocity: int = 80) -> Melody:
    """One note a bar."""
    return Melody(tuple(Note(bar * TICKS_PER_BAR, 480, pitch, velocity) for bar, pitch in enumerate(pitches)))


TUNE = melody([60, 64, 67, 65, 62, 64, 59, 60] * 2)
RISING, HIGH = melody(list(range(50, 66))), melody([90] * 16)
letters = st.lists(st.integers(0, 5), min_size=16, max_size=16).map(lambda row: [row.index(each) for each in row])


@given(form=letters, amount=st.floats(0.01, 0.99), seed=st.integers(0, 99))
def test_as_many_bars_move_as_were_asked_and_alike_where_they_were_alike(
    form: list[int], amount: float, seed: int
) -> None:
    moved = moves(form, amount, Random(seed))

    assert 1 <= len(moved) <= max(1, round(16 * amount))
    assert all(form[bar] == form[first] and first <= bar and moved[first] == first for bar, first in moved.items())
    assert moves(form, amount, Random(seed)) == moved


@given(form=letters, seed=st.integers(0, 99))
def test_bars_that_repeat_move_together_where_they_are_few_enough(form: list[int], seed: int) -> None:
    smallest = min(form.count(letter) for letter in form)
    moved = moves(form, smallest / 16, Random(seed))

    assert all((bar in moved) == (form[bar] in {form[m] for m in moved}) for bar in range(16))


def test_a_riff_of_one_bar_changes_at_regular_places() -> None:
    moved = moves([0] * 16, 0.25, Random(1))

    assert len(moved) == 4
    assert len({bar % 4 for bar in moved}) == 1


def test_bars_that_stay_are_the_same_to_the_tick_and_the_velocity() -> None:
    played = Melody((Note(7, 433, 60, 33), Note(TICKS_PER_BAR + 3, 111, 62, 43)))
    varied = with_bars(played, np.array(tokens_of(HIGH)), {1: 1})

    assert varied.notes == (Note(7, 433, 60, 33), Note(TICKS_PER_BAR, 480, 90, 38))


def test_an_exchange_takes_whole_bars_of_the_other_melody() -> None:
    varied = exchanged(RISING, HIGH, 0.5, Random(3))

    taken = {note.start_tick // TICKS_PER_BAR for note in varied.notes if note.pitch == 90}
    assert len(taken) == 8
    assert varied == RISING.with_bars_of(HIGH, taken)


def test_repeating_bars_take_one_and_the_same_bar() -> None:
    varied = exchanged(melody([60, 62] * 8), RISING, 0.5, Random(3))

    assert form_of(np.array(tokens_of(varied))) == [0, 1] * 8


def test_what_moved_as_far_as_was_asked_comes_first() -> None:
    other = melody([62, 65, 64, 67, 60, 62, 64, 65] * 2)
    half = TUNE.with_bars_of(other, range(0, 16, 2))
    far, near = (ranked([half, TUNE], [5, 6], TUNE, targets(Affect(0.0, 0.0)), amount) for amount in (0.9, 0.0))

    assert [made.seed for made in far] == [5, 6]
    assert [made.melody for made in near] == [TUNE, half]
    assert near[0].distance == pytest.approx(unchanged(TUNE, "", targets(Affect(0.0, 0.0)), 6).distance)


def test_sameness_counts_the_notes_that_are_shared() -> None:
    half = np.array([tokens_of(exchanged(RISING, HIGH, 0.5, Random(3)))])

    assert sameness(half, np.array(tokens_of(RISING))).tolist() == [0.5]


@pytest.mark.parametrize("key", range(-5, 7))
def test_a_melody_is_brought_home_to_c_and_back(key: int) -> None:
    in_c = np.array(tokens_of(TUNE))
    played = lifted(in_c, key)

    assert home_lift(played) == -key
    assert np.array_equal(lifted(lifted(played, -key), key), played)


@pytest.mark.parametrize(("token", "by", "there"), [(2, -1, 13), (89, 1, 78), (89, 25, 78), (2, -25, 13), (0, 5, 0)])
def test_what_leaves_the_keyboard_moves_by_octaves(token: int, by: int, there: int) -> None:
    assert lifted(np.array([token]), by).tolist() == [there]


@pytest.mark.parametrize("octaves", [-3, -1, 0, 1, 2])
@pytest.mark.parametrize("wanted", [58.0, 66.5, 74.0])
def test_a_melody_of_any_register_comes_into_the_one_asked_for(octaves: int, wanted: float) -> None:
    played = TUNE.transposed(12 * octaves)
    moved = near_octave(played, wanted)

    assert abs(wanted - np.mean([note.pitch for note in moved.notes])) <= 6.0
    assert [note.pitch % 12 for note in moved.notes] == [note.pitch % 12 for note in played.notes]


def test_silence_has_no_register() -> None:
    assert near_octave(Melody(()), 71.0) == Melody(())
