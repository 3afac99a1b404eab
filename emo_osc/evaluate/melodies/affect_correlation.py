"""Correlation between the affects asked for and the affects that two judges read in the notes, axis by axis.

Also of each cue (`studio/ranking/note_cues`) alone, with what was asked and with what the judges read.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.evaluate.judges.features import Floats
from emo_osc.evaluate.judges.grid_features import grid_features
from emo_osc.evaluate.judges.judge import Judge, out_of_fold
from emo_osc.evaluate.judges.labelled import CORPORA, Clips, Labelled
from emo_osc.studio.attributes import Tokens
from emo_osc.studio.ranking.note_cues import CUES, Notes

AXES = {"valence": (0, 3), "arousal": (0, 1)}
"""The quadrants, from 0, in which each axis is high."""

Judges = dict[str, Judge]
Readings = dict[str, dict[str, Floats]]  # axis -> judge -> what it reads in each melody


def fit_judges(clips: Labelled) -> Judges:
    """Both judges of notes, fitted to the clips outside the test split."""
    return {corpus: Judge.fit(_known(clips["notes"][corpus]), is_relative=False) for corpus in CORPORA}


def read(played: Tokens, judges: Judges) -> Readings:
    """Each judge's probability of the high side of each axis, for melodies (N, 256)."""
    values, _ = grid_features(played)
    probabilities = {corpus: judge.probabilities(values) for corpus, judge in judges.items()}
    return {
        axis: {corpus: probability[:, list(high)].sum(axis=1) for corpus, probability in probabilities.items()}
        for axis, high in AXES.items()
    }


def affect_correlation(readings: Readings, affects: Sequence[Affect]) -> dict[str, dict[str, float]]:
    """Pearson's r of what was asked of N melodies and what the judges read."""
    return {
        axis: {corpus: _r(reading, _asked(affects, axis)) for corpus, reading in by_corpus.items()}
        for axis, by_corpus in readings.items()
    }


def cue_correlation(played: Tokens, readings: Readings, affects: Sequence[Affect]) -> dict[str, dict[str, float]]:
    """Each cue of melodies (N, 256): r with what was asked, and within an affect with what the judges read.

    Within an affect, where density and register are given, is what choosing among candidates can use.
    """
    notes, points = Notes(played), [(each.valence, each.arousal) for each in affects]
    group = np.unique(points, axis=0, return_inverse=True)[1].ravel()
    table: dict[str, dict[str, float]] = {}
    for name, cue in CUES.items():
        values = cue.standardised(notes)
        row = {"valence weight": cue.valence, "arousal weight": cue.arousal}
        for axis, by_corpus in readings.items():
            row[f"{axis} asked"] = _r(values, _asked(affects, axis))
            for corpus, reading in by_corpus.items():
                row[f"{axis} {corpus}"] = _r(_within(values, group), _within(reading, group))
        table[name] = row
    return table


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


def _asked(affects: Sequence[Affect], axis: str) -> Floats:
    return np.array([getattr(affect, axis) for affect in affects])


def _within(values: Floats, group: NDArray[np.int64]) -> Floats:
    """Values less the mean of their group."""
    means = np.bincount(group, values) / np.bincount(group)
    return np.asarray(values - means[group])


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
