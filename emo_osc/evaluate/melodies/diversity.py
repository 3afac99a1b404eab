"""How different melodies of one set are from each other: in pairs, and over an evening of one mood."""

import numpy as np
from numpy.typing import NDArray

from emo_osc.evaluate.form import cells
from emo_osc.evaluate.judges.features import Floats
from emo_osc.evaluate.melodies.melody_view import BAR, BARS
from emo_osc.studio.attributes import Tokens

CELL = 4  # bars


def alike(tokens: Tokens) -> Floats:
    """How many notes of either, by step and pitch class, two melodies share (Jaccard), (N, N); 0 with itself."""
    whole = np.asarray(tokens)
    marks = np.where(whole >= 2, (whole + 19) % 12, -1)
    ones = (marks[:, :, None] == np.arange(12)).reshape(len(marks), -1).astype(np.float32)
    both = ones @ ones.T
    count = ones.sum(axis=1)
    share = np.asarray(both / np.maximum(count[:, None] + count[None] - both, 1.0), dtype=np.float64)
    np.fill_diagonal(share, 0.0)
    return share


def diversity(tokens: Tokens) -> dict[str, float]:
    """What melodies (N >= 2, 256) have in common.

    `pair` how alike two are, `nearest` how alike the most alike one is, both mean (see `alike`); `other's bars` the
    share of melodies that hold 4 bars of another, in any key; `bars` and `bar rhythms`, different ones among all;
    `rhythms`, different rhythms of 16 bars.
    """
    whole = np.asarray(tokens)
    share = alike(whole)
    bars = whole.reshape(-1, BAR)
    return {
        "pair": float(share.sum() / (len(share) * (len(share) - 1))),
        "nearest": float(share.max(axis=1).mean()),
        "other's bars": _with_bars_of_another(whole),
        "bars": len(np.unique(bars, axis=0)) / len(bars),
        "bar rhythms": len(np.unique(bars >= 2, axis=0)) / len(bars),
        "rhythms": len(np.unique((bars >= 2).reshape(-1, BAR * BARS), axis=0)) / len(whole),
    }


def within(tokens: Tokens, sets: NDArray[np.integer]) -> dict[str, float]:
    """The diversity of the melodies of each set alone, mean over the sets with two or more; `sets` (N,) says whose."""
    each = [diversity(tokens[sets == one]) for one in np.unique(sets) if (sets == one).sum() > 1]
    return {name: float(np.mean([row[name] for row in each])) for name in each[0]} if each else {}


def _with_bars_of_another(tokens: Tokens) -> float:
    own = [cells(row[None], CELL) for row in tokens]
    seen: dict[bytes, int] = {}
    for each in own:
        for cell in each:
            seen[cell] = seen.get(cell, 0) + 1
    return float(np.mean([any(seen[cell] > 1 for cell in each) for each in own]))
