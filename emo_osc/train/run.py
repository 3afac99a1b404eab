"""What `emo-osc train NAME` does: a recipe on a corpus, with progress, curves, and a checkpoint at the end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from emo_osc.core.errors import EmoOscError
from emo_osc.face.estimate import CAREFUL_VIEWS, Estimator
from emo_osc.face.vgg16 import VGG16, VGG16Config
from emo_osc.studio import losses
from emo_osc.studio.line.prior import LatentPrior
from emo_osc.studio.line.weights import line_nets_of
from emo_osc.studio.music_vae import LINE, NAME, pick_device
from emo_osc.studio.nets.actor import ActorCritic
from emo_osc.studio.nets.music_transformer import MusicTransformerConfig
from emo_osc.studio.nets.note_net import NoteNetConfig
from emo_osc.studio.nets.rhythm_net import RhythmNetConfig
from emo_osc.train import actor, face, notes, rhythm, transformer
from emo_osc.train.autocast import TRAINED
from emo_osc.train.calibration import temperature_of
from emo_osc.train.corpora.arrangements import SOURCE
from emo_osc.train.corpora.corpus import LICENSED
from emo_osc.train.curves import curves_png
from emo_osc.train.encoded import Encoded
from emo_osc.train.lines import Lines
from emo_osc.train.loop import Progress, Recipe, Scores, Task, is_first, train
from emo_osc.weights import checkpoints
from emo_osc.weights.precision import forced
from emo_osc.weights.size_checks import one_line_errors

FACE_NAME, TRANSFORMER_NAME = "face", "music_transformer"


@dataclass(frozen=True, slots=True)
class Run:
    """What a user chose: corpus folder, run folder, device; None for `steps`, `batch`, `seed` is as the recipe."""

    data: Path
    out: Path
    device: str = "auto"
    steps: int | None = None
    batch: int | None = None
    seed: int | None = None

    def recipe(self, shipped: Recipe) -> Recipe:
        """The shipped recipe with the user's choices.

        Raises:
            EmoOscError: `EMO_OSC_PRECISION` asks for what cannot be trained in: better now than after the data is read.
        """
        forced(TRAINED)
        chosen = {key: getattr(self, key) for key in ("steps", "batch", "seed") if getattr(self, key) is not None}
        return replace(shipped, **chosen)


RECIPES = {"rhythm": rhythm.RECIPE, "notes": notes.RECIPE}
"""The networks of the line model, in the order in which they are trained."""


def train_vae(run: Run, part: str = "") -> Path:
    """Trains the two networks of the line model, or one of them, each in its folder below `run.out`.

    Returns the checkpoint `music_vae-HASH8.safetensors` with both, once none is left to train; else the folder.

    Raises:
        EmoOscError: the corpus or the device is not there, or `run.out` holds another run.
    """
    device = pick_device(run.device)
    tensors: dict[str, Tensor] = {}
    config: dict[str, Any] = {"network": LINE, "training": {}}
    for name in [part] if part else RECIPES:
        trained = _train_part(run, name, device)
        tensors |= {f"{name}.{key}": value for key, value in trained.net.state_dict().items()}
        config |= {name: trained.config}
        config["training"] |= {name: trained.training}
    if part:
        return run.out / part
    lines, nets = Lines.load(run.data, "train"), line_nets_of(config, tensors)
    encoded = Encoded.of(lines, nets)
    tensors |= lines.plans().tensors() | LatentPrior.fitted(encoded.mean, encoded.deviation).tensors()
    return _kept(run.out, NAME, tensors, config)


@dataclass(frozen=True, slots=True)
class _Trained:
    net: nn.Module
    config: dict[str, Any]
    training: dict[str, Any]


def _train_part(run: Run, name: str, device: torch.device) -> _Trained:
    recipe = run.recipe(RECIPES[name])
    torch.manual_seed(recipe.first_seed)
    task: rhythm.RhythmTask | notes.NoteTask
    if name == "rhythm":
        task = rhythm.RhythmTask(run.data, RhythmNetConfig(), device=device)
    else:
        task = notes.NoteTask(run.data, NoteNetConfig(), device=device)
    progress = _trained(task, recipe, run.out / name, device)
    return _Trained(task.net, task.config.as_dict(), _training(recipe, task.choices, progress, LICENSED))


def train_actor(run: Run, model: Path, choices: actor.ActorChoices) -> Path:
    """Trains the actor-critic on a model of `train vae`; returns the checkpoint `music_vae-HASH8.safetensors`.

    Raises:
        EmoOscError: the corpus, the model or the device is not there, `run.out` holds another run, or there is no loss
            of the name to leave out.
    """
    if choices.without and choices.without not in losses.LOSSES:
        raise EmoOscError(f"--without: no loss {choices.without!r}; losses are {', '.join(losses.LOSSES)}")
    recipe = run.recipe(actor.RECIPE)
    kept = checkpoints.load(model)
    if kept.config.get("network") != LINE:
        raise EmoOscError(f"{model}: not a model; give --model what emo-osc train vae made")
    with one_line_errors(model, "a model", "give --model what emo-osc train vae made"):
        before = dict(kept.config["training"])
        nets = line_nets_of(kept.config, kept.tensors)
    torch.manual_seed(recipe.first_seed)
    cpu = torch.device("cpu")  # the networks are small, and melodies are counted there
    task = actor.ActorTask(run.data, nets, choices, print, cpu)
    progress = _trained(task, recipe, run.out, cpu)
    assert isinstance(task.net, ActorCritic)
    training = before | {"actor": _training(recipe, choices, progress, LICENSED)}
    config = kept.config | {"actor": task.net.config.as_dict(), "training": training}
    tensors = {name: value for name, value in kept.tensors.items() if not name.startswith("actor.")}
    tensors |= {f"actor.{name}": value for name, value in task.net.state_dict().items()}
    return _kept(run.out, NAME, tensors | task.likeness(task.net).tensors(), config)


def train_face(run: Run, config: VGG16Config) -> Path:
    """Trains the face network on FER2013; returns the checkpoint `face-HASH8.safetensors`, in half precision.

    Raises:
        EmoOscError: the faces or the device are not there, or `run.out` holds another run.
    """
    device, recipe = pick_device(run.device), run.recipe(face.RECIPE)
    torch.manual_seed(recipe.first_seed)
    task = face.FaceTask(run.data, config, face.FaceChoices(), device)
    progress = _trained(task, recipe, run.out, device)
    assert isinstance(task.net, face.FaceNet)
    net = task.net.vgg16
    training = {"face": _training(recipe, task.choices, progress, ["fer2013"])}
    kept = {"vgg16": net.config.as_dict(), "temperature": _temperature(net, task), "training": training}
    tensors = {name: value.half() if value.is_floating_point() else value for name, value in net.state_dict().items()}
    return _kept(run.out, FACE_NAME, tensors, kept)


def _temperature(net: VGG16, task: face.FaceTask) -> float:
    """What makes its probabilities those of faces it has not learned from, looked at as `classify` does."""
    return round(temperature_of(Estimator(net, CAREFUL_VIEWS).logits(task.valid.images), task.valid.labels), 3)


def train_transformer(run: Run, config: MusicTransformerConfig) -> Path:
    """Trains the music transformer on arrangements; returns `music_transformer-HASH8.safetensors`, in half precision.

    Raises:
        EmoOscError: the corpus or the device is not there, or `run.out` holds another run.
    """
    device, recipe = pick_device(run.device), run.recipe(transformer.RECIPE)
    torch.manual_seed(recipe.first_seed)
    task = transformer.TransformerTask(run.data, config, transformer.TransformerChoices(), device)
    progress = _trained(task, recipe, run.out, device)
    training = {"transformer": _training(recipe, task.choices, progress, [SOURCE])}
    tensors = {name: value.half() for name, value in task.net.state_dict().items()}
    return _kept(run.out, TRANSFORMER_NAME, tensors, {"transformer": config.as_dict(), "training": training})


def _kept(out: Path, name: str, tensors: dict[str, Tensor], config: dict[str, Any]) -> Path:
    """The checkpoint's file; of several processes the first one writes it, and the others answer its folder."""
    if not is_first():
        return out
    return checkpoints.save(out, name, {key: value.cpu().contiguous() for key, value in tensors.items()}, config)


def _trained(task: Task, recipe: Recipe, out: Path, device: torch.device) -> Progress:
    with _bar(recipe.steps) if is_first() else nullcontext(_ignored) as report:
        progress = train(task, recipe, out, device, report)
    if is_first():
        curves_png(progress.history, out / "curves.png")
    return progress


def _ignored(step: int, scores: Scores) -> None:
    """What the other processes of torchrun report."""


def _training(recipe: Recipe, choices: Any, progress: Progress, data: Sequence[str]) -> dict[str, Any]:
    """What the model card tells of a run."""
    last = progress.history[-1] if progress.history else {}
    told = {"data": list(data), "recipe": asdict(recipe), "choices": asdict(choices), "last": last}
    ends = {"ends": progress.ends} if len(progress.ends) > 1 else {}
    return told | ends | {"precision": progress.precision}


@contextmanager
def _bar(steps: int) -> Iterator[Callable[[int, Scores], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    with Bar(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}")) as bar:
        task = bar.add_task("", total=steps)

        def report(step: int, scores: Scores) -> None:
            bar.update(task, completed=step, description=f"loss {scores['loss']:.3f}")
            if any(name.startswith("valid") for name in scores):
                bar.console.print(step, {name: round(value, 4) for name, value in scores.items()})

        yield report
