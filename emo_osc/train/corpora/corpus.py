"""The training melodies: windows of 16 bars, transposed to C, with their metadata.

Reads the shards `melodies_16bar_NAME.npz` of a data folder. Only repertoires whose licence allows shipping weights can
be loaded: nothing else may end in a released checkpoint (Wikifonia, Nottingham, Essen and The Session never teach;
EMOPIA, VGMIDI and CoCoPops only measure).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.attributes import measure_table
from emo_osc.train.corpora.phrase_place import STRAIN, PhrasePlace, place_of

SHARDS: dict[str, tuple[str, ...]] = {
    "pop909bars": ("pop909bars",),
    "openewld": ("openewld",),
    "trad": ("trad", "trad_last"),
    "lieder": ("lieder",),
    "pop909": ("pop909",),
}
"""Repertoire -> its shards. `pop909` has the songs of `pop909bars` on bar lines a third of which are wrong: kept for
checkpoints that were trained on it."""

LICENSED = ("pop909bars", "openewld", "trad", "lieder")
"""What a checkpoint is trained on."""

SPLITS = {"train": 0, "valid": 1, "test": 2}
LOWEST_CLASS, HIGHEST_CLASS = 2, 89

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Corpus:
    """N melodies whose tonic is C, whether major or minor ("parallel" keys), so that mode shows as third and sixth.

    `tokens` uint8 (N, 256); `place` where in its phrase each of the 16 bars lies; and int64 (N,): `shift`, the
    semitones that give each its own key back; `source`, its repertoire, an index into `sources`; `piece`, unique over
    repertoires; `group`, equal for versions of one piece, which a fold must not part; `bar`, the window's first bar in
    its piece; `split`, a value of `SPLITS`.
    """

    tokens: NDArray[np.uint8]
    place: PhrasePlace
    shift: Numbers
    source: Numbers
    piece: Numbers
    group: Numbers
    bar: Numbers
    split: Numbers
    sources: tuple[str, ...]

    @property
    def phase(self) -> Numbers:
        """In which bar of its phrase each window starts, 0..7, or 8 where that is unknown or later, (N,)."""
        first = self.place.since[:, 0].astype(np.int64)
        return np.where((first >= 0) & (first < STRAIN), first, STRAIN)

    def attributes(self) -> NDArray[np.float64]:
        """Notes per bar, mean pitch and belief in major of every melody, (N, 3)."""
        return measure_table(self.tokens)

    def select(self, rows: NDArray[np.bool_] | Numbers) -> "Corpus":
        """The melodies of some rows."""
        numbers = {name: getattr(self, name)[rows] for name in ("shift", "source", "piece", "group", "bar", "split")}
        return replace(self, tokens=self.tokens[rows], place=self.place.select(rows), **numbers)


@dataclass(frozen=True, slots=True)
class _Shard:
    """A shard's windows, with `piece` and `group` as the file has them, and the name of each window's piece, (N,)."""

    corpus: Corpus
    names: NDArray[np.str_]


def load_corpus(folder: Path, split: str | None, repertoires: Sequence[str] = LICENSED) -> Corpus:
    """The melodies of one split (`train`, `valid` or `test`; None: all) of the named repertoires.

    Raises:
        EmoOscError: a shard is missing or is not one, or a repertoire may not be trained on.
    """
    strangers = [name for name in repertoires if name not in SHARDS]
    if strangers:
        raise EmoOscError(f"{strangers[0]}: not licensed for training; choose among {', '.join(SHARDS)}")
    shards = [
        _load_shard(folder, shard, source, tuple(repertoires))
        for source, name in enumerate(repertoires)
        for shard in SHARDS[name]
    ]
    whole = _joined(shards)
    return whole if split is None else whole.select(whole.split == SPLITS[split])


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


def _load_shard(folder: Path, name: str, source: int, sources: tuple[str, ...]) -> _Shard:
    path = folder / f"melodies_16bar_{name}.npz"
    try:
        with np.load(path) as file:
            shard = dict(file)
        piece, tonic = shard["piece"].astype(np.int64), shard["tonic"].astype(np.int64)
        names = np.char.add(f"{source}/", shard["piece_id"].astype(str))[piece]
        group, bar, split = (
            each.astype(np.int64) for each in (shard["piece_group"][piece], shard["bar"], shard["split"])
        )
    except (OSError, ValueError, KeyError) as error:
        raise EmoOscError(f"{path}: not a shard of melodies ({error}); give the corpus folder with --data") from None
    shift = (tonic + 5) % 12 - 5
    tokens = transposed(shard["events"].astype(np.uint8), -shift)
    place, numbers = place_of(folder, name, shard), np.full(len(tokens), source, dtype=np.int64)
    return _Shard(Corpus(tokens, place, shift, numbers, piece, group, bar, split, sources), names)


def _joined(shards: Sequence[_Shard]) -> Corpus:
    """All shards in turn, with pieces and groups counted from 0; pieces of one name and repertoire are one."""
    parts = [shard.corpus for shard in shards]
    _, piece = np.unique(np.concatenate([shard.names for shard in shards]), return_inverse=True)
    _, group = np.unique(np.concatenate([part.group for part in parts]), return_inverse=True)
    return Corpus(
        tokens=np.concatenate([part.tokens for part in parts]),
        place=PhrasePlace.joined([part.place for part in parts]),
        shift=np.concatenate([part.shift for part in parts]),
        source=np.concatenate([part.source for part in parts]),
        piece=piece.astype(np.int64),
        group=group.astype(np.int64),
        bar=np.concatenate([part.bar for part in parts]),
        split=np.concatenate([part.split for part in parts]),
        sources=parts[0].sources,
    )
