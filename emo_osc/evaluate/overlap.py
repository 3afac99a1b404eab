"""Similarity of two sets of melodies by the distributions of their features.

Overlapped area and divergence after Yang and Lerch 2020, who compare distances within the human set with distances
between it and the made one; here the feature itself is compared too. Two halves of the human set give the best value
to expect.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError

Floats = NDArray[np.float64]

POINTS = 400
MOST_PAIRS = 1000
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class _Densities:
    """Two Gaussian-kernel densities on a common grid with spacing `step`."""

    one: Floats
    other: Floats
    step: float


def overlapped_area(one: Floats, other: Floats) -> float:
    """Overlap of the kernel densities of two features, 0 (disjoint) to 1 (equal) (Yang and Lerch 2020)."""
    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    if min(len(one), len(other)) < 2 or one.std() < SAME or other.std() < SAME:
        return float(_are_one_value(one, other))
    both = _densities(one, other)
    return float(np.minimum(both.one, both.other).sum() * both.step)


def compared(ours: Floats, theirs: Floats, half: NDArray[np.bool_]) -> dict[str, float]:
    """Mean and standard deviation of two sets, their overlap, and the overlap of two halves of `theirs`.

    `half` is the mask of the first half.
    """
    return {
        "made": float(np.nanmean(ours)),
        "made_sd": float(np.nanstd(ours)),
        "human": float(np.nanmean(theirs)),
        "human_sd": float(np.nanstd(theirs)),
        "overlap": overlapped_area(ours, theirs),
        "human_overlap": overlapped_area(theirs[half], theirs[~half]),
    }


def divergence(one: Floats, other: Floats) -> float:
    """Kullback-Leibler divergence of the second's density from the first's, in nats; 0 for equal ones."""
    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    if min(len(one), len(other)) < 2 or one.std() < SAME or other.std() < SAME:
        return 0.0 if _are_one_value(one, other) else float("nan")
    both = _densities(one, other)
    first, second = (density / density.sum() + 1e-9 for density in (both.one, both.other))
    return float((first * np.log(first / second)).sum())


def distances_within(feature: Floats, seed: int = 0) -> Floats:
    """Differences of pairs from one set, at most `MOST_PAIRS` of them drawn by `seed`."""
    feature = feature[np.isfinite(feature)]
    first, second = _pairs(len(feature), len(feature), seed)
    apart = first != second
    return np.asarray(np.abs(feature[first[apart]] - feature[second[apart]]))


def distances_between(one: Floats, other: Floats, seed: int = 0) -> Floats:
    """Differences of pairs with one of each set, at most `MOST_PAIRS` of them drawn by `seed`."""
    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    first, second = _pairs(len(one), len(other), seed)
    return np.asarray(np.abs(one[first] - other[second]))


def frechet(one: Floats, other: Floats) -> float:
    """Frechet distance of the Gaussians fitted to two sets of vectors (N, D) and (M, D); 0 for equal sets.

    >>> points = np.random.default_rng(0).normal(size=(500, 2))
    >>> round(frechet(points, points + [3.0, 4.0]), 6)
    25.0
    """
    apart = float(((one.mean(axis=0) - other.mean(axis=0)) ** 2).sum())
    first, second = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    root = _root(first)
    common = np.linalg.eigvalsh(root @ second @ root).clip(0.0)
    return float(apart + np.trace(first) + np.trace(second) - 2.0 * np.sqrt(common).sum())


def _root(covariance: Floats) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    root: Floats = np.asarray((vectors * np.sqrt(values.clip(0.0))) @ vectors.T, dtype=np.float64)
    return root


def _are_one_value(one: Floats, other: Floats) -> bool:
    if not len(one) or not len(other):
        return False
    return bool(one.std() < SAME and other.std() < SAME and abs(one.mean() - other.mean()) < SAME)


def _densities(one: Floats, other: Floats) -> _Densities:
    try:
        from scipy.stats import gaussian_kde
    except ImportError:
        raise EmoOscError("eval: densities need scipy; in the checkout: pip install '.[eval]'") from None
    low, high = min(one.min(), other.min()), max(one.max(), other.max())
    margin = 0.25 * (high - low)
    places = np.linspace(low - margin, high + margin, POINTS)
    return _Densities(gaussian_kde(one)(places), gaussian_kde(other)(places), float(places[1] - places[0]))


def _pairs(one: int, other: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    count = min(MOST_PAIRS, one * other)
    return rng.integers(one, size=count), rng.integers(other, size=count)
