"""Identity figures: similarity of moved melodies to their sources, and which mood a melody is nearest to."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from emo_osc.core.affect import MOODS
from emo_osc.evaluate.control import Sweep, Tokens, judged
from emo_osc.studio.attributes import Floats, distances, targets

NINE = tuple(mood for mood in MOODS if mood.vocabulary == "moods")


def identity_table(sweeps: Mapping[str, Sweep]) -> dict[str, dict[str, float]]:
    """Rhythm and contour similarity of each melody to its source, and to an unrelated source for comparison."""
    table: dict[str, dict[str, float]] = {}
    for maker, each in sweeps.items():
        if each.own is None:
            continue
        own = np.tile(each.own, (len(each.affects), 1))
        other = np.tile(np.roll(each.own, 1, axis=0), (len(each.affects), 1))
        rhythm = rhythm_jaccard(each.flat, own)
        table[maker] = {
            "rhythm": float(rhythm.mean()),
            "rhythm_unrelated": float(rhythm_jaccard(each.flat, other).mean()),
            "contour": float(np.nanmean(contour_correlation(each.flat, own))),
            "contour_unrelated": float(np.nanmean(contour_correlation(each.flat, other))),
            **judged(float(rhythm.mean()), least=0.50),
        }
    return table


def rhythm_jaccard(one: Tokens, other: Tokens) -> Floats:
    """Jaccard overlap of the onsets of two melodies, (N, 256) each -> (N,) in 0..1."""
    first, second = one >= 2, other >= 2
    return np.asarray((first & second).sum(axis=1) / np.maximum((first | second).sum(axis=1), 1))


def contour_correlation(one: Tokens, other: Tokens) -> Floats:
    """Correlation of the pitch changes from beat to beat, (N, 256) each -> (N,) in -1..1; NaN for a constant line."""
    first, second = (np.diff(_held(tokens)[:, ::4], axis=1) for tokens in (one, other))
    first = first - first.mean(axis=1, keepdims=True)
    second = second - second.mean(axis=1, keepdims=True)
    scale = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.where(scale > 0, (first * second).sum(axis=1) / np.maximum(scale, 1e-9), np.nan)


def _held(tokens: Tokens) -> Floats:
    """The token of the latest onset at every step, (N, 256); before the first onset, that of the first."""
    steps = np.arange(tokens.shape[1])
    is_onset = tokens >= 2
    last = np.maximum.accumulate(np.where(is_onset, steps, -1), axis=1)
    first = is_onset.argmax(axis=1)
    return np.take_along_axis(tokens, np.where(last < 0, first[:, None], last), axis=1).astype(float)


def sameness(tokens: Tokens) -> float:
    """(Onset, pitch class) Jaccard of two of N >= 2 melodies, mean over all pairs; unrelated human ones give .022."""
    marks = np.where(tokens >= 2, (tokens + 19) % 12 + 1, 0)
    return float(np.mean([_jaccard(marks[one], marks[other]) for one, other in combinations(range(len(marks)), 2)]))


def _jaccard(one: Tokens, other: Tokens) -> float:
    both = int(((one == other) & (one > 0)).sum())
    return both / max(1, int((one > 0).sum() + (other > 0).sum()) - both)


def mood_table(sweeps: Mapping[str, Sweep]) -> dict[str, dict[str, float]]:
    """Over the nine moods: the share of melodies nearest to their own mood, and the similarity within a mood.

    The similarity is left out where there is one melody per mood.
    """
    table = {}
    for maker, each in sweeps.items():
        counts = confusion(each)
        table[maker] = {"nearest_is_asked": float(np.trace(counts) / counts.sum())}
        if each.tokens.shape[1] > 1:
            alike = float(np.mean([sameness(melodies) for melodies in each.tokens]))
            table[maker] |= {"two_of_a_mood_alike": alike, **judged(alike, most=0.25)}
    return table


def confusion(sweep: Sweep) -> Floats:
    """Counts of melodies by wanted mood (rows) and nearest mood (columns), for a sweep over `NINE`, (9, 9)."""
    unlogged = sweep.measured.copy()
    unlogged[..., 0] = np.exp(unlogged[..., 0])
    counts = np.zeros((len(NINE), len(NINE)))
    for asked, melodies in enumerate(unlogged):
        apart = np.stack([distances(melodies, targets(mood.affect)) for mood in NINE])
        np.add.at(counts[asked], apart.argmin(axis=0), 1)
    return counts
