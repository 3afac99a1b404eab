"""Measures of form and style of melodies (emotion reference, sections 6.1 and 6.2).

Every function takes tokens (N, 256) and returns one number per melody, (N,), NaN where it is undefined.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from emo_osc.evaluate.consonance import consonance
from emo_osc.studio.attributes import NoteGrid, measure_table
from emo_osc.studio.attributes import likeness as bar_likeness
from emo_osc.studio.harmony import chord_tone_ratio, chords_of

Tokens = NDArray[np.integer]
Floats = NDArray[np.float64]

MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
LAGS = (1, 2, 4, 8)
BAR = 16


def notes_per_bar(tokens: Tokens) -> Floats:
    """Onsets per bar."""
    return np.asarray(measure_table(tokens)[:, 0])


def mean_pitch(tokens: Tokens) -> Floats:
    """Mean MIDI pitch of the onsets."""
    return np.asarray(measure_table(tokens)[:, 1])


def pitch_range(tokens: Tokens) -> Floats:
    """Semitones from the lowest to the highest note."""
    grid = NoteGrid.of(tokens)
    low = np.where(grid.is_onset, grid.pitch, 999).min(axis=1)
    return np.asarray(np.maximum(grid.pitch.max(axis=1) - low, 0), dtype=float)


def entropy(bars: int) -> Callable[[Tokens], Floats]:
    """Bits in the pitch-class histogram of `bars` bars, mean over all such windows (Wu and Yang 2020)."""

    def measured(tokens: Tokens) -> Floats:
        onsets = _onset_classes(tokens)  # (N, 16, 12)
        windows = range(onsets.shape[1] - bars + 1)
        bits = np.stack([_bits(onsets[:, b : b + bars].sum(axis=1)) for b in windows], axis=1)
        return np.asarray(np.nanmean(bits, axis=1))

    return measured


def in_scale(tokens: Tokens) -> Floats:
    """Share of onsets in the best fitting major scale."""
    histogram = _onset_classes(tokens).sum(axis=1)
    inside = np.stack([histogram[:, [(d + tonic) % 12 for d in MAJOR_SCALE]].sum(axis=1) for tonic in range(12)])
    return np.asarray(inside.max(axis=0) / np.maximum(histogram.sum(axis=1), 1))


def groove(tokens: Tokens) -> Floats:
    """One minus the mean difference of two bars' onset vectors, over all pairs of bars."""
    rhythm = _bars(tokens) >= 2  # (N, 16, 16)
    first, second = np.triu_indices(rhythm.shape[1], 1)
    return np.asarray(1.0 - (rhythm[:, first] ^ rhythm[:, second]).mean(axis=(1, 2)))


def interval_share(keep: Callable[[Floats], NDArray[np.bool_]]) -> Callable[[Tokens], Floats]:
    """Share of melodic intervals, in absolute semitones, that `keep` accepts."""
    return lambda tokens: _of_intervals(tokens, lambda jumps: float(keep(jumps).mean()))


def mean_interval(tokens: Tokens) -> Floats:
    """Mean absolute melodic interval in semitones."""
    return _of_intervals(tokens, lambda jumps: float(jumps.mean()))


def silence(tokens: Tokens) -> Floats:
    """Share of steps in which nothing sounds."""
    grid = NoteGrid.of(tokens)
    return np.asarray(1.0 - grid.duration.sum(axis=1) / tokens.shape[1])


def repeats(in_rhythm_only: bool) -> Callable[[Tokens], Floats]:
    """Share of bars 2-16 that repeat an earlier bar, exactly or in rhythm; empty bars do not count as repeats."""

    def measured(tokens: Tokens) -> Floats:
        bars = _bars(tokens)
        marks = (bars >= 2).astype(int) if in_rhythm_only else bars
        equal = (marks[:, :, None] == marks[:, None]).all(axis=-1)  # (N, 16, 16)
        is_earlier = np.tril(np.ones(equal.shape[1:], dtype=bool), -1)
        has_notes = (bars >= 2).any(axis=-1)
        return np.asarray(((equal & is_earlier).any(axis=2) & has_notes)[:, 1:].mean(axis=1))

    return measured


def likeness(lag: int) -> Callable[[Tokens], Floats]:
    """Similarity of bars `lag` apart, see `attributes.likeness`."""
    return lambda tokens: bar_likeness(tokens, lag)


def rhythm_likeness(lag: int) -> Callable[[Tokens], Floats]:
    """Jaccard overlap of the onsets of bars `lag` apart, mean over the pairs that have any."""

    def measured(tokens: Tokens) -> Floats:
        onsets = _bars(tokens) >= 2
        one, other = onsets[:, :-lag], onsets[:, lag:]
        either = (one | other).sum(axis=-1)
        shares = (one & other).sum(axis=-1) / np.maximum(either, 1)
        return np.asarray(shares.sum(axis=1) / np.maximum((either > 0).sum(axis=1), 1))

    return measured


def chord_tones(weighing: str) -> Callable[[Tokens], Floats]:
    """Share of notes on the tones of the chords that fit a melody in C: `count`, `duration` or `beats`."""
    return lambda tokens: chord_tone_ratio(tokens, chords_of(tokens))[weighing]


def on_chords(figure: str) -> Callable[[Tokens], Floats]:
    """A figure of `consonance` against the chords that fit a melody in C: `ctnctr`, `pcs` or `mctd`."""
    return lambda tokens: consonance(tokens, chords_of(tokens))[figure]


MEASURES: dict[str, Callable[[Tokens], Floats]] = {
    "notes per bar": notes_per_bar,
    "mean pitch": mean_pitch,
    "pitch range": pitch_range,
    "entropy, 1 bar": entropy(1),
    "entropy, 4 bars": entropy(4),
    "entropy, whole": entropy(16),
    "groove similarity": groove,
    "mean interval": mean_interval,
    "steps": interval_share(lambda jumps: (jumps >= 1) & (jumps <= 2)),
    "repeated pitches": interval_share(lambda jumps: jumps == 0),
    "leaps over 7": interval_share(lambda jumps: jumps > 7),
    "silence": silence,
    "bars repeated": repeats(in_rhythm_only=False),
    "bars repeated in rhythm": repeats(in_rhythm_only=True),
    "in scale": in_scale,
    **{f"likeness at lag {lag}": likeness(lag) for lag in LAGS},
    **{f"rhythm at lag {lag}": rhythm_likeness(lag) for lag in LAGS},
    **{f"chord tones, {weighing}": chord_tones(weighing) for weighing in ("count", "duration", "beats")},
    "chord and passing tones (CTnCTR)": on_chords("ctnctr"),
    "consonance with chords (PCS)": on_chords("pcs"),
    "tonal distance to chords (MCTD)": on_chords("mctd"),
}


def cells(tokens: Tokens, bars: int, fewest_onsets: int = 12) -> set[bytes]:
    """All stretches of `bars` bars with `fewest_onsets` notes or more, normalised for key."""
    found: set[bytes] = set()
    length = bars * BAR
    for first in range(0, tokens.shape[1] - length + 1, BAR):
        cut = tokens[:, first : first + length].astype(np.int16)
        is_note = cut >= 2
        rich = is_note.sum(axis=1) >= fewest_onsets
        top = np.where(is_note, cut, 0).max(axis=1, keepdims=True)
        free = np.where(is_note, 100 - (top - cut), 0)[rich].astype(np.uint8)  # note-offs are ignored
        found.update(row.tobytes() for row in free)
    return found


def copied_share(tokens: Tokens, known: set[bytes], bars: int) -> float:
    """The share of distinct cells of `bars` bars that are among `known`; 0 where there are none."""
    own = cells(tokens, bars)
    return len(own & known) / max(1, len(own))


def _bars(tokens: Tokens) -> NDArray[np.int64]:
    return np.asarray(tokens, dtype=np.int64).reshape(len(tokens), -1, BAR)


def _onset_classes(tokens: Tokens) -> Floats:
    bars = _bars(tokens)
    return np.stack([((bars >= 2) & ((bars + 19) % 12 == pc)).sum(axis=-1) for pc in range(12)], axis=-1).astype(float)


def _bits(histogram: Floats) -> Floats:
    total = histogram.sum(axis=-1, keepdims=True)
    share = histogram / np.maximum(total, 1)
    bits = -(share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=-1)
    return np.where(total[..., 0] > 0, bits, np.nan)


def _of_intervals(tokens: Tokens, summary: Callable[[Floats], float]) -> Floats:
    lines = (row[row >= 2].astype(float) for row in tokens)
    return np.array([summary(np.abs(np.diff(line))) if len(line) > 1 else np.nan for line in lines])
