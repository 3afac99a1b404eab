"""A two-sample test on the tells: how well classifiers separate our melodies from people's.

It complements the random forest of `judges/two_sample`.
Two classifiers that err in different ways, logistic regression and gradient boosting, each judged in folds by song.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from emo_osc.evaluate.judges.features import Floats
from emo_osc.evaluate.judges.two_sample import FOLDS, spread_over
from emo_osc.evaluate.melodies.tells import filled

Groups = NDArray[np.int64]

CLASSIFIERS: Mapping[str, Callable[[int], Pipeline]] = {
    "logistic": lambda seed: make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=2000)),
    "boosting": lambda seed: make_pipeline(
        GradientBoostingClassifier(n_estimators=100, max_depth=3, learning_rate=0.1, subsample=0.7, random_state=seed)
    ),
}


def classifier_test(
    ours: Floats, people: Floats, our_groups: Groups, groups: Groups, seed: int = 0
) -> dict[str, float]:
    """How often each classifier is right about which tells (N, T) and (M, T) are ours, and its area under the curve.

    `our_groups` (N,) and `groups` (M,) are songs, or what else a fold must not part, in one numbering. Both sides are
    cut to one size.

    Raises:
        ValueError: a side has fewer melodies than folds.
    """
    size = min(len(ours), len(people))
    if size < FOLDS:
        raise ValueError(f"a test by tells needs {FOLDS} melodies a side, got {size}")
    rng = np.random.default_rng(seed)
    mine, theirs = spread_over(our_groups, size, rng), spread_over(groups, size, rng)
    values = np.concatenate(filled(ours[mine], people[theirs]))
    is_ours = np.repeat([1, 0], size)
    songs = np.concatenate([our_groups[mine], groups[theirs]])
    scores: dict[str, float] = {}
    for name, build in CLASSIFIERS.items():
        chance = np.zeros(len(values))
        for learn, ask in GroupKFold(FOLDS, shuffle=True, random_state=seed).split(values, groups=songs):
            chance[ask] = build(seed).fit(values[learn], is_ours[learn]).predict_proba(values[ask])[:, 1]
        scores[f"{name} accuracy"] = float(((chance > 0.5) == is_ours).mean())
        scores[f"{name} auc"] = float(roc_auc_score(is_ours, chance))
    return scores
