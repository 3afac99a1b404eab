"""Notices preset files that change while the instrument plays. Reads, and never writes."""

from collections.abc import Callable, Iterator
from pathlib import Path

from emo_osc.config.paths import preset_files

Stamp = tuple[Path, int, int]


class PresetWatch:
    """Remembers how the preset files looked; `folders` names them afresh at every look, the first folder wins."""

    def __init__(self, folders: Callable[[], tuple[Path, ...]]) -> None:
        self._folders = folders
        self._seen = self._look()

    def changed(self) -> Iterator[str]:
        """The names of presets that are new, gone, or written since the last call."""
        before, self._seen = self._seen, self._look()
        yield from sorted(
            name for name in before.keys() | self._seen.keys() if before.get(name) != self._seen.get(name)
        )

    def _look(self) -> dict[str, Stamp]:
        found: dict[str, Stamp] = {}
        for path in preset_files(self._folders()).paths.values():
            found |= _stamp(path)
        return found


def _stamp(path: Path) -> dict[str, Stamp]:
    try:
        status = path.stat()
    except OSError:  # it has just gone
        return {}
    return {path.stem: (path, status.st_mtime_ns, status.st_size)}
