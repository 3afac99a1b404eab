"""Features of one voice as performed: pitches, timing in seconds, velocities, articulation."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emo_osc.evaluate.judges.features import PITCHES, SPREAD, Block, Floats, Lines, shares, spread, tabled

SHORTEST_S = 0.01
CLUSTER_S = 0.05  # onsets nearer than this are one chord (emotion reference, section 9)
PACES_S = (0.0, 0.1, 0.15, 0.22, 0.33, 0.5, 0.75, 1.1, 1.7)  # half an octave of tempo each
GATES = (0.0, 0.25, 0.5, 0.7, 0.85, 0.95, 1.05)


def played_features(voices: Sequence[NDArray[np.generic]]) -> tuple[Floats, tuple[str, ...]]:
    """All features (N, F) of voices given as arrays (notes, 4): onset s, duration s, pitch, velocity; and their names.

    >>> voice = np.array([[0.0, 0.4, 60, 80], [0.5, 0.4, 62, 90], [1.0, 0.4, 64, 100]])
    >>> values, names = played_features([voice])
    >>> float(values[0, names.index("velocity mean")])
    90.0
    """
    return tabled(Lines.of_notes(voices), {**PITCHES, **TOUCH})


def top_line(notes: NDArray[np.generic]) -> NDArray[np.generic]:
    """The highest note of each cluster of onsets within 50 ms; `notes` (M, 4) in order of onset, the answer too.

    >>> top_line(np.array([[0.0, 1, 48, 70], [0.02, 1, 72, 80], [0.5, 1, 74, 80]]))[:, 2].tolist()
    [72.0, 74.0]
    """
    kept: list[int] = []
    begun_s = -np.inf
    for row, (onset_s, _, pitch, _) in enumerate(notes):
        if onset_s - begun_s >= CLUSTER_S:
            kept.append(row)
            begun_s = onset_s
        elif pitch > notes[kept[-1], 2]:
            kept[-1] = row
    return notes[kept]


def rate(lines: Lines) -> Floats:
    """ln of one plus the notes a second, from the first onset to the last, (N,)."""
    first = np.where(lines.is_note, lines.onset, np.inf).min(axis=1)
    last = np.where(lines.is_note, lines.onset, -np.inf).max(axis=1)
    length_s = np.where(lines.is_note.any(axis=1), last - first, 0.0)
    return np.asarray(np.log1p((lines.count[:, 0] - 1) / np.maximum(length_s, SHORTEST_S)))


def gaps(lines: Lines) -> Floats:
    """ln of the seconds from onset to onset, (N, 7)."""
    apart, keep = lines.gaps
    return spread(np.log(np.maximum(apart, SHORTEST_S)), keep)


def paces(lines: Lines) -> Floats:
    """The share of each time from onset to onset, (N, 9)."""
    apart, keep = lines.gaps
    return shares(apart, keep, PACES_S)


def holds(lines: Lines) -> Floats:
    """ln of the seconds that notes last, (N, 7)."""
    return spread(np.log(np.maximum(lines.duration, SHORTEST_S)), lines.is_note)


def gates(lines: Lines) -> Floats:
    """The share of notes by the ratio of their duration to the inter-onset time, (N, 7)."""
    apart, keep = lines.gaps
    return shares(lines.duration[:, :-1] / np.maximum(apart, SHORTEST_S), keep, GATES)


def velocities(lines: Lines) -> Floats:
    """Velocities: mean, deviation, quantiles, (N, 7)."""
    return spread(lines.velocity, lines.is_note)


def swells(lines: Lines) -> Floats:
    """Absolute change of velocity from note to note, (N, 7)."""
    return spread(np.abs(np.diff(lines.velocity, axis=1)), lines.is_note[:, 1:])


TOUCH: dict[str, Block] = {
    "notes a second": Block(rate),
    "ln gap": Block(gaps, SPREAD),
    "gap": Block(paces, tuple(f"from {low:g} s" for low in PACES_S)),
    "ln hold": Block(holds, SPREAD),
    "gate": Block(gates, tuple(f"from {low:g}" for low in GATES)),
    "velocity": Block(velocities, SPREAD),
    "swell": Block(swells, SPREAD),
}
"""Features of timing, velocity and articulation, absent from the score."""
