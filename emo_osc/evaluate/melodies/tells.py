"""What gives melodies away: every tell of ours and people's side by side, and how well each alone tells them apart."""

from collections.abc import Callable

import numpy as np

from emo_osc.evaluate.judges.features import Floats, Tokens
from emo_osc.evaluate.melodies.melody_view import MelodyView
from emo_osc.evaluate.melodies.pitch_tells import PITCH_TELLS
from emo_osc.evaluate.melodies.repetition_tells import REPETITION_TELLS
from emo_osc.evaluate.melodies.rhythm_tells import RHYTHM_TELLS

Table = dict[str, dict[str, float]]

TELLS: dict[str, Callable[[MelodyView], Floats]] = {**RHYTHM_TELLS, **PITCH_TELLS, **REPETITION_TELLS}
"""Name -> what measures it: one number a melody."""


def tells_of(tokens: Tokens) -> Floats:
    """Every tell of melodies (N, 256), in the order of `TELLS`, (N, T); NaN where a melody has none."""
    view = MelodyView.of(tokens)
    return np.stack([tell(view) for tell in TELLS.values()], axis=1)


def tell_table(ours: Floats, people: Floats) -> Table:
    """Means of both sides' tells, (N, T) and (M, T), and the area under the curve of each alone, .5 to 1."""
    return {
        name: {
            "ours": float(np.nanmean(ours[:, column])),
            "people": float(np.nanmean(people[:, column])),
            "auc": separation(ours[:, column], people[:, column]),
        }
        for column, name in enumerate(TELLS)
        if np.isfinite(ours[:, column]).any() and np.isfinite(people[:, column]).any()
    }


def separation(ours: Floats, people: Floats) -> float:
    """How well one number alone tells two sets apart, whichever is larger: .5 not at all, 1 always; ties count half.

    >>> separation(np.array([1.0, 2.0]), np.array([2.0, 3.0])), separation(np.array([1.0]), np.array([1.0, np.nan]))
    (0.875, 0.5)
    """
    one, other = ours[np.isfinite(ours)], np.sort(people[np.isfinite(people)])
    below = np.searchsorted(other, one, side="left") + np.searchsorted(other, one, side="right")
    area = float(below.sum()) / (2.0 * len(one) * len(other))
    return max(area, 1.0 - area)


def filled(ours: Floats, people: Floats) -> tuple[Floats, Floats]:
    """Both sides with the middle of all values in the place of what a melody does not have."""
    both = np.concatenate([ours, people])
    middle = np.nanmedian(np.where(np.isfinite(both).any(axis=0), both, 0.0), axis=0)
    first, second = (np.where(np.isfinite(side), side, middle) for side in (ours, people))
    return np.asarray(first), np.asarray(second)
