"""Counts the tables of the harmony model on POP909's piano arrangements: `emo-osc train harmony`.

The chord of a half bar is the triad that fits the arrangement's notes best, with more weight on the bass. The
arrangement includes the melody, which raises the chord-tone ratio by .02. Melodies are those of the corpus on corrected
bar lines; `bar_map` says where those lie in the arrangement.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.attributes import Floats, Tokens
from emo_osc.studio.harmony import CHORDS, CLASSES, HALVES, NAME, TONES, Chords, Harmony, chord_tone_ratio, half_bars
from emo_osc.train.corpora.bar_map import BarMap, load_bar_map, step_of
from emo_osc.train.corpora.corpus import SPLITS, transposed
from emo_osc.weights import checkpoints

ARRANGED, MELODIES = "notes_unlabelled.npz", "melodies_16bar_pop909bars.npz"
SOURCE = "pop909bars"
HALF_TICKS, BAR_TICKS, STEP_TICKS = 48, 96, 6
BASS, OUTSIDE, STAY = 0.5, 0.5, 0.1  # of a chord's score: for the bass on its root, per share outside, to stay
SMOOTH = 0.5  # added to every count
SHARPNESS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5)  # tried on the validation split


@dataclass(frozen=True, slots=True)
class Arranged:
    """N melodies in C with the chords of their accompaniment: tokens (N, 256), chords (N, 32)."""

    tokens: Tokens
    chords: Chords


def load_arranged(folder: Path, split: str) -> Arranged:
    """The POP909 windows of a split whose bar is a multiple of four, each with its accompaniment's chords.

    Windows over a change of the bar lines in the arrangement are left out.

    Raises:
        EmoOscError: the corpus is missing.
    """
    bar_map = load_bar_map(folder)
    try:
        with np.load(folder / ARRANGED) as notes, np.load(folder / MELODIES) as melodies:
            pairs = list(_pairs(dict(notes), dict(melodies), bar_map, SPLITS[split]))
    except (OSError, ValueError, KeyError) as error:
        raise EmoOscError(f"{folder}: no {ARRANGED} and {MELODIES} ({error}); name the corpus with --data") from None
    return Arranged(np.stack([tokens for tokens, _ in pairs]), np.stack([chords for _, chords in pairs]))


def chords_played(weights: Floats, bass: Floats) -> Chords:
    """The triad of each half bar. weights: (J, P), how long each pitch class sounds, bass: (J, P), the lowest -> (J,).

    Of equal fits the previous chord is kept.
    """
    share = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    low = bass / np.maximum(bass.sum(axis=1, keepdims=True), 1e-9)
    roots = np.tile(np.arange(CLASSES), 2)
    fit = share @ TONES.T - OUTSIDE * share @ (1 - TONES.T) + BASS * low[:, roots]
    chords = np.zeros(len(fit), np.int64)
    for half, row in enumerate(fit):
        stays = np.zeros(CHORDS)
        if half:
            stays[chords[half - 1]] = STAY
        chords[half] = (row + stays).argmax()
    return chords


def counted(arranged: Arranged, sharpness: float) -> Harmony:
    """Count the tables on melodies with chords."""
    weights, chords = half_bars(arranged.tokens), arranged.chords
    note = np.full((CHORDS, CLASSES), SMOOTH)
    np.add.at(note, chords.ravel(), weights.reshape(-1, CLASSES))
    change = np.full((2, CHORDS, CHORDS), SMOOTH)
    for half in range(1, HALVES):
        np.add.at(change[half % 2], (chords[:, half - 1], chords[:, half]), 1.0)
    first = SMOOTH + np.bincount(chords[:, 0], minlength=CHORDS).astype(np.float64)
    return Harmony(_logs(first), _logs(change), _logs(note), sharpness)


def figures(harmony: Harmony, arranged: Arranged) -> dict[str, float]:
    """Chord-tone ratios over the played chords, the fitted ones and those of another song; and agreement."""
    fitted = harmony.fit(half_bars(arranged.tokens))
    stranger = np.roll(arranged.chords, len(arranged.chords) // 2, axis=0)
    each = {"played": arranged.chords, "fitted": fitted, "stranger": stranger}
    ratios = {
        f"{name}_{kind}": float(ratio.mean())
        for name, chords in each.items()
        for kind, ratio in chord_tone_ratio(arranged.tokens, chords).items()
    }
    return ratios | {"agreement": float((fitted == arranged.chords).mean())}


def train_harmony(folder: Path, out: Path) -> tuple[Path, dict[str, float]]:
    """Count on the train split, choose the sharpness whose fitted ratio is nearest to the played one on the validation
    split, and write `harmony-HASH8.safetensors`; returns the file and the figures on the test split.

    Raises:
        EmoOscError: the corpus is not there, or `out` cannot be written.
    """
    train, valid = load_arranged(folder, "train"), load_arranged(folder, "valid")
    tried = [counted(train, sharpness) for sharpness in SHARPNESS]
    gaps = [abs((measured := figures(each, valid))["fitted_count"] - measured["played_count"]) for each in tried]
    best = tried[int(np.argmin(gaps))]
    measured = figures(best, load_arranged(folder, "test"))
    tables = {name: torch.from_numpy(getattr(best, name)).float() for name in ("first", "change", "note")}
    training = {"data": [SOURCE], "melodies": len(train.tokens), "test": measured}
    config = {"sharpness": best.sharpness, "training": {"harmony": training}}
    return checkpoints.save(out, NAME, tables, config), measured


def _pairs(
    notes: dict[str, NDArray[np.generic]], melodies: dict[str, NDArray[np.generic]], bar_map: BarMap, split: int
) -> Iterator[tuple[NDArray[np.int64], Chords]]:
    arranged = {name: index for index, name in enumerate(notes["piece_id"].tolist())}
    bar = melodies["bar"].astype(np.int64)
    rows = np.nonzero((melodies["split"] == split) & (melodies["run"] == 0) & (bar % 4 == 0))[0]
    for row in rows:
        song = str(melodies["piece_id"][melodies["piece"][row]])
        piece, begin = arranged.get(song), step_of(bar_map.get(song, ()), int(bar[row]), HALVES // 2)
        if piece is None or begin is None:
            continue
        shift = (int(melodies["tonic"][row]) + 5) % CLASSES - 5
        tokens = transposed(melodies["events"][row][None].astype(np.uint8), np.array([-shift]))[0]
        weights, bass = _sounding(notes, piece, begin * STEP_TICKS)
        yield tokens.astype(np.int64), chords_played(np.roll(weights, -shift, 1), np.roll(bass, -shift, 1))


def _sounding(notes: dict[str, NDArray[np.generic]], piece: int, begin: int) -> tuple[Floats, Floats]:
    """Ticks that each pitch class sounds in each of 32 half bars, and the lowest pitch of each alone; (J, P) each."""
    some = slice(int(notes["ptr"][piece]), int(notes["ptr"][piece + 1]))
    start = notes["onset_tick"][some].astype(np.int64) - begin
    end, pitch = start + notes["dur_tick"][some].astype(np.int64), notes["pitch"][some].astype(np.int64)
    weights, bass = np.zeros((HALVES, CLASSES)), np.zeros((HALVES, CLASSES))
    for half in range(HALVES):
        here = np.minimum(end, (half + 1) * HALF_TICKS) - np.maximum(start, half * HALF_TICKS)
        heard = here > 0
        np.add.at(weights[half], pitch[heard] % CLASSES, here[heard])
        if heard.any():
            bass[half, pitch[heard].min() % CLASSES] = 1.0
    return weights, bass


def _logs(counts: Floats) -> Floats:
    return np.asarray(np.log(counts / counts.sum(axis=-1, keepdims=True)))
