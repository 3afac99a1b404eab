"""Writes log lines from a thread of its own, so that logging never blocks.

A terminal stops taking output when somebody types Ctrl-S or selects text in a Windows console, a pipe when its reader
stands still, a disk when it is full. Lines then wait in a bounded queue; those that find no room, or cannot be written,
are counted, and their number is written once output flows again. The thread calls the system directly: with a lock of
Python's buffered files in its hands, a write that blocks would block the end of the process too.
"""

import errno
import os
import stat
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread
from time import sleep

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import reason_of

MAX_WAITING = 512  # lines
PATIENCE_S = 1.0  # for what still waits at the end
RETRY_S = 0.05  # between two tries on an output that somebody has made non-blocking
MAX_FILE_BYTES, KEPT_FILES = 5_000_000, 3


class Outlet:
    """Hands lines to `write` on a thread of its own; `notice` words how many are missing, `on_fault` hears why once.

    `write` raises OSError where a line cannot be written.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        notice: Callable[[int], str],
        on_fault: Callable[[OSError], None] = lambda _: None,
    ) -> None:
        self._write, self._notice, self._on_fault = write, notice, on_fault
        self._waiting: deque[str] = deque()
        self._missing = 0
        self._is_faulty = self._is_closed = False
        self._changed = Condition()
        self._thread: Thread | None = None

    def put(self, line: str) -> None:
        """Let a line be written soon; never waits."""
        with self._changed:
            if len(self._waiting) >= MAX_WAITING or not self._is_running():
                self._missing += 1
                return
            self._waiting.append(line)
            self._changed.notify()

    def close(self, patience_s: float = PATIENCE_S) -> bool:
        """Write what waits, within `patience_s`; whether that is done, or the output is blocked and left behind."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread:
            self._thread.join(patience_s)
        return not (self._thread and self._thread.is_alive())

    def _is_running(self) -> bool:
        if self._thread is None and not self._is_closed:
            thread = Thread(target=self._run, name="outlet", daemon=True)
            with suppress(RuntimeError):  # no thread is to be had now; perhaps for the next line
                thread.start()
                self._thread = thread
        return self._thread is not None and not self._is_closed

    def _run(self) -> None:
        while (found := self._next()) is not None:
            line, missing = found
            if self._is_written(line) and missing and self._is_written(self._notice(missing), count=0):
                with self._changed:
                    self._missing -= missing

    def _next(self) -> tuple[str, int] | None:
        """The next line, and how many are missing where none waits behind it; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            if not self._waiting:
                return None
            line = self._waiting.popleft()
            return line, 0 if self._waiting else self._missing

    def _is_written(self, line: str, count: int = 1) -> bool:
        try:
            self._write(line)
        except (OSError, ValueError) as error:  # ValueError: somebody has closed the stream
            with self._changed:
                self._missing += count
            if not self._is_faulty:
                self._on_fault(error if isinstance(error, OSError) else OSError(errno.EBADF, str(error)))
            self._is_faulty = True
            return False
        self._is_faulty = False
        return True


def standard_output() -> Callable[[str], None]:
    """What writes a line to standard output, past Python's buffers where the system knows it."""
    stream = sys.stdout
    try:
        # unbuffered: on Windows a console of its own kind, which takes UTF-8 whatever its code page
        raw = open(stream.fileno(), "wb", buffering=0, closefd=False)  # noqa: SIM115  # it stays open
    except (OSError, ValueError, AttributeError):  # replaced by somebody who embeds us, or None
        return _buffered
    encoding = stream.encoding or "utf-8"

    def write(line: str) -> None:
        data = memoryview(f"{line}\n".encode(encoding, "backslashreplace"))
        while data:
            written = raw.write(data)
            if written is None:
                sleep(RETRY_S)
            data = data[written or 0 :]

    return write


class LogFile:
    """A file of lines, 5 MB at a time, with the three before it beside it as `NAME.1`, `.2`, `.3`.

    Raises:
        EmoOscError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_torn = False
        try:
            self._open()
        except OSError as error:
            raise EmoOscError(f"--log: {path} cannot be written ({reason_of(error)}); name another file") from None

    def write(self, line: str) -> None:
        """Write a line.

        Raises:
            OSError: the disk is full, or the file has gone.
        """
        data = b"\n" * self._is_torn + line.encode("utf-8", "backslashreplace") + b"\n"
        if self._is_regular and self._size + len(data) > MAX_FILE_BYTES:
            self._turn_over()
        written = os.write(self._descriptor, data)
        self._size += written
        self._is_torn = written < len(data)
        if self._is_torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _open(self) -> None:
        with suppress(FileNotFoundError):
            if stat.S_ISFIFO(os.stat(self.path).st_mode):
                raise OSError(errno.EINVAL, "a FIFO, which would wait for its reader")
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(self.path, flags, 0o666)
        status = os.fstat(self._descriptor)
        self._is_regular, self._size = stat.S_ISREG(status.st_mode), status.st_size

    def _turn_over(self) -> None:
        os.close(self._descriptor)  # Windows renames no open file
        try:
            for number in range(KEPT_FILES - 1, -1, -1):
                older = self.path.with_name(f"{self.path.name}.{number}") if number else self.path
                with suppress(FileNotFoundError):
                    older.replace(self.path.with_name(f"{self.path.name}.{number + 1}"))
        finally:
            self._open()


def _buffered(line: str) -> None:
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
