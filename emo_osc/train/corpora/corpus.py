"""The training melodies: windows of 16 bars in one key, with what each is known to be.

Reads the shards `melodies_16bar_NAME.npz` of a data folder. Only shards whose licence allows shipping weights are
taken by default; nothing else may end in a released checkpoint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.attributes import measure_table

LICENSED = ("pop909", "openewld", "trad")
SPLITS = {"train": 0, "valid": 1, "test": 2}
LOWEST_CLASS, HIGHEST_CLASS = 2, 89
_Shard = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """N melodies whose tonic is C, whether major or minor ("parallel" keys), so that mode shows as third and sixth.

    `tokens` uint8 (N, 256); `shift` int (N,), the semitones that give each its own key back; `phase` int (N,), the
    window's first bar modulo 8 in its piece; `source` int (N,), an index into `sources`; `piece` int (N,), unique over
    shards.
    """

    tokens: NDArray[np.uint8]
    shift: NDArray[np.int64]
    phase: NDArray[np.int64]
    source: NDArray[np.int64]
    piece: NDArray[np.int64]
    sources: tuple[str, ...]

    def attributes(self) -> NDArray[np.float64]:
        """Notes per bar, mean pitch and belief in major of every melody, (N, 3)."""
        return measure_table(self.tokens)

    def own_key(self) -> NDArray[np.uint8]:
        """The melodies in the keys they came in, (N, 256)."""
        return transposed(self.tokens, self.shift)

    def select(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "Corpus":
        """The melodies of some rows."""
        return Corpus(
            self.tokens[rows], self.shift[rows], self.phase[rows], self.source[rows], self.piece[rows], self.sources
        )


def load_corpus(folder: Path, split: str, shards: Sequence[str] = LICENSED) -> Corpus:
    """The melodies of one split (`train`, `valid` or `test`) of the named shards.

    Raises:
        EmoOscError: a shard is missing or is not one.
    """
    parts = [_load_shard(folder, name, SPLITS[split]) for name in shards]
    sizes = np.cumsum([0] + [int(part[3].max()) + 1 if len(part[3]) else 0 for part in parts])
    return Corpus(
        tokens=np.concatenate([part[0] for part in parts]),
        shift=np.concatenate([part[1] for part in parts]),
        phase=np.concatenate([part[2] for part in parts]),
        source=np.concatenate([np.full(len(part[0]), index) for index, part in enumerate(parts)]),
        piece=np.concatenate([part[3] + size for part, size in zip(parts, sizes, strict=False)]),
        sources=tuple(shards),
    )


def transposed(tokens: NDArray[np.uint8], semitones: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Melodies (N, 256) moved by semitones (N,); a melody that would leave the 88 keys moves by octaves back inside.

    >>> transposed(np.array([[40, 0, 1]], dtype=np.uint8), np.array([2])).tolist()
    [[42, 0, 1]]
    """
    is_note = tokens >= LOWEST_CLASS
    low = np.where(is_note, tokens, 255).min(axis=1).astype(np.int64)
    high = np.where(is_note, tokens, 0).max(axis=1).astype(np.int64)
    moved = semitones.copy()
    moved += 12 * np.ceil(np.maximum(LOWEST_CLASS - (low + moved), 0) / 12).astype(np.int64)
    moved -= 12 * np.ceil(np.maximum(high + moved - HIGHEST_CLASS, 0) / 12).astype(np.int64)
    return np.where(is_note, tokens + moved[:, None], tokens).astype(np.uint8)


def unique_bars(tokens: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The different bars (M, 16) in melodies (N, 256), with how often each occurs (M,)."""
    bars, counts = np.unique(tokens.reshape(-1, 16), axis=0, return_counts=True)
    return bars, counts


def _load_shard(folder: Path, name: str, split: int) -> _Shard:
    path = folder / f"melodies_16bar_{name}.npz"
    try:
        with np.load(path) as shard:
            arrays = {key: shard[key] for key in ("events", "split", "bar", "tonic", "piece")}
    except (OSError, ValueError, KeyError) as error:
        raise EmoOscError(f"{path}: not a shard of melodies ({error}); give the corpus folder with --data") from None
    rows = arrays["split"] == split
    shift = (arrays["tonic"][rows].astype(np.int64) + 5) % 12 - 5
    tokens = transposed(arrays["events"][rows].astype(np.uint8), -shift)
    phase = arrays["bar"][rows].astype(np.int64) % 8
    return tokens, shift, phase, arrays["piece"][rows].astype(np.int64)
