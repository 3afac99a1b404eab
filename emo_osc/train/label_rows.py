"""Writes labels as rows of a CSV or JSON-lines file, each at once.

A file name need not be UTF-8. One that is not stands in a table (`.csv`) byte for byte, and in JSON with the escapes
`\\udc80` to `\\udcff` for its bytes over 127: Python's `surrogateescape`; `os.fsencode` gives the name back.
"""

import csv
import json
from io import StringIO
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_file import shown
from emo_osc.train.label_files import Label

SUFFIXES = (".jsonl", ".csv")


class LabelFile:
    """A CSV or JSON-lines file, complete after each label; created with the first.

    Raises:
        EmoOscError: it is named as neither, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix not in SUFFIXES:
            raise EmoOscError(f"{shown(path)}: labels are written as .jsonl or .csv; name such a file")
        self._path = path
        self._file: BinaryIO | None = None

    def write(self, label: Label) -> None:
        """Append one label."""
        row = label.row()
        try:
            if self._path.suffix == ".jsonl":
                self._opened().write(json_line(row, "utf-8").encode())
            elif self._file is None:
                self._opened().write(_csv_line(list(row)) + _csv_line(list(row.values())))
            else:
                self._file.write(_csv_line(list(row.values())))
            self._opened().flush()
        except OSError as error:
            raise EmoOscError(
                f"{shown(self._path)}: cannot be written ({error.strerror}); choose another file"
            ) from None

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._file = self._path.open("wb")
        return self._file

    def __enter__(self) -> "LabelFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()


def json_line(row: dict[str, Any], encoding: str) -> str:
    """A row as one line of JSON that an encoding can hold: in its own letters, or else escaped."""
    line = json.dumps(row, ensure_ascii=False) + "\n"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(row) + "\n"
    return line


def _csv_line(values: list[Any]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    try:
        return text.getvalue().encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a pair, which Windows allows in a name
        return text.getvalue().encode("utf-8", "backslashreplace")
