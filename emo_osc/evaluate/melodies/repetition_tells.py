"""Tells in repetition: bars that come back literally, varied, or in rhythm alone.

A bar is a *literal* copy of an earlier one where all its tokens are equal, and a *varied* one where it is no literal
copy but half or more of the notes that either has, by step and pitch, are in both. Each tell takes a `MelodyView` of N
melodies and answers one number each, (N,), NaN where a melody has none.
"""

from collections.abc import Callable

import numpy as np

from emo_osc.evaluate.judges.features import Floats
from emo_osc.evaluate.melodies.melody_view import BARS, Flags, MelodyView, mean_where
from emo_osc.studio.line.places import ALIKE


def literal(view: MelodyView) -> Flags:
    """Bars with notes that equal an earlier one, (N, 16)."""
    equal = (view.bars[:, :, None] == view.bars[:, None]).all(axis=3)
    return np.asarray((equal & _earlier()).any(axis=2) & view.has_notes)


def varied(view: MelodyView) -> Flags:
    """Bars with notes that vary an earlier one, (N, 16)."""
    shared = (view.bars[:, :, None] == view.bars[:, None]) & view.starts[:, :, None]
    both, count = shared.sum(axis=3), view.starts.sum(axis=2)
    either = count[:, :, None] + count[:, None] - both
    return np.asarray(((both >= ALIKE * np.maximum(either, 1)) & _earlier()).any(axis=2) & ~literal(view))


def literal_share(view: MelodyView) -> Floats:
    """Share of the bars that are literal copies."""
    return np.asarray(literal(view).mean(axis=1))


def varied_share(view: MelodyView) -> Floats:
    """Share of the bars that are varied ones."""
    return np.asarray(varied(view).mean(axis=1))


def variation(view: MelodyView) -> Floats:
    """Varied bars among those that are varied or literal copies."""
    is_varied = varied(view)
    return mean_where(is_varied, is_varied | literal(view))


def rhythm_copies(view: MelodyView) -> Floats:
    """Share of the bars whose onsets are those of an earlier bar."""
    equal = (view.starts[:, :, None] == view.starts[:, None]).all(axis=3)
    return np.asarray(((equal & _earlier()).any(axis=2) & view.has_notes).mean(axis=1))


def copies_at(lag: int) -> Callable[[MelodyView], Floats]:
    """Share of bars with notes, from the `lag`-th on, that equal the bar `lag` before."""
    return lambda view: mean_where((view.bars[:, lag:] == view.bars[:, :-lag]).all(axis=2), view.has_notes[:, lag:])


def rhythm_at(lag: int) -> Callable[[MelodyView], Floats]:
    """The same of onsets alone."""
    return lambda view: mean_where((view.starts[:, lag:] == view.starts[:, :-lag]).all(axis=2), view.has_notes[:, lag:])


def _earlier() -> Flags:
    """Which bar is before which, (16, 16)."""
    return np.tril(np.ones((BARS, BARS), dtype=bool), -1)


REPETITION_TELLS: dict[str, Callable[[MelodyView], Floats]] = {
    "literal copies of an earlier bar": literal_share,
    "varied copies of an earlier bar": varied_share,
    "varied / (varied + literal)": variation,
    "bars with an earlier rhythm": rhythm_copies,
    **{f"literal copies at lag {lag}": copies_at(lag) for lag in (1, 2, 4, 8)},
    **{f"rhythm copies at lag {lag}": rhythm_at(lag) for lag in (1, 2, 4, 8)},
}
