"""Where parts of a melody meet: the leap of a loop, and the intervals people write across bar lines."""

import numpy as np
import pytest

from emo_osc.studio.joins import BRIDGES, seam_cost, seams


def _melody(first: int, last: int) -> np.ndarray:
    tokens = np.zeros(256, dtype=np.int64)
    tokens[0], tokens[128], tokens[240] = first, 60, last
    return tokens


@pytest.mark.parametrize(("first", "last", "leap"), [(43, 43, 0), (43, 45, 2), (43, 55, 12), (55, 43, 12)])
def test_a_seam_is_the_interval_from_the_last_note_to_the_first(first: int, last: int, leap: int) -> None:
    assert seams(_melody(first, last)[None]).tolist() == [leap]


def test_a_loop_that_leaps_costs_more_and_a_step_or_silence_costs_nothing() -> None:
    step, fifth, octave = _melody(43, 45), _melody(43, 50), _melody(43, 55)
    cost = seam_cost(np.stack([np.zeros(256, dtype=np.int64), step, fifth, octave]))
    assert cost[0] == cost[1] == 0.0 < cost[2] < cost[3]


def test_a_step_leads_better_into_a_known_note_than_a_leap_and_no_note_leads_anywhere() -> None:
    into = BRIDGES[45]
    assert into[43] > into[38] > into[33] > into[20]
    assert not BRIDGES[0].any()
