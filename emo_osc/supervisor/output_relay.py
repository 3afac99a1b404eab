"""Passes the standard output and error of a child process to the log.

A child that wrote to the terminal itself would stand still where the terminal does.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from threading import Thread

from emo_osc.supervisor.log import Log

CHUNK_BYTES = 1 << 16  # also the longest line
_LIVES = count()


@contextmanager
def relayed(part: str, log: Log) -> Iterator[int]:
    """A descriptor for a child to write to; what comes is logged under `part` until every holder has closed it.

    Lines that were written at once are logged as one, so that a QR code stays whole.

    Raises:
        OSError: no descriptor or thread is to be had.
    """
    reading, writing = os.pipe()
    try:
        Thread(target=_relay, args=(reading, part, log), name=f"relay of {part}", daemon=True).start()
    except RuntimeError:
        os.close(reading)
        os.close(writing)
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from None
    try:
        yield writing
    finally:
        os.close(writing)


def _relay(reading: int, part: str, log: Log) -> None:
    rest, source = b"", f"{part} {next(_LIVES)}"  # a process that starts anew says the same again
    while data := os.read(reading, CHUNK_BYTES):
        whole, newline, rest = (rest + data).rpartition(b"\n")
        if not newline and len(rest) >= CHUNK_BYTES:
            whole, rest = rest, b""
        if whole.strip():
            log.tell(part, whole.decode("utf-8", "replace"), source=source)
    if rest.strip():
        log.tell(part, rest.decode("utf-8", "replace"), source=source)
    os.close(reading)
