from random import Random
from statistics import pstdev

import pytest

from emo_osc.stage.clock.estimators import Interacting, Kalman

PERIOD_S = 60.0 / 120.0 / 24


def deviations_s(estimator: Kalman | Interacting, count: int, jitter_s: float) -> list[float]:
    """How far each estimated clock lies from the true one, the first at 5 s."""
    random = Random(1)
    estimator.start(5.0, PERIOD_S)
    found = []
    for number in range(1, count):
        true_s = 5.0 + number * PERIOD_S
        estimator.add(1, true_s + random.uniform(-jitter_s, jitter_s))
        found.append(estimator.at_s - true_s)
    return found


def test_the_two_filters_together_are_calmer_than_one() -> None:
    calm = pstdev(deviations_s(Interacting(), 2000, 0.001)[200:])

    assert calm < pstdev(deviations_s(Kalman(0.001), 2000, 0.001)[200:])


def test_the_two_filters_learn_how_much_a_transport_strays() -> None:
    knowing = pstdev(deviations_s(Interacting(sigma_s=0.002), 3000, 0.003)[1500:])

    assert pstdev(deviations_s(Interacting(), 3000, 0.003)[1500:]) < 1.2 * knowing


def test_a_wrong_tempo_at_the_start_is_corrected() -> None:
    estimator = Interacting()
    estimator.start(0.0, 1.02 * PERIOD_S)

    for number in range(1, 200):
        estimator.add(1, number * PERIOD_S)

    assert estimator.at_s == pytest.approx(199 * PERIOD_S, abs=1e-5)
    assert estimator.period_s == pytest.approx(PERIOD_S, rel=1e-4)
