"""Reads files of an untrusted tar in place, within bounds; nothing is unpacked to disk.

A compressed tar of some kilobytes may stand for terabytes, and one header may ask tarfile to read gigabytes at once; so
tarfile reads through a stream that ends a read or a place beyond what a checkpoint can need.
"""

import bz2
import gzip
import io
import lzma
import os
import tarfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, BinaryIO, cast

from emo_osc.core.small_file import open_regular

MAX_FILES = 64  # a published checkpoint has four
MAX_BYTES = 4 << 30  # unpacked; a published one has 2.1, with the moments of its optimiser
MAX_READ_BYTES = 1 << 30  # at once; its largest variable has 0.2
_Unpacked = gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile
_PACKINGS: dict[bytes, Callable[[BinaryIO], _Unpacked]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}
_HEAD_BYTES = 6


class TooLargeError(ValueError):
    """More files or bytes than any checkpoint has."""


def open_files(path: Path, stack: ExitStack) -> dict[str, IO[bytes]]:
    """The regular files of a tar by name, open as long as the stack is; packed by gzip, bzip2, xz or not at all.

    Raises:
        OSError: the file cannot be read, or is none.
        tarfile.TarError, EOFError, zlib.error, lzma.LZMAError: it is no whole tar.
        TooLargeError: it holds too much.
    """
    file = stack.enter_context(open_regular(path))
    tar = stack.enter_context(tarfile.open(fileobj=_Bounded(_unpacked(file, stack)), mode="r:"))  # noqa: SIM115
    files: dict[str, IO[bytes]] = {}
    for count, member in enumerate(tar):
        if count >= MAX_FILES:
            raise TooLargeError(f"holds over {MAX_FILES} files")
        if not 0 <= member.size <= MAX_BYTES:
            raise TooLargeError(f"holds a file of {member.size:,} bytes")
        opened = tar.extractfile(member) if member.isreg() and not member.issparse() else None
        if opened is not None:
            files[member.name] = opened
    return files


def _unpacked(file: BinaryIO, stack: ExitStack) -> BinaryIO:
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    unpack = next((unpack for magic, unpack in _PACKINGS.items() if head.startswith(magic)), None)
    return cast(BinaryIO, stack.enter_context(unpack(file))) if unpack else file


class _Bounded(io.RawIOBase):
    """A stream in which nothing is read beyond `MAX_BYTES`, or more than `MAX_READ_BYTES` at once."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_SET:
            _demand(offset)
        return self._stream.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= MAX_READ_BYTES:
            raise TooLargeError(f"holds an entry of over {MAX_READ_BYTES >> 20} MiB in one piece")
        _demand(self._stream.tell() + size)
        return self._stream.read(size)


def _demand(place: int) -> None:
    if place > MAX_BYTES:
        raise TooLargeError(f"unpacks to over {MAX_BYTES >> 30} GiB")
