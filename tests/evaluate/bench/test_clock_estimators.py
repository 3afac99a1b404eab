from collections.abc import Callable
from random import Random
from statistics import pstdev

import pytest

from emo_osc.evaluate.bench.clock_estimators import DelayLocked, GearedDelayLocked, LastInterval, LeastSquares
from emo_osc.stage.clock.estimators import Estimator, Interacting, Kalman

PERIOD_S = 60.0 / 120.0 / 24

EVERY = pytest.mark.parametrize(
    "build",
    [LastInterval, LeastSquares, DelayLocked, GearedDelayLocked, lambda: Kalman(0.001), Interacting],
    ids=["last", "squares", "dll", "geared", "kalman", "imm"],
)
SMOOTHING = [LeastSquares, DelayLocked, GearedDelayLocked, Interacting]
Build = Callable[[], Estimator]


def deviations_s(estimator: Estimator, period_s: float, count: int, jitter_s: float = 0.0) -> list[float]:
    """How far each estimated clock lies from the true one, the first at 5 s."""
    random = Random(1)
    estimator.start(5.0, period_s)
    found = []
    for number in range(1, count):
        true_s = 5.0 + number * period_s
        estimator.add(1, true_s + random.uniform(-jitter_s, jitter_s))
        found.append(estimator.at_s - true_s)
    return found


@EVERY
@pytest.mark.parametrize("tempo", [20.0, 120.0, 300.0])
def test_clocks_without_jitter_are_found_where_they_are(build: Build, tempo: float) -> None:
    estimator, period_s = build(), 60.0 / tempo / 24

    assert deviations_s(estimator, period_s, 200) == pytest.approx([0.0] * 199, abs=1e-9)
    assert estimator.period_s == pytest.approx(period_s)


@EVERY
def test_a_lost_clock_changes_nothing_where_there_is_no_jitter(build: Build) -> None:
    estimator = build()
    estimator.start(0.0, PERIOD_S)

    for number, steps in ((1, 1), (2, 1), (5, 3), (6, 1)):
        estimator.add(steps, number * PERIOD_S)

    assert (estimator.at_s, estimator.period_s) == pytest.approx((6 * PERIOD_S, PERIOD_S))


@EVERY
def test_a_wrong_tempo_at_the_start_is_corrected(build: Build) -> None:
    estimator = build()
    estimator.start(0.0, 1.02 * PERIOD_S)

    for number in range(1, 200):
        estimator.add(1, number * PERIOD_S)

    assert estimator.at_s == pytest.approx(199 * PERIOD_S, abs=1e-5)
    assert estimator.period_s == pytest.approx(PERIOD_S, rel=1e-4)


@pytest.mark.parametrize("build", SMOOTHING)
def test_jitter_is_smoothed_to_a_fraction(build: Build) -> None:
    plain = pstdev(deviations_s(LastInterval(), PERIOD_S, 600, 0.001))

    assert pstdev(deviations_s(build(), PERIOD_S, 600, 0.001)[100:]) < 0.5 * plain


def test_the_two_filters_together_are_calmer_than_a_loop() -> None:
    calm = pstdev(deviations_s(Interacting(), PERIOD_S, 2000, 0.001)[200:])

    assert calm < pstdev(deviations_s(GearedDelayLocked(), PERIOD_S, 2000, 0.001)[200:])


@pytest.mark.parametrize("build", [GearedDelayLocked, lambda: Kalman(0.001), Interacting])
def test_those_that_adapt_are_on_a_new_tempo_within_a_beat(build: Build) -> None:
    estimator, random = build(), Random(2)
    estimator.start(0.0, PERIOD_S)
    clocks_s = [number * PERIOD_S for number in range(1, 200)]
    clocks_s += [clocks_s[-1] + number * 60.0 / 128 / 24 for number in range(1, 25)]

    for clock_s in clocks_s:
        estimator.add(1, clock_s + random.uniform(-0.001, 0.001))

    assert estimator.at_s == pytest.approx(clocks_s[-1], abs=0.002)


def test_the_two_filters_keep_up_with_a_ramp_where_a_fixed_loop_falls_behind() -> None:
    behind = {}
    for build in (Interacting, DelayLocked):
        estimator, clock_s, tempo = build(), 0.0, 60.0
        estimator.start(0.0, 60.0 / tempo / 24)
        worst = 0.0
        for _ in range(400):
            step_s = 60.0 / tempo / 24
            clock_s, tempo = clock_s + step_s, tempo + 6.0 * step_s
            estimator.add(1, clock_s)
            worst = max(worst, abs(estimator.at_s - clock_s))
        behind[build] = worst

    assert behind[Interacting] < 0.0015
    assert behind[Interacting] < 0.2 * behind[DelayLocked]
