"""Every network trains in float32 and in bf16 on every machine, and a run keeps the precision it began in."""

import json
from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from pathlib import Path

import pytest
import torch

from emo_osc.core.errors import EmoOscError
from emo_osc.face.vgg16 import VGG16Config
from emo_osc.studio.nets.music_transformer import MusicTransformerConfig
from emo_osc.train.actor import ActorChoices
from emo_osc.train.loop import Progress, Recipe, train
from emo_osc.train.run import Run, train_actor, train_face, train_transformer, train_vae
from emo_osc.weights import checkpoints
from emo_osc.weights.precision import VARIABLE
from tests.train.arranged_files import write_arranged
from tests.train.test_face import write_faces
from tests.train.test_loop import LineTask, silent
from tests.train.test_run import write_corpus

pytestmark = [pytest.mark.torch, pytest.mark.slow]

PRECISIONS = {"float32": "float32", "bf16": "bfloat16"}
ARRANGED = "arranged"
FACE = VGG16Config(width=0.0625, dropout=0.0)
TRANSFORMER = MusicTransformerConfig(width=32, layers=1, heads=2, context=48, feeling=8, dropout=0.0)
ACTOR = ActorChoices(first=128, told=64, memory=256, decode_every=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data")
    write_corpus(path)
    write_faces(path)
    (path / ARRANGED).mkdir()
    write_arranged(path / ARRANGED)  # its melodies are another shard of the same name
    return path


@pytest.fixture(scope="module")
def model(folder: Path) -> Path:
    """What an actor is trained on."""
    return train_vae(Run(folder, folder / "vae", device="cpu", steps=3, batch=8))


COMMANDS: dict[str, Callable[[Run, Path], Path]] = {
    "rhythm": lambda run, _: train_vae(run),
    "notes": lambda run, _: train_vae(run),
    "actor": lambda run, model: train_actor(run, model, ACTOR),
    "face": lambda run, _: train_face(run, FACE),
    "transformer": lambda run, _: train_transformer(replace(run, data=run.data / ARRANGED), TRANSFORMER),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_network_trains_in_each_precision_to_nearly_the_same(
    command: str, folder: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = {}
    for said, precision in PRECISIONS.items():
        monkeypatch.setenv(VARIABLE, said)
        path = COMMANDS[command](Run(folder, tmp_path / said, device="cpu", steps=2, batch=4), model)
        kept = checkpoints.load(path)
        trained = kept.config["training"][command]
        assert trained["precision"] == precision
        assert all(tensor.isfinite().all() for tensor in kept.tensors.values() if tensor.is_floating_point())
        assert all(isfinite(score) for score in trained["last"].values())
        losses[said] = trained["last"]["loss"]

    assert losses["bf16"] == pytest.approx(losses["float32"], rel=0.05)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_precision_without_gradients_is_refused_before_anything_is_read(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "int8")
    nowhere = Run(tmp_path / "nowhere", tmp_path, device="cpu")

    with pytest.raises(EmoOscError, match=r"EMO_OSC_PRECISION: 'int8' .* set it to float32, bf16 or auto"):
        COMMANDS[command](nowhere, tmp_path)


def test_a_run_goes_on_in_the_precision_it_began_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = Recipe(steps=2, batch=4, rate=0.1, validate_every=1)
    monkeypatch.setenv(VARIABLE, "bf16")
    begun = train(LineTask(), short, tmp_path, torch.device("cpu"), silent)
    monkeypatch.delenv(VARIABLE)
    gone_on = train(LineTask(), short, tmp_path, torch.device("cpu"), silent)

    assert (begun.precision, gone_on.precision) == ("bfloat16", "bfloat16")


def test_a_run_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    short = Recipe(steps=1, batch=4, rate=0.1)
    train(LineTask(), short, tmp_path, torch.device("cpu"), silent)
    path = tmp_path / "progress.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    del kept["precision"]
    path.write_text(json.dumps(kept), encoding="utf-8")

    progress = train(LineTask(), short, tmp_path, torch.device("cpu"), silent)

    assert isinstance(progress, Progress)
    assert progress.precision in PRECISIONS.values()
