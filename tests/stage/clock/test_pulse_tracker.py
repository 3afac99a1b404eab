from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from emo_osc.stage.clock.estimators import Interacting
from emo_osc.stage.clock.pulse_tracker import PulseTracker

TEMPOS = st.floats(20.0, 300.0)


def period_of(tempo: float) -> float:
    return 60.0 / tempo / 24


def following(stamps_s: list[float]) -> PulseTracker:
    """The pulses after these stamps; the first is number 1."""
    pulses = PulseTracker(Interacting(), 0.02)
    pulses.begin(stamps_s[0])
    for stamp_s in stamps_s[1:]:
        pulses.add(stamp_s)
    return pulses


def clocks(tempo: float, count: int, start_s: float = 0.0) -> list[float]:
    return [start_s + number * period_of(tempo) for number in range(count)]


def stepping(before: float, after: float, count: int) -> list[float]:
    """Two hundred clocks, the last gap cut by the jump at its middle, then `count` of the new tempo."""
    old = clocks(before, 200)
    return old + clocks(after, count, old[-1] + 0.5 * (period_of(before) + period_of(after)))


@given(TEMPOS, st.integers(0, 1000))
def test_any_tempo_is_numbered_and_measured(tempo: float, seed: int) -> None:
    random = Random(seed)

    pulses = following([clock_s + random.uniform(-0.001, 0.001) for clock_s in clocks(tempo, 100)])

    assert pulses.number == 100
    assert pulses.period_s == pytest.approx(period_of(tempo), rel=0.01)
    assert pulses.clocks_at(99 * period_of(tempo)) == pytest.approx(100.0, abs=0.0015 / period_of(tempo))


@given(TEMPOS, st.integers(0, 10_000))
def test_clocks_that_are_lost_at_random_shift_nothing(tempo: float, seed: int) -> None:
    random = Random(seed)
    heard = [
        clock_s + random.uniform(-0.001, 0.001)
        for number, clock_s in enumerate(clocks(tempo, 400))
        if number in (0, 399) or random.random() > 0.01
    ]

    assert following(heard).number == 400


@given(TEMPOS, st.integers(1, 40), st.integers(20, 70))
def test_a_gap_of_some_clocks_is_filled(tempo: float, lost: int, first: int) -> None:
    stamps_s = clocks(tempo, 120)
    del stamps_s[first : first + lost]

    assert following(stamps_s).number == 120


@pytest.mark.parametrize("lost", range(1, 8))
def test_a_clock_lost_among_the_first_is_filled(lost: int) -> None:
    stamps_s = clocks(120.0, 60)
    del stamps_s[lost]

    assert following(stamps_s).number == 60


@given(TEMPOS, st.sets(st.integers(0, 99)), st.floats(0.0, 0.003))
def test_doubled_clocks_count_once(tempo: float, doubled: set[int], after_s: float) -> None:
    stamps_s = clocks(tempo, 100)

    pulses = following(sorted([*stamps_s, *(stamps_s[number] + after_s for number in doubled)]))

    assert pulses.number == 100
    assert pulses.at_s == pytest.approx(stamps_s[-1], abs=1e-6)


def test_a_clock_that_comes_again_is_told_apart_from_one_that_deviates() -> None:
    pulses = following(clocks(120.0, 50))

    assert pulses.add(49 * period_of(120.0) + 0.0002) is None
    assert pulses.add(50 * period_of(120.0) + 0.0005) == pytest.approx(0.0005, abs=1e-5)


@given(st.floats(20.0, 250.0), st.integers(20, 80), st.floats(0.002, 0.009))
def test_a_clock_that_was_held_back_moves_the_line_little(tempo: float, which: int, held_s: float) -> None:
    stamps_s = clocks(tempo, 120)
    stamps_s[which] += held_s

    pulses = following(sorted(stamps_s))

    assert pulses.number == 120
    assert pulses.at_s == pytest.approx(stamps_s[-1], abs=0.0005)


@pytest.mark.parametrize("held", [2, 3, 5])
def test_clocks_delivered_together_are_survived(held: int) -> None:
    stamps_s = clocks(120.0, 150)
    for number in range(held):
        stamps_s[60 + number] = stamps_s[60 + held - 1] + 0.002 + 0.0001 * number

    for count in (60 + held + 1, 150):
        pulses = following(stamps_s[:count])
        assert pulses.number == count
        assert pulses.clocks_at(stamps_s[count - 1]) == pytest.approx(count, abs=0.05)


JUMPS = [(180.0, 60.0), (160.0, 80.0), (240.0, 60.0), (120.0, 70.0), (60.0, 180.0), (80.0, 160.0), (100.0, 150.0)]


@pytest.mark.parametrize(("before", "after"), JUMPS)
def test_a_jump_of_the_tempo_is_recognised_after_a_few_clocks_and_nothing_stays_filled(
    before: float, after: float
) -> None:
    pulses = following(stepping(before, after, 8))

    assert pulses.number == 208
    assert pulses.period_s == pytest.approx(period_of(after), rel=0.03)


@given(TEMPOS, TEMPOS, st.integers(0, 1000))
def test_after_any_jump_every_clock_is_counted(before: float, after: float, seed: int) -> None:
    random = Random(seed)

    pulses = following([stamp_s + random.uniform(-0.0005, 0.0005) for stamp_s in stepping(before, after, 60)])

    assert pulses.number == 260
    assert pulses.period_s == pytest.approx(period_of(after), rel=0.02)


def test_a_third_of_the_tempo_is_first_taken_for_lost_clocks() -> None:
    assert following(stepping(180.0, 60.0, 1)).number > 201
    assert following(stepping(180.0, 60.0, 4)).number == 204


def test_one_clock_tells_no_tempo() -> None:
    pulses = following([1.0])

    assert not pulses.is_measured
    assert (pulses.clocks_at(9.0), pulses.time_of(2.5)) == (2.0, float("inf"))


@given(TEMPOS, st.floats(0.0, 1.0), st.floats(-0.4, 0.4))
def test_after_a_silence_the_nearest_clock_is_taken(tempo: float, silence_s: float, off: float) -> None:
    period_s = period_of(tempo)
    pulses = following(clocks(tempo, 100))
    missed = 10 + round(silence_s / period_s)
    assume(missed < 200)

    pulses.rejoin((99 + missed + off) * period_s)

    assert pulses.number == 100 + missed
