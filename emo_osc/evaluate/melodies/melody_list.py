"""A list of melodies to measure, of any origin: a file of token windows with the affects they were made for."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import open_regular, read_small_text
from emo_osc.studio.tokens import CLASSES, FIRST_NOTE, STEPS

MOST_BYTES = 256 << 20
LIKE = 'a line is {"tokens": [256 numbers of 0..89], "valence": -1..1, "arousal": -1..1, "set": 0}'


@dataclass(frozen=True, slots=True)
class MelodyList:
    """N melodies to measure.

    `tokens` int64 (N, 256); the N `affects` they were made for, None where they were made for none; `sets` (N,) numbers
    the seeds they were made with: figures are means over sets.

    Raises:
        ValueError: the sizes differ, there is no melody, one has no note, or a token is out of range.
    """

    tokens: NDArray[np.int64]
    affects: tuple[Affect, ...] | None
    sets: NDArray[np.int64]

    def __post_init__(self) -> None:
        count = len(self.tokens)
        if self.tokens.shape != (count, STEPS) or not count:
            raise ValueError(f"melodies must be (N, {STEPS}) tokens, got {self.tokens.shape}")
        if self.tokens.min() < 0 or self.tokens.max() >= CLASSES or not (self.tokens >= FIRST_NOTE).any(axis=1).all():
            raise ValueError(f"tokens must be 0..{CLASSES - 1}, with a note in every melody")
        if len(self.sets) != count or (self.affects is not None and len(self.affects) != count):
            raise ValueError(f"{count} melodies need as many affects and sets")

    @classmethod
    def of(
        cls, tokens: NDArray[np.integer], affects: Sequence[Affect] | None, sets: NDArray[np.integer] | None = None
    ) -> "MelodyList":
        """Melodies (N, 256), of one set where none is said."""
        whole = np.asarray(tokens, dtype=np.int64)
        numbers = np.zeros(len(whole), dtype=np.int64) if sets is None else np.asarray(sets, dtype=np.int64)
        return cls(whole, None if affects is None else tuple(affects), numbers)

    @classmethod
    def load(cls, path: Path) -> "MelodyList":
        """Reads `.npz` (`tokens` (N, 256), and `affects` (N, 2), `set` (N,) where there are any), or JSON lines.

        Raises:
            EmoOscError: the file is missing, or holds no such melodies.
        """
        try:
            return _of_arrays(path) if path.suffix == ".npz" else _of_lines(read_small_text(path, MOST_BYTES))
        except OSError as error:
            raise EmoOscError(f"{path}: cannot be read ({error.strerror or error}); name a file of melodies") from None
        except (ValueError, KeyError, TypeError, BadZipFile) as error:
            raise EmoOscError(f"{path}: no list of melodies ({error}); {LIKE}") from None

    def split(self) -> "Iterator[MelodyList]":
        """Each set alone."""
        for number in np.unique(self.sets):
            rows = np.flatnonzero(self.sets == number)
            affects = None if self.affects is None else tuple(self.affects[row] for row in rows)
            yield MelodyList(self.tokens[rows], affects, self.sets[rows])


def write_melodies(melodies: MelodyList, path: Path) -> None:
    """Writes JSON lines that `MelodyList.load` reads.

    Raises:
        EmoOscError: the file cannot be written.
    """
    rows = []
    for index, (tokens, number) in enumerate(zip(melodies.tokens.tolist(), melodies.sets.tolist(), strict=True)):
        row: dict[str, Any] = {"tokens": tokens, "set": number}
        if melodies.affects is not None:
            row |= {"valence": melodies.affects[index].valence, "arousal": melodies.affects[index].arousal}
        rows.append(json.dumps(row))
    try:
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be written ({error.strerror}); choose another file") from None


def _of_arrays(path: Path) -> MelodyList:
    with open_regular(path) as opened, np.load(opened) as file:
        tokens = file["tokens"]
        affects = [Affect.clamped(*row) for row in file["affects"].tolist()] if "affects" in file.files else None
        return MelodyList.of(tokens, affects, file["set"] if "set" in file.files else None)


def _of_lines(text: str) -> MelodyList:
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    with_affect = [row for row in rows if "valence" in row]
    if with_affect and len(with_affect) < len(rows):
        raise ValueError("some melodies have an affect and some have none")
    affects = [Affect.clamped(float(row["valence"]), float(row["arousal"])) for row in with_affect] or None
    sets = np.array([int(row.get("set", 0)) for row in rows])
    return MelodyList.of(np.array([row["tokens"] for row in rows]), affects, sets)
