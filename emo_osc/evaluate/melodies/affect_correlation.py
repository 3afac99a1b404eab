"""Correlation between the affects asked for and the affects that two judges read in the notes, axis by axis."""

from collections.abc import Sequence

import numpy as np

from emo_osc.core.affect import Affect
from emo_osc.evaluate.judges.features import Floats
from emo_osc.evaluate.judges.grid_features import grid_features
from emo_osc.evaluate.judges.judge import Judge, out_of_fold
from emo_osc.evaluate.judges.labelled import CORPORA, Clips, Labelled
from emo_osc.studio.attributes import Tokens

AXES = {"valence": (0, 3), "arousal": (0, 1)}
"""The quadrants, from 0, in which each axis is high."""

Judges = dict[str, Judge]


def fit_judges(clips: Labelled) -> Judges:
    """Both judges of notes, fitted to the clips outside the test split."""
    return {corpus: Judge.fit(_known(clips["notes"][corpus]), is_relative=False) for corpus in CORPORA}


def affect_correlation(played: Tokens, affects: Sequence[Affect], judges: Judges) -> dict[str, dict[str, float]]:
    """Pearson's r of what was asked and a judge's probability of the high side, over melodies (N, 256)."""
    values, _ = grid_features(played)
    probabilities = {corpus: judge.probabilities(values) for corpus, judge in judges.items()}
    return {
        axis: {
            corpus: _r(probability[:, list(high)].sum(axis=1), np.array([getattr(affect, axis) for affect in affects]))
            for corpus, probability in probabilities.items()
        }
        for axis, high in AXES.items()
    }


def people_affect_correlation(clips: Labelled) -> dict[str, dict[str, float]]:
    """The same of people's clips, with their label high or low, by judges that were not fitted to the song."""
    probabilities = {corpus: out_of_fold(clips["notes"][corpus]) for corpus in CORPORA}
    return {
        axis: {
            corpus: _r(
                probability[:, list(high)].sum(axis=1),
                np.isin(clips["notes"][corpus].quadrant - 1, high).astype(np.float64),
                clips["notes"][corpus].weight,
            )
            for corpus, probability in probabilities.items()
        }
        for axis, high in AXES.items()
    }


def _known(clips: Clips) -> Clips:
    return clips.select(~clips.is_test)


def _r(one: Floats, other: Floats, weight: Floats | None = None) -> float:
    """Pearson's r, each clip counted by its weight.

    >>> round(_r(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0])), 3)
    1.0
    """
    share = np.ones(len(one)) if weight is None else weight
    first, second = (each - np.average(each, weights=share) for each in (one, other))
    scale = np.sqrt(np.average(first**2, weights=share) * np.average(second**2, weights=share))
    return float(np.average(first * second, weights=share) / max(scale, 1e-12))
