"""The pool's sources on disk: one file per checkpoint and temperature, replaced atomically.

Invalid lines are skipped and reported; missing sources are drawn again when idle.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from emo_osc.core.small_file import open_regular, read_small, reason_of, write_whole
from emo_osc.protocol.messages import Measured
from emo_osc.studio.pool.pool import MAX_SOURCES, Source

VERSION = 1
MAX_BYTES = 8 << 20  # ten times what a full pool of the shipped generator takes
MAX_FILES = 4  # for as many checkpoints and temperatures; the least recently used is deleted


@dataclass(frozen=True, slots=True)
class Found:
    """The sources of a file, and a line on skipped content, empty for none."""

    sources: tuple[Source, ...] = ()
    note: str = ""


class PoolFile:
    """The file of one key in a folder; the key holds the checkpoint's hash and the temperature."""

    def __init__(self, folder: Path, key: str) -> None:
        self.path = folder / f"sources-{key}.jsonl"
        self._head = {"kind": "sources", "version": VERSION, "key": key}

    def load(self, is_readable: Callable[[str], bool]) -> Found:
        """The sources of earlier runs; `is_readable` checks the text of a source."""
        try:
            lines = read_small(self.path, MAX_BYTES).splitlines()
        except FileNotFoundError:
            return Found()
        except OSError as error:
            return Found(note=f"{self.path} cannot be read ({reason_of(error)}); its sources are drawn again")
        if not lines or _json(lines[0]) != self._head:
            return Found(note=f"{self.path} is not of this version; its sources are drawn again")
        read = [_source(line) for line in lines[1 : 1 + MAX_SOURCES]]
        sources = tuple(source for source in read if source is not None and is_readable(source.text))
        skipped = len(lines) - 1 - len(sources)
        return Found(sources, f"{self.path}: {skipped} lines were no sources; others are drawn" if skipped else "")

    def save(self, sources: Iterable[Source]) -> str:
        """Replace the file's sources; returns a line on the error, empty for none."""
        lines = [self._head, *({"source": _plain(source)} for source in sources)]
        try:
            write_whole(self.path, "".join(json.dumps(line) + "\n" for line in lines).encode())
            self._drop_old()
        except OSError as error:
            return f"{self.path} cannot be written ({reason_of(error)}); the pool is kept in memory alone"
        return ""

    def _drop_old(self) -> None:
        files = sorted(self.path.parent.glob("sources-*.jsonl"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files[MAX_FILES:]:
            path.unlink(missing_ok=True)


def key_of(checkpoint: Path, temperature: float) -> str:
    """The key of a checkpoint and a temperature.

    Raises:
        OSError: the checkpoint cannot be read.
    """
    with open_regular(checkpoint) as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()[:8]}-{temperature:g}"


def _plain(source: Source) -> list[object]:
    measured = source.measured
    figures = [round(figure, 4) for figure in (measured.notes_per_bar, measured.mean_pitch, measured.major_share)]
    return [source.text, source.seed, *figures, source.uses]


def _source(line: bytes) -> Source | None:
    found = _json(line)
    try:
        text, seed, *figures, uses = found["source"] if isinstance(found, dict) else []
        measured = Measured(*map(float, figures))
        figures_are_finite = all(map(isfinite, (measured.notes_per_bar, measured.mean_pitch, measured.major_share)))
        if not (type(text) is str and type(seed) is type(uses) is int and uses >= 0 and figures_are_finite):
            return None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return Source(text, seed, measured, uses)


def _json(line: bytes) -> object:
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found
