"""Networks of checkpoints that anybody may have written: one line, no traceback, no memory for what cannot fit."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import MAX_ENTRIES
from emo_osc.face.estimate import Estimator
from emo_osc.face.vgg16 import VGG16, VGG16Config
from emo_osc.studio import music_transformer, music_vae
from emo_osc.studio.nets.rhythm_net import RhythmNet, RhythmNetConfig
from emo_osc.studio.proposers import SamplingParameters
from emo_osc.weights import checkpoints
from emo_osc.weights.size_checks import fitted, sizes_of
from tests.odd_files import ODD

pytestmark = pytest.mark.torch
SMALL = RhythmNetConfig(latent=4, width=8, layers=1, heads=2, encoder=8)
ODD_VALUES: list[Any] = [-1, 0, 10**9, 10**400, 1.5, float("nan"), float("inf"), True, "32", None, [], {}, [[[1]]]]


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: f"{value!r:.12}")
def test_a_size_of_another_type_or_out_of_range_is_named(value: object) -> None:
    with pytest.raises(ValueError, match="width is "):
        sizes_of(RhythmNetConfig, SMALL.as_dict() | {"width": value})


@pytest.mark.parametrize("sizes", [None, [], 3, "x", {"hiden": 3}, {1: 2}])
def test_what_is_no_table_of_sizes_is_refused(sizes: object) -> None:
    with pytest.raises(ValueError, match=r"the sizes are|there is no size"):
        sizes_of(RhythmNetConfig, sizes)


def test_a_network_comes_back_with_its_weights() -> None:
    net = RhythmNet(SMALL)

    again = fitted(RhythmNet, RhythmNetConfig, SMALL.as_dict(), net.state_dict())

    assert all(torch.equal(again.state_dict()[name], value) for name, value in net.state_dict().items())


def test_sizes_that_the_weights_do_not_have_take_no_memory() -> None:
    large = SMALL.as_dict() | {"width": 1 << 16, "encoder": 1 << 16}  # 200 GB
    begun_s = time.perf_counter()

    with pytest.raises(ValueError, match=r"weight .* is \[.*\], not \["):
        fitted(RhythmNet, RhythmNetConfig, large, RhythmNet(SMALL).state_dict())

    assert time.perf_counter() - begun_s < 30.0


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"network": "line"},
        {"network": "line", "rhythm": 3, "notes": []},
        {"network": "line", "rhythm": SMALL.as_dict() | {"width": -4}, "notes": {}},
        {"network": "line", "rhythm": SMALL.as_dict() | {"width": 10**30}, "notes": {}},
        {"network": "line", "rhythm": SMALL.as_dict(), "notes": {"heads": 0}},
        {"network": "line", "rhythm": SMALL.as_dict(), "notes": {"width": 7, "heads": 6}},
        {"network": "line", "rhythm": SMALL.as_dict(), "notes": {"layers": 10**9}},
        {"network": "hierdec"},
        {"network": "hierdec", "z_size": "many", "layers": [2]},
        {"network": ["hierdec"]},
        {"transformer": {"heads": 0}},
        {"transformer": {"entry": "x" * 100_000}},
        {"vgg16": {"width": 1e300}},
        {"vgg16": {"width": 0.0}},
        {"vgg16": {"width": float("nan")}},
        {"vgg16": VGG16Config(width=0.125).as_dict(), "temperature": [1]},
        {"vgg16": VGG16Config(width=0.125).as_dict(), "temperature": 10**400},
    ],
    ids=lambda config: f"{config!r:.60}",
)
def test_an_odd_config_is_told_in_one_line(config: dict[str, Any], tmp_path: Path) -> None:
    tensors = VGG16(VGG16Config(width=0.125)).state_dict() if "temperature" in config else RhythmNet(SMALL).state_dict()
    prefix = "" if "temperature" in config else "rhythm."
    path = checkpoints.save_as(tmp_path / "odd.safetensors", {prefix + k: v for k, v in tensors.items()}, config)

    for load in (
        lambda: music_vae.load(path, torch.device("cpu"), SamplingParameters()),
        lambda: music_transformer.load(path),
        lambda: Estimator.of_checkpoint(str(path)),
    ):
        with pytest.raises(EmoOscError) as told:
            load()
        assert "odd.safetensors" in str(told.value) or "hierdec" in str(told.value)
        assert len(str(told.value)) < 600
        assert "\n" not in str(told.value)


@pytest.mark.parametrize("config", ["[" * 100_000, "[]", "3", '"x"', "null", "1" * 5000])
def test_metadata_that_is_no_table_is_told(config: str, tmp_path: Path) -> None:
    save_file({"w": torch.zeros(2)}, tmp_path / "odd.safetensors", {"emo_osc": config})

    with pytest.raises(EmoOscError, match="not of emo_osc"):
        checkpoints.load(tmp_path / "odd.safetensors")


def test_weights_that_are_no_numbers_are_named(tmp_path: Path) -> None:
    path = checkpoints.save_as(tmp_path / "odd.safetensors", {"w": torch.tensor([1.0, float("nan")])}, {})

    with pytest.raises(EmoOscError, match="w holds numbers that are not finite"):
        checkpoints.load(path)


@pytest.mark.parametrize("head", [1 << 24, 1 << 40, (1 << 64) - 1])
def test_a_head_of_any_length_is_not_read(head: int, tmp_path: Path) -> None:
    (tmp_path / "odd.safetensors").write_bytes(head.to_bytes(8, "little") + b"{" + b" " * 1000)

    with pytest.raises(EmoOscError, match=r"its head has [0-9,]+ bytes"):
        checkpoints.load(tmp_path / "odd.safetensors")


def test_a_head_that_promises_more_than_the_file_holds_is_told(tmp_path: Path) -> None:
    head = json.dumps({"w": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}}).encode()
    (tmp_path / "odd.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + bytes(64))

    with pytest.raises(EmoOscError, match="not a safetensors file"):
        checkpoints.load(tmp_path / "odd.safetensors")


@pytest.mark.parametrize("reason", ODD)
def test_what_is_no_file_is_no_checkpoint(reason: str, tmp_path: Path) -> None:
    ODD[reason](tmp_path / "odd-01234567.safetensors")

    with pytest.raises(EmoOscError, match=r"over 4 GiB" if reason == "bytes" else reason):
        checkpoints.load(tmp_path / "odd-01234567.safetensors")


def test_an_odd_name_in_the_folder_does_not_hide_the_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emo_osc.weights.checkpoints.checkpoint_folders", lambda: (tmp_path,))
    saved = checkpoints.save(tmp_path, "tiny", {"w": torch.zeros(2)}, {})
    (tmp_path / "tiny-00000000.safetensors").symlink_to("nowhere")

    assert len(list(tmp_path.iterdir())) < MAX_ENTRIES
    assert checkpoints.find("tiny") == saved
