"""Kept phrases on disk: for each a `.json` that plays it again to the byte, and a `.mid` for everybody else."""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from emo_osc.errors import EmoOscError
from emo_osc.messages import Kept, decode, encode

MAX_FILE_BYTES = 1 << 20


def phrase_folder() -> Path:
    """Where this system keeps a player's own data; it may not exist yet."""
    from platformdirs import user_data_path

    return user_data_path("emo_osc") / "phrases"


class PhraseFolder:
    """A folder of kept phrases. One that is kept again under its name leaves the older one beside it, as `NAME~1`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, kept: Kept) -> Path:
        """Write a phrase; the path of its `.mid`. Either both files are whole afterwards, or nothing has changed.

        Raises:
            EmoOscError: the disk is full, or the folder cannot be written.
        """
        score, music = self._path(kept.name, ".json"), self._path(kept.name, ".mid")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = [(score, self._written(score, encode(kept))), (music, self._written(music, _midi(kept)))]
            self._set_aside(kept.name)
            for path, part in fresh:
                part.replace(path)
        except OSError as error:
            self._clear(kept.name)
            reason = error.strerror or str(error)
            raise EmoOscError(
                f"{self.folder}: {kept.name!r} cannot be saved ({reason}); it loops on; free space, keep it again"
            ) from None
        return music

    def load(self) -> Iterator[Kept | EmoOscError]:
        """Every phrase, the oldest first; for a file that is none, the error that says so."""
        paths = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in paths:
            if "~" not in path.stem:
                yield _read(path)

    def _path(self, name: str, ending: str) -> Path:
        return self.folder / f"{name}{ending}"

    def _written(self, path: Path, data: bytes) -> Path:
        part = path.with_name(f"{path.name}.part")
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return part

    def _set_aside(self, name: str) -> None:
        if not self._path(name, ".json").exists():
            return
        aside = next(f"{name}~{n}" for n in count(1) if not self._path(f"{name}~{n}", ".json").exists())
        for ending in (".json", ".mid"):
            if self._path(name, ending).exists():
                self._path(name, ending).replace(self._path(aside, ending))

    def _clear(self, name: str) -> None:
        for ending in (".json.part", ".mid.part"):
            with suppress(OSError):  # the folder itself may be what is wrong
                self._path(name, ending).unlink()


def _midi(kept: Kept) -> bytes:
    from emo_osc.lab.takes import midi_bytes, play  # mido
    from emo_osc.preset import Preset
    from emo_osc.studio.generators import Composed

    ready = kept.ready
    told = (ready.melody, ready.measured, ready.distance, ready.seed)
    composed = Composed(*told, chords=ready.chords, backing=ready.backing)
    return midi_bytes([play(composed, kept.affect, Preset())], kept.tempo)


def _read(path: Path) -> Kept | EmoOscError:
    try:
        data = path.read_bytes()
        message = decode(data) if len(data) <= MAX_FILE_BYTES else None
    except (OSError, ValueError) as error:
        return EmoOscError(f"{path}: not a kept phrase ({error}); it is left alone")
    return message if isinstance(message, Kept) else EmoOscError(f"{path}: not a kept phrase; it is left alone")
