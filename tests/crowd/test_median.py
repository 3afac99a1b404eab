"""The middle of a crowd: right where it can be checked by hand, and unmoved by a few far away."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emo_osc.crowd.median import geometric_median, mean_distance

POINTS = st.lists(st.tuples(*[st.floats(-1, 1, allow_subnormal=False)] * 2), min_size=1, max_size=12)


def crowd_at(valence: float, arousal: float, count: int, seed: int = 0) -> np.ndarray:
    """People who mean one point and touch within a tenth of it."""
    return np.random.default_rng(seed).normal((valence, arousal), 0.05, (count, 2))


@pytest.mark.parametrize("count", [1, 5, 10, 20])
def test_a_few_trolls_move_it_by_less_than_an_honest_hand_trembles(count: int) -> None:
    honest = crowd_at(0.5, 0.4, 100)
    trolls = np.full((count, 2), -1.0)
    everyone = np.concatenate([honest, trolls])

    alone = geometric_median(honest, np.ones(100))
    together = geometric_median(everyone, np.ones(len(everyone)))

    assert np.hypot(*(together - alone)) < 0.05 * count / 20 + 1e-3
    assert np.hypot(*(everyone.mean(axis=0) - honest.mean(axis=0))) > np.hypot(*(together - alone)) * 10


def test_a_third_who_shout_together_do_not_carry_it_out_of_the_crowd() -> None:
    everyone = np.concatenate([crowd_at(0.5, 0.4, 60), np.full((30, 2), -1.0)])

    assert np.hypot(*(geometric_median(everyone, np.ones(90)) - (0.5, 0.4))) < 0.1


def test_whoever_has_more_than_half_of_the_weight_has_it_all() -> None:
    points = np.array([[-0.3, 0.2], [0.9, 0.9], [0.9, -0.9], [0.0, 0.5]])

    assert geometric_median(points, np.array([4.0, 1.0, 1.0, 1.0])) == pytest.approx([-0.3, 0.2], abs=1e-4)


def test_the_corners_of_a_square_have_their_middle_and_a_weight_of_two_is_two_people() -> None:
    square = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    doubled = geometric_median(np.concatenate([square, square[:1]]), np.ones(5))

    assert geometric_median(square, np.ones(4)) == pytest.approx([0, 0], abs=1e-4)
    assert geometric_median(square, np.array([2.0, 1, 1, 1])) == pytest.approx(doubled, abs=1e-3)
    assert mean_distance(square, np.ones(4), np.zeros(2)) == pytest.approx(2**0.5)


@settings(max_examples=60, deadline=None)
@given(POINTS, st.tuples(*[st.floats(-1, 1)] * 2))
def test_no_start_leads_to_a_worse_place_than_any_point_or_the_mean(
    points: list[tuple[float, float]], start: tuple[float, float]
) -> None:
    everyone, weights = np.array(points), np.ones(len(points))
    found = geometric_median(everyone, weights, np.array(start))
    others = [*everyone, everyone.mean(axis=0), np.array(start)]

    assert np.abs(found).max() <= 1.0 + 1e-9
    assert mean_distance(everyone, weights, found) <= min(mean_distance(everyone, weights, o) for o in others) + 1e-3


def test_nobody_has_no_middle() -> None:
    with pytest.raises(ValueError, match="at least one"):
        geometric_median(np.zeros((0, 2)), np.zeros(0))
