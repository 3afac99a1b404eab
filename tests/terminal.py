"""A command of ours in a terminal, with real keys."""

import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from time import perf_counter

from tests.serving import TIMEOUT_S

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def _as_in_a_terminal() -> None:
    """Ctrl-C interrupts, also where the tests themselves run in the background of a shell, which lets it be ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A process in a terminal of 80 by 24 characters; `said_raw` is what it wrote, escapes and all."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.said_raw = ""
        self._said = ""
        self.ours, self._theirs = pty.openpty()
        ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.modes = termios.tcgetattr(self._theirs)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "emo_osc", *arguments],
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            env={**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **environment},
            preexec_fn=_as_in_a_terminal,
        )

    def read_until(self, *parts: str) -> str:
        """Everything said since this was last asked, as soon as it holds all these parts."""
        until_s = perf_counter() + TIMEOUT_S
        while not all(part in self._said for part in parts):
            assert perf_counter() < until_s, self._said[-3000:]
            self.read(0.5)
        said, self._said = self._said, ""
        return said

    def read(self, seconds: float) -> None:
        """Take the first of what is said within so many seconds."""
        if select.select([self.ours], [], [], max(0.0, seconds))[0]:
            said = os.read(self.ours, 65_536).decode(errors="replace")
            self.said_raw += said
            self._said = ESCAPES.sub("", self._said + said)

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def wait(self) -> int:
        """Read until the process has ended, or it would wait for us to make room; its exit code."""
        until_s = perf_counter() + TIMEOUT_S
        while self.process.poll() is None:
            assert perf_counter() < until_s, self._said[-3000:]
            self.read(0.05)
        return self.process.returncode

    def is_as_before(self) -> bool:
        return termios.tcgetattr(self._theirs) == self.modes

    def close(self) -> None:
        self.process.kill()
        self.process.wait(TIMEOUT_S)
        os.close(self.ours)
        os.close(self._theirs)


@contextmanager
def terminal(*arguments: str, **environment: str) -> Iterator[Terminal]:
    one = Terminal(*arguments, **environment)
    try:
        yield one
    finally:
        one.close()
