"""The player's MIDI mapping on disk: a preset with only a `mapping`, laid over every preset."""

import errno
from pathlib import Path

from emo_osc.config.paths import MAX_BYTES, user_folder
from emo_osc.config.preset import MAX_MAPPED
from emo_osc.config.preset_loading import parse_preset
from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small_text, reason_of, write_beside

HEAD = """\
# Your MIDI mapping, laid over whichever preset plays. MIDI learn writes it anew; comments are not kept.
mapping:
"""


def mapping_path() -> Path:
    """Where this system keeps it; it may not exist yet."""
    return user_folder() / "mapping.yaml"


class MappingStore:
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
            preset = parse_preset(read_small_text(self.path, MAX_BYTES), str(self.path))
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise EmoOscError(f"{self.path}: cannot be read ({reason_of(error)})") from None
        others = sorted(preset.model_fields_set - {"mapping"})
        if others:
            raise EmoOscError(f"{self.path}: {others[0]} belongs in a preset; this file may only hold a mapping")
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
        lines = [line.split("\t", 1) for line in text.splitlines()]
        content = (HEAD + "".join(f"  {control}: {_quoted(role)}\n" for control, role in lines)).encode()
        try:
            if len(lines) > MAX_MAPPED or len(content) > MAX_BYTES:  # it could not be read again
                raise OSError(errno.EFBIG, f"{len(lines)} controls are too many; /emo/midi/forget some")
            part = write_beside(self.path, content)
            self._set_aside()
            part.replace(self.path)
        except OSError as error:
            raise EmoOscError(
                f"{self.path}: cannot be saved ({reason_of(error)}); it holds until the end; free space, learn it again"
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
