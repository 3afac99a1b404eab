"""Reads small files within a bound and writes them whole; never waits for a pipe, a device or a socket.

Every reader of what a user, an editor or another program has left on the disk comes through here. A FIFO would block
its reader for good, `/dev/zero` would fill the memory, and a name that is not UTF-8 cannot be sent or printed.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import BinaryIO

PART = ".part"  # the ending of a file that is being written
MAX_ENTRIES = 4096  # names that are looked at in one folder
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds of one ending, by name; and a line for each name that was left out."""

    paths: tuple[Path, ...] = ()
    faults: tuple[str, ...] = ()


def read_small(path: Path, limit_bytes: int) -> bytes:
    """A regular file whole, where it has at most `limit_bytes`.

    >>> read_small(Path(os.devnull), 100)
    Traceback (most recent call last):
    OSError: [Errno 22] a device, not a file

    Raises:
        OSError: it is missing, unreadable, larger, or no regular file; `strerror` is the reason in a few words.
    """
    with open_regular(path) as file:
        return read_within(file, limit_bytes)


def read_small_text(path: Path, limit_bytes: int) -> str:
    """The same for a text in UTF-8.

    Raises:
        OSError: as `read_small`, and for what is not UTF-8.
    """
    try:
        return read_small(path, limit_bytes).decode("utf-8")
    except UnicodeDecodeError as error:
        raise OSError(errno.EILSEQ, f"not UTF-8 at byte {error.start}") from None


@contextmanager
def open_regular(path: Path) -> Iterator[BufferedReader]:
    """A regular file open for reading, for those who read piece by piece; links are followed, but only to such a file.

    Raises:
        OSError: it is missing, unreadable, or no regular file.
    """
    try:
        with _following_links(path):
            _demand_regular(os.stat(path))  # before it is opened: to open a device may already do something
            descriptor = os.open(path, _FLAGS)
    except ValueError:  # a name with a zero byte
        raise OSError(errno.EINVAL, "no name of a file") from None
    with os.fdopen(descriptor, "rb") as file:
        _demand_regular(os.fstat(descriptor))
        yield file


def read_within(file: BinaryIO, limit_bytes: int) -> bytes:
    """The rest of a stream, where it has at most `limit_bytes`.

    Raises:
        OSError: it has more, or cannot be read.
    """
    data = file.read(limit_bytes + 1) or b""
    if len(data) > limit_bytes:
        raise OSError(errno.EFBIG, f"over {limit_bytes:,} bytes")
    return data


def write_whole(path: Path, data: bytes, mode: int = 0o666, ending: str = PART) -> None:
    """Write a file in place of what was there, whole or not at all; `mode` is that of a file which is new.

    `ending` names the part file; where several processes may write the same file, pass `process_part()`.

    Raises:
        OSError: the folder cannot be written, or the disk is full; then nothing has changed.
    """
    write_beside(path, data, mode, ending).replace(path)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A part file for a library to write, in place of what was there once the block ends; for what is too large to
    be held in memory twice. Where the block raises, nothing has changed.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    part = write_beside(path, b"")
    mode = stat.S_IMODE(part.stat().st_mode)
    try:
        yield part
        part.chmod(mode)  # the library may have put a file of its own there, which only we may read
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def process_part() -> str:
    """The ending of a part file that no other process writes at the same time."""
    return f".{os.getpid()}{PART}"


def write_beside(path: Path, data: bytes, mode: int = 0o666, ending: str = PART) -> Path:
    """Write `PATH.part`, or with another ending, for callers that replace several files together.

    Raises:
        OSError: the folder cannot be written, or the disk is full; then there is no such file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}{ending}")
    part.unlink(missing_ok=True)  # left by a crash; or a pipe that would block us
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(part, flags, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
    return part


def list_folder(folder: Path, ending: str, limit: int = MAX_ENTRIES) -> Listing:
    """The files of a folder whose names end so, in the order of the alphabet; none where there is no folder.

    A name that is no printable text in UTF-8 is left out, as is whatever comes after `limit` entries.
    """
    names: list[str] = []
    faults: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in islice(entries, limit):
                if entry.name.endswith(ending):
                    (names if entry.name.isprintable() else faults).append(entry.name)
            is_more = next(entries, None) is not None
    except (FileNotFoundError, NotADirectoryError):
        return Listing()
    except OSError as error:
        return Listing((), (f"{folder}: cannot be read ({reason_of(error)})",))
    lines = [f"{folder}: the name {name!a:.80} is no printable text; it was ignored" for name in sorted(faults)]
    lines += [f"{folder}: has over {limit:,} entries; the others are left out"] if is_more else []
    return Listing(tuple(folder / name for name in sorted(names)), tuple(lines))


def reason_of(error: OSError) -> str:
    """Why a file cannot be read or written, in a few words."""
    return error.strerror or str(error)


@contextmanager
def _following_links(path: Path) -> Iterator[None]:
    """Tell a link that leads nowhere from a file that is not there."""
    try:
        yield
    except FileNotFoundError:
        if path.is_symlink():
            raise OSError(errno.EINVAL, "a link that leads nowhere") from None
        raise


def _demand_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for is_kind, name in _KINDS if is_kind(status.st_mode)), "something else")
        raise OSError(errno.EINVAL, f"{kind}, not a file")
