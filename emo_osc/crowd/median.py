"""The weighted geometric median of points on the plane, and how far the points lie from it.

The geometric median minimises the weighted sum of distances. Half of the weight has to move before it can be moved
arbitrarily far (Lopuhaa and Rousseeuw 1991), and where half of the weight lies on one point, that point is the median.
"""

import numpy as np
from numpy.typing import NDArray

# N points

Points = NDArray[np.float64]
"""Points of the plane, float64 (N, 2): valence, arousal."""
Weights = NDArray[np.float64]
"""Weights above 0, float64 (N,)."""

MOST_STEPS, LOOK_EVERY = 100, 8  # a start at the median of 50 ms before takes three to ten steps
NEAR_ENOUGH = 1e-5  # a thousandth of what a MIDI velocity can show
ON_POINT = 1e-9


def geometric_median(points: Points, weights: Weights, start: Points | None = None) -> Points:
    """The weighted geometric median, (2,), by Weiszfeld's steps from `start`, by default the weighted mean.

    A step that begins on one of the points is that of Vardi and Zhang (PNAS 97, 2000): plain Weiszfeld divides by zero.

    >>> geometric_median(np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]]), np.ones(3)).round(3).tolist()
    [0.0, 0.0]

    Raises:
        ValueError: there is no point.
    """
    if not len(points):
        raise ValueError("there must be at least one point")
    here = weights @ points / weights.sum() if start is None else start
    for step in range(MOST_STEPS):
        if step % LOOK_EVERY == 0 and (nearest := _held_by_nearest(points, weights, here)) is not None:
            return nearest
        there = _stepped(points, weights, here)
        moved = float(np.abs(there - here).max())
        here = there
        if moved < NEAR_ENOUGH:
            break
    return here


def mean_distance(points: Points, weights: Weights, place: Points) -> float:
    """The weighted mean distance of the points from a place: what the median minimises, so it never jumps."""
    return float(weights @ np.hypot(*(points - place).T) / weights.sum())


def _held_by_nearest(points: Points, weights: Weights, here: Points) -> Points | None:
    """The point nearest to a place where that is the median: steps towards a point grow ever shorter."""
    nearest: Points = points[int(np.hypot(*(points - here).T).argmin())]
    strength, weight, _ = _pull(points, weights, nearest)
    return nearest if np.hypot(*strength) <= weight + ON_POINT else None


def _stepped(points: Points, weights: Weights, here: Points) -> Points:
    pull, weight_here, sum_of_pulls = _pull(points, weights, here)
    strength = float(np.hypot(*pull))
    if strength <= weight_here:  # the point that we stand on holds us: it is the median
        return here
    moved: Points = here + (1.0 - weight_here / strength) * pull / sum_of_pulls
    return moved


def _pull(points: Points, weights: Weights, here: Points) -> tuple[Points, float, float]:
    """Which way all others pull a place, (2,); the weight that lies on it; and the sum of weight by distance."""
    ways = points - here  # (N, 2)
    distances = np.hypot(ways[:, 0], ways[:, 1])  # (N,)
    is_away = distances > ON_POINT
    pulls = weights[is_away] / distances[is_away]
    return pulls @ ways[is_away], float(weights[~is_away].sum()), float(pulls.sum())
