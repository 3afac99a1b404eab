"""What was measured on this machine, kept from start to start: one small JSON file in the user's cache folder.

Nothing depends on it: a file that is damaged, foreign or cannot be written costs a measurement, never a start.
"""

import json
import platform
from collections.abc import Mapping
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

from emo_osc.core.small_file import process_part, read_small_text, write_whole

MOST_BYTES = 1 << 16
MOST_KEPT = 64
"""Most kinds of work kept; the oldest is dropped first."""


def read(key: str) -> dict[str, float] | None:
    """The cached milliseconds by name of a key, float32 included; None where there are none."""
    return _figures(_kept().get(key))


def write(key: str, times_ms: Mapping[str, float]) -> None:
    """Cache figures under a key; disk errors are ignored."""
    others = {name: value for name, value in _kept().items() if name != key and _figures(value)}
    kept = dict([*others.items(), (key, dict(times_ms))][-MOST_KEPT:])
    try:
        write_whole(_path(), json.dumps(kept, indent=1).encode(), ending=process_part())
    except OSError:
        return  # measured again at the next start


def machine() -> str:
    """A key of this machine: processor and its instructions, torch version, number of threads."""
    import torch

    asks = [name for name in dir(torch.cpu) if name.startswith("_is_") and name.endswith("_supported")]
    flags = [name[4:-10] for name in asks if getattr(torch.cpu, name)()]
    return f"{processor()} ({' '.join(flags)}); torch {torch.__version__}; {torch.get_num_threads()} threads"


@cache
def processor() -> str:
    """The processor's model name, where the system tells it."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            named = next((line for line in lines if line.startswith(("model name", "Hardware"))), "")
    except OSError:
        named = ""
    name = named.partition(":")[2].strip() or platform.processor() or platform.machine()
    return " ".join(name.split())[:80] or "unknown processor"


def _path() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("emo_osc") / "precision.json"


def _kept() -> dict[str, Any]:
    path = _path()
    try:
        kept = json.loads(read_small_text(path, MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _figures(value: object) -> dict[str, float] | None:
    if not isinstance(value, dict) or "float32" not in value:
        return None
    is_time = [isinstance(time_ms, float) and isfinite(time_ms) and time_ms > 0 for time_ms in value.values()]
    return {str(name): time_ms for name, time_ms in value.items()} if all(is_time) else None
