"""The training loop of all networks: seeded, resumable, on any device, on several with torchrun.

A `Task` defines the network and its losses, a `Recipe` the optimisation. Every step's generator is seeded with the
recipe's seed and the step number, so a resumed run equals an uninterrupted one.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from math import cos, pi
from pathlib import Path
from typing import Protocol

import torch
import torch.distributed as dist
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small_text, replacing, write_whole
from emo_osc.studio.decoding.decode import no_denormals
from emo_osc.train.autocast import training_precision
from emo_osc.weights.precision import Precision

MAX_PROGRESS_BYTES = 1 << 26
BEST = "best.safetensors"
BEFORE_BEST = {"best": ""}  # of runs begun before a recipe could name a score

Scores = dict[str, float]


class Task(Protocol):
    """A network and how one step's loss and its validation scores are computed."""

    net: nn.Module

    def loss(self, size: int, generator: torch.Generator, share: float) -> dict[str, Tensor]:
        """Scalars of one batch of `size` examples; `loss` is the one to minimise.

        `generator` is on the CPU; `share` in [0, 1) of the run's steps is done.
        """

    def validate(self, net: nn.Module) -> Scores:
        """Scores of the given weights on the validation split."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train: AdamW, linear warm-up, cosine to `final` of the rate, gradients clipped, weights averaged.

    `seed` leads the batches and the noise; `first_seed` the weights before training (torch's own default seed).
    `average` is the decay of the running mean of weights that is validated and kept: those of the last step, or, where
    a score is named as `best`, those for which it was lowest.
    """

    steps: int
    batch: int
    rate: float
    seed: int = 0
    first_seed: int = 67_280_421_310_721
    warmup: int = 100
    final: float = 0.02
    decay: float = 0.01
    clip: float = 1.0
    average: float = 0.999
    validate_every: int = 500
    best: str = ""

    def rate_at(self, step: int) -> float:
        """The learning rate of a step.

        >>> recipe = Recipe(steps=1100, batch=1, rate=1.0, warmup=100, final=0.0)
        >>> recipe.rate_at(49), recipe.rate_at(100), round(recipe.rate_at(1100), 6)
        (0.5, 1.0, 0.0)
        """
        if step < self.warmup:
            return self.rate * (step + 1) / self.warmup
        share = min(1.0, (step - self.warmup) / max(1, self.steps - self.warmup))
        return self.rate * (self.final + (1 - self.final) * 0.5 * (1 + cos(pi * share)))


@dataclass(slots=True)
class Progress:
    """Where a run stands: the next step, the scores so far, and the precision it multiplies in.

    `ends` are the last steps that it was to have, each with the step from which on: (from, last). Kept beside the
    weights as JSON.
    """

    step: int
    history: list[Scores]
    seconds: float = 0.0
    precision: str = ""
    ends: list[tuple[int, int]] = field(default_factory=list)


def is_first() -> bool:
    """Whether this process writes the files of a run: alone, or first among those torchrun started."""
    return os.environ.get("RANK", "0") == "0"


def train(
    task: Task, recipe: Recipe, folder: Path, device: torch.device, report: Callable[[int, Scores], None]
) -> Progress:
    """Train, or resume, until the recipe's last step; `task.net` then holds the averaged weights.

    `folder` gets `state.safetensors` and `progress.json` at every validation and is resumed from when they are there.
    A run that is resumed may get another last step: the rest of it follows the new schedule. `report` is called with
    the step and its scores.

    Raises:
        EmoOscError: the folder holds the state of another recipe or network, or `EMO_OSC_PRECISION` asks for a
            precision without gradients.
    """
    rank, world = _join_others(device)
    net = task.net.to(device).train()
    optimiser = torch.optim.AdamW(
        net.parameters(), recipe.rate, betas=(0.9, 0.98), weight_decay=recipe.decay, fused=device.type != "mps"
    )
    averaged = {name: value.detach().clone() for name, value in net.state_dict().items()}
    progress = _resume(folder, recipe, net, optimiser, averaged, device)
    progress.precision = precision = training_precision(net, device, progress.precision)
    began = time.monotonic() - progress.seconds
    while progress.step < recipe.steps:
        with no_denormals():
            scores = _one_step(task, recipe, optimiser, progress.step, (rank, world), precision)
        _average(averaged, net, min(recipe.average, (1 + progress.step) / (10 + progress.step)))
        progress.step += 1
        if progress.step % recipe.validate_every == 0 or progress.step == recipe.steps:
            scores |= _validated(task, averaged)
            progress.seconds = time.monotonic() - began
            progress.history.append({"step": float(progress.step), "seconds": progress.seconds, **scores})
            if is_first():
                _keep_best(folder, recipe, averaged, progress)
                _keep(folder, recipe, net, optimiser, averaged, progress)
        if is_first():
            report(progress.step, scores)
    net.load_state_dict(_chosen(folder, recipe, averaged, device))
    net.eval()
    return progress


def _one_step(
    task: Task,
    recipe: Recipe,
    optimiser: torch.optim.Optimizer,
    step: int,
    place: tuple[int, int],
    precision: Precision,
) -> Scores:
    rank, world = place
    generator = torch.Generator().manual_seed((recipe.seed * 1_000_003 + step) * world + rank)
    torch.manual_seed(generator.initial_seed())  # for dropout
    for group in optimiser.param_groups:
        group["lr"] = recipe.rate_at(step)
    device = next(task.net.parameters()).device
    with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16"):
        parts = task.loss(recipe.batch // world, generator, step / recipe.steps)
    optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(parts["loss"])
    if world > 1:
        for parameter in task.net.parameters():
            if parameter.grad is not None:
                dist.all_reduce(parameter.grad)
                parameter.grad /= world
    nn.utils.clip_grad_norm_(task.net.parameters(), recipe.clip)
    optimiser.step()
    return {name: float(value.detach()) for name, value in parts.items()}


@torch.no_grad()
def _average(averaged: dict[str, Tensor], net: nn.Module, decay: float) -> None:
    for name, value in net.state_dict().items():
        if value.is_floating_point():
            averaged[name].lerp_(value, 1 - decay)


@torch.no_grad()
def _validated(task: Task, averaged: dict[str, Tensor]) -> Scores:
    present = {name: value.clone() for name, value in task.net.state_dict().items()}
    task.net.load_state_dict(averaged)
    task.net.eval()
    scores = task.validate(task.net)
    task.net.load_state_dict(present)
    task.net.train()
    return scores


def _join_others(device: torch.device) -> tuple[int, int]:
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
        if device.type == "cuda":
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    return (dist.get_rank(), world) if world > 1 else (0, 1)


def _keep(
    folder: Path,
    recipe: Recipe,
    net: nn.Module,
    optimiser: torch.optim.Optimizer,
    averaged: dict[str, Tensor],
    progress: Progress,
) -> None:
    tensors = {f"net.{name}": value for name, value in net.state_dict().items()}
    tensors |= {f"averaged.{name}": value for name, value in averaged.items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{key}": value for key, value in state.items()}
    _save(tensors, folder / "state.safetensors")
    text = json.dumps({"recipe": asdict(recipe), **asdict(progress)}, indent=1)
    write_whole(folder / "progress.json", text.encode())


def _keep_best(folder: Path, recipe: Recipe, averaged: dict[str, Tensor], progress: Progress) -> None:
    """Keeps the averaged weights where no earlier ones scored lower."""
    if recipe.best and min(row[recipe.best] for row in progress.history) == progress.history[-1][recipe.best]:
        _save(averaged, folder / BEST)


def _save(tensors: dict[str, Tensor], path: Path) -> None:
    with replacing(path) as part:  # to make its bytes first would take the state's size twice
        try:
            save_file({name: value.contiguous() for name, value in tensors.items()}, part)
        except SafetensorError as error:
            raise OSError(f"{part}: cannot be written ({error})") from None


def _chosen(folder: Path, recipe: Recipe, averaged: dict[str, Tensor], device: torch.device) -> dict[str, Tensor]:
    path = folder / BEST
    return load_file(path, device=str(device)) if recipe.best and path.exists() else averaged


def _resume(
    folder: Path,
    recipe: Recipe,
    net: nn.Module,
    optimiser: torch.optim.Optimizer,
    averaged: dict[str, Tensor],
    device: torch.device,
) -> Progress:
    path = folder / "state.safetensors"
    if not path.exists():
        return Progress(0, [], ends=[(0, recipe.steps)])
    try:
        kept = json.loads(read_small_text(folder / "progress.json", MAX_PROGRESS_BYTES))
        recipe_before = kept["recipe"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise EmoOscError(f"{folder}: holds no progress of a run ({error!s:.200}); choose another --out") from None
    if asdict(recipe) != BEFORE_BEST | recipe_before | {"steps": recipe.steps}:
        raise EmoOscError(f"{folder}: holds a run of another recipe; choose another --out or the same settings")
    try:
        tensors = load_file(path, device=str(device))
        net.load_state_dict(_below(tensors, "net."))
        averaged.update(_below(tensors, "averaged."))
    except (SafetensorError, RuntimeError) as error:
        raise EmoOscError(f"{path}: not the state of this network ({error}); choose another --out") from None
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in _below(tensors, "optimiser.").items():
        index, key = name.split(".")
        state.setdefault(int(index), {})[key] = value
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    ends = [(int(begin), int(end)) for begin, end in kept.get("ends", [(0, recipe_before["steps"])])]
    if recipe.steps != ends[-1][1]:
        ends.append((kept["step"], recipe.steps))
    return Progress(kept["step"], kept["history"], kept["seconds"], kept.get("precision", ""), ends)


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
