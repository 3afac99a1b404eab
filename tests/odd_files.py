"""What may stand in the place of a file that somebody should have written."""

import os
import socket
from collections.abc import Callable
from pathlib import Path


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(path.parent)  # the name of a socket has at most 107 bytes
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole: it takes no room on the disk


ODD: dict[str, Callable[[Path], object]] = {
    "a FIFO": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "leads nowhere": lambda path: path.symlink_to("nowhere at all"),
    "symbolic links": lambda path: path.symlink_to(path),
    "a folder": os.mkdir,
    "a socket": _socket,
    "bytes": _large,
}
"""A word of the reason that is told for it -> how to make it."""
