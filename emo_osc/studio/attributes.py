"""Measures of melodies, shared by training, ranking and evaluation.

Melodies are token arrays, `(N, 256)` integers of the 90 melody classes (see `tokens.py`), so that thousands are
measured at once. Targets are those of `core/targets`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.core.targets import FORMULAS, major_belief
from emo_osc.protocol.messages import Measured

STEPS_PER_BAR = 16
LOWEST = 19  # class k >= 2 is MIDI pitch k + 19

MAJOR_PROFILE = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
MINOR_PROFILE = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
"""How well each pitch class fits a key of C (Krumhansl and Kessler 1982), rated 1..7."""

MODE_SLOPE = 12.0
"""Belief in major is the logistic of this times the difference of the best correlations: .1 gives 3 to 1."""

SPREAD = np.array([0.15, 2.0, 0.25])
"""One unit of distance: ln density, semitones of mean pitch (the tolerances of the control targets), share of major."""

Tokens = NDArray[np.integer]
Floats = NDArray[np.float64]
Aim = Callable[[Affect], Floats]
"""What an affect asks for, as `targets` says it or `aims.Aims` does."""


@dataclass(frozen=True, slots=True)
class NoteGrid:
    """The notes of N melodies on the 16th grid, each array `(N, 256)`.

    `is_onset` marks steps where a note starts; there, `pitch` is its MIDI pitch and `duration` its length in steps.
    """

    is_onset: NDArray[np.bool_]
    pitch: NDArray[np.int64]
    duration: NDArray[np.int64]

    @classmethod
    def of(cls, tokens: Tokens) -> "NoteGrid":
        """Parse tokens `(N, 256)`.

        >>> grid = NoteGrid.of(np.array([[43, 0, 0, 1] + [0] * 252]))
        >>> int(grid.pitch[0, 0]), int(grid.duration[0, 0])
        (62, 3)
        """
        tokens = np.atleast_2d(tokens).astype(np.int64)
        steps = tokens.shape[1]
        at = np.where(tokens > 0, np.arange(steps), steps)  # the step of each event
        after = np.minimum.accumulate(at[:, ::-1], axis=1)[:, ::-1]
        nexts = np.concatenate([after[:, 1:], np.full((len(tokens), 1), steps)], axis=1)
        is_onset = tokens >= 2
        return cls(is_onset, np.where(is_onset, tokens + LOWEST, 0), np.where(is_onset, nexts - np.arange(steps), 0))

    def pitch_classes(self) -> Floats:
        """Steps sounded by each of the twelve pitch classes, `(N, 12)`."""
        return np.stack([(self.duration * (self.pitch % 12 == pc)).sum(axis=1) for pc in range(12)], axis=1) * 1.0


def measure_table(tokens: Tokens) -> Floats:
    """Notes per bar, mean pitch (MIDI; 0 for silence) and belief in major ([0, 1]) of melodies `(N, 256)` -> `(N, 3)`.

    >>> measure_table(np.array([[43, 0, 0, 0] * 64]))[0, :2].tolist()
    [4.0, 62.0]
    """
    grid = NoteGrid.of(tokens)
    count = grid.is_onset.sum(axis=1)
    bars = grid.is_onset.shape[1] / STEPS_PER_BAR
    mean_pitch = grid.pitch.sum(axis=1) / np.maximum(count, 1)
    return np.stack([count / bars, mean_pitch, major_share(grid.pitch_classes())], axis=1)


def measure(tokens: Tokens) -> Measured:
    """The measures of one melody of 256 tokens."""
    notes_per_bar, mean_pitch, major = measure_table(tokens)[0]
    return Measured(float(notes_per_bar), float(mean_pitch), float(major))


def measures_of(measured: Iterable[Measured]) -> Floats:
    """What N melodies are as a table `(N, 3)`, as `measure_table` writes it."""
    return np.array([(each.notes_per_bar, each.mean_pitch, each.major_share) for each in measured]).reshape(-1, 3)


def major_share(pitch_classes: Floats) -> Floats:
    """Belief in [0, 1] that histograms `(N, 12)` are in major: logistic of best major minus best minor correlation.

    >>> c_major_triad = np.array([[2.0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0]])
    >>> bool(major_share(c_major_triad)[0] > 0.8)
    True
    """
    major, minor = (key_correlations(pitch_classes, profile).max(axis=1) for profile in (MAJOR_PROFILE, MINOR_PROFILE))
    return np.asarray(1.0 / (1.0 + np.exp(-MODE_SLOPE * (major - minor))))


def key_correlations(pitch_classes: Floats, profile: Floats) -> Floats:
    """Pearson correlation of histograms `(N, 12)` with a key profile at each of its twelve tonics, `(N, 12)`."""
    rotated = np.stack([np.roll(profile, tonic) for tonic in range(12)])
    rotated = rotated - profile.mean()
    centred = pitch_classes - pitch_classes.mean(axis=1, keepdims=True)
    scale = np.linalg.norm(centred, axis=1, keepdims=True) * np.linalg.norm(rotated[0])
    fit = (centred[:, None] * rotated).sum(axis=-1)  # not a matrix product: its last digit depends on the batch
    return np.asarray(fit / np.maximum(scale, 1e-9))


def in_c(tokens: Tokens) -> NDArray[np.int64]:
    """Melodies `(N, 256)` transposed by -5..+6 semitones so that the best fitting key is C major or C minor.

    >>> in_c(np.array([[43, 0, 47, 0, 50, 0, 43, 0] * 32]))[0, :5].tolist()
    [41, 0, 45, 0, 48]
    """
    histogram = NoteGrid.of(tokens).pitch_classes()
    fits = np.stack([key_correlations(histogram, profile) for profile in (MAJOR_PROFILE, MINOR_PROFILE)])
    shift = (fits.max(axis=0).argmax(axis=1) + 5) % 12 - 5
    moved = tokens.astype(np.int64) - shift[:, None]
    moved = np.where(moved < 2, moved + 12, np.where(moved > 89, moved - 12, moved))
    return np.asarray(np.where(tokens >= 2, moved, tokens))


def targets(affect: Affect) -> Floats:
    """Notes per bar, mean pitch and share of major that the formulas ask for, `(3,)`; `aims.Aims` may be bent.

    >>> targets(Affect(0.0, 0.0)).tolist()
    [4.6, 71.0, 0.5]
    """
    return np.array([FORMULAS.notes_per_bar(affect), FORMULAS.mean_pitch(affect), FORMULAS.major_share(affect)])


def distances(measured: Floats, wanted: Floats) -> Floats:
    """Root mean square distance of measures `(N, 3)` from targets `(3,)`, in tolerances, `(N,)`."""
    return misses(measured, np.array([[wanted[0], wanted[1], major_belief(wanted[2])]]))


def misses(measured: Floats, wanted: Floats) -> Floats:
    """Distances from individual targets: density, mean pitch, belief in major. (N, 3), (N or 1, 3) -> (N,)."""
    density = np.log(np.maximum(measured[:, 0], 0.05) / wanted[:, 0])
    gaps = np.stack([density, measured[:, 1] - wanted[:, 1], measured[:, 2] - wanted[:, 2]], axis=1) / SPREAD
    return np.asarray(np.sqrt((gaps**2).mean(axis=1)))


def flaws(tokens: Tokens) -> Floats:
    """Penalty for unmusical features of melodies `(N, 256)`, `(N,)`; 0 within the usual range of human melodies.

    One unit each: 5 % more notes outside the key than 95 % of human melodies have, one bar more of continuous rest,
    7 % more leaps beyond a fifth, 3 % beyond an octave, a fifth more of range; half a unit each for phrases four and
    eight bars apart that are as dissimilar as those of unrelated songs (emotion reference, section 6.1).
    """
    grid = NoteGrid.of(tokens)
    leaps, wide_leaps = leap_share(tokens, 7), leap_share(tokens, 12)
    usual = (
        (outside_key(grid), 0.05, 0.05),
        (longest_rest(grid), 24, 16),
        (leaps, 0.07, 0.07),
        (wide_leaps, 0.0, 0.03),
    )
    beyond = sum(np.maximum(0.0, (value - most) / unit) for value, most, unit in usual)
    low = np.where(grid.is_onset, grid.pitch, 999).min(axis=1)
    wide = np.maximum(0.0, (grid.pitch.max(axis=1) - low - 21) / 7)
    form = sum(0.5 * np.clip((least - likeness(tokens, lag)) / least, 0, 1) for lag, least in ((4, 0.17), (8, 0.21)))
    return np.asarray(beyond + wide + form)


def outside_key(grid: NoteGrid) -> Floats:
    """Share of onsets outside the best fitting scale: major, natural, harmonic or melodic minor, `(N,)`."""
    onsets = np.stack([(grid.is_onset & (grid.pitch % 12 == pc)).sum(axis=1) for pc in range(12)], axis=1)
    inside = [
        onsets[:, [(degree + tonic) % 12 for degree in scale]].sum(axis=1) for tonic in range(12) for scale in _SCALES
    ]
    return np.asarray(1.0 - np.max(inside, axis=0) / np.maximum(onsets.sum(axis=1), 1))


def leap_share(tokens: Tokens, semitones: int) -> Floats:
    """Share of melodic intervals wider than so many semitones, `(N,)`; 0 where there is none."""
    lines = (row[row >= 2].astype(int) for row in np.asarray(tokens))
    return np.array([float((np.abs(np.diff(line)) > semitones).mean()) if len(line) > 1 else 0.0 for line in lines])


def longest_rest(grid: NoteGrid) -> Floats:
    """The longest rest in steps, `(N,)`."""
    steps = np.arange(grid.pitch.shape[1])
    ends = np.maximum.accumulate(np.where(grid.is_onset, steps + grid.duration, 0), axis=1)
    return np.asarray(np.maximum(steps + 1 - ends, 0).max(axis=1), dtype=float)


def likeness(tokens: Tokens, lag: int) -> Floats:
    """Jaccard overlap of the (onset, pitch class) sets of bars `lag` apart, mean over such pairs, `(N,)`."""
    bars = np.asarray(tokens, dtype=np.int64).reshape(len(tokens), -1, STEPS_PER_BAR)
    marks = np.where(bars >= 2, (bars + LOWEST) % 12 + 1, 0)
    one, other = marks[:, :-lag], marks[:, lag:]
    both = ((one == other) & (one > 0)).sum(axis=-1)
    either = (one > 0).sum(axis=-1) + (other > 0).sum(axis=-1) - both
    pairs = np.maximum((either > 0).sum(axis=-1), 1)
    return np.asarray((both / np.maximum(either, 1)).sum(axis=-1) / pairs)


_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 8, 11), (0, 2, 3, 5, 7, 9, 11))
