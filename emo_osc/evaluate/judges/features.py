"""Features of one voice for the judges, for melodies on the grid and performed lines alike.

Judges must be independent of the code that composes and ranks: only the reading of tokens and key fitting are shared.
A `Block` gives one or several columns of the feature table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.attributes import MAJOR_PROFILE, MINOR_PROFILE, NoteGrid, key_correlations

# N lines, L notes of the longest (and at least two), F features

Floats = NDArray[np.float64]
Tokens = NDArray[np.integer]

WIDEST = 13  # semitones; wider intervals count as this
MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True, slots=True)
class Lines:
    """N voices as arrays (N, L): notes in order of onset, times in one unit (steps, or seconds), padded to the right.

    `is_note` marks what is not padding. `pitch` is MIDI's, `velocity` 1..127.
    """

    onset: Floats
    duration: Floats
    pitch: Floats
    velocity: Floats
    is_note: NDArray[np.bool_]

    @classmethod
    def of_tokens(cls, tokens: Tokens) -> "Lines":
        """Melodies (N, 256) with times in steps; velocities are all the same.

        >>> Lines.of_tokens(np.array([[43, 0, 1, 45] + [0] * 252])).onset.tolist()
        [[0.0, 3.0]]
        """
        grid = NoteGrid.of(tokens)
        rows = (np.flatnonzero(row) for row in grid.is_onset)
        return cls.of_notes(
            [
                np.column_stack([at, grid.duration[n, at], grid.pitch[n, at], np.full(len(at), 80)])
                for n, at in enumerate(rows)
            ]
        )

    @classmethod
    def of_notes(cls, voices: Sequence[NDArray[np.generic]]) -> "Lines":
        """Voices given as arrays (notes, 4): onset, duration, pitch, velocity."""
        longest = max([2, *(len(voice) for voice in voices)])
        whole = np.zeros((len(voices), longest, 4))
        is_note = np.zeros((len(voices), longest), dtype=bool)
        for row, voice in enumerate(voices):
            whole[row, : len(voice)] = voice
            is_note[row, : len(voice)] = True
        onset, duration, pitch, velocity = (whole[:, :, part] for part in range(4))
        return cls(onset, duration, pitch, velocity, is_note)

    @property
    def count(self) -> Floats:
        """Notes of each line, at least 1, (N, 1)."""
        return np.asarray(np.maximum(self.is_note.sum(axis=1, keepdims=True), 1), dtype=float)

    @property
    def leaps(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Semitones from each note to the next, and where there is a next, (N, L - 1) both."""
        return np.diff(self.pitch, axis=1), self.is_note[:, 1:]

    @property
    def gaps(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Time from each onset to the next, and where there is a next, (N, L - 1) both."""
        return np.diff(self.onset, axis=1), self.is_note[:, 1:]


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of the table that one function measures; without labels it returns a single column, (N,)."""

    measure: Callable[[Lines], Floats]
    labels: tuple[str, ...] = ("",)


def tabled(lines: Lines, blocks: Mapping[str, Block]) -> tuple[Floats, tuple[str, ...]]:
    """The features (N, F) of lines and their names; 0 where a feature is undefined for a line."""
    columns = [block.measure(lines).reshape(len(lines.onset), len(block.labels)) for block in blocks.values()]
    names = [f"{name} {label}".strip() for name, block in blocks.items() for label in block.labels]
    return np.nan_to_num(np.concatenate(columns, axis=1)), tuple(names)


def spread(values: Floats, keep: NDArray[np.bool_]) -> Floats:
    """Mean, standard deviation and 5, 25, 50, 75, 95 % quantiles of the values kept in each row, (N, 7); 0 for none."""
    bare = np.where(keep, values, np.nan)
    bare[~keep.any(axis=1), 0] = 0.0
    cuts = np.nanquantile(bare, (0.05, 0.25, 0.5, 0.75, 0.95), axis=1)
    return np.column_stack([np.nanmean(bare, axis=1), np.nanstd(bare, axis=1), *cuts])


def shares(values: Floats, keep: NDArray[np.bool_], edges: Sequence[float]) -> Floats:
    """The share of the values kept in each row that lie in [edge, next edge), (N, edges); the last bin is open."""
    place = np.searchsorted(edges, values, side="right") - 1
    total = np.maximum(keep.sum(axis=1), 1)
    return np.stack([((place == index) & keep).sum(axis=1) / total for index in range(len(edges))], axis=1)


def intervals(lines: Lines) -> Floats:
    """How often each interval occurs, from -13 (or more down) to +13, (N, 27)."""
    jumps, keep = lines.leaps
    return shares(np.clip(jumps, -WIDEST, WIDEST), keep, range(-WIDEST, WIDEST + 1))


def register(lines: Lines) -> Floats:
    """Where the notes lie: mean, deviation, quantiles, (N, 7)."""
    return spread(lines.pitch, lines.is_note)


def jumpiness(lines: Lines) -> Floats:
    """The size of intervals: mean, deviation, quantiles, (N, 7)."""
    jumps, keep = lines.leaps
    return spread(np.abs(jumps), keep)


def classes(lines: Lines) -> Floats:
    """The time each pitch class sounds, in the unit of the lines, (N, 12)."""
    held = np.where(lines.is_note, lines.duration, 0.0)
    return np.stack([(held * (lines.pitch % 12 == pc)).sum(axis=1) for pc in range(12)], axis=1)


def mode(lines: Lines) -> Floats:
    """Best correlation with a major key, with a minor one, and their difference (N, 3)."""
    histogram = classes(lines)
    major, minor = (key_correlations(histogram, profile).max(axis=1) for profile in (MAJOR_PROFILE, MINOR_PROFILE))
    return np.column_stack([major, minor, major - minor])


def tonic(lines: Lines) -> NDArray[np.int64]:
    """The pitch class of the key that fits best, major or minor, (N,)."""
    histogram = classes(lines)
    fits = np.maximum(*(key_correlations(histogram, profile) for profile in (MAJOR_PROFILE, MINOR_PROFILE)))
    return np.asarray(fits.argmax(axis=1))


def degrees(lines: Lines) -> Floats:
    """The share of time on each semitone above the tonic, (N, 12)."""
    histogram = classes(lines)
    turned = histogram[np.arange(len(histogram))[:, None], (np.arange(12) + tonic(lines)[:, None]) % 12]
    return np.asarray(turned / np.maximum(turned.sum(axis=1, keepdims=True), 1e-9))


def in_scale(lines: Lines) -> Floats:
    """Share of time inside the major scale that holds most, (N,)."""
    histogram = classes(lines)
    inside = [histogram[:, [(degree + key) % 12 for degree in MAJOR_SCALE]].sum(axis=1) for key in range(12)]
    return np.asarray(np.max(inside, axis=0) / np.maximum(histogram.sum(axis=1), 1e-9))


def variety(lines: Lines) -> Floats:
    """Entropy in bits of the time per pitch class, (N,)."""
    histogram = classes(lines)
    share = histogram / np.maximum(histogram.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(-(share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=1))


def turns(lines: Lines) -> Floats:
    """Shares of notes where the line turns, continues, repeats; of leaps followed by a step back; of rises, (N, 5)."""
    jumps, keep = lines.leaps
    both = keep[:, 1:]
    before, after = np.sign(jumps[:, :-1]), np.sign(jumps[:, 1:])
    total = np.maximum(both.sum(axis=1), 1)
    is_leap = both & (np.abs(jumps[:, :-1]) >= 5)
    answered = is_leap & (before * after < 0) & (np.abs(jumps[:, 1:]) <= 2)
    kinds = [(before * after < 0) & both, (before * after > 0) & both, (before * after == 0) & both]
    rising = ((jumps > 0) & keep).sum(axis=1) / np.maximum((np.abs(jumps) > 0) & keep, 0).sum(axis=1).clip(1)
    return np.column_stack(
        [*(kind.sum(axis=1) / total for kind in kinds), answered.sum(axis=1) / is_leap.sum(axis=1).clip(1), rising]
    )


def pairs(lines: Lines) -> Floats:
    """The share of distinct pairs and triples of (interval, inter-onset time), (N, 2)."""
    jumps, keep = lines.leaps
    gaps = np.round(lines.gaps[0], 2)
    found = []
    for row in range(len(jumps)):
        moves = list(zip(jumps[row, keep[row]], gaps[row, keep[row]], strict=True))
        found.append([_fresh(moves, length) for length in (2, 3)])
    return np.array(found)


def _fresh(moves: Sequence[tuple[float, float]], length: int) -> float:
    grams = [tuple(moves[at : at + length]) for at in range(len(moves) - length + 1)]
    return len(set(grams)) / max(1, len(grams))


SPREAD = ("mean", "deviation", "5 %", "25 %", "50 %", "75 %", "95 %")
SEMITONES = tuple(str(semitone) for semitone in range(12))

PITCHES: dict[str, Block] = {
    "interval": Block(intervals, tuple(f"{jump:+d}" for jump in range(-WIDEST, WIDEST + 1))),
    "interval size": Block(jumpiness, SPREAD),
    "register": Block(register, SPREAD),
    "mode": Block(mode, ("major", "minor", "difference")),
    "degree": Block(degrees, SEMITONES),
    "in scale": Block(in_scale),
    "pitch variety": Block(variety),
    "line": Block(turns, ("turns", "goes on", "stays", "answers leaps", "rises")),
}
"""Features of pitch, independent of the unit of time."""
