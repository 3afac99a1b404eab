"""Shards of melodies as the corpus folder has them, each with its own kind of phrase labels."""

from pathlib import Path
from typing import Any

import numpy as np

SHARDS = ("pop909bars", "openewld", "trad", "trad_last", "lieder")
"""All that training reads."""

Arrays = dict[str, Any]


def write_shard(folder: Path, name: str, arrays: Arrays) -> None:
    """A shard of windows: `arrays` has `events`, `split`, `tonic` and what else it should have; each its own piece."""
    count = len(arrays["events"])
    windows: Arrays = {
        "run": np.zeros(count, dtype=np.uint8),
        "bar": np.zeros(count, dtype=np.int16),
        "piece": np.arange(count, dtype=np.int32),
        "piece_id": np.array([f"{name.removesuffix('_last')}{piece}" for piece in range(count)]),
        "piece_group": np.arange(count, dtype=np.uint32) + 1000 * sum(name.encode()),
    }
    windows |= LABELS.get(name, lambda _: {})(count) | arrays
    np.savez(folder / f"melodies_16bar_{name}.npz", **windows)
    if name == "trad":
        phase = np.zeros(count, dtype=np.uint8)
        np.savez(folder / "trad_phase.npz", phase=phase, piece=windows["piece"], bar=windows["bar"])


def _eight_bars(count: int) -> Arrays:
    place = np.tile(np.arange(16, dtype=np.int8) % 8, (count, 2, 1))
    return {"bar_in_phrase": place, "phrase_bars": np.full_like(place, 8)}


def _ends(count: int) -> Arrays:
    return {"phrase_end": np.tile(np.arange(16) % 4 == 3, (count, 1)).astype(np.uint8)}


LABELS = {
    "pop909bars": _eight_bars,
    "trad_last": lambda count: {"phase": np.zeros(count, dtype=np.uint8)},
    "lieder": _ends,
}
