"""Compares two sets of melodies, ours and people's: how separable they are, by which tells, and how alike as sets."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.evaluate.form import MEASURES
from emo_osc.evaluate.judges.features import Floats, Tokens
from emo_osc.evaluate.judges.two_sample import FOLDS, two_sample
from emo_osc.evaluate.melodies.classifier_test import classifier_test
from emo_osc.evaluate.melodies.matched import matched
from emo_osc.evaluate.melodies.tells import TELLS, filled, separation, tells_of
from emo_osc.evaluate.overlap import frechet, overlapped_area

Table = dict[str, dict[str, float]]
Rows = NDArray[np.int64]

FOREST = ("accuracy", "auc", "low", "high", "melodies")


@dataclass(frozen=True, slots=True)
class Side:
    """Melodies (N, 256), the song each is of, (N,), in one numbering for both sides, and their tells, (N, T)."""

    tokens: Tokens
    songs: Rows
    tells: Floats

    @classmethod
    def of(cls, tokens: Tokens, songs: Rows) -> "Side":
        """Melodies with their tells measured."""
        return cls(tokens, songs, tells_of(tokens))

    def select(self, rows: Rows) -> "Side":
        """Some of the melodies."""
        return Side(self.tokens[rows], self.songs[rows], self.tells[rows])


@dataclass(frozen=True, slots=True)
class Match:
    """Melodies and the people matched to them, pair by pair; `apart` is the mean distance of a pair, in tolerances."""

    ours: Side
    people: Side
    apart: float

    @property
    def is_enough(self) -> bool:
        """Whether there are pairs enough to test."""
        return len(self.ours.songs) >= FOLDS


def match(ours: Side, people: Side) -> Match:
    """The pairs that lie nearest in density, register and mode; see `matched`."""
    pairs = matched(ours.tokens, people.tokens, people.songs)
    apart = float(pairs.apart.mean()) if len(pairs.apart) else float("nan")
    return Match(ours.select(pairs.ours), people.select(pairs.people), apart)


def separability(ours: Side, people: Side, seed: int = 0, is_quick: bool = False) -> dict[str, float]:
    """How often the tells, and unless `is_quick` the forest of `judges/two_sample`, are right about which are ours."""
    figures = classifier_test(ours.tells, people.tells, ours.songs, people.songs, seed)
    if is_quick:
        return figures
    forest = two_sample(ours.tokens, people.tokens, people.songs, seed, ours.songs)
    return figures | {f"forest {name}": forest[name] for name in FOREST}


def tell_columns(sides: Mapping[str, tuple[Side, Side]]) -> Table:
    """For every tell ours, people and the area under the curve of it alone; columns begin with the names of `sides`."""
    table: Table = {}
    for column, name in enumerate(TELLS):
        row: dict[str, float] = {}
        for prefix, (ours, people) in sides.items():
            one, other = ours.tells[:, column], people.tells[:, column]
            if np.isfinite(one).any() and np.isfinite(other).any():
                row[f"{prefix}ours"], row[f"{prefix}people"] = float(np.nanmean(one)), float(np.nanmean(other))
                row[f"{prefix}auc"] = separation(one, other)
        table[name] = row
    return table


def as_sets(pairs: Match) -> dict[str, float]:
    """Overlapped area, mean over the measures of `form`; Frechet distance of the tells, in people's deviations."""
    ours, people = pairs.ours, pairs.people
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a melody without intervals has no mean interval
        areas = [overlapped_area(measure(ours.tokens), measure(people.tokens)) for measure in MEASURES.values()]
        one, other = filled(ours.tells, people.tells)
    spread = other.std(axis=0).clip(1e-6)
    return {
        "overlapped area": float(np.mean(areas)),
        "frechet": frechet(one / spread, other / spread),
        "melodies": float(len(ours.songs)),
        "apart": pairs.apart,
    }
