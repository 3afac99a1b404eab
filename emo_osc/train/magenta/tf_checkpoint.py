"""A TensorFlow V2 checkpoint (`*.index`, `*.data-*`), read without TensorFlow. Knows no network.

The index is a LevelDB table from variable name to `BundleEntryProto`: tensorflow/core/util/tensor_bundle and
tensorflow/core/lib/io/table at v2.15.1 (Apache-2.0). Every block and variable carries a masked CRC32C.
"""

import lzma
import os
import struct
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from math import prod
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import list_folder, open_regular
from emo_osc.train.magenta.crc import crc32c
from emo_osc.train.magenta.tar_files import MAX_FILES, TooLargeError, open_files

FOOTER_BYTES = 48
MAGIC = 0xDB4775248B80FB57
MAX_INDEX_BYTES, MAX_VARIABLE_BYTES = 4 << 20, 1 << 30  # of a published checkpoint: 8 KB and 0.2 GB
MAX_BLOCKS, MAX_ENTRIES, MAX_KEY_BYTES = 1024, 4096, 1024
MAX_SHIFT = 63  # of a number in the index: 64 bits
_NO_TAR = (
    EOFError,
    MemoryError,
    OverflowError,
    RecursionError,
    ValueError,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
)
"""What tarfile and the unpackers let out, besides OSError, where a file is not theirs."""
FLOAT32 = 1  # DT_FLOAT of tensorflow/core/framework/types.proto


class DamagedError(ValueError):
    """The bytes are not what the format asks for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a variable lies: `BundleEntryProto`. Sizes and offsets in bytes."""

    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    checksum: int  # masked CRC32C


@dataclass(frozen=True, slots=True)
class TfCheckpoint:
    """An open checkpoint: its variables by name, read one at a time."""

    entries: Mapping[str, Entry]
    shards: tuple[IO[bytes], ...]

    def read(self, name: str) -> NDArray[np.float32]:
        """A float32 variable.

        Raises:
            KeyError: there is none of that name.
            DamagedError: it is not float32, cut short, or its checksum is wrong.
        """
        entry = self.entries[name]
        if entry.dtype != FLOAT32 or entry.size != 4 * prod(entry.shape) or entry.size > MAX_VARIABLE_BYTES:
            raise DamagedError(f"variable {name!r} is not float32")
        if entry.shard >= len(self.shards):
            raise DamagedError(f"variable {name!r} lies in data file {entry.shard}, which is missing")
        shard = self.shards[entry.shard]
        if entry.offset + entry.size > shard.seek(0, os.SEEK_END):
            raise DamagedError(f"variable {name!r} is cut short")
        shard.seek(entry.offset)
        raw = shard.read(entry.size)
        if len(raw) != entry.size:
            raise DamagedError(f"variable {name!r} is cut short")
        if _masked(crc32c(raw)) != entry.checksum:
            raise DamagedError(f"variable {name!r} has a wrong checksum")
        return np.frombuffer(raw, "<f4").reshape(entry.shape)


@contextmanager
def open_checkpoint(path: Path) -> Iterator[TfCheckpoint]:
    """Opens a tar of a checkpoint (compressed or not), or its `.index` file with the data files beside it.

    Raises:
        EmoOscError: the file cannot be read or is not such a checkpoint.
    """
    with ExitStack() as stack:
        try:
            files = _beside(path, stack) if path.suffix == ".index" else open_files(path, stack)
            yield _open(files)
        except (DamagedError, TooLargeError) as error:
            raise EmoOscError(f"{path}: {error!s:.300}; fetch the checkpoint again") from None
        except (OSError, *_NO_TAR) as error:
            reason = getattr(error, "strerror", None) or "not a whole tar"
            raise EmoOscError(f"{path}: cannot be read ({reason}); {_REMEDY}") from None


def parse_index(table: bytes) -> dict[str, Entry]:
    """The variables that an `.index` file lists.

    Raises:
        DamagedError: it is not a table, is compressed, or a checksum is wrong.
    """
    if len(table) < FOOTER_BYTES or struct.unpack("<Q", table[-8:])[0] != MAGIC:
        raise DamagedError("the index is not a TensorFlow V2 checkpoint's, or is cut short")
    try:
        _, _, offset, size = _varints(table[-FOOTER_BYTES:], 4)  # the first two lead to the unused meta index
        entries: dict[str, Entry] = {}
        for count, (_, handle) in enumerate(_block(table, offset, size)):
            if count >= MAX_BLOCKS:
                raise DamagedError(f"the index has over {MAX_BLOCKS} blocks")
            for key, value in _block(table, *_varints(handle, 2)):
                if key:  # the empty key holds the header
                    entries[key.decode()] = _entry(value)
    except (IndexError, struct.error, UnicodeDecodeError, TypeError) as error:
        raise DamagedError(f"the index is damaged ({error})") from None
    return entries


def _open(files: Mapping[str, IO[bytes]]) -> TfCheckpoint:
    index = next((name for name in sorted(files) if name.endswith(".index")), None)
    if index is None:
        raise DamagedError("holds no .index file, so it is not a TensorFlow V2 checkpoint")
    prefix = index.removesuffix(".index") + ".data-"
    shards = tuple(files[name] for name in sorted(files) if name.startswith(prefix))
    return TfCheckpoint(parse_index(_whole(files[index])), shards)


def _whole(index: IO[bytes]) -> bytes:
    table = index.read(MAX_INDEX_BYTES + 1)
    if len(table) > MAX_INDEX_BYTES:
        raise DamagedError(f"the index has over {MAX_INDEX_BYTES:,} bytes")
    return table


def _beside(path: Path, stack: ExitStack) -> dict[str, IO[bytes]]:
    data = (each for each in list_folder(path.parent, "").paths if each.name.startswith(f"{path.stem}.data-"))
    return {each.name: stack.enter_context(open_regular(each)) for each in (path, *islice(data, MAX_FILES))}


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of each entry; a key repeats the beginning of the one before."""
    content, trailer = table[offset : offset + size], table[offset + size : offset + size + 5]
    compression, checksum = struct.unpack("<BI", trailer)
    if _masked(crc32c(content + trailer[:1])) != checksum:
        raise DamagedError("the index has a wrong checksum")
    if compression:
        raise DamagedError("the index is compressed, which TensorFlow's checkpoints are not")
    (restarts,) = struct.unpack("<I", content[-4:])
    entries = content[: len(content) - 4 * (restarts + 1)]
    at, count, key = 0, 0, b""
    while at < len(entries):
        count += 1
        if count > MAX_ENTRIES or len(key) > MAX_KEY_BYTES:
            raise DamagedError(f"the index has over {MAX_ENTRIES} names, or one of over {MAX_KEY_BYTES} bytes")
        (shared, fresh, length), at = _varints_from(entries, at, 3)
        key = key[:shared] + entries[at : at + fresh]
        yield key, entries[at + fresh : at + fresh + length]
        at += fresh + length


def _entry(proto: bytes) -> Entry:
    fields = dict(_fields(proto))
    dims = [size for number, size in _fields(_bytes(fields.get(2, b""))) if number == 2]
    shape = tuple(_int(dict(_fields(_bytes(dim))).get(1, 0)) for dim in dims)
    dtype, shard, offset, size, checksum = (_int(fields.get(number, 0)) for number in (1, 3, 4, 5, 6))
    return Entry(dtype, shape, shard, offset, size, checksum)


def _fields(proto: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a protocol buffer, whatever its schema."""
    at = 0
    while at < len(proto):
        (tag,), at = _varints_from(proto, at, 1)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            (value,), at = _varints_from(proto, at, 1)
            yield number, value
        elif wire == 2:
            (length,), at = _varints_from(proto, at, 1)
            yield number, proto[at : at + length]
            at += length
        elif wire == 5:
            yield number, struct.unpack("<I", proto[at : at + 4])[0]
            at += 4
        else:
            raise DamagedError(f"the index is damaged (wire type {wire})")


def _int(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise DamagedError("the index is damaged (a number is missing)")
    return value


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise DamagedError("the index is damaged (a message is missing)")
    return value


def _varints(data: bytes, count: int) -> list[int]:
    return _varints_from(data, 0, count)[0]


def _varints_from(data: bytes, at: int, count: int) -> tuple[list[int], int]:
    values = []
    for _ in range(count):
        value = shift = 0
        while data[at] & 0x80:
            value |= (data[at] & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if shift > MAX_SHIFT:
                raise DamagedError("the index is damaged (a number has no end)")
        values.append(value | data[at] << shift)
        at += 1
    return values, at


def _masked(crc: int) -> int:
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


_REMEDY = "give the .tar or .index of a TensorFlow checkpoint"
