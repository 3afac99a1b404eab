"""Tells in rhythm: the grid a bar uses, how regular the gaps are, silence, where phrases end.

Each takes a `MelodyView` of N melodies and answers one number each, (N,), NaN where a melody has none. A *gap* is the
time from one onset to the next, in sixteenths. The grid holds no triplets: what swings was written as dotted pairs.
"""

from collections.abc import Callable

import numpy as np

from emo_osc.evaluate.judges.features import Floats
from emo_osc.evaluate.melodies.melody_view import BAR, Flags, MelodyView, mean_where

PLAIN_EIGHTHS = np.arange(BAR) % 2 == 0
DOTTED = np.array([True, False, False, True])
ENDS = 4  # the longest waits of a melody are taken for its phrase ends
REST = 2  # steps of silence that are a rest


def on_eighths(view: MelodyView) -> Floats:
    """Share of bars with notes whose onsets all lie on eighths."""
    return mean_where(np.logical_not(view.starts[:, :, 1::2].any(axis=2)), view.has_notes)


def on_quarters(view: MelodyView) -> Floats:
    """Share of bars with notes whose onsets all lie on quarters."""
    return mean_where(view.starts.sum(axis=2) == view.starts[:, :, ::4].sum(axis=2), view.has_notes)


def plain_eighths(view: MelodyView) -> Floats:
    """Share of all bars that are eight plain eighths."""
    return np.asarray((view.starts == PLAIN_EIGHTHS).all(axis=2).mean(axis=1))


def dotted_beats(view: MelodyView) -> Floats:
    """Share of beats with notes that are a dotted eighth and a sixteenth: a written swing."""
    beats = view.starts.reshape(len(view.tokens), -1, 4)
    return mean_where(np.asarray((beats == DOTTED).all(axis=2)), np.asarray(beats.any(axis=2)))


def gaps_of(least: int, most: int) -> Callable[[MelodyView], Floats]:
    """Share of gaps of `least` to `most` steps."""
    return lambda view: mean_where((view.gaps[0] >= least) & (view.gaps[0] <= most), view.gaps[1])


def gap_as_before(view: MelodyView) -> Floats:
    """Share of gaps that equal the gap before."""
    gaps, keep = view.gaps
    return mean_where(gaps[:, 1:] == gaps[:, :-1], keep[:, 1:])


def gap_variety(view: MelodyView) -> Floats:
    """Bits in a melody's histogram of gaps, those over a bar counted as one."""
    gaps, keep = view.gaps
    counts = np.stack([((gaps.clip(0, BAR + 1) == gap) & keep).sum(axis=1) for gap in range(1, BAR + 2)], axis=1)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return np.asarray(-(share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=1))


def off_beats(view: MelodyView) -> Floats:
    """Share of onsets off the quarters."""
    return mean_where(view.onset % 4 != 0, view.is_note)


def held_over_beats(view: MelodyView) -> Floats:
    """Share of onsets off the quarters at which the next quarter has no onset: syncopation."""
    is_off = view.onset % 4 != 0
    return mean_where(is_off & (view.wait > 4 - view.onset % 4), view.is_note)


def starts_on_one(view: MelodyView) -> Floats:
    """Share of bars with notes in which one starts on the first beat."""
    return mean_where(view.starts[:, :, 0], view.has_notes)


def silence(view: MelodyView) -> Floats:
    """Share of time in which nothing sounds."""
    return np.asarray(1.0 - (view.length * view.is_note).sum(axis=1) / view.tokens.shape[1])


def rests(view: MelodyView) -> Floats:
    """How many rests of an eighth or more, between notes, sixteen bars have."""
    gaps, keep = view.gaps
    return np.asarray(((gaps - view.length[:, :-1] >= REST) & keep).sum(axis=1), dtype=np.float64)


def empty_bars(view: MelodyView) -> Floats:
    """Share of bars in which no note starts."""
    return np.asarray(1.0 - view.has_notes.mean(axis=1))


def longest_waits(view: MelodyView, most: int = ENDS) -> Floats:
    """How far each note counts among a melody's `most` longest waits, [0, 1] (N, L): what ends phrases.

    The last note of all is left out, for its wait is cut off. Notes that tie for the last places share them.
    """
    candidates = view.is_note & ~view.is_last
    wait = np.where(candidates, view.wait, 0.0)
    ordered = -np.sort(-np.pad(wait, ((0, 0), (0, most))), axis=1)
    bound = ordered[:, most - 1 : most]
    is_over, is_tied = (wait > bound) & candidates, (wait == bound) & candidates
    left = most - is_over.sum(axis=1, keepdims=True)
    return np.where(is_over, 1.0, np.where(is_tied, left / np.maximum(is_tied.sum(axis=1, keepdims=True), 1), 0.0))


def ends_in_bar(place: int, of: int = 4) -> Callable[[MelodyView], Floats]:
    """Share of phrase ends (`longest_waits`) in bar `place` (from 0) of every `of` bars; chance gives 1 / `of`."""

    def measured(view: MelodyView) -> Floats:
        ends = longest_waits(view)
        total = ends.sum(axis=1)
        here = (ends * (view.bar % of == place)).sum(axis=1)
        return np.asarray(np.where(total > 0, here / np.maximum(total, 1e-9), np.nan))

    return measured


def wait_in_fourth(view: MelodyView) -> Floats:
    """ln of the mean wait of notes that end bars 4, 8 and 12, over that of notes that end other bars."""
    ends = bar_ends(view) & ~view.is_last
    fourth, others = (mean_where(view.wait, ends & (is_here)) for is_here in (view.bar % 4 == 3, view.bar % 4 != 3))
    return np.asarray(np.log(fourth) - np.log(others))


def bar_ends(view: MelodyView) -> Flags:
    """The last note of each bar, (N, L)."""
    return np.concatenate([view.crosses, np.zeros((len(view.tokens), 1), dtype=bool)], axis=1) | view.is_last


RHYTHM_TELLS: dict[str, Callable[[MelodyView], Floats]] = {
    "bars on the 8th grid only": on_eighths,
    "bars on quarters only": on_quarters,
    "bars of eight plain 8ths": plain_eighths,
    "dotted beats": dotted_beats,
    "gaps of a 16th": gaps_of(1, 1),
    "gaps of an 8th": gaps_of(2, 2),
    "gaps of a quarter": gaps_of(4, 4),
    "gaps of a half or more": gaps_of(8, 256),
    "gap equal to the one before": gap_as_before,
    "gap variety, bits": gap_variety,
    "onsets off the beat": off_beats,
    "onsets held over a beat": held_over_beats,
    "bars that start on one": starts_on_one,
    "silence": silence,
    "rests of an 8th or more": rests,
    "bars without an onset": empty_bars,
    "phrase ends in bar 4 of four": ends_in_bar(3),
    "wait in bar 4 of four, ln": wait_in_fourth,
}
