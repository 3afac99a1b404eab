from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.stage.clock import Timeline, tapped_tempo

TEMPOS = st.floats(20.0, 300.0)
TIMES = st.floats(0.0, 7200.0)


@given(TEMPOS, TIMES, TIMES)
def test_ticks_and_seconds_are_each_others_inverse(tempo: float, start_s: float, later_s: float) -> None:
    clock = Timeline(tempo).playing(start_s)

    assert clock.time_of(clock.tick_at(start_s + later_s)) == pytest.approx(start_s + later_s, abs=1e-6)


@given(TEMPOS, TEMPOS, TIMES)
def test_a_tempo_change_keeps_the_phase(before: float, after: float, when_s: float) -> None:
    clock = Timeline(before).playing(0.0)

    changed = clock.at_tempo(after, when_s)

    assert changed.tick_at(when_s) == clock.tick_at(when_s)
    assert changed.tick_at(when_s + 60.0 / after) == pytest.approx(clock.tick_at(when_s) + 480.0, abs=1e-3)


def test_a_stopped_clock_stands_and_no_tick_ever_comes() -> None:
    clock = Timeline(120.0).playing(0.0).stopped(1.0)

    assert (clock.tick_at(5.0), clock.time_of(10_000), clock.is_running) == (960.0, inf, False)


def test_play_begins_at_the_first_downbeat() -> None:
    assert Timeline(120.0).playing(0.0).stopped(9.0).playing(20.0).tick_at(20.0) == 0.0


@pytest.mark.parametrize("tempo", [19.9, 300.1, float("nan")])
def test_a_tempo_out_of_range_is_refused(tempo: float) -> None:
    with pytest.raises(ValueError, match="tempo must be"):
        Timeline(tempo)


TAPS = {
    (): None,
    (1.0,): None,
    (1.0, 1.5): 120.0,
    (0.0, 10.0, 10.5, 11.0): 120.0,
    (0.0, 0.4, 0.8, 1.2, 1.6, 2.1, 2.6, 3.1, 3.6): 120.0,
    (1.0, 1.01): 300.0,
    (1.0, 1.0): None,
    (0.0, 4.0): None,
}


@pytest.mark.parametrize(("taps", "tempo"), TAPS.items())
def test_taps_make_a_tempo(taps: tuple[float, ...], tempo: float | None) -> None:
    assert tapped_tempo(taps) == (None if tempo is None else pytest.approx(tempo))
