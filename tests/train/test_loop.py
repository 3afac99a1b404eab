"""The training loop: it learns, a stopped run goes on as if it had not stopped, and faults are told."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from emo_osc.core.errors import EmoOscError
from emo_osc.train.loop import Recipe, Scores, train

CPU = torch.device("cpu")
RECIPE = Recipe(steps=60, batch=16, rate=0.1, warmup=5, average=0.5, validate_every=20)


class LineTask:
    """Learns y = 3 x - 1."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.net: nn.Module = nn.Linear(1, 1)

    def loss(self, size: int, generator: torch.Generator, share: float) -> dict[str, Tensor]:
        x = torch.rand(size, 1, generator=generator)
        return {"loss": (self.net(x) - (3 * x - 1)).square().mean()}

    def validate(self, net: nn.Module) -> Scores:
        x = torch.linspace(0, 1, 11)[:, None]
        return {"valid_loss": float((net(x) - (3 * x - 1)).square().mean())}


def silent(step: int, scores: Scores) -> None:
    assert step > 0
    assert scores["loss"] >= 0


class StopError(Exception):
    """Pulls the plug."""


def run_until(step: int, folder: Path) -> None:
    def pull(now: int, scores: Scores) -> None:
        if now == step:
            raise StopError

    with pytest.raises(StopError):
        train(LineTask(), RECIPE, folder, CPU, pull)


def test_validation_loss_falls(tmp_path: Path) -> None:
    history = train(LineTask(), RECIPE, tmp_path, CPU, silent).history
    assert [scores["step"] for scores in history] == [20, 40, 60]
    assert history[-1]["valid_loss"] < 0.5 * history[0]["valid_loss"]


def test_a_stopped_run_ends_where_an_unbroken_one_ends(tmp_path: Path) -> None:
    whole, broken = LineTask(), LineTask()
    train(whole, RECIPE, tmp_path / "whole", CPU, silent)
    run_until(33, tmp_path / "broken")
    train(broken, RECIPE, tmp_path / "broken", CPU, silent)
    for one, other in zip(whole.net.state_dict().values(), broken.net.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_another_recipe_does_not_continue_a_run(tmp_path: Path) -> None:
    train(LineTask(), RECIPE, tmp_path, CPU, silent)
    with pytest.raises(EmoOscError, match="another recipe"):
        train(LineTask(), replace(RECIPE, rate=0.2), tmp_path, CPU, silent)


def test_a_resumed_run_may_end_sooner_and_says_so(tmp_path: Path) -> None:
    run_until(20, tmp_path)

    progress = train(LineTask(), replace(RECIPE, steps=25), tmp_path, CPU, silent)

    assert progress.step == 25
    assert [end for _, end in progress.ends] == [RECIPE.steps, 25]


def test_the_state_is_written_without_a_second_copy_of_it(tmp_path: Path) -> None:
    class WideTask(LineTask):
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Sequential(nn.Linear(1, 1024), nn.Linear(1024, 1024), nn.Linear(1024, 1))

    recipe = replace(RECIPE, steps=1)
    train(WideTask(), recipe, tmp_path / "first", CPU, silent)  # what is imported and kept once
    tracemalloc.start()
    train(WideTask(), recipe, tmp_path / "second", CPU, silent)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most_bytes < (tmp_path / "second" / "state.safetensors").stat().st_size / 3


def test_a_damaged_state_is_refused(tmp_path: Path) -> None:
    train(LineTask(), RECIPE, tmp_path, CPU, silent)
    path = tmp_path / "state.safetensors"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(EmoOscError, match=r"state\.safetensors: not the state"):
        train(LineTask(), RECIPE, tmp_path, CPU, silent)
