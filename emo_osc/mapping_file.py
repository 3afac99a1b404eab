"""The player's own MIDI mapping on disk: a preset with nothing but a `mapping`, laid over whichever preset plays."""

import os
from contextlib import suppress
from pathlib import Path

from emo_osc.errors import EmoOscError
from emo_osc.preset import parse_preset
from emo_osc.preset_folders import user_folder

HEAD = """\
# Your MIDI mapping, laid over whichever preset plays. MIDI learn writes it anew; comments are not kept.
mapping:
"""


def mapping_path() -> Path:
    """Where this system keeps it; it may not exist yet."""
    return user_folder() / "mapping.yaml"


class MappingFile:
    """Reads the file, and writes it whole or not at all; the text is one of `stage.mapping.Mapping.text`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = _stamp(path)

    def read(self) -> str:
        """The mapping as text; empty where there is no file.

        Raises:
            EmoOscError: the file cannot be read, or is no mapping.
        """
        try:
            preset = parse_preset(self.path.read_text(encoding="utf-8"), str(self.path))
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise EmoOscError(f"{self.path}: cannot be read ({error})") from None
        others = sorted(preset.model_fields_set - {"mapping"})
        if others:
            raise EmoOscError(f"{self.path}: {others[0]} belongs into a preset; here only a mapping counts")
        return "\n".join(f"{control}\t{role}" for control, role in preset.mapping.items())

    def has_changed(self) -> bool:
        """Whether somebody else has written it since the last look."""
        before, self._stamp = self._stamp, _stamp(self.path)
        return before != self._stamp

    def save(self, text: str) -> None:
        """Write a mapping; a file that was there and was not read, or cannot be, is kept beside it, as `mapping.yaml~`.

        Raises:
            EmoOscError: the disk is full, or the folder cannot be written.
        """
        part = self.path.with_name(f"{self.path.name}.part")
        lines = (line.split("\t", 1) for line in text.splitlines())
        content = HEAD + "".join(f"  {control}: {_quoted(role)}\n" for control, role in lines)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            self._set_aside()
            part.replace(self.path)
        except OSError as error:
            with suppress(OSError):  # the folder itself may be what is wrong
                part.unlink()
            reason = error.strerror or str(error)
            raise EmoOscError(
                f"{self.path}: cannot be saved ({reason}); it holds until the end; free space, learn it again"
            ) from None
        self._stamp = _stamp(self.path)

    def _set_aside(self) -> None:
        if self.path.exists() and (_stamp(self.path) != self._stamp or not self._is_readable):
            self.path.replace(self.path.with_name(f"{self.path.name}~"))

    @property
    def _is_readable(self) -> bool:
        try:
            self.read()
        except EmoOscError:
            return False
        return True


def _quoted(role: str) -> str:
    """A role as a YAML text, whatever letters it has."""
    return "'" + role.replace("'", "''") + "'"


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
