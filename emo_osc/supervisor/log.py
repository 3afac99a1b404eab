"""The log: lines on standard output, and the same as JSON lines in a file where one is named.

Only the supervisor logs. The stage hands it short messages over its socket and never waits for a disk or a terminal.
"""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from time import monotonic, time

from emo_osc.core.small_file import reason_of
from emo_osc.supervisor.log_writer import LogFile, Outlet, standard_output

REPEAT_S = 10.0  # a line that comes again within this time is counted instead of logged
MAX_KNOWN = 256
MAX_LETTERS = 8000  # of one line; a picture for a camera has 1,300, a traceback some thousands


class Log:
    """Tells what happened, each thing by the part of the instrument it concerns; never waits, on whatever thread.

    Lines for people go to `say`, or to standard output by a thread of its own where there is none.

    Raises:
        EmoOscError: the file cannot be written.
    """

    def __init__(self, say: Callable[[str], None] | None = None, file: Path | None = None) -> None:
        self._logger = logging.Logger("emo_osc")  # not the root logger: a program that embeds us keeps its own set-up
        self._logger.addFilter(Repeats(monotonic))
        self._lock = Lock()
        self._outlets: list[Outlet] = []
        self._file = written = LogFile(file) if file else None
        if say is None:
            self._outlets.append(Outlet(standard_output(), _missing))
            say = self._outlets[0].put
        self._say = say
        self._logger.addHandler(_Lines(say))
        if written:
            self._outlets.append(Outlet(written.write, _missing_json, partial(self._file_failed, written.path)))
            self._logger.addHandler(_Lines(self._outlets[-1].put, _Json()))

    def tell(self, part: str, text: str, level: int = logging.INFO, source: str = "") -> None:
        """One line: the part it concerns (`stage`, `studio`, `midi`, `presets`, ..) and what happened.

        A line that comes again is counted where it comes from the same `source`.
        """
        with self._lock:  # of several threads
            self._logger.log(level, "%s", _shown(text), extra={"part": part, "source": source})

    def close(self) -> None:
        """Write what still waits, within a second or two."""
        are_done = [outlet.close() for outlet in self._outlets]
        if self._file and are_done[-1]:
            self._file.close()
            self._file = None

    def _file_failed(self, path: Path, error: OSError) -> None:
        self._say(f"--log: {path} cannot be written ({reason_of(error)}); lines are missing from it")


class Repeats(logging.Filter):
    """Lets a line through once in ten seconds, and then with how often it came meanwhile."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        super().__init__()
        self._now_s = now_s
        self._known: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to tell this line."""
        text, now_s = record.getMessage(), self._now_s()
        key = f"{getattr(record, 'source', '')} {text}"
        told_s, hidden = self._known.pop(key, (now_s - REPEAT_S, 0))
        is_new = now_s - told_s >= REPEAT_S
        self._known[key] = (now_s, 0) if is_new else (told_s, hidden + 1)
        if len(self._known) > MAX_KNOWN:
            del self._known[next(iter(self._known))]
        if is_new and hidden:
            record.msg, record.args = f"{text} ({hidden} times more before)", None
        return is_new


class _Lines(logging.Handler):
    def __init__(self, say: Callable[[str], None], formatter: logging.Formatter | None = None) -> None:
        super().__init__()
        self._say = say
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self._say(self.format(record))


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        level, part = record.levelname.lower(), str(getattr(record, "part", "supervisor"))
        return _json(record.created, level, part, record.getMessage())


def _json(at_s: float, level: str, part: str, text: str) -> str:
    stamp = datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": stamp, "level": level, "part": part, "text": text}, ensure_ascii=False)


def _missing(count: int) -> str:
    return f"{count} lines are missing here: they could not be written"


def _missing_json(count: int) -> str:
    return _json(time(), "warning", "supervisor", _missing(count))


def _shown(text: str) -> str:
    """A text of bounded length in which nothing can be obeyed by a terminal.

    >>> _shown("a port\\x1b[2J")
    'a port\\\\x1b[2J'
    """
    short = text if len(text) <= MAX_LETTERS else f"{text[:MAX_LETTERS]}.. ({len(text):,} letters)"
    return "".join(letter if letter.isprintable() or letter in "\n\t" else ascii(letter)[1:-1] for letter in short)
