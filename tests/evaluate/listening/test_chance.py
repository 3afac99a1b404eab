"""Sizes and intervals: the figures of the emotion reference, and what must hold for any."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.evaluate.listening.chance import (
    answers_above_chance,
    answers_for_width,
    at_least,
    by_rater,
    fewest_right,
    wilson,
)


@pytest.mark.parametrize(
    ("truth", "chance", "answers"),
    [(0.6, 0.2, 10), (0.5, 0.2, 17), (0.4, 0.2, 35), (0.75, 0.5, 23), (0.7, 0.5, 37), (0.65, 0.5, 69)],
)
def test_answers_that_show_a_share_above_chance(truth: float, chance: float, answers: int) -> None:
    assert answers_above_chance(truth, chance)[0] == answers


def test_23_answers_of_two_need_16_right() -> None:
    assert answers_above_chance(0.75, 0.5) == (23, 16)
    assert fewest_right(23, 0.5) == 16


@pytest.mark.parametrize(("half_width", "answers"), [(0.05, 246), (0.10, 62)])
def test_answers_for_a_narrow_interval_of_four_fifths(half_width: float, answers: int) -> None:
    assert answers_for_width(half_width, 0.8) == answers


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 100, 0.7222, 0.8749), (1, 2, 0.0945, 0.9055)],
)
def test_wilsons_interval_as_published_tables_have_it(right: int, total: int, low: float, high: float) -> None:
    assert wilson(right, total) == pytest.approx((low, high), abs=1e-4)


def test_no_answers_say_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert fewest_right(0, 0.5) == 1
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


@given(st.integers(0, 60), st.integers(1, 60))
def test_an_interval_holds_its_share(right: int, total: int) -> None:
    if right <= total:
        low, high = wilson(right, total)

        assert 0.0 <= low <= right / total + 1e-9
        assert right / total - 1e-9 <= high <= 1.0


@pytest.mark.parametrize(
    ("right", "total", "share"), [(3, 7, 0.2), (16, 23, 0.5), (0, 4, 0.3), (5, 5, 1.0), (1, 5, 0.0)]
)
def test_a_tail_is_the_sum_of_its_parts(right: int, total: int, share: float) -> None:
    plain = sum(comb(total, n) * share**n * (1 - share) ** (total - n) for n in range(right, total + 1))

    assert at_least(right, total, share) == pytest.approx(plain)


@pytest.mark.parametrize(("truth", "chance"), [(0.5, 0.5), (0.2, 0.5), (1.0, 0.5), (0.501, 0.5)])
def test_what_cannot_be_shown_is_refused(truth: float, chance: float) -> None:
    with pytest.raises(ValueError, match=r"chance|tell"):
        answers_above_chance(truth, chance)


def test_raters_who_differ_widen_the_interval() -> None:
    alike = by_rater([[True, False] * 20] * 10)
    apart = by_rater([[True] * 40, [False] * 40] * 5)

    assert alike == (0.5, 0.5)
    assert apart is not None
    assert apart[0] < 0.3 < 0.7 < apart[1]
    assert by_rater([[True, False] * 20]) is None
    assert by_rater([[True], []]) is None
