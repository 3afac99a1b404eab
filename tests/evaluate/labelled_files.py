"""Labelled clips made so that density is arousal and mode is valence, and makers that follow an affect, or do not."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.evaluate.judges.labelled import quadrants
from emo_osc.evaluate.makers import Maker
from emo_osc.studio.tokens import melody_of

PIECES = 96  # of each corpus; every fourth is a test piece
CORNERS = {1: (1, 1), 2: (-1, 1), 3: (-1, -1), 4: (1, -1)}


def line(quadrant: int, luck: np.random.Generator) -> NDArray[np.int64]:
    """A melody that is major where valence is high, and dense where arousal is."""
    valence, arousal = CORNERS[quadrant]
    scale = (60, 62, 64, 65, 67, 69, 71, 72) if valence > 0 else (60, 62, 63, 65, 67, 68, 70, 72)
    tokens = np.zeros(256, dtype=np.int64)
    at = np.flatnonzero(luck.random(128) < (0.75 if arousal > 0 else 0.35)) * 2
    tokens[at] = np.array(scale)[np.abs(np.cumsum(luck.choice((-1, 0, 1, 2), len(at)))) % 8] - 19
    tokens[0], tokens[240] = 41, 41
    return tokens


def write_labelled(folder: Path) -> None:
    """Labelled files as the corpus has them: two corpora, each with windows and with notes."""
    luck = np.random.default_rng(0)
    quadrant = np.tile([1, 2, 3, 4], PIECES // 2)
    source = np.repeat([0, 1], PIECES)
    split = np.where(np.arange(2 * PIECES) // 4 % 4 == 3, 2, 0)
    axes = np.array([CORNERS[each] for each in quadrant], dtype=np.float32)
    labels: dict[str, Any] = {
        "piece_source": source,
        "piece_group": np.arange(2 * PIECES),
        "source_names": np.array(["emopia", "vgmidi"]),
        "split": split,
        "quadrant": np.where(source == 0, quadrant, 0),
        "valence": 0.2 + 0.1 * axes[:, 0],  # VGMIDI's ratings are not centred
        "arousal": 0.3 + 0.1 * axes[:, 1],
    }
    events = np.array([line(each, luck) for each in quadrant])
    np.savez(folder / "labelled_16bar.npz", events=events, piece=np.arange(2 * PIECES), **labels)
    notes = [melody_of(row).notes for row in events]
    np.savez(
        folder / "notes_labelled.npz",
        onset_ms=[n.start_tick for each in notes for n in each],
        dur_ms=[n.duration_tick for each in notes for n in each],
        pitch=[n.pitch for each in notes for n in each],
        velocity=[90 if CORNERS[q][1] > 0 else 50 for q, each in zip(quadrant, notes, strict=True) for _ in each],
        ptr=np.cumsum([0] + [len(each) for each in notes]),
        **labels,
    )


def follow(affect: Affect, count: int, seed: int) -> NDArray[np.int64]:
    quadrant = int(quadrants(np.array([affect.valence]), np.array([affect.arousal]))[0])
    luck = np.random.default_rng(100 + seed)
    return np.array([line(quadrant, luck) for _ in range(count)])


def ignore(affect: Affect, count: int, seed: int) -> NDArray[np.int64]:
    luck = np.random.default_rng(200 + seed)
    return np.array([line(int(luck.integers(1, 5)), luck) for _ in range(count)])


def steady(tokens: NDArray[np.int64], affect: Affect) -> NDArray[np.float64]:
    return np.full(len(tokens), 110.0)


FOLLOW, IGNORE = Maker(follow, steady), Maker(ignore, steady)
