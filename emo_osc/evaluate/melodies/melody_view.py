"""What the tells read of N melodies: their notes as lines, the time from each note to the next, their bars."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.evaluate.judges.features import Floats, Lines, Tokens

# N melodies, L notes of the longest

BAR, BARS, STEPS = 16, 16, 256
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MelodyView:
    """N melodies (N, 256) with what is read of them more than once. Times in steps (sixteenths).

    `bars` (N, 16, 16) are the tokens of each bar. (N, L): `onset`, `pitch` and `length` of each note, `bar` it starts
    in, `wait` from its onset to the next one (of the last note: to the end), `is_note` what is not padding, `is_last`
    the last note.
    """

    tokens: NDArray[np.int64]
    bars: NDArray[np.int64]
    onset: Floats
    pitch: Floats
    length: Floats
    wait: Floats
    bar: NDArray[np.int64]
    is_note: Flags
    is_last: Flags

    @classmethod
    def of(cls, tokens: Tokens) -> "MelodyView":
        """Reads melodies (N, 256).

        >>> view = MelodyView.of(np.array([[43, 0, 0, 45] + [0] * 252]))
        >>> view.wait.tolist(), view.is_last.tolist()
        ([[3.0, 253.0]], [[False, True]])
        """
        whole = np.asarray(tokens, dtype=np.int64)
        lines = Lines.of_tokens(whole)
        nothing = np.zeros((len(whole), 1))
        is_last = lines.is_note & ~np.concatenate([lines.is_note[:, 1:], nothing.astype(bool)], axis=1)
        after = np.where(is_last, STEPS, np.concatenate([lines.onset[:, 1:], nothing], axis=1))
        return cls(
            tokens=whole,
            bars=whole.reshape(-1, BARS, BAR),
            onset=lines.onset,
            pitch=lines.pitch,
            length=lines.duration,
            wait=np.where(lines.is_note, after - lines.onset, 0.0),
            bar=(lines.onset // BAR).astype(np.int64),
            is_note=lines.is_note,
            is_last=is_last,
        )

    @property
    def starts(self) -> Flags:
        """Where notes start in each bar, (N, 16, 16)."""
        return np.asarray(self.bars >= 2)

    @property
    def has_notes(self) -> Flags:
        """Bars in which a note starts, (N, 16)."""
        return np.asarray(self.starts.any(axis=2))

    @property
    def moves(self) -> tuple[Floats, Flags]:
        """Semitones from each note to the next, and where there is a next, (N, L - 1) both."""
        return np.diff(self.pitch, axis=1), self.is_note[:, 1:]

    @property
    def crosses(self) -> Flags:
        """Which of the moves lead into another bar, (N, L - 1)."""
        return np.asarray((np.diff(self.bar, axis=1) > 0) & self.is_note[:, 1:])

    @property
    def gaps(self) -> tuple[Floats, Flags]:
        """Steps from each onset to the next, and where there is a next, (N, L - 1) both."""
        return self.wait[:, :-1], self.is_note[:, 1:]


def mean_where(values: Floats | Flags, keep: Flags) -> Floats:
    """The mean of what is kept of each row, (N,); NaN where nothing is.

    >>> mean_where(np.array([[1.0, 3.0], [5.0, 7.0]]), np.array([[True, True], [False, False]])).tolist()
    [2.0, nan]
    """
    count = keep.sum(axis=1)
    total = np.where(keep, values, 0.0).sum(axis=1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))
