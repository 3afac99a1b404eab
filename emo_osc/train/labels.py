"""Estimates valence and arousal of clips from their cues.

Nothing is fitted to a corpus: the coefficients are published, so labels and models trained on them are free of the
licences of labelled clips. Agreement with listeners is measured in `listeners.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from emo_osc.train.corpora.note_table import Floats, NoteTable, Rows
from emo_osc.train.cues import CUES, MOST_CLIPS, cues

WIDTH = 2.2  # standard deviations from the middle of an axis to its end (emotion reference, section 1.1)


@dataclass(frozen=True, slots=True)
class Estimator:
    """A point on the plane from cues, linear in them: `weights` (2, C) for valence and arousal, about `middle` (C,)."""

    name: str
    weights: Floats
    middle: Floats

    def points(self, measured: Floats) -> Floats:
        """Valence and arousal, not clipped to [-1, 1]. (N, C) -> (N, 2)"""
        return np.asarray((measured - self.middle) @ self.weights.T)


def _row(weights: dict[str, float]) -> list[float]:
    return [weights.get(cue, 0.0) for cue in CUES]


# Rating points (1..7) per semitone, from minor to major, per doubling of pace, per dB, and from a gate of 0 to one of
# 1 (Eerola, Friberg and Bresin 2013, as analysed in the emotion reference, section 2.1), over the ratings' standard
# deviations (1.7 and 1.3). Left out: mode's and register's part in arousal. There, arousal was what happy and scary
# share, and people rate music in either mode alike when they are asked for arousal itself (section 2.3: r -.08).
_VALENCE = {"pitch": 0.061, "major": 2.33, "notes a second": 0.31, "loudness": -0.046, "gate": -0.71}
_AROUSAL = {"notes a second": 0.87, "loudness": 0.056, "gate": -0.86}
_SPREADS = np.array([[1.7], [1.3]])

# Music for two hands in the middle of everything: half of pop piano and of game music is faster, higher, more major
# (emotion reference, section 2.3); mezzo forte, nearly legato.
_MIDDLE = {"pitch": 62.0, "major": 0.5, "notes a second": float(np.log2(6.5)), "gate": 0.94}

PUBLISHED = Estimator(
    "published rules", np.array([_row(_VALENCE), _row(_AROUSAL)]) / (WIDTH * _SPREADS), np.array(_row(_MIDDLE))
)
"""The estimator that ships."""


def label_notes(
    notes: NoteTable,
    windows: tuple[Rows, Rows] | None = None,
    estimator: Estimator = PUBLISHED,
    *,
    is_relative: bool = False,
) -> Floats:
    """Valence and arousal of every clip in [-1, 1], (N, 2); NaN for one without notes.

    `windows` are first and last rows (N,) of clips that are parts of the table's pieces and may overlap (else its
    clips as they are). `is_relative` counts in deviations from the mean of these very clips, 2.2 of them to the end of
    an axis: of one corpus, played alike, only the differences say something, and a model learns from all the plane.

    >>> def scale(steps: tuple[int, ...], pace_s: float, velocity: int) -> list[tuple[float, float, int, int]]:
    ...     return [(at * pace_s, pace_s / 2, 60 + step, velocity) for at, step in enumerate(steps)]
    >>> major, minor = (0, 4, 7, 12, 7, 4, 0), (0, 3, 7, 12, 8, 3, 0)
    >>> points = label_notes(NoteTable.of_notes([scale(major, 0.12, 100), scale(minor, 1.0, 40)]))
    >>> (points[0] > points[1]).tolist()
    [True, True]
    """
    clips = [notes] if windows is None else _parts(notes, windows)
    measured = np.concatenate([np.empty((0, len(CUES))), *(cues(part) for part in clips)])
    sizes = notes.sizes if windows is None else windows[1] - windows[0]
    points = np.full((len(sizes), 2), np.nan)
    is_heard = sizes > 0
    points[is_heard] = estimator.points(measured[is_heard])
    return placed(points, is_relative=is_relative)


def placed(points: Floats, *, is_relative: bool) -> Floats:
    """Points (N, 2) clipped to [-1, 1]; if `is_relative`, first standardised over those that are not NaN."""
    is_heard = ~np.isnan(points[:, 0])
    if is_relative and is_heard.any():
        points = among(points, points[is_heard])
    return np.asarray(np.clip(points, -1.0, 1.0))


def among(points: Floats, others: Floats) -> Floats:
    """Points (N, 2) in deviations from the mean of others (M, 2), 2.2 of them to the end of an axis.

    >>> among(np.array([[3.0, 0.0]]), np.array([[1.0, 0.0], [3.0, 0.0]])).round(3).tolist()
    [[0.455, 0.0]]
    """
    return np.asarray((points - others.mean(axis=0)) / (WIDTH * np.maximum(others.std(axis=0), 1e-9)))


def _parts(notes: NoteTable, windows: tuple[Rows, Rows]) -> Iterator[NoteTable]:
    """The windows as tables of some at a time: overlapping ones together may be many times the notes there are."""
    first, last = windows
    for start in range(0, len(first), MOST_CLIPS):
        yield notes.windows(first[start : start + MOST_CLIPS], last[start : start + MOST_CLIPS])
