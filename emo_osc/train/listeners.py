"""Listeners' ratings of labelled clips, a regression on them, and the agreement of labels from notes with them.

EMOPIA and VGMIDI are licensed for research, so fits to them are computed on demand and never saved. Clips of the test
split are not used here: they are reserved for `evaluate/judges`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.train.corpora.note_table import Floats, NoteTable, Rows
from emo_osc.train.cues import cues
from emo_osc.train.labels import PUBLISHED, WIDTH, Estimator

TEST = 2
FOLDS = 10
RIDGE = 10.0  # of about 900 clips: .1 to 100 differ by less than .01 in correlation
AXES = ("V", "A")
Row = dict[str, float]

ONE_OF_THIRTY: Row = {
    "V r": 0.52,
    "V L1": 0.27,
    "V side": 0.74,
    "A r": 0.56,
    "A L1": 0.27,
    "A side": 0.72,
}
HALF_PANELS: Row = {"V r": 0.86, "A r": 0.89}
"""People, from VGMIDI's raw ratings (emotion reference, section 7): one rater against the mean of the other 29 or so
(there `side` is the sign of the rating), and two panels of 15 against each other."""


@dataclass(frozen=True, slots=True)
class Felt:
    """N rated clips: cues (N, C), valence and arousal (N, 2), corpus and song (N,)."""

    measured: Floats
    points: Floats
    corpus: Rows
    song: Rows
    corpora: tuple[str, ...]

    @classmethod
    def load(cls, data: Path) -> "Felt":
        """The labelled clips of the corpus folder, all but the test split.

        Raises:
            EmoOscError: they are not there.
        """
        path = data / "notes_labelled.npz"
        notes = NoteTable.load(path)
        try:
            with np.load(path) as file:
                names = ("valence", "arousal", "split", "piece_source", "piece_group")
                valence, arousal, split, corpus, song = (file[name] for name in names)
                corpora = tuple(str(name) for name in file["source_names"])
        except KeyError as error:
            raise EmoOscError(f"{path}: no labels in it ({error}); give the corpus folder with --data") from None
        kept = np.flatnonzero((split != TEST) & np.isfinite(valence) & np.isfinite(arousal))
        points = np.column_stack([valence, arousal])[kept].astype(np.float64)
        whose, song_of = (array[kept].astype(np.int64) for array in (corpus, song))
        return cls(cues(notes.select(kept)), points, whose, song_of, corpora)

    def select(self, rows: NDArray[np.bool_]) -> "Felt":
        """Some of the clips."""
        return Felt(self.measured[rows], self.points[rows], self.corpus[rows], self.song[rows], self.corpora)

    def levels(self) -> tuple[Floats, Floats]:
        """Mean and standard deviation of each corpus's points, as each clip's own, (N, 2) both."""
        mean, spread = np.zeros_like(self.points), np.ones_like(self.points)
        for each in np.unique(self.corpus):
            rows = self.corpus == each
            mean[rows], spread[rows] = self.points[rows].mean(axis=0), self.points[rows].std(axis=0)
        return mean, spread


def fitted(felt: Felt) -> Estimator:
    """Ridge regression of ratings on cues; each corpus is standardised and has equal weight."""
    mean, spread = felt.levels()
    wanted = (felt.points - mean) / spread
    weight = 1.0 / np.bincount(felt.corpus)[felt.corpus]
    weight = (weight / weight.mean())[:, None]
    middle = np.average(felt.measured, axis=0, weights=weight[:, 0])
    away = felt.measured - middle
    scale = np.sqrt(np.average(away**2, axis=0, weights=weight[:, 0])).clip(1e-9)
    known = away / scale
    slopes = np.linalg.solve(known.T @ (weight * known) + RIDGE * np.eye(known.shape[1]), known.T @ (weight * wanted))
    return Estimator("listeners", (slopes / scale[:, None]).T / WIDTH, middle)


def agreement(felt: Felt, seed: int = 0) -> dict[str, Row]:
    """Agreement of estimates with people's ratings, a row per method and corpus, and agreement among people.

    By cross-validation over songs (10 folds). Of valence V and arousal A, `r` is
    Pearson's correlation, `L1` the mean error in the corpus's own units, once level and spread are learned from the
    other folds, `side` how often both are on the same side of their means.
    """
    ways: dict[str, Callable[[Felt], Estimator]] = {"rules": lambda _: PUBLISHED, "fitted": fitted}
    table: dict[str, Row] = {}
    for name, teach in ways.items():
        guessed = _out_of_fold(felt, teach, seed)
        for index, corpus in enumerate(felt.corpora):
            rows = felt.corpus == index
            if rows.any():
                table[f"{name}, {corpus}, {rows.sum()}"] = _scores(guessed[rows], felt.points[rows])
    return table | {"one person, vgmidi": ONE_OF_THIRTY, "15 people, vgmidi": HALF_PANELS}


def _out_of_fold(felt: Felt, teach: Callable[[Felt], Estimator], seed: int) -> Floats:
    songs = np.unique(felt.song)
    fold = np.random.default_rng(seed).permutation(len(songs)) % FOLDS
    of = fold[np.searchsorted(songs, felt.song)]
    guessed = np.zeros_like(felt.points)
    for each in range(FOLDS):
        ask = of == each
        guessed[ask] = _levelled(teach(felt.select(~ask)), felt, ask)
    return guessed


def _levelled(estimator: Estimator, felt: Felt, ask: NDArray[np.bool_]) -> Floats:
    """Guesses for the clips asked about, on the level and with the slope that the other clips of their corpus have."""
    points = estimator.points(felt.measured)
    for each in np.unique(felt.corpus[ask]):
        rows, known = felt.corpus == each, (felt.corpus == each) & ~ask
        for axis in range(2):
            slope, level = np.polyfit(points[known, axis], felt.points[known, axis], 1)
            points[rows, axis] = slope * points[rows, axis] + level
    return np.asarray(points[ask])


def _scores(guessed: Floats, points: Floats) -> Row:
    row: Row = {}
    for axis, name in enumerate(AXES):
        mine, theirs = guessed[:, axis], points[:, axis]
        is_same = (mine > mine.mean()) == (theirs > theirs.mean())
        row[f"{name} r"] = float(np.corrcoef(mine, theirs)[0, 1])
        row[f"{name} L1"] = float(np.abs(mine - theirs).mean())
        row[f"{name} side"] = float(is_same.mean())
    return row
