"""Counts the tables of the harmony model on POP909's songs: `emo-osc train harmony`.

Melodies and places in phrases are those of the corpus on corrected bar lines, chords those of the phrase labels. The
probability of staying on a chord is chosen on the validation split, that of a dominant at phrase ends in minor on the
train split, and sharpness on both, since 134 windows hardly tell one from another.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.attributes import Floats, Tokens
from emo_osc.studio.harmony import (
    CHORDS,
    CLASSES,
    DOMINANT,
    HALVES,
    NAME,
    PLACES,
    TONIC,
    Chords,
    Harmony,
    Until,
    cadences,
    chord_tone_ratio,
    half_bars,
    is_major,
)
from emo_osc.train.corpora.bar_map import LABELS
from emo_osc.train.corpora.corpus import SPLITS, load_corpus
from emo_osc.train.corpora.phrase_chords import load_song_chords
from emo_osc.weights import checkpoints

SOURCE = "pop909bars"
MELODIES = f"melodies_16bar_{SOURCE}.npz"
SMOOTH = 0.5  # added to every count
POOLED = (
    20.0  # changes that a chord has seen at every place in the phrase before it is counted, as all places have them
)
SHARPNESS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5)  # tried on the validation split
ROUNDS, PULL = 20, 0.7  # of matching how often chords change or close: rounds, and the part of the gap that each closes
MINOR_TRIADS = (12, 3, 17, 19, 8, 10)  # of C minor, without its dominant
MODE = (
    0.3  # how much a chord's share among the chords of a mode weighs: .15 to .6 find more of the chords played than 0
)


@dataclass(frozen=True, slots=True)
class Arranged:
    """N melodies in C with their chords: tokens (N, 256), chords (N, J), and bars to the end of the phrase, (N, K)."""

    tokens: Tokens
    chords: Chords
    until: Until


def load_arranged(folder: Path, split: str) -> Arranged:
    """The POP909 windows of a split that start with a phrase, in C, with the chords of their song.

    Raises:
        EmoOscError: the corpus is missing, or has no such window.
    """
    corpus, songs = load_corpus(folder, split, (SOURCE,)), load_song_chords(folder)
    with np.load(folder / MELODIES) as file:
        names = file["piece_id"].astype(str)[file["piece"]][file["split"] == SPLITS[split]]
    chords = [songs.get(name, _NONE)[2 * bar : 2 * bar + HALVES] for name, bar in zip(names, corpus.bar, strict=True)]
    is_whole = np.array([len(each) == HALVES for each in chords], dtype=bool)
    rows = np.flatnonzero(corpus.place.starts_phrase & is_whole)
    if not len(rows):
        raise EmoOscError(f"{folder}: no window of {MELODIES} starts with a phrase whose chords {LABELS} knows")
    written = np.stack([chords[row] for row in rows])
    in_c = (written - corpus.shift[rows, None]) % CLASSES + written // CLASSES * CLASSES
    return Arranged(corpus.tokens[rows].astype(np.int64), in_c, corpus.place.until[rows])


def joined(one: Arranged, other: Arranged) -> Arranged:
    """Both, one after the other."""
    return Arranged(
        np.concatenate([one.tokens, other.tokens]),
        np.concatenate([one.chords, other.chords]),
        np.concatenate([one.until, other.until]),
    )


def counted(arranged: Arranged, sharpness: float) -> Harmony:
    """The tables that melodies with their chords give."""
    weights, chords = half_bars(arranged.tokens), arranged.chords
    note = np.full((CHORDS, CLASSES), SMOOTH)
    np.add.at(note, chords.ravel(), weights.reshape(-1, CLASSES))
    every, placed = np.full((2, CHORDS, CHORDS), SMOOTH), np.zeros((PLACES, 2, CHORDS, CHORDS))
    place, is_known = np.minimum(arranged.until, PLACES - 1), arranged.until >= 0
    for half in range(1, HALVES):
        before, after, rows = chords[:, half - 1], chords[:, half], is_known[:, half // 2]
        np.add.at(every[half % 2], (before, after), 1.0)
        np.add.at(placed[:, half % 2], (place[rows, half // 2], before[rows], after[rows]), 1.0)
    first = SMOOTH + np.bincount(chords[:, 0], minlength=CHORDS).astype(np.float64)
    placed += POOLED * np.exp(_logs(every))
    return Harmony(_logs(first), _logs(placed), _logs(note), sharpness, MODE * _mode(chords, is_major(weights)))


def _mode(chords: Chords, is_in_major: NDArray[np.bool_]) -> Floats:
    """How much likelier each chord is in minor, and in major, than in any mode: logarithms. (N, J), (N,) -> (2, C)."""
    in_modes = np.stack([np.bincount(chords[is_in_major == mode].ravel(), minlength=CHORDS) for mode in (False, True)])
    share = _logs(SMOOTH + in_modes.sum(axis=0))
    return np.asarray(_logs(in_modes + POOLED * np.exp(share)) - share)


def restless(harmony: Harmony, arranged: Arranged) -> Harmony:
    """The tables with a probability of staying by which the fitted chords change as often as those played.

    Bar lines and the middle of bars are matched separately.
    """
    weights, played = half_bars(arranged.tokens), change_rates(arranged.chords)
    less, tables = np.zeros(2), harmony
    for _ in range(ROUNDS):
        less += PULL * (_logit(played) - _logit(change_rates(tables.fit(weights, arranged.until))))
        tables = replace(harmony, change=_logs(np.exp(harmony.change - less[:, None, None] * np.eye(CHORDS))))
    return tables


def closing(harmony: Harmony, arranged: Arranged) -> Harmony:
    """The tables with likelier dominants at phrase ends in minor, by which the fitted chords of these melodies have as
    many cadences as those played.

    Most phrases in minor close by other chords (B flat to C minor), so the likeliest path hardly ever has a cadence.
    """
    weights = half_bars(arranged.tokens)
    is_minor = ~is_major(weights)
    if not is_minor.any():
        return harmony
    weights, until = weights[is_minor], arranged.until[is_minor]
    played = cadence_rates(arranged.chords[is_minor], until)
    more, tables = np.zeros(2), harmony
    for _ in range(ROUNDS):
        gap = _logit(played) - _logit(cadence_rates(tables.fit(weights, until), until))
        more = np.maximum(0.0, more + PULL * gap)
        change = harmony.change.copy()
        change[:2, :, DOMINANT, CLASSES + TONIC] += more[0]
        change[0, :, MINOR_TRIADS, DOMINANT] += more[1]
        tables = replace(harmony, change=_logs(np.exp(change)))
    return tables


def cadence_rates(chords: Chords, until: Until) -> Floats:
    """The share of phrases with V-I in their last two bars, and of those that end on V. (N, J), (N, K) -> (2,)."""
    return np.array([found.mean() if found.size else 0.0 for found in cadences(chords, until)])


def change_rates(chords: Chords) -> Floats:
    """The share of bar lines, and of middles of bars, at which the chord changes. (N, J) -> (2,)."""
    changes = chords[:, 1:] != chords[:, :-1]
    return np.array([changes[:, 1::2].mean(), changes[:, ::2].mean()])


def figures(harmony: Harmony, arranged: Arranged) -> dict[str, float]:
    """Chord-tone ratios over the chords played, fitted and another song's; how often they change; and agreement."""
    fitted = harmony.fit(half_bars(arranged.tokens), arranged.until)
    stranger = np.roll(arranged.chords, len(arranged.chords) // 2, axis=0)
    each = {"played": arranged.chords, "fitted": fitted, "stranger": stranger}
    ratios = {
        f"{name}_{kind}": float(ratio.mean())
        for name, chords in each.items()
        for kind, ratio in chord_tone_ratio(arranged.tokens, chords).items()
    }
    changes = {
        f"{name}_changes_{place}": float(rate)
        for name in ("played", "fitted")
        for place, rate in zip(("bar", "middle"), change_rates(each[name]), strict=True)
    }
    return ratios | changes | {"agreement": _agreement(harmony, arranged)}


def train_harmony(folder: Path, out: Path) -> tuple[Path, dict[str, float]]:
    """Counts on the train split, chooses the sharpness whose fitted chords agree most with those played, lets phrases
    in minor close, and keeps `harmony-HASH8.safetensors`; also figures on the test split.

    Raises:
        EmoOscError: the corpus is missing, or `out` cannot be written.
    """
    train, valid = load_arranged(folder, "train"), load_arranged(folder, "valid")
    tried = [restless(counted(train, sharpness), valid) for sharpness in SHARPNESS]
    both = joined(train, valid)
    best = closing(max(tried, key=lambda harmony: _agreement(harmony, both)), train)
    told = figures(best, load_arranged(folder, "test"))
    tables = {name: torch.from_numpy(getattr(best, name)).float() for name in ("first", "change", "note", "mode")}
    training = {"data": [SOURCE], "melodies": len(train.tokens), "test": told}
    config = {"sharpness": best.sharpness, "training": {"harmony": training}}
    return checkpoints.save(out, NAME, tables, config), told


def _agreement(harmony: Harmony, arranged: Arranged) -> float:
    return float((harmony.fit(half_bars(arranged.tokens), arranged.until) == arranged.chords).mean())


def _logit(share: Floats) -> Floats:
    inside = share.clip(0.01, 0.99)
    return np.asarray(np.log(inside / (1.0 - inside)))


def _logs(counts: Floats) -> Floats:
    return np.asarray(np.log(counts / counts.sum(axis=-1, keepdims=True)))


_NONE: Chords = np.zeros(0, np.int64)
