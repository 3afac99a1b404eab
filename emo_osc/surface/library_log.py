"""The log of the web libraries, at a limited rate."""

import logging
from collections.abc import Callable
from time import monotonic
from traceback import extract_tb

LINES, WINDOW_S = 5, 60.0
MAX_LINE = 300


class FewLines(logging.Handler):
    """Writes at most five lines a minute, without tracebacks, and then how many it left out."""

    def __init__(self, write: Callable[[str], None], now_s: Callable[[], float] = monotonic) -> None:
        super().__init__(logging.WARNING)
        self._write = write
        self._now_s = now_s
        self._since_s = float("-inf")
        self._count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record as one line, if there were not too many."""
        now_s = self._now_s()
        if now_s - self._since_s >= WINDOW_S:
            left_out = self._count - LINES
            self._since_s, self._count = now_s, 0
            if left_out > 0:
                self._write(f"web pad   {left_out} more such lines were left out")
        self._count += 1
        if self._count <= LINES:
            self._write(f"web pad   {_line(record)}"[:MAX_LINE])


def log_few_lines(write: Callable[[str], None]) -> None:
    """Let everything that is logged in this process go through a handler of that kind."""
    logging.basicConfig(handlers=[FewLines(write)], force=True, level=logging.WARNING)


def _line(record: logging.LogRecord) -> str:
    text = " ".join(record.getMessage().split())
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return text
    frames = extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{text}: {type(error).__name__}: {' '.join(str(error).split())}{where}"
