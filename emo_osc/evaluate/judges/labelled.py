"""Human clips labelled with emotions, as features: the training data of the judges.

Two corpora of different kinds: EMOPIA (pop piano; one annotator, one quadrant a clip) and VGMIDI (game music;
about thirty raters, split at the medians of its training part). Each comes in two forms: *notes*, melody windows on
the grid without tempo or dynamics, and *played*, the top line of the piece with its seconds and velocities.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.judges.features import Floats
from emo_osc.evaluate.judges.grid_features import grid_features
from emo_osc.evaluate.judges.played_features import played_features, top_line

CORPORA = ("emopia", "vgmidi")
FORMS = ("notes", "played")
WINDOWS, NOTES = "labelled_16bar.npz", "notes_labelled.npz"
TEST = 2  # the split that is neither trained nor tuned on
MOST_WINDOWS = 6  # per piece, evenly spaced; further windows add little

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Clips:
    """N labelled clips: features (N, F), quadrant 1..4, weight, song, and whether they are in the test split, (N,).

    The weights of one piece's clips add to 1. Clips of one song share its number.
    """

    values: Floats
    quadrant: NDArray[np.int64]
    weight: Floats
    song: NDArray[np.int64]
    is_test: NDArray[np.bool_]

    def select(self, rows: NDArray[np.bool_]) -> "Clips":
        """Some of the clips."""
        return Clips(self.values[rows], self.quadrant[rows], self.weight[rows], self.song[rows], self.is_test[rows])


Labelled = Mapping[str, Mapping[str, Clips]]
"""Clips by form, by corpus."""


def load_labelled(data: Path) -> Labelled:
    """The clips of all corpora in all forms.

    Raises:
        EmoOscError: the labelled files are not in the folder.
    """
    for name in (WINDOWS, NOTES):
        if not (data / name).is_file():
            raise EmoOscError(f"{data / name}: no labelled clips; give the corpus folder with --data")
    return {form: {corpus: load_clips(data, corpus, form) for corpus in CORPORA} for form in FORMS}


def load_clips(data: Path, corpus: str, form: str) -> Clips:
    """The clips of one corpus in one form.

    Raises:
        EmoOscError: the labelled files are not in the folder.
    """
    return _windows(data, corpus) if form == "notes" else _pieces(data, corpus)


def quadrants(valence: Floats, arousal: Floats) -> NDArray[np.int64]:
    """1 where both are above 0, 2 where only arousal is, 3 where none is, 4 where only valence is.

    >>> quadrants(np.array([1.0, -1.0, -1.0, 1.0]), np.array([1.0, 1.0, -1.0, -1.0])).tolist()
    [1, 2, 3, 4]
    """
    return np.where(arousal > 0, np.where(valence > 0, 1, 2), np.where(valence > 0, 4, 3)).astype(np.int64)


def _windows(data: Path, corpus: str) -> Clips:
    whole = _read(data / WINDOWS)
    of_piece = whole["piece"].astype(np.int64)
    rows = _spread_windows(_is_from(whole, corpus)[of_piece], of_piece)
    piece = of_piece[rows]
    values, _ = grid_features(whole["events"][rows].astype(np.int64))
    split = whole["split"][rows].astype(np.int64)
    label = _labels(whole, rows, split)
    return Clips(
        values, label, 1.0 / np.bincount(piece)[piece], whole["piece_group"][piece].astype(np.int64), split == TEST
    )


def _spread_windows(is_wanted: NDArray[np.bool_], piece: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of the wanted windows, at most `MOST_WINDOWS` per piece, evenly spaced."""
    kept = []
    for each in np.unique(piece[is_wanted]):
        rows = np.flatnonzero(piece == each)
        kept.append(rows[np.unique(np.linspace(0, len(rows) - 1, MOST_WINDOWS).round().astype(int))])
    return np.concatenate(kept)


def _pieces(data: Path, corpus: str) -> Clips:
    whole = _read(data / NOTES)
    rows = np.flatnonzero(_is_from(whole, corpus))
    notes = np.column_stack([whole["onset_ms"] / 1000, whole["dur_ms"] / 1000, whole["pitch"], whole["velocity"]])
    first = whole["ptr"].astype(np.int64)
    values, _ = played_features([top_line(notes[first[row] : first[row + 1]]) for row in rows])
    split = whole["split"][rows].astype(np.int64)
    song = whole["piece_group"][rows].astype(np.int64)
    return Clips(values, _labels(whole, rows, split), np.ones(len(rows)), song, split == TEST)


def _labels(whole: Arrays, rows: NDArray[np.int64], split: NDArray[np.int64]) -> NDArray[np.int64]:
    """EMOPIA's quadrants as they are; VGMIDI's from its ratings, above or below the median of the training part."""
    if (whole["quadrant"][rows] > 0).all():
        return whole["quadrant"][rows].astype(np.int64)
    axes = [whole[axis][rows].astype(np.float64) for axis in ("valence", "arousal")]
    valence, arousal = (axis - np.median(axis[split != TEST]) for axis in axes)
    return quadrants(valence, arousal)


def _is_from(whole: Arrays, corpus: str) -> NDArray[np.bool_]:
    return np.asarray(whole["source_names"][whole["piece_source"].astype(np.int64)] == corpus)


def _read(path: Path) -> Arrays:
    try:
        with np.load(path) as shard:
            return {key: shard[key] for key in shard.files}
    except (OSError, ValueError) as error:
        raise EmoOscError(f"{path}: no labelled clips ({error}); give the corpus folder with --data") from None
