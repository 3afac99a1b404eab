"""Checkpoints: a round trip, the hash in the name, and one clear line for every broken file."""

import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from emo_osc.core.errors import EmoOscError
from emo_osc.weights import checkpoints

pytestmark = pytest.mark.torch
CONFIG = {"kind": "test", "sizes": [1, 2], "name": "밝음"}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return checkpoints.save(tmp_path, "tiny", {"w": torch.arange(64.0).reshape(8, 8)}, CONFIG)


def test_what_is_saved_comes_back(saved: Path) -> None:
    checkpoint = checkpoints.load(saved)

    assert checkpoint.config == CONFIG
    assert torch.equal(checkpoint.tensors["w"], torch.arange(64.0).reshape(8, 8))


def test_equal_contents_get_equal_names_and_others_do_not(saved: Path, tmp_path: Path) -> None:
    again = checkpoints.save(tmp_path / "b", "tiny", {"w": torch.arange(64.0).reshape(8, 8)}, CONFIG)
    other = checkpoints.save(tmp_path, "tiny", {"w": torch.ones(8, 8)}, CONFIG)

    assert again.name == saved.name
    assert other.name != saved.name


def test_tied_and_strided_weights_can_be_saved(tmp_path: Path) -> None:
    weight = torch.arange(6.0).reshape(2, 3)

    loaded = checkpoints.load(checkpoints.save(tmp_path, "tied", {"a": weight, "b": weight, "t": weight.T}, {}))

    assert torch.equal(loaded.tensors["t"], weight.T)
    assert torch.equal(loaded.tensors["a"], loaded.tensors["b"])


def test_nothing_but_the_file_is_left_behind(saved: Path) -> None:
    assert list(saved.parent.iterdir()) == [saved]


def test_a_chosen_name_needs_no_hash(tmp_path: Path) -> None:
    path = checkpoints.save_as(tmp_path / "mine.safetensors", {"w": torch.zeros(2)}, CONFIG)

    assert path == tmp_path / "mine.safetensors"
    assert checkpoints.load(path).config == CONFIG


def _missing(path: Path) -> None:
    path.unlink()


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-16])


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "reason"), [(_missing, "cannot be read"), (_truncated, "cut short or"), (_flipped, "or changed")]
)
def test_a_damaged_file_is_refused(saved: Path, damage: object, reason: str) -> None:
    assert callable(damage)
    damage(saved)

    with pytest.raises(EmoOscError, match=reason) as refusal:
        checkpoints.load(saved)
    assert str(saved) in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"\x80\x04 a pickle", b"x" * 4096])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(content)

    with pytest.raises(EmoOscError, match="not a safetensors file"):
        checkpoints.load(path)


def test_a_truncated_file_without_a_hash_is_refused(tmp_path: Path) -> None:
    path = checkpoints.save_as(tmp_path / "mine.safetensors", {"w": torch.zeros(64)}, CONFIG)
    _truncated(path)

    with pytest.raises(EmoOscError, match="cut short"):
        checkpoints.load(path)


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}, {"emo_osc": "{not json"}])
def test_safetensors_of_others_are_refused(tmp_path: Path, metadata: dict[str, str] | None) -> None:
    path = tmp_path / "others.safetensors"
    save_file({"w": torch.zeros(2)}, path, metadata)

    with pytest.raises(EmoOscError, match="not of emo_osc"):
        checkpoints.load(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(EmoOscError, match="cannot be written"):
        checkpoints.save(tmp_path / "file", "tiny", {"w": torch.zeros(1)}, {})


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "checkpoints"
    monkeypatch.setattr("platformdirs.user_data_path", lambda name: tmp_path)
    folder.mkdir()
    return folder


def test_the_newest_of_a_name_is_found(own_folder: Path) -> None:
    old, new = (checkpoints.save(own_folder, "duo", {"w": torch.full((2,), x)}, {}) for x in (1.0, 2.0))
    longer = checkpoints.save(own_folder, "duo-big", {"w": torch.zeros(1)}, {})
    os.utime(old, (1, 1))
    os.utime(new, (2, 2))

    assert checkpoints.find("duo") == new
    assert checkpoints.find(old.stem) == old
    assert checkpoints.find("duo-big") == longer


def test_a_path_is_taken_as_it_is() -> None:
    assert checkpoints.find("some/mine.safetensors") == Path("some/mine.safetensors")


def test_an_unknown_name_lists_the_known(own_folder: Path) -> None:
    saved = checkpoints.save(own_folder, "duo", {"w": torch.zeros(2)}, {})

    with pytest.raises(EmoOscError, match=f"no checkpoint 'trio'.*{saved.stem}"):
        checkpoints.find("trio")
