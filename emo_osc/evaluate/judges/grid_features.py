"""Features of 16-bar melodies on the grid of sixteenths: rhythm, similarity of bars, endings.

Melodies are tokens (N, 256), as in `studio/tokens.py`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from emo_osc.evaluate.judges.features import (
    PITCHES,
    SEMITONES,
    SPREAD,
    Block,
    Floats,
    Lines,
    Tokens,
    pairs,
    shares,
    spread,
    tabled,
    tonic,
)

BAR, BARS = 16, 16
LENGTHS = (1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17)  # steps; each up to the next
LAGS = (1, 2, 3, 4, 5, 6, 7, 8, 12)
OVERLAPS = tuple(f"{what} lag {lag}" for what in ("at", "equal at") for lag in LAGS)


def grid_features(tokens: Tokens) -> tuple[Floats, tuple[str, ...]]:
    """All features (N, F) of melodies (N, 256), and their names.

    >>> values, names = grid_features(np.array([[43, 0, 0, 0] * 64, [43, 0, 45, 0] * 64]))
    >>> values.shape == (2, len(names)), values[:, names.index("notes a bar mean")].tolist()
    (True, [4.0, 8.0])
    """
    return tabled(Lines.of_tokens(tokens), {**PITCHES, **GRID})


def places(lines: Lines) -> Floats:
    """The share of onsets on each sixteenth of the bar, (N, 16)."""
    return shares(lines.onset % BAR, lines.is_note, range(BAR))


def long_places(lines: Lines) -> Floats:
    """The mean length of notes that start on each quarter of the bar, and off the quarters, (N, 5)."""
    found = []
    for keep in (*(lines.onset % BAR == 4 * beat for beat in range(4)), lines.onset % 4 != 0):
        kept = keep & lines.is_note
        found.append((lines.duration * kept).sum(axis=1) / kept.sum(axis=1).clip(1))
    return np.stack(found, axis=1)


def lengths(lines: Lines) -> Floats:
    """The share of notes of each length, (N, 11)."""
    return shares(lines.duration, lines.is_note, LENGTHS)


def waits(lines: Lines) -> Floats:
    """The share of each time from an onset to the next, (N, 11)."""
    gaps, keep = lines.gaps
    return shares(gaps, keep, LENGTHS)


def successions(lines: Lines) -> Floats:
    """How often an inter-onset time is shorter than, equal to or longer than the one before, (N, 3)."""
    gaps, keep = lines.gaps
    both = keep[:, 1:]
    change = np.sign(np.diff(gaps, axis=1))
    return np.stack([((change == kind) & both).sum(axis=1) / both.sum(axis=1).clip(1) for kind in (-1, 0, 1)], axis=1)


def legato(lines: Lines) -> Floats:
    """The share of notes held until the next one, and the share of sounding time, (N, 2)."""
    gaps, keep = lines.gaps
    joined = ((lines.duration[:, :-1] >= gaps) & keep).sum(axis=1) / keep.sum(axis=1).clip(1)
    return np.column_stack([joined, (lines.duration * lines.is_note).sum(axis=1) / (BAR * BARS)])


def accents(lines: Lines) -> Floats:
    """Mean pitch above the melody's mean of notes on each quarter, and off the quarters, (N, 5)."""
    mean = (lines.pitch * lines.is_note).sum(axis=1, keepdims=True) / lines.count
    found = []
    for keep in (*(lines.onset % BAR == 4 * beat for beat in range(4)), lines.onset % 4 != 0):
        kept = keep & lines.is_note
        found.append(((lines.pitch - mean) * kept).sum(axis=1) / kept.sum(axis=1).clip(1))
    return np.stack(found, axis=1)


def strong_degrees(lines: Lines) -> Floats:
    """The share of notes that start a bar on each semitone above the tonic, (N, 12)."""
    above = (lines.pitch - tonic(lines)[:, None]) % 12
    return shares(above, lines.is_note & (lines.onset % BAR == 0), range(12))


def ending(lines: Lines) -> Floats:
    """The first and the last note: semitones above the tonic, length, place in the melody, (N, 6)."""
    last = lines.is_note.sum(axis=1).clip(1) - 1
    rows, root = np.arange(len(last)), tonic(lines)
    return np.column_stack(
        [
            (lines.pitch[rows, note] - root) % 12 if part == 0 else array[rows, note]
            for note in (np.zeros_like(last), last)
            for part, array in enumerate((lines.pitch, lines.duration, lines.onset))
        ]
    )


def density(lines: Lines) -> Floats:
    """Notes a bar: mean, deviation, quantiles, (N, 7)."""
    counts = (_bars(lines) > 0).sum(axis=2).astype(float)
    return spread(counts, np.ones_like(counts, dtype=bool))


def phrasing(lines: Lines) -> Floats:
    """Notes in each bar of four, and length of its last note, over the melody's means, (N, 8)."""
    bars = _bars(lines)
    counts = (bars > 0).sum(axis=2).reshape(-1, 4, 4).mean(axis=1)
    tails = (BAR - np.where(bars > 0, np.arange(BAR), 0).max(axis=2)).reshape(-1, 4, 4).mean(axis=1)
    return np.concatenate([each / each.mean(axis=1, keepdims=True).clip(0.1) for each in (counts, tails)], axis=1)


def arch(lines: Lines) -> Floats:
    """How far the mean pitch of each quarter of the melody, and of each bar of four, lies above the whole's (N, 8)."""
    pitch = _bars(lines).reshape(-1, 4, 4, BAR)
    mean = (lines.pitch * lines.is_note).sum(axis=1, keepdims=True) / lines.count
    sounding = pitch > 0
    risen = np.where(sounding, pitch - mean[:, :, None, None], 0.0)
    return np.concatenate([risen.sum(axis=axes) / sounding.sum(axis=axes).clip(1) for axes in ((2, 3), (1, 3))], axis=1)


def rests(lines: Lines) -> Floats:
    """The longest rest in steps, bars without an onset, bars without one on the first beat, (N, 3)."""
    bars = _bars(lines) > 0
    starts = np.where(lines.is_note, lines.onset, BAR * BARS)
    ends = np.where(lines.is_note, lines.onset + lines.duration, BAR * BARS)
    last = ends[np.arange(len(ends)), lines.is_note.sum(axis=1).clip(1) - 1]
    within = np.maximum(starts[:, 1:] - ends[:, :-1], 0).max(axis=1)
    longest = np.maximum.reduce([starts[:, 0], within, BAR * BARS - last])
    return np.column_stack([longest, (~bars.any(axis=2)).sum(axis=1), (~bars[:, :, 0]).sum(axis=1)])


def alike(marks: Callable[[NDArray[np.int64]], NDArray[np.int64]]) -> Callable[[Lines], Floats]:
    """Jaccard overlap of the marks (not 0) of bars at each lag, then the share of bars equal at it, (N, 2 x lags)."""

    def measured(lines: Lines) -> Floats:
        bars = marks(_bars(lines))
        overlap, equal = [], []
        for lag in LAGS:
            one, other = bars[:, :-lag], bars[:, lag:]
            both = ((one == other) & (one > 0)).sum(axis=2)
            either = ((one > 0) | (other > 0)).sum(axis=2)
            overlap.append((both / either.clip(1)).sum(axis=1) / (either > 0).sum(axis=1).clip(1))
            equal.append(((both == either) & (either > 0)).mean(axis=1))
        return np.stack(overlap + equal, axis=1)

    return measured


def different(lines: Lines) -> Floats:
    """The number of distinct bars by notes, by rhythm, and by intervals and rhythm, (N, 3)."""
    bars = _bars(lines)
    onsets = bars > 0
    lowest = np.where(onsets, bars, 99).min(axis=2, keepdims=True)
    shapes = np.where(onsets, bars - lowest + 1, 0)
    return np.array(
        [[len(np.unique(each[row], axis=0)) for each in (bars, onsets, shapes)] for row in range(len(bars))],
        dtype=float,
    )


def _bars(lines: Lines) -> NDArray[np.int64]:
    """The pitch that starts on each step, 0 for none, (N, bars, steps)."""
    grid = np.zeros((len(lines.onset), BARS * BAR), dtype=np.int64)
    row, note = np.nonzero(lines.is_note)
    grid[row, lines.onset[row, note].astype(int)] = lines.pitch[row, note]
    return grid.reshape(-1, BARS, BAR)


BEATS = ("beat 1", "beat 2", "beat 3", "beat 4", "other places")
STEPS = ("1", "2", "3", "4", "5-6", "7", "8", "9-12", "13-15", "16", "over 16")
FOURTHS = ("1", "2", "3", "4")

GRID: dict[str, Block] = {
    "place": Block(places, tuple(f"{step // 4 + 1}.{step % 4}" for step in range(BAR))),
    "length at": Block(long_places, BEATS),
    "length": Block(lengths, STEPS),
    "wait": Block(waits, STEPS),
    "wait against the last": Block(successions, ("shorter", "same", "longer")),
    "sound": Block(legato, ("joined", "share")),
    "pitch at": Block(accents, BEATS),
    "degree on one": Block(strong_degrees, SEMITONES),
    "first and last": Block(ending, ("first degree", "first length", "first at", "degree", "length", "at")),
    "new moves": Block(pairs, ("by two", "by three")),
    "notes a bar": Block(density, SPREAD),
    "phrase": Block(phrasing, tuple(f"{what} bar {bar} of 4" for what in ("notes in", "last of") for bar in FOURTHS)),
    "arch": Block(arch, tuple(f"{what} {part}" for what in ("quarter", "bar of four") for part in FOURTHS)),
    "rest": Block(rests, ("longest", "empty bars", "empty ones")),
    "alike in notes": Block(alike(lambda bars: np.where(bars > 0, bars % 12 + 1, 0)), OVERLAPS),
    "alike in rhythm": Block(alike(lambda bars: (bars > 0).astype(np.int64)), OVERLAPS),
    "different bars": Block(different, ("all", "rhythms", "shapes")),
}
