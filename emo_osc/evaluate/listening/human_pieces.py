"""Human clips of the listening test: the top lines of labelled pieces, as they were played.

They are rendered by the same synthesizer as ours and show how well a single line conveys an affect at all. Their
licence allows research only: do not publish them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_standard import NOTE_OFF, NOTE_ON, RELEASE_VELOCITY
from emo_osc.evaluate.judges.played_features import top_line
from emo_osc.train.labels import WIDTH, among
from emo_osc.train.naming import label_of, unit_of

Events = tuple[tuple[float, bytes], ...]
"""Seconds from the start, and one MIDI message each."""

FEWEST_NOTES = 8  # fewer notes than this are no melody
CLEARLY = 1.0 / WIDTH  # least difference of a pair: one standard deviation of its corpus


@dataclass(frozen=True, slots=True)
class HumanPieces:
    """P labelled pieces: `notes`, for each an array (M, 4) of onset s, duration s, pitch, velocity; `points` (P, 2),
    valence and arousal standardised within their corpus and clipped to [-1, 1]; `corpus` (P,), the number of the
    corpus.
    """

    notes: Sequence[NDArray[np.float64]]
    points: NDArray[np.float64]
    corpus: NDArray[np.int64]

    @classmethod
    def load(cls, data: Path) -> "HumanPieces":
        """The pieces of `notes_labelled.npz` that have 8 notes or more.

        Raises:
            EmoOscError: the folder holds no such file.
        """
        path = data / "notes_labelled.npz"
        try:
            with np.load(path) as file:
                names = ("onset_ms", "dur_ms", "pitch", "velocity")
                notes = np.column_stack([file[name].astype(np.float64) for name in names])
                ptr, corpus = file["ptr"].astype(np.int64), file["piece_source"].astype(np.int64)
                points = np.column_stack([file["valence"], file["arousal"]]).astype(np.float64)
        except (OSError, ValueError, KeyError) as error:
            raise EmoOscError(f"{path}: no labelled pieces ({error}); give the corpus folder with --data") from None
        notes[:, :2] /= 1000.0
        for each in np.unique(corpus):
            points[corpus == each] = among(points[corpus == each], points[corpus == each])
        rows = np.flatnonzero((np.diff(ptr) >= FEWEST_NOTES) & np.isfinite(points).all(axis=1))
        return cls([notes[ptr[row] : ptr[row + 1]] for row in rows], np.clip(points[rows], -1.0, 1.0), corpus[rows])

    def label(self, row: int) -> str:
        """The emotion label of a piece by the regions of Yoon et al. (`train/naming`)."""
        return label_of(*unit_of(Affect(*self.points[row].tolist())))

    def pairs(self, axis: str, count: int, rng: Random) -> list[tuple[int, int]]:
        """Up to `count` pairs (lower, higher) of one corpus that differ clearly on one axis and agree in sign on the
        other.
        """
        along, across = (self.points[:, column] for column in ((0, 1) if axis == "valence" else (1, 0)))
        found: list[tuple[int, int]] = []
        for lower in rng.sample(np.flatnonzero(along < 0).tolist(), int((along < 0).sum())):
            if len(found) == count:
                break
            same = (self.corpus == self.corpus[lower]) & (across * across[lower] > 0) & (along > 0)
            higher = np.flatnonzero(same & (along - along[lower] > CLEARLY))
            if len(higher):
                found.append((lower, rng.choice(higher.tolist())))
        return found

    def events(self, row: int, length_s: float) -> Events:
        """The top line of a piece's first `length_s` seconds as MIDI events on channel 1."""
        line = top_line(self.notes[row])
        onset = line[:, 0] - line[0, 0]
        kept = onset < length_s
        ends = np.minimum(onset + line[:, 1], np.append(onset[1:], np.inf))
        events: list[tuple[float, bytes]] = []
        for start_s, end_s, note in zip(onset[kept], np.minimum(ends, length_s)[kept], line[kept], strict=True):
            pitch, velocity = int(note[2]), max(1, int(note[3]))
            events += [
                (float(start_s), bytes([NOTE_ON, pitch, velocity])),
                (float(end_s), bytes([NOTE_OFF, pitch, RELEASE_VELOCITY])),
            ]
        return tuple(sorted(events, key=lambda event: (event[0], event[1][0])))
