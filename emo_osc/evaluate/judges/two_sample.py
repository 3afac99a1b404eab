"""Classifier two-sample test: how well made melodies are distinguished from human ones (accuracy .5 to 1).

A random forest on the features of both sides with cross-validation by song, so that no song is in training and test;
each side has equally many melodies. All melodies are transposed to C, major or minor: the key is set on the stage.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from emo_osc.evaluate.judges.features import Floats, Tokens
from emo_osc.evaluate.judges.grid_features import grid_features
from emo_osc.studio.attributes import in_c

Groups = NDArray[np.integer]

FOLDS = 5
TREES = 300
LEAST_LEAF = 2


@dataclass(frozen=True, slots=True)
class _Sides:
    """Features (N, F) of both sides, `is_ours` 1 or 0 (N,), and the song or the draw each melody belongs to (N,)."""

    values: Floats
    is_ours: NDArray[np.int64]
    songs: NDArray[np.int64]
    names: tuple[str, ...]


def two_sample(
    ours: Tokens, human: Tokens, groups: Groups, seed: int = 0, our_groups: Groups | None = None
) -> dict[str, float]:
    """Accuracy of a classifier that separates our melodies (N, 256) from human ones (M, 256).

    `groups` (M,) is the song of each human melody; `our_groups` (N,), with the same numbers, the source of each of ours
    where several melodies share one: they stay in one fold. Returns `accuracy` with its 95 % interval `low`, `high` (by
    song), the area under the ROC curve `auc`, and `melodies`, the number on each side.

    Raises:
        ValueError: a side has fewer melodies, or the human one fewer songs, than folds.
    """
    sides = _sides(ours, human, groups, seed, our_groups)
    probability = np.zeros(len(sides.is_ours))
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=seed).split(sides.values, groups=sides.songs):
        forest = _forest(seed).fit(sides.values[train], sides.is_ours[train])
        probability[test] = forest.predict_proba(sides.values[test])[:, 1]
    is_right = (probability > 0.5) == sides.is_ours
    low, high = by_group(is_right, sides.songs)
    return {
        "accuracy": float(is_right.mean()),
        "low": low,
        "high": high,
        "auc": float(roc_auc_score(sides.is_ours, probability)),
        "melodies": float(len(probability) // 2),
    }


def feature_importances(
    ours: Tokens, human: Tokens, groups: Groups, seed: int = 0, most: int = 25
) -> dict[str, dict[str, float]]:
    """The most important features that separate the sides: `weight` in the forest, and the means of both sides.

    `apart` is the difference of the means in the human side's standard deviations. Weights of all features add to 1.
    """
    sides = _sides(ours, human, groups, seed, None)
    weights = _forest(seed).fit(sides.values, sides.is_ours).feature_importances_
    mine, theirs = sides.values[sides.is_ours == 1], sides.values[sides.is_ours == 0]
    spread = theirs.std(axis=0).clip(1e-6)
    return {
        sides.names[column]: {
            "weight": float(weights[column]),
            "ours": float(mine[:, column].mean()),
            "human": float(theirs[:, column].mean()),
            "apart": float((mine[:, column].mean() - theirs[:, column].mean()) / spread[column]),
        }
        for column in np.argsort(-weights)[:most]
    }


def by_group(is_right: NDArray[np.bool_], groups: Groups, weights: Floats | None = None) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson) with an effective sample size, since melodies of one song are correlated.

    The effective size gives the variance observed between groups; where all or none are right it is their number.

    >>> [round(bound, 3) for bound in by_group(np.array([True, False] * 50), np.arange(100))]
    [0.404, 0.596]
    """
    _, group = np.unique(groups, return_inverse=True)
    weight = np.ones(len(group)) if weights is None else weights
    share = float(np.average(is_right, weights=weight))
    residuals = np.bincount(group, (is_right - share) * weight) / weight.sum()
    spread = float((residuals**2).sum())
    effective_count = min(share * (1.0 - share) / spread, len(group)) if spread > 0.0 else group.max() + 1.0
    return _wilson(share, float(effective_count))


def _wilson(share: float, effective_count: float) -> tuple[float, float]:
    z2 = 1.96**2
    centre = (share * effective_count + z2 / 2) / (effective_count + z2)
    half = 1.96 * sqrt(share * (1.0 - share) * effective_count + z2 / 4) / (effective_count + z2)
    return max(0.0, centre - half), min(1.0, centre + half)


def _sides(ours: Tokens, human: Tokens, groups: Groups, seed: int, our_groups: Groups | None) -> _Sides:
    size = min(len(ours), len(human))
    if size < FOLDS or len(np.unique(groups)) < FOLDS:
        raise ValueError(
            f"a two-sample test needs {FOLDS} melodies a side and {FOLDS} human songs, got {size} melodies"
        )
    rng = np.random.default_rng(seed)
    makers = np.arange(len(ours)) + int(groups.max()) + 1 if our_groups is None else our_groups
    mine, theirs = spread_over(makers, size, rng), spread_over(groups, size, rng)
    first, names = grid_features(in_c(ours[mine]))
    second, _ = grid_features(in_c(human[theirs]))
    songs = np.concatenate([makers[mine], groups[theirs]]).astype(np.int64)
    return _Sides(np.concatenate([first, second]), np.repeat([1, 0], size), songs, names)


def spread_over(groups: Groups, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """`size` rows, spread over the songs as equally as possible."""
    order = rng.permutation(len(groups))
    _, song = np.unique(groups[order], return_inverse=True)
    turn = np.zeros(len(order), dtype=np.int64)
    for each in range(song.max() + 1):
        turn[song == each] = np.arange((song == each).sum())
    return np.asarray(order[np.argsort(turn, kind="stable")][:size])


def _forest(seed: int) -> RandomForestClassifier:
    return RandomForestClassifier(TREES, min_samples_leaf=LEAST_LEAF, max_features="sqrt", random_state=seed, n_jobs=1)
