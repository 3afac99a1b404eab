"""Plans: drawn near what is asked, kept in a checkpoint."""

import numpy as np

from emo_osc.studio.line.places import BARS, UNKNOWN
from emo_osc.studio.line.plans import Plans, joined
from tests.studio.line.small_nets import plans


def test_a_plan_is_drawn_from_those_of_the_nearest_melodies() -> None:
    many = plans(600)
    drawn = [many.drawn(seed, np.array([500.0, 70.0, 0.9])) for seed in range(50)]
    assert len(set(drawn)) > 20
    assert (many.measured[drawn, 0] > 300).all()
    assert len({many.drawn(seed, None) for seed in range(50)}) > 40


def test_one_plan_more_leaves_all_open() -> None:
    few = plans()
    plan = few.of(np.array([few.open, 0]), 4)
    assert (plan.places[0] == UNKNOWN).all()
    assert plan.rhythm_form[0].tolist() == plan.note_form[0].tolist() == list(range(4 * BARS))
    assert plan.source.tolist() == [4, 0]


def test_plans_come_back_from_a_checkpoint() -> None:
    few = plans()
    again = Plans.from_tensors(few.tensors())
    one, other = few.of(np.arange(3), 4), again.of(np.arange(3), 4)
    assert np.array_equal(joined([one]).note_form, other.note_form)
    assert np.array_equal(one.places, other.places)
    assert np.allclose(few.measured, again.measured)


def test_a_plan_that_rests_for_two_bars_is_not_drawn() -> None:
    many = plans(6)
    many.profile[1:, 4:6, 0] = 0
    many.profile[0, [4, 6], 0] = 0
    for asked in (None, np.array([5.0, 70.0, 0.9])):
        assert {many.drawn(seed, asked) for seed in range(20)} == {0}


def test_where_every_plan_rests_one_is_drawn_all_the_same() -> None:
    many = plans(4)
    many.profile[:, 4:6, 0] = 0
    assert {many.drawn(seed, None) for seed in range(40)} == set(range(4))
