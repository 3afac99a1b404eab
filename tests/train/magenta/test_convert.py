"""Importing Magenta's checkpoints: the golden tar, and one clear line for every broken one."""

import bz2
import gzip
import io
import lzma
import shutil
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.nets.hierdec import build_hierdec
from emo_osc.train.magenta.convert import expected_shapes, import_magenta, read_hierdec
from emo_osc.train.magenta.crc import LANES, crc32c
from emo_osc.train.magenta.tar_files import MAX_FILES
from emo_osc.train.magenta.tf_checkpoint import MAGIC, Entry, open_checkpoint
from emo_osc.weights import checkpoints
from tests.odd_files import ODD

pytestmark = pytest.mark.torch
SMALL = Path(__file__).parents[2] / "golden" / "small"
TAR = SMALL / "hierdec-mel_16bar.tar"
INDEX = SMALL / "ckpt" / "hierdec-mel_16bar.ckpt.index"
DATA = SMALL / "ckpt" / "hierdec-mel_16bar.ckpt.data-00000-of-00001"


def test_the_golden_tar_decodes_the_golden_tokens(tmp_path: Path) -> None:
    checkpoint = checkpoints.load(import_magenta(TAR, tmp_path / "mine.safetensors"))
    net = build_hierdec(checkpoint.config, checkpoint.tensors)
    with np.load(SMALL / "decode.npz") as golden:
        z, tokens = torch.from_numpy(golden["z"]), torch.from_numpy(golden["greedy_tokens"]).long()

    assert (tmp_path / "mine.safetensors").is_file()
    assert torch.equal(net.sample_sequential(net.conduct(z), 1.0), tokens)


def test_a_folder_gets_a_file_named_by_its_hash(tmp_path: Path) -> None:
    written = import_magenta(TAR, tmp_path)

    assert written.parent == tmp_path
    assert written.name.startswith("hierdec-")
    assert checkpoints.load(written).config["source"] == "magenta hierdec-mel_16bar"


def test_an_index_and_a_compressed_tar_give_what_the_tar_gives(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "packed.tar.gz", "w:gz") as packed:
        packed.add(INDEX, "deep/er/model.ckpt.index")
        packed.add(DATA, "deep/er/model.ckpt.data-00000-of-00001")

    names = {import_magenta(source, tmp_path / "out").name for source in (TAR, INDEX, tmp_path / "packed.tar.gz")}

    assert len(names) == 1


def test_every_variable_is_read_as_written() -> None:
    with np.load(SMALL / "weights.npz") as golden, open_checkpoint(TAR) as checkpoint:
        _, config = read_hierdec(checkpoint, TAR)

        assert {name: golden[name].shape for name in golden} == expected_shapes(config)
        for name in golden:
            np.testing.assert_array_equal(checkpoint.read(name), golden[name])


def _tar(path: Path, index: bytes | None, data: bytes | None) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in (("m.index", index), ("m.data-00000-of-00001", data)):
            if content is not None:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return path


def _flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def _missing(path: Path) -> Path:
    return path


def _empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _foreign(path: Path) -> Path:
    path.write_bytes(b"PK\x03\x04 something else" * 99)
    return path


def _truncated(path: Path) -> Path:
    path.write_bytes(TAR.read_bytes()[:100_000])
    return path


def _truncated_gzip(path: Path) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        packed.add(INDEX, "m.index")
        packed.add(DATA, "m.data-00000-of-00001")
    path.write_bytes(path.read_bytes()[:-1000])
    return path


DAMAGES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (_missing, "cannot be read"),
    "empty": (_empty, "cannot be read"),
    "foreign": (_foreign, "cannot be read"),
    "truncated": (_truncated, "cut short|cannot be read"),
    "truncated gzip": (_truncated_gzip, "cannot be read"),
    "without index": (lambda path: _tar(path, None, DATA.read_bytes()), "holds no .index"),
    "without data": (lambda path: _tar(path, INDEX.read_bytes(), None), "lies in data file 0, which is missing"),
    "short data": (lambda path: _tar(path, INDEX.read_bytes(), DATA.read_bytes()[:-64]), "is cut short"),
    "changed data": (lambda path: _tar(path, INDEX.read_bytes(), _flipped(DATA.read_bytes(), 5000)), "wrong checksum"),
    "changed index": (lambda path: _tar(path, _flipped(INDEX.read_bytes(), 200), DATA.read_bytes()), "wrong checksum"),
    "short index": (lambda path: _tar(path, INDEX.read_bytes()[:-9], DATA.read_bytes()), "not a TensorFlow V2"),
    "odd footer": (
        lambda path: _tar(path, _flipped(INDEX.read_bytes(), len(INDEX.read_bytes()) - 45), DATA.read_bytes()),
        "index",
    ),
}


def _many(path: Path) -> Path:
    with tarfile.open(path, "w") as tar:
        for number in range(MAX_FILES + 1):
            tar.addfile(tarfile.TarInfo(str(number)))
    return path


def _promising(size: int, kind: bytes = tarfile.REGTYPE, packed: bool = True) -> Callable[[Path], Path]:
    """A tar whose first header promises so many bytes; packed, some MB of zeros follow in a few KB."""

    def make(path: Path) -> Path:
        member = tarfile.TarInfo("m.index")
        member.size, member.type = size, kind
        head = member.tobuf(tarfile.GNU_FORMAT)
        path.write_bytes(gzip.compress(head + bytes(1 << 24)) if packed else head + bytes(4096))
        return path

    return make


def _bomb(pack: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """Two files of 8 MiB each in few KB."""

    def make(path: Path) -> Path:
        member = tarfile.TarInfo("m.data")
        member.size = 1 << 23
        path.write_bytes(pack(member.tobuf() + bytes(member.size) + member.tobuf() + bytes(member.size)))
        return path

    return make


DAMAGES |= {
    "many files": (_many, "holds over 64 files"),
    "terabytes": (_promising(1 << 45), "holds a file of 35,184,372,088,832 bytes"),
    "a header that is read whole": (_promising(1 << 40, tarfile.GNUTYPE_LONGNAME), "in one piece|unpacks to over"),
    "an index of a gigabyte": (_promising(1 << 30), "holds no whole tar|not a whole tar|the index has over"),
    "negative": (_promising(-(1 << 20), packed=False), "holds a file of -1,048,576 bytes|cannot be read"),
    "a bomb in xz": (_bomb(lzma.compress), "holds no .index"),
    "a bomb in bzip2": (_bomb(bz2.compress), "holds no .index"),
    "a number without end": (lambda path: _tar(path, _with_root(b"\x80" * 1000), None), "index"),
}
"""In the place of a tar: what promises more than it holds, or holds more than any checkpoint."""


def _with_root(handle: bytes) -> bytes:
    return handle + handle[:40].ljust(40, b"\0") + struct.pack("<Q", MAGIC)


def test_a_bomb_ends_where_the_bound_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emo_osc.train.magenta.tar_files.MAX_BYTES", 12 << 20)
    source = _bomb(gzip.compress)(tmp_path / "bomb.tar.gz")

    assert source.stat().st_size < 1 << 20
    with pytest.raises(EmoOscError, match="unpacks to over 0 GiB"):
        import_magenta(source, tmp_path / "out.safetensors")


@pytest.mark.parametrize("reason", ODD)
@pytest.mark.parametrize("name", ["odd.tar", "odd.index"])
def test_what_is_no_file_is_told_in_one_line(name: str, reason: str, tmp_path: Path) -> None:
    if reason == "bytes":
        pytest.skip("a file of any size is read as far as it is one of ours")
    ODD[reason](tmp_path / name)

    with pytest.raises(EmoOscError, match=reason):
        import_magenta(tmp_path / name, tmp_path / "out.safetensors")


@pytest.mark.parametrize(("damage", "reason"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_checkpoint_gets_one_clear_line(tmp_path: Path, damage: Callable[[Path], Path], reason: str) -> None:
    source = damage(tmp_path / "model.tar")

    with pytest.raises(EmoOscError, match=reason) as refusal:
        import_magenta(source, tmp_path / "out.safetensors")
    assert str(source) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "out.safetensors").exists()


def test_an_index_without_its_data_is_refused(tmp_path: Path) -> None:
    shutil.copy(INDEX, tmp_path / "alone.index")

    with pytest.raises(EmoOscError, match="data file 0, which is missing"):
        import_magenta(tmp_path / "alone.index", tmp_path / "out.safetensors")


class _Variables:
    """The golden variables, some of them replaced."""

    def __init__(self, changed: dict[str, tuple[int, ...] | None]) -> None:
        with np.load(SMALL / "weights.npz") as golden:
            self.arrays = dict(golden)
        for name, shape in changed.items():
            del self.arrays[name]
            if shape is not None:
                self.arrays[name] = np.zeros(shape, np.float32)
        self.entries = {name: Entry(1, array.shape, 0, 0, array.nbytes, 0) for name, array in self.arrays.items()}

    def read(self, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        array: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = self.arrays[name]
        return array


MU = "encoder/mu/kernel"
CELL = "decoder/hierarchical_level_0/cell_0/lstm_cell/kernel"


@pytest.mark.parametrize("name", [MU, CELL, "core_decoder/decoder/output_projection/bias"])
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(EmoOscError, match=f"has no variable '{name}'"):
        read_hierdec(_Variables({name: None}), TAR)


@pytest.mark.parametrize(
    ("name", "shape", "reason"),
    [
        (CELL, (17, 60), r"cell_0/lstm_cell/kernel' is \[17, 60\], not \[17, 64\]"),
        (MU, (64,), r"mu/kernel' has 1 dimensions, not 2"),
        (MU, (64, 0), r"z_size must be in 1\.\."),
        ("encoder/sigma/bias", (25,), r"sigma/bias' is \[25\], not \[24\]"),
    ],
)
def test_a_wrong_shape_is_named(name: str, shape: tuple[int, ...], reason: str) -> None:
    with pytest.raises(EmoOscError, match=reason):
        read_hierdec(_Variables({name: shape}), TAR)


def test_numbers_that_are_not_finite_are_refused() -> None:
    variables = _Variables({})
    variables.arrays[MU] = np.full_like(variables.arrays[MU], np.nan)

    with pytest.raises(ValueError, match="not finite"):
        read_hierdec(variables, TAR)


def test_what_training_keeps_besides_the_weights_is_ignored() -> None:
    variables = _Variables({})
    variables.entries |= {f"{MU}/Adam": Entry(1, (3,), 0, 0, 12, 0), "global_step": Entry(9, (), 0, 0, 8, 0)}

    tensors, _ = read_hierdec(variables, TAR)

    assert "to_mu.weight" in tensors
    assert not any("adam" in name.lower() for name in tensors)


@pytest.mark.parametrize("size", [0, 1, 4 * LANES - 1, 4 * LANES, 4 * LANES + 3, 12 * LANES + 5])
def test_checksums_of_large_buffers_are_those_of_their_bytes(size: int) -> None:
    data = np.random.default_rng(size).integers(0, 256, size, np.uint8).tobytes()

    assert crc32c(data) == _bit_by_bit(data)


def _bit_by_bit(data: bytes) -> int:
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF
