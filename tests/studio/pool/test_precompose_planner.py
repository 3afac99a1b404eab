"""What is composed for next: likely points first, emptiest first, bounded."""

from random import Random

import pytest

from emo_osc.core.affect import MOODS, Affect
from emo_osc.studio.pool.precompose_planner import FEW, GRID, RECENT, ROOM, SAME, PrecomposePlanner

JOY, GLOOM = Affect(0.8, 0.4), Affect(-0.8, -0.2)
HERE, THERE = Affect(0.0, 0.5), Affect(0.25, 0.25)


def served(planner: PrecomposePlanner, count: int) -> list[Affect]:
    """The points of the next `count` melodies, each sent at once."""
    points = []
    for _ in range(count):
        lack = planner.next_need()
        if lack is None:
            break
        planner.note_sent(lack[0], 1)
        points.append(lack[0])
    return points


def test_moods_are_filled_in_turn_and_then_the_grid() -> None:
    planner = PrecomposePlanner([JOY, GLOOM], 3, GRID, RECENT)

    assert served(planner, 6) == [JOY, GLOOM] * 3
    assert served(planner, 999) == [*GRID, *GRID]
    assert planner.next_need() is None


def test_where_the_performer_is_comes_before_all_then_where_they_go_then_where_they_were() -> None:
    planner = PrecomposePlanner([JOY], 2, GRID, RECENT)
    planner.note_request(HERE, 0.0)
    planner.note_request(THERE, 1.0)

    assert served(planner, 7) == [THERE, THERE] + [Affect(0.5, 0.0)] * FEW + [HERE] * FEW + [JOY]


def test_two_wishes_with_a_long_time_between_show_no_direction() -> None:
    planner = PrecomposePlanner([JOY], 1, (), RECENT)
    planner.note_request(HERE, 0.0)
    planner.note_request(THERE, 60.0)

    assert served(planner, 9) == [THERE, HERE, HERE, JOY]


def test_a_direction_ends_at_the_edge_of_the_plane() -> None:
    planner = PrecomposePlanner([JOY], 1, (), RECENT)
    planner.note_request(Affect(0.0, 0.0), 0.0)
    planner.note_request(Affect(0.9, -0.9), 1.0)

    assert Affect(1.0, -1.0) in served(planner, 9)


def test_what_was_sent_on_an_order_counts() -> None:
    planner = PrecomposePlanner([JOY], 2)
    planner.note_sent(JOY, 1)

    assert planner.next_need() == (JOY, 1)


def test_a_new_beginning_empties_all() -> None:
    planner = PrecomposePlanner([JOY], 1)
    planner.note_sent(JOY, 5)
    assert planner.next_need() is None
    planner.begin_again()

    assert planner.next_need() == (JOY, 1)


def test_renewal_takes_every_point_in_its_turn() -> None:
    planner = PrecomposePlanner([JOY, GLOOM], 2)
    served(planner, 99)
    points = []
    for _ in range(6):
        point = planner.renewed()
        assert point is not None
        planner.note_sent(point, 1)
        points.append(point)

    assert points == [JOY, GLOOM] * 3


def test_without_points_there_is_nothing_to_do() -> None:
    planner = PrecomposePlanner([], 4)
    planner.note_request(JOY, 0.0)

    assert (planner.is_empty, planner.next_need(), planner.renewed()) == (True, None, None)


@pytest.mark.parametrize("pool", [1, 4, 512])
def test_what_is_sent_before_renewal_is_bounded(pool: int) -> None:
    moods = [mood.affect for mood in MOODS]
    sent = served(PrecomposePlanner(moods, pool, GRID, RECENT), 99_999)

    assert len(sent) <= ROOM + FEW * len(GRID)
    assert sent.count(moods[0]) == min(pool, ROOM // len(moods))


def test_ten_thousand_wishes_are_not_remembered() -> None:
    planner, random = PrecomposePlanner([JOY, GLOOM], 2, GRID, RECENT), Random(1)
    for at_s in range(10_000):
        request = Affect(random.uniform(-1, 1), random.uniform(-1, 1))
        planner.note_request(request, float(at_s))
        planner.note_sent(request, 1)
        served(planner, 1)

    left = served(planner, 999)
    assert len(left) <= 2 * (RECENT + 1) + 2 * 2 + FEW * len(GRID)
    assert planner.next_need() is None


def test_points_that_lie_close_together_are_remembered_as_the_last_of_them() -> None:
    planner = PrecomposePlanner([JOY], 1, (), RECENT)
    for step in range(5):
        planner.note_request(Affect(0.0, 0.2 * SAME * step), 100.0 * step)

    assert served(planner, 99) == [Affect(0.0, 0.8 * SAME), JOY]
