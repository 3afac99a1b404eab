"""Variations of a melody: which bars change, and how similar the result is to its source. Imports no torch."""

from collections.abc import Sequence
from random import Random
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.score import BARS, Melody
from emo_osc.protocol.messages import Measured
from emo_osc.studio.attributes import distances, flaws, in_c, measure, measure_table
from emo_osc.studio.generators import Composed
from emo_osc.studio.joins import seam_cost
from emo_osc.studio.tokens import VELOCITY, melody_of, tokens_of

Tokens = NDArray[np.integer]
Floats = NDArray[np.float64]
Moves = dict[int, int]
"""Changed bar -> the first bar of the group that changes together with it."""

PERIODS = (1, 4, 8, 16)
IN_C = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 9, 10, 11))  # major, and minor with its raised sixth and seventh
FOREIGN = 0.15  # of the notes at most, in a melody that is in a key
UNLIKE = 3.0  # distance added for a melody that shares all notes where it should share none


def moves(form: Sequence[int], amount: float, random: Random) -> Moves:
    """Random bars of sixteen to change: about a share `amount` in (0, 1], at least one.

    `form` names for each bar the first one equal to it. Bars that repeat one another change together, so the form
    stays; only where all of them are more than were asked for, every fourth (eighth, sixteenth) of them changes.

    >>> sorted(moves([0, 1] * 8, 0.25, Random(1)))
    [3, 7, 11, 15]
    """
    most = max(1, round(amount * BARS))
    parts = next(found for period in PERIODS if min(map(len, found := _parts(form, period))) <= most)
    random.shuffle(parts)
    moved: Moves = {}
    for part in parts:
        if len(moved) + len(part) <= most:
            moved |= dict.fromkeys(part, part[0])
    return moved


def form_of(tokens: Tokens) -> list[int]:
    """For each bar of a melody `(256,)` the first bar equal to it."""
    bars = tokens.reshape(BARS, -1).tolist()
    return [bars.index(bar) for bar in bars]


def exchanged(source: Melody, other: Melody, amount: float, random: Random) -> Melody:
    """The source with bars of another melody, each from the same place, or from the place of the bar it repeats."""
    tokens = np.array(tokens_of(other)).reshape(BARS, -1)
    moved = moves(form_of(np.array(tokens_of(source))), amount, random)
    taken = tokens[[moved.get(bar, bar) for bar in range(BARS)]]
    return with_bars(source, taken.ravel(), moved)


def ranked(
    varied: Sequence[Melody], seeds: Sequence[int], source: Melody, wanted: Floats, amount: float
) -> list[Composed]:
    """Variations of a melody, best first: near the targets, few flaws, the wanted share of new notes, an easy loop.

    Their latents are empty; each has its seed of `seeds`.
    """
    tokens = np.array([tokens_of(melody) for melody in varied])
    measured = measure_table(tokens)
    apart = distances(measured, wanted) + flaws(tokens)
    unlike = 1.0 - sameness(tokens, np.array(tokens_of(source)))
    cost = apart + UNLIKE * np.abs(unlike - amount) + seam_cost(tokens)
    return [
        Composed(varied[row], Measured(*measured[row].tolist()), float(apart[row]), seeds[row])
        for row in np.argsort(cost, kind="stable")
    ]


def unchanged(melody: Melody, latent: str, wanted: Floats, seed: int) -> Composed:
    """A melody of sixteen bars as its own variation."""
    tokens = np.array([tokens_of(melody)])
    apart = distances(measure_table(tokens), wanted) + flaws(tokens)
    return Composed(melody, measure(tokens), float(apart[0]), seed, latent)


def near_octave(melody: Melody, mean_pitch: float) -> Melody:
    """A melody transposed by octaves to the nearest mean pitch.

    >>> from emo_osc.core.score import Note
    >>> near_octave(Melody((Note(0, 480, 48), Note(480, 480, 50))), 71.0).notes[0].pitch
    72
    """
    if not melody.notes:
        return melody
    missing = mean_pitch - mean(note.pitch for note in melody.notes)
    return melody.transposed(12 * round(missing / 12))


def sameness(tokens: Tokens, source: Tokens) -> Floats:
    """F1 of the (onset, pitch) pairs of melodies `(N, 256)` and a source `(256,)`, in [0, 1], `(N,)`.

    >>> sameness(np.array([[41, 0, 43, 0], [41, 45, 0, 0], [0, 1, 0, 0]]), np.array([41, 0, 43, 0])).tolist()
    [1.0, 0.5, 0.0]
    """
    both = ((tokens == source) & (source >= 2)).sum(axis=1)
    return np.asarray(2.0 * both / np.maximum((tokens >= 2).sum(axis=1) + (source >= 2).sum(), 1))


def home_lift(tokens: Tokens) -> int:
    """Semitones, -6..5, that transpose a melody `(256,)` to C; 0 for silence.

    >>> home_lift(np.array([43, 0, 47, 0, 50, 0, 43, 0] * 32))
    -2
    """
    is_onset = tokens >= 2
    return int(np.median((in_c(tokens[None])[0] - tokens)[is_onset])) if is_onset.any() else 0


def is_in_c(tokens: Tokens) -> bool:
    """Whether a melody (256,) may stay where it is: few of its notes are outside major and minor on C.

    >>> is_in_c(np.array([43, 0, 47, 0, 50, 0, 43, 0] * 32)), is_in_c(np.array([41, 0, 44, 0, 48, 0, 41, 0] * 32))
    (False, True)
    """
    classes = (tokens[tokens >= 2].astype(np.int64) + 19) % 12
    outside = min(float(np.isin(classes, scale, invert=True).mean()) for scale in IN_C) if len(classes) else 0.0
    return outside <= FOREIGN


def lifted(tokens: Tokens, semitones: int) -> NDArray[np.int64]:
    """Melodies transposed by semitones; notes that would leave the 88 keys are moved by octaves."""
    moved = tokens.astype(np.int64) + semitones
    moved = np.where(moved < 2, moved + 12 * -((moved - 2) // 12), moved)
    moved = np.where(moved > 89, moved - 12 * -((89 - moved) // 12), moved)
    return np.asarray(np.where(tokens >= 2, moved, tokens))


def with_bars(source: Melody, tokens: Tokens, moved: Moves) -> Melody:
    """The source with the bars of `moved` taken from tokens `(256,)`; other bars are unchanged, to the tick.

    New notes have the mean velocity of the source.
    """
    velocity = round(mean(note.velocity for note in source.notes)) if source.notes else VELOCITY
    return source.with_bars_of(melody_of(tokens.tolist(), velocity), moved)


def _parts(form: Sequence[int], period: int) -> list[list[int]]:
    parts: dict[tuple[int, int], list[int]] = {}
    for bar, letter in enumerate(form):
        parts.setdefault((letter, bar % period), []).append(bar)
    return list(parts.values())
