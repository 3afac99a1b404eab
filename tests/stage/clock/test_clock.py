from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.stage.clock.clock import Timeline, tapped_tempo

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


BEATS = st.floats(25.0, 290.0)


@given(BEATS, st.integers(2, 8))
def test_even_taps_make_their_tempo_to_the_last_digit(tempo: float, count: int) -> None:
    assert tapped_tempo(tuple(100.0 + n * 60.0 / tempo for n in range(count))) == pytest.approx(tempo, abs=0.001)


@given(st.floats(40.0, 200.0), st.integers(1, 3))
def test_a_beat_that_was_left_out_or_struck_twice_spoils_nothing(tempo: float, at: int) -> None:
    even = [100.0 + n * 60.0 / tempo for n in range(5)]
    left_out = (*even[:at], *even[at + 1 :])
    struck_twice = (*even[: at + 1], even[at] + 0.06, *even[at + 1 :])

    assert tapped_tempo(left_out) == pytest.approx(tempo, rel=0.001)
    assert tapped_tempo(struck_twice) == pytest.approx(tempo, rel=0.001)


@given(BEATS, BEATS)
def test_five_taps_of_another_tempo_are_enough(before: float, after: float) -> None:
    old = [100.0 + n * 60.0 / before for n in range(3)]
    new = [old[-1] + n * 60.0 / after for n in range(1, 6)]

    assert tapped_tempo((*old, *new)) == pytest.approx(after, rel=0.001)
