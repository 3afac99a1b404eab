"""Places in phrases and forms."""

import numpy as np
import pytest

from emo_osc.studio.line.places import LAGS, OTHER, UNKNOWN, context, form_of, places, repeats


def test_what_is_unknown_and_what_is_far_are_told_apart() -> None:
    since, until = np.array([[-1, 3, 11]]), np.array([[0, -1, 2]])
    assert places(since, until).tolist() == [[[UNKNOWN, 0], [3, UNKNOWN], [8, 2]]]


def test_a_form_names_the_first_of_equal_bars() -> None:
    tokens = np.zeros((1, 256), dtype=np.uint8)
    for bar, pitch in enumerate([41, 43, 41, 45, 43, *range(50, 61)]):
        tokens[0, 16 * bar] = pitch
    assert form_of(tokens)[0, :5].tolist() == [0, 1, 0, 3, 1]


@pytest.mark.parametrize(("place", "lag"), list(enumerate(LAGS)))
def test_a_repeat_is_told_by_how_far_back_it_is(place: int, lag: int) -> None:
    form = np.arange(16)[None].copy()
    form[0, 15] = form[0, 15 - lag]
    assert repeats(form)[0].tolist() == [0] * 15 + [place + 1]


def test_a_repeat_keeps_its_lag_while_it_can_and_a_far_one_is_another() -> None:
    form = np.arange(16)[None].copy()
    form[0, 8:12] = [0, 1, 0, 1]
    form[0, 14] = 3
    assert repeats(form)[0, 8:].tolist() == [4, 4, 2, 2, 0, 0, OTHER, 0]


def test_a_context_has_one_number_for_each_class() -> None:
    told = context(np.array([[[0, 3]] * 16]), np.array([4]), 4)
    assert told.shape == (1, 16, 25)
    assert told.sum(-1).tolist() == [[3.0] * 16]
    assert told[0, 0, -1] == 1.0, "the repertoire is open"
