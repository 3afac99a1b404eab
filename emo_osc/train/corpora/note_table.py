"""The notes of many clips in one table, so that thousands are measured at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.performance import Performance

# M notes, N clips

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NoteTable:
    """M notes of N clips: clip `i` owns rows `ptr[i]:ptr[i + 1]`, in order of onset. Times in seconds, no drums.

    `onset_s`, `duration_s`, `pitch` (MIDI), `velocity` (1..127) are float64 (M,); `ptr` is int64 (N + 1,).

    >>> NoteTable.of_notes([[(0.0, 0.5, 60, 80), (0.5, 0.5, 64, 80)], [(0.0, 1.0, 72, 40)]]).sizes.tolist()
    [2, 1]

    Raises:
        ValueError: the arrays do not fit together, or a clip's notes are not in order of onset.
    """

    onset_s: Floats
    duration_s: Floats
    pitch: Floats
    velocity: Floats
    ptr: Rows

    def __post_init__(self) -> None:
        count = len(self.onset_s)
        if not len(self.duration_s) == len(self.pitch) == len(self.velocity) == count:
            raise ValueError("every note needs an onset, a duration, a pitch and a velocity")
        if not len(self.ptr) or self.ptr[0] != 0 or self.ptr[-1] != count or (np.diff(self.ptr) < 0).any():
            raise ValueError(f"ptr must rise from 0 to {count}, the number of notes")
        if ((np.diff(self.onset_s) < 0) & (np.diff(self.clip) == 0)).any():
            raise ValueError("the notes of a clip must be in order of onset")

    @classmethod
    def of_notes(cls, clips: Sequence[Sequence[tuple[float, float, int, int]]]) -> "NoteTable":
        """Clips as lists of (onset s, duration s, pitch, velocity), in any order within a clip."""
        notes = np.array([note for clip in clips for note in sorted(clip)], dtype=np.float64).reshape(-1, 4)
        onset_s, duration_s, pitch, velocity = notes.T
        ptr = np.cumsum([0, *(len(clip) for clip in clips)])
        return cls(onset_s, duration_s, pitch, velocity, ptr)

    @classmethod
    def of_performances(cls, performances: Sequence[Performance]) -> "NoteTable":
        """Played pieces, drums and silent notes left out; notes last as long as the pedal lets them sound."""
        return cls.of_notes(
            [
                [
                    (note.start_s, note.end_s + note.pedalled_s - note.start_s, note.pitch, note.velocity)
                    for note in piece.notes
                    if note.velocity and not note.is_drum
                ]
                for piece in performances
            ]
        )

    @classmethod
    def load(cls, path: Path) -> "NoteTable":
        """The pieces of a `notes_*.npz` of the corpus folder.

        Raises:
            EmoOscError: the file is missing or is no such table.
        """
        try:
            with np.load(path) as file:
                names = ("onset_ms", "dur_ms", "pitch", "velocity")
                onset_ms, dur_ms, pitch, velocity = (file[name].astype(np.float64) for name in names)
                return cls(onset_ms / 1000.0, dur_ms / 1000.0, pitch, velocity, file["ptr"].astype(np.int64))
        except (OSError, ValueError, KeyError) as error:
            raise EmoOscError(f"{path}: not a table of notes ({error}); give the corpus folder with --data") from None

    @property
    def sizes(self) -> Rows:
        """Notes of each clip, (N,)."""
        return np.diff(self.ptr)

    @property
    def clip(self) -> Rows:
        """Which clip each note is of, (M,)."""
        return np.repeat(np.arange(len(self.ptr) - 1), self.sizes)

    def windows(self, first: Rows, last: Rows) -> "NoteTable":
        """Clips made of rows `first[i]:last[i]` of this table; they may overlap. A clip must stay within a piece."""
        sizes = last - first
        ptr = np.concatenate([[0], np.cumsum(sizes)])
        rows = np.arange(ptr[-1]) - np.repeat(ptr[:-1] - first, sizes)
        return NoteTable(self.onset_s[rows], self.duration_s[rows], self.pitch[rows], self.velocity[rows], ptr)

    def select(self, clips: Rows) -> "NoteTable":
        """Some of the clips, by number."""
        return self.windows(self.ptr[:-1][clips], self.ptr[1:][clips])

    def parts(self, most: int) -> Iterator["NoteTable"]:
        """The same in tables of so many clips at most, in order."""
        count = len(self.ptr) - 1
        for start in range(0, count, most):
            yield self.select(np.arange(start, min(start + most, count)))
