"""Importing Magenta's checkpoints: the golden tar, and one clear line for every broken one."""

import io
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from emo_osc.errors import EmoOscError
from emo_osc.studio.nets.hierdec import build_hierdec
from emo_osc.train.crc import LANES, crc32c
from emo_osc.train.magenta import expected_shapes, import_magenta, read_hierdec
from emo_osc.train.tf_checkpoint import Entry, open_checkpoint
from emo_osc.weights import checkpoints

pytestmark = pytest.mark.torch
SMALL = Path(__file__).parents[1] / "golden" / "small"
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
        (MU, (64, 0), "z_size must be at least 1"),
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
