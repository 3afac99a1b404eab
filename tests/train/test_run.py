"""`emo-osc train` end to end, small: a VAE, an actor on it, and a checkpoint the generator plays from."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from emo_osc.core.affect import NEUTRAL, Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.studio.music_vae import load
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.proposers import SamplingParameters
from emo_osc.train.actor import ActorChoices
from emo_osc.train.run import Run, train_actor, train_vae
from emo_osc.weights import checkpoints
from tests.train.corpora.shard_files import SHARDS, write_shard

pytestmark = [pytest.mark.torch, pytest.mark.slow]


def write_corpus(folder: Path) -> None:
    """All shards, of scales and arpeggios in all keys."""
    rng = np.random.default_rng(0)
    for name in SHARDS:
        tonic, every = rng.integers(0, 12, 80), rng.choice([2, 4], 80)
        events = np.zeros((80, 256), dtype=np.uint8)
        for row in range(80):
            steps = np.arange(0, 256, every[row])
            events[row, steps] = 41 + tonic[row] + np.resize(rng.permutation([0, 2, 4, 5, 7, 9, 11, 12]), len(steps))
        split = np.repeat(np.array([0, 1, 2], dtype=np.uint8), [60, 10, 10])
        write_shard(folder, name, {"events": events, "split": split, "tonic": tonic.astype(np.uint8)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus")
    write_corpus(path)
    return path


@pytest.fixture(scope="module")
def vae_path(folder: Path) -> Path:
    return train_vae(Run(folder, folder / "vae", device="cpu", steps=3, batch=8))


def test_a_run_leaves_a_checkpoint_its_curves_and_its_history(folder: Path, vae_path: Path) -> None:
    for part in ("rhythm", "notes"):
        history = json.loads((folder / "vae" / part / "progress.json").read_text())["history"]
        assert (folder / "vae" / part / "curves.png").stat().st_size > 1000
        assert 0.0 < history[-1]["valid_nats"] < 50.0
        told = checkpoints.load(vae_path).config["training"][part]
        assert told["data"] == ["pop909bars", "openewld", "trad", "lieder"]


def test_the_same_recipe_gives_the_same_file(folder: Path, vae_path: Path) -> None:
    again = train_vae(Run(folder, folder / "again", device="cpu", steps=3, batch=8))
    one, other = (checkpoints.load(path).tensors for path in (vae_path, again))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_one_part_alone_is_trained_for_the_whole_to_take_up(folder: Path, vae_path: Path, tmp_path: Path) -> None:
    run = Run(folder, tmp_path, device="cpu", steps=3, batch=8)
    assert train_vae(run, "rhythm") == tmp_path / "rhythm"
    assert not list(tmp_path.glob("*.safetensors"))
    one, other = (checkpoints.load(path).tensors for path in (vae_path, train_vae(run)))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_checkpoint_without_an_actor_plays(vae_path: Path) -> None:
    generator = load(vae_path, torch.device("cpu"), SamplingParameters())
    assert len(generator.compose(NEUTRAL, 1, seed=0)) == 1


def test_the_actor_completes_a_checkpoint_whose_melodies_it_moves(folder: Path, vae_path: Path, tmp_path: Path) -> None:
    small = ActorChoices(first=128, told=64, memory=256, decode_every=1)
    run = Run(folder, tmp_path / "actor", device="cpu", steps=2, batch=4)
    path = train_actor(run, vae_path, small)
    generator = load(path, torch.device("cpu"), SamplingParameters())
    sources = generator.sources(range(3))

    moved = generator.moved(sources, Affect(0.4, 0.7))

    assert [made.seed for made in moved] == [source.seed for source in sources]
    assert len(generator.refine(sources, Affect(0.4, 0.7), 2)) == 2
    assert generator.proposer.likeness is not None
    before, after = (
        Latent.from_text(each, generator.proposer.shape) for each in (sources[0].to_text(), moved[0].latent)
    )
    assert not torch.equal(before.numbers[:16], after.numbers[:16]), "the actor moves the bars"
    history = json.loads((tmp_path / "actor" / "progress.json").read_text())["history"]
    assert history[-1]["valid_register"] > 0.0
    with pytest.raises(EmoOscError, match="no loss 'pitch'"):
        train_actor(run, vae_path, replace(small, without="pitch"))


def test_an_actor_wants_a_model(folder: Path, tmp_path: Path) -> None:
    other = checkpoints.save(tmp_path, "other", {"a": torch.zeros(1)}, {"kind": "other"})
    with pytest.raises(EmoOscError, match="not a model"):
        train_actor(Run(folder, tmp_path / "run", device="cpu", steps=1, batch=4), other, ActorChoices())


def test_torchrun_shares_a_batch_among_processes(folder: Path, tmp_path: Path) -> None:
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "emo_osc"]
    arguments = ["train", "vae", "--data", folder, "--out", tmp_path, "--device", "cpu", "--steps", "3", "--batch", "8"]
    done = subprocess.run([*run, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    history = json.loads((tmp_path / "notes" / "progress.json").read_text())["history"]
    assert [scores["step"] for scores in history] == [3.0]
    assert len(list(tmp_path.glob("music_vae-*.safetensors"))) == 1
