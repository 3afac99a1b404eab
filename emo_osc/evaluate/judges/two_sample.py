"""Can a classifier tell made melodies from human ones? 0.5: it cannot; 1: every time.

A random forest on the features of both, judged on melodies it has not seen: folds are by song on the human side, so
that no song is both learned and asked about, and each side has equally many melodies. Both sides are read in C, major
or minor: the key is a choice of whoever plays.
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
    """Both sides' features (N, F), 1 where ours (N,), the song or the maker's draw each belongs to (N,)."""

    values: Floats
    is_ours: NDArray[np.int64]
    songs: NDArray[np.int64]
    names: tuple[str, ...]


def two_sample(
    ours: Tokens, human: Tokens, groups: Groups, seed: int = 0, our_groups: Groups | None = None
) -> dict[str, float]:
    """How often a classifier is right about which melodies (N, 256) are ours and which human (M, 256).

    `groups` (M,) is the song of each human melody; `our_groups` (N,), in the same numbers, what each of ours was made
    from, where several of ours, or one of ours and a human one, have a source in common: they stay in one fold.
    Answers `accuracy` with its 95 % interval `low`, `high` (by song), the area under the curve
    `auc`, and `melodies`, how many each side gave.

    Raises:
        ValueError: a side has fewer melodies, or the human one fewer songs, than folds.
    """
    sides = _sides(ours, human, groups, seed, our_groups)
    chance = np.zeros(len(sides.is_ours))
    for learn, ask in GroupKFold(FOLDS, shuffle=True, random_state=seed).split(sides.values, groups=sides.songs):
        forest = _forest(seed).fit(sides.values[learn], sides.is_ours[learn])
        chance[ask] = forest.predict_proba(sides.values[ask])[:, 1]
    is_right = (chance > 0.5) == sides.is_ours
    low, high = by_group(is_right, sides.songs)
    return {
        "accuracy": float(is_right.mean()),
        "low": low,
        "high": high,
        "auc": float(roc_auc_score(sides.is_ours, chance)),
        "melodies": float(len(chance) // 2),
    }


def telling(ours: Tokens, human: Tokens, groups: Groups, seed: int = 0, most: int = 25) -> dict[str, dict[str, float]]:
    """The features that tell ours from human, the most telling first: `weight` in the forest, and both sides' means.

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
    """The 95 % interval of a share (Wilson), for as many witnesses as there are: two melodies of one song are not two.

    Their number is what would spread the share as much as the groups do; where all are right or all wrong, the groups'.

    >>> [round(bound, 3) for bound in by_group(np.array([True, False] * 50), np.arange(100))]
    [0.404, 0.596]
    """
    _, group = np.unique(groups, return_inverse=True)
    weight = np.ones(len(group)) if weights is None else weights
    share = float(np.average(is_right, weights=weight))
    astray = np.bincount(group, (is_right - share) * weight) / weight.sum()
    spread = float((astray**2).sum())
    witnesses = min(share * (1.0 - share) / spread, len(group)) if spread > 0.0 else group.max() + 1.0
    return _wilson(share, float(witnesses))


def _wilson(share: float, witnesses: float) -> tuple[float, float]:
    z2 = 1.96**2
    centre = (share * witnesses + z2 / 2) / (witnesses + z2)
    half = 1.96 * sqrt(share * (1.0 - share) * witnesses + z2 / 4) / (witnesses + z2)
    return max(0.0, centre - half), min(1.0, centre + half)


def _sides(ours: Tokens, human: Tokens, groups: Groups, seed: int, our_groups: Groups | None) -> _Sides:
    size = min(len(ours), len(human))
    if size < FOLDS or len(np.unique(groups)) < FOLDS:
        raise ValueError(
            f"a two-sample test needs {FOLDS} melodies a side and {FOLDS} human songs, got {size} melodies"
        )
    luck = np.random.default_rng(seed)
    makers = np.arange(len(ours)) + int(groups.max()) + 1 if our_groups is None else our_groups
    mine, theirs = _spread_over(makers, size, luck), _spread_over(groups, size, luck)
    first, names = grid_features(in_c(ours[mine]))
    second, _ = grid_features(in_c(human[theirs]))
    songs = np.concatenate([makers[mine], groups[theirs]]).astype(np.int64)
    return _Sides(np.concatenate([first, second]), np.repeat([1, 0], size), songs, names)


def _spread_over(groups: Groups, size: int, luck: np.random.Generator) -> NDArray[np.int64]:
    """`size` rows that take from each song as equally as there is to take."""
    order = luck.permutation(len(groups))
    _, song = np.unique(groups[order], return_inverse=True)
    turn = np.zeros(len(order), dtype=np.int64)
    for each in range(song.max() + 1):
        turn[song == each] = np.arange((song == each).sum())
    return np.asarray(order[np.argsort(turn, kind="stable")][:size])


def _forest(seed: int) -> RandomForestClassifier:
    return RandomForestClassifier(TREES, min_samples_leaf=LEAST_LEAF, max_features="sqrt", random_state=seed, n_jobs=1)
