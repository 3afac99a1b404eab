"""Melodies for tests: written bar by bar, and drawn by lot in two styles."""

import numpy as np
from numpy.typing import NDArray

from emo_osc.train.corpora.corpus import Corpus
from emo_osc.train.corpora.phrase_place import PhrasePlace

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def melody(*bars: dict[int, int]) -> NDArray[np.int64]:
    """One melody (1, 256) from bars of {step: pitch}, repeated until there are sixteen; pitch 0 is a note-off."""
    tokens = np.zeros((16, 16), dtype=np.int64)
    for row in range(16):
        for step, pitch in bars[row % len(bars)].items():
            tokens[row, step] = pitch - 19 if pitch else 1
    return tokens.reshape(1, 256)


def by_lot(count: int, seed: int, every: int = 2, share: float = 0.75) -> NDArray[np.int64]:
    """Walks over a scale (count, 256), in which a share of the places, `every` steps apart, have a note."""
    rng = np.random.default_rng(seed)
    tokens = np.zeros((count, 256), dtype=np.int64)
    for row in range(count):
        at = np.flatnonzero(rng.random(256 // every) < share) * every
        walk = np.abs(np.cumsum(rng.choice((-1, 0, 1), len(at)))) % len(SCALE)
        tokens[row, at] = np.array(SCALE)[walk] - 19
        tokens[row, 0] = 41
    return tokens


def corpus(tokens: NDArray[np.int64], per_song: int = 2) -> Corpus:
    """Melodies as a corpus of one repertoire, some windows of each song, every phrase eight bars long."""
    count = len(tokens)
    songs, nought = np.arange(count) // per_song, np.zeros(count, dtype=np.int64)
    since = np.tile(np.arange(16, dtype=np.int8) % 8, (count, 1))
    place = PhrasePlace(since, (7 - since).astype(np.int8))
    return Corpus(tokens.astype(np.uint8), place, nought, nought, songs, songs, nought, nought, ("made",))
