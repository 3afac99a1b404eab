"""People matched to a set of melodies: as dense, as high and as major or minor, no song twice.

What an affect asks for gives a set away, whoever wrote it: human melodies that were picked to meet our targets are told
from others .78 of the time. Only beside matched people does a two-sample test ask about the music.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.judges.features import Floats
from emo_osc.studio.attributes import SPREAD, Tokens, measure_table

Rows = NDArray[np.int64]
MOST_APART = 3.0
"""How far a pair may lie apart, in tolerances: .15 in ln notes a bar, 2 semitones of mean pitch, .25 of belief in major
(root of the summed squares). One song has few windows: nearer pairs would leave too few songs."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of ours and of people's melodies, pair by pair, and how far apart each pair lies, in tolerances."""

    ours: Rows
    people: Rows
    apart: Floats


def matched(ours: Tokens, people: Tokens, songs: Rows, most_apart: float = MOST_APART) -> Pairs:
    """The pairs of ours (N, 256) and people's (M, 256) that lie nearest as a whole, each melody and each song once.

    `songs` (M,) are the songs of people's melodies. Pairs further apart than `most_apart` are left out.

    Raises:
        EmoOscError: scipy is not installed.
    """
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError:
        raise EmoOscError("eval: matching needs scipy; in the checkout: pip install '.[eval]'") from None
    apart = _distances(_where(ours), _where(people))  # (N, M)
    names, song = np.unique(songs, return_inverse=True)
    nearest = np.stack([_best_window(apart, np.flatnonzero(song == each)) for each in range(len(names))], axis=1)
    cost = np.take_along_axis(apart, nearest, axis=1)  # (N, songs)
    first, second = linear_sum_assignment(np.minimum(cost, 2.0 * most_apart) ** 2)
    gap = cost[first, second]
    keep = gap <= most_apart
    return Pairs(first[keep], nearest[first, second][keep], gap[keep])


def _where(tokens: Tokens) -> Floats:
    """Where melodies lie, in tolerances, (N, 3)."""
    table = measure_table(tokens)
    table[:, 0] = np.log(np.maximum(table[:, 0], 0.05))
    return np.asarray(table / SPREAD)


def _distances(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.sqrt(((one[:, None] - other[None]) ** 2).sum(axis=2)))


def _best_window(apart: Floats, rows: Rows) -> Rows:
    return np.asarray(rows[apart[:, rows].argmin(axis=1)])
