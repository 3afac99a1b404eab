"""Key presses in the terminal with their times, on any system."""

import os
import select
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

POLL_S = 0.005  # Windows cannot wait for a key and a socket at once

Wait = Callable[[socket.socket, float], list[tuple[float, str]]]
"""Waits for a key, or until the socket is readable or the seconds have passed; the keys with their times."""


def has_keyboard() -> bool:
    """Whether keys can be read: the input is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


@contextmanager
def keys() -> Iterator[Wait]:
    """Hands over keys at once instead of by lines; the terminal is as before afterwards."""
    if not has_keyboard():
        yield _wait_without
    elif sys.platform == "win32":
        yield _wait_on_windows
    else:
        import termios
        import tty

        before = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin)
        try:
            yield _wait
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _wait(sock: socket.socket, seconds: float) -> list[tuple[float, str]]:
    readable, _, _ = select.select([sys.stdin, sock], [], [], seconds)
    if sys.stdin not in readable:
        return []
    now_s, pressed = perf_counter(), os.read(sys.stdin.fileno(), 64)
    return [(now_s, key) for key in pressed.decode(errors="replace")]


def _wait_without(sock: socket.socket, seconds: float) -> list[tuple[float, str]]:
    select.select([sock], [], [], seconds)
    return []


def _wait_on_windows(sock: socket.socket, seconds: float) -> list[tuple[float, str]]:
    pressed: list[tuple[float, str]] = []
    if sys.platform == "win32":
        import msvcrt

        until_s = perf_counter() + seconds
        while not pressed and perf_counter() < until_s and not select.select([sock], [], [], POLL_S)[0]:
            if msvcrt.kbhit():
                pressed.append((perf_counter(), msvcrt.getwch()))
    return pressed
