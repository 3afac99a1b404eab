"""Standard streams that may be closed, full, or a pipe without a reader."""

import errno
import os
import sys

# Windows tells of a pipe without a reader with EINVAL.
_READER_GONE = (errno.EPIPE, errno.EINVAL) if sys.platform == "win32" else (errno.EPIPE,)
UNWRITABLE = (*_READER_GONE, errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF)
"""What a write to a stream ends with; commands tell of files of their own in other words."""

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def open_missing() -> None:
    """Put the null device in the place of each stream that was closed.

    The next file or socket would else become standard output, and be written to by us and by our children.
    """
    for number, (name, mode) in enumerate(_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            stream = open(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def flush_output() -> None:
    """Write what still waits in Python's buffers.

    Raises:
        OSError: it cannot be written.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def is_reader_gone(error: OSError) -> bool:
    """Whether a stream is a pipe that nobody reads any more."""
    return error.errno in _READER_GONE


def drop_output() -> None:
    """Let go what cannot be written, so that the interpreter does not complain of it at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)
