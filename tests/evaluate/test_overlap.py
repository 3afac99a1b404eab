"""Sets of melodies beside sets: equal ones overlap, distant ones do not."""

import numpy as np
import pytest

from emo_osc.evaluate.overlap import distances_between, distances_within, divergence, frechet, overlapped_area

FEATURE = np.random.default_rng(0).normal(size=400)
FAR = FEATURE + 50


def test_equal_sets_overlap_wholly_and_distant_ones_not() -> None:
    assert overlapped_area(FEATURE, FEATURE) == pytest.approx(1.0, abs=0.01)
    assert overlapped_area(FEATURE, FAR) < 0.01


def test_a_measure_that_never_moves_overlaps_only_with_itself() -> None:
    still = np.full(5, 2.0)
    assert overlapped_area(still, still) == 1.0
    assert overlapped_area(still, FEATURE) == 0.0
    assert divergence(still, still) == 0.0


def test_divergence_grows_with_the_distance() -> None:
    assert divergence(FEATURE, FEATURE) == pytest.approx(0.0, abs=1e-6)
    assert 0.05 < divergence(FEATURE, FEATURE + 0.5) < divergence(FEATURE, FEATURE + 2.0)


def test_pairs_of_one_set_are_nearer_than_pairs_of_two_distant_ones() -> None:
    assert distances_within(FEATURE).mean() == pytest.approx(2 / np.sqrt(np.pi), abs=0.15)
    assert distances_between(FEATURE, FAR).mean() == pytest.approx(50.0, abs=0.5)


def test_a_melody_that_lacks_the_feature_does_not_count() -> None:
    holed = np.concatenate([FEATURE, [np.nan] * 7])
    assert overlapped_area(holed, FEATURE) == pytest.approx(1.0, abs=0.01)
    assert np.isfinite(distances_between(holed, FEATURE)).all()


def test_frechet_distance_is_that_of_gaussians() -> None:
    rng = np.random.default_rng(1)
    one, wider = rng.normal(size=(4000, 3)), 2.0 * rng.normal(size=(4000, 3))
    assert frechet(one, one) == pytest.approx(0.0, abs=1e-6)
    assert frechet(one, wider) == pytest.approx(3.0, abs=0.3)
