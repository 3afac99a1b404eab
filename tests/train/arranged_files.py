"""Arranged songs in the files of a corpus folder, small ones."""

import json
from pathlib import Path

import numpy as np

from emo_osc.studio.events import BAR_STEPS
from emo_osc.train.corpora.arrangements import ARRANGED, MELODIES
from emo_osc.train.corpora.bar_map import LABELS

BARS = 24
BAR_TICKS = 96
TONIC = 2
BPM = 120.0


def song(at: int) -> list[tuple[int, int, int, int]]:
    """Onset, length (ticks), pitch, velocity: a melody in quarters over held fifths; odd songs twice as busy, loud."""
    pace = 24 >> at % 2
    melody = [
        (tick, pace, 74 + (tick // pace + at) % 5, 60 + 40 * (at % 2)) for tick in range(0, BARS * BAR_TICKS, pace)
    ]
    low = [(bar * BAR_TICKS, BAR_TICKS, pitch, 70) for bar in range(BARS) for pitch in (38, 45)]
    return sorted([*melody, *low])


def write_arranged(folder: Path, offset: int = 0) -> None:
    """Six songs in D, four to learn from; their bar lines lie `offset` steps after the arrangement's."""
    songs = [song(at) for at in range(6)]
    stretches = {f"song {at}": {"map": [[offset, None, None]]} for at in range(6)}
    (folder / LABELS).write_text(json.dumps(stretches))
    notes = np.array([note for each in songs for note in each])
    ids = np.array([f"song {at}" for at in range(6)])
    np.savez(
        folder / ARRANGED,
        onset_tick=notes[:, 0] + 6 * offset,
        dur_tick=notes[:, 1],
        onset_ms=notes[:, 0] * 60_000 / BPM / 24,
        dur_ms=notes[:, 1] * 60_000 / BPM / 24,
        pitch=notes[:, 2],
        velocity=notes[:, 3],
        ptr=np.cumsum([0, *map(len, songs)]),
        piece_id=ids,
        bpm=np.full(6, BPM),
        split=np.array([0, 0, 0, 0, 1, 2]),
    )
    windows = [(at, bar) for at in range(6) for bar in range(0, BARS - 15, 8)]
    tokens = np.zeros((len(windows), 256), np.uint8)
    for row, (at, bar) in enumerate(windows):
        for tick, _, pitch, _ in songs[at]:
            step = tick // 6 - bar * BAR_STEPS
            if pitch > 60 and 0 <= step < 256:
                tokens[row, step] = pitch - 19
    where = np.array(windows)
    np.savez(
        folder / MELODIES,
        events=tokens,
        piece=where[:, 0],
        bar=where[:, 1],
        piece_id=ids,
        tonic=np.full(len(where), TONIC),
    )
