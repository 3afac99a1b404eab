"""What the daemon tells: lines for people on standard output, and the same as JSON lines in a file where one is named.

Only the door logs. The stage hands it short messages over its socket and never waits for a disk or a terminal.
"""

import json
import logging
import logging.handlers
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from emo_osc.errors import EmoOscError

REPEAT_S = 10.0  # a line that comes again within this time is counted instead of told
MAX_KNOWN = 256
MAX_FILE_BYTES, KEPT_FILES = 5_000_000, 3


class Log:
    """Tells what happened, each thing by the part of the instrument it concerns.

    Raises:
        EmoOscError: the file cannot be written.
    """

    def __init__(self, say: Callable[[str], None] | None = None, file: Path | None = None) -> None:
        self._logger = logging.Logger("emo_osc")  # of its own: whoever embeds us keeps their own set-up
        self._logger.addFilter(Repeats(monotonic))
        self._logger.addHandler(_Lines(say or _print))
        if file:
            self._logger.addHandler(_json_lines(file))

    def tell(self, part: str, text: str, level: int = logging.INFO) -> None:
        """One line: the part it concerns (`stage`, `studio`, `midi`, `presets`, ..) and what happened."""
        self._logger.log(level, text, extra={"part": part})

    def close(self) -> None:
        """Close the file."""
        for handler in self._logger.handlers:
            handler.close()


class Repeats(logging.Filter):
    """Lets a line through once in ten seconds, and then with how often it came meanwhile."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        super().__init__()
        self._now_s = now_s
        self._known: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to tell this line."""
        text, now_s = record.getMessage(), self._now_s()
        told_s, hidden = self._known.pop(text, (now_s - REPEAT_S, 0))
        is_new = now_s - told_s >= REPEAT_S
        self._known[text] = (now_s, 0) if is_new else (told_s, hidden + 1)
        if len(self._known) > MAX_KNOWN:
            del self._known[next(iter(self._known))]
        if is_new and hidden:
            record.msg, record.args = f"{text} ({hidden} times more before)", None
        return is_new


class _Lines(logging.Handler):
    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        self._say(record.getMessage())


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": getattr(record, "part", "door"),
            "text": record.getMessage(),
        }
        return json.dumps(line, ensure_ascii=False)


def _json_lines(file: Path) -> logging.Handler:
    try:
        handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=MAX_FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise EmoOscError(f"--log: {file} cannot be written ({reason}); name another file") from None
    handler.setFormatter(_Json())
    return handler


def _print(line: str) -> None:
    with suppress(OSError):  # the terminal was closed: nobody reads on, and the notes are still to be switched off
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
