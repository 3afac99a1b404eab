"""Runs of `emo-osc train NAME`: train by a recipe, show progress, draw curves, write a checkpoint."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from emo_osc.core.errors import EmoOscError
from emo_osc.face.estimate import CAREFUL_VIEWS, Estimator
from emo_osc.face.vgg16 import VGG16, VGG16Config
from emo_osc.studio import losses
from emo_osc.studio.forms import forms_of
from emo_osc.studio.music_vae import NAME, load, pick_device
from emo_osc.studio.nets.actor import ActorCritic
from emo_osc.studio.nets.bar_prior import BarPrior
from emo_osc.studio.nets.bar_vae import BarVAE, BarVAEConfig
from emo_osc.studio.nets.music_transformer import MusicTransformerConfig
from emo_osc.studio.proposers import SamplingParameters
from emo_osc.train import actor, face, prior, transformer, vae
from emo_osc.train.autocast import TRAINED
from emo_osc.train.calibration import temperature_of
from emo_osc.train.corpora.arrangements import SOURCE
from emo_osc.train.corpora.corpus import LICENSED, load_corpus
from emo_osc.train.curves import curves_png
from emo_osc.train.loop import Progress, Recipe, Scores, Task, is_first, train
from emo_osc.weights import checkpoints
from emo_osc.weights.precision import forced
from emo_osc.weights.size_checks import fitted, one_line_errors

VAE_NAME, FACE_NAME, TRANSFORMER_NAME = "bar_vae", "face", "music_transformer"
MOST_FORMS = 4096


@dataclass(frozen=True, slots=True)
class Run:
    """Options of a run: corpus folder, run folder, device; None for `steps`, `batch`, `seed` keeps the recipe's."""

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


def train_vae(run: Run) -> Path:
    """Trains the bar VAE in `run.out`; returns the checkpoint `bar_vae-HASH8.safetensors` there.

    Raises:
        EmoOscError: the corpus or the device is not there, or `run.out` holds another run.
    """
    device, recipe = pick_device(run.device), run.recipe(vae.RECIPE)
    torch.manual_seed(recipe.first_seed)
    task = vae.VAETask(run.data, BarVAEConfig(), vae.VAEChoices(), device)
    progress = _trained(task, recipe, run.out, device)
    config = {"vae": task.config.as_dict(), "training": {"vae": _training(recipe, task.choices, progress)}}
    return _kept(run.out, VAE_NAME, task.net.state_dict(), config)


def train_prior(run: Run, vae_path: Path) -> Path:
    """Trains the prior on a bar VAE; returns the checkpoint `music_vae-HASH8.safetensors`, which holds both.

    Raises:
        EmoOscError: the corpus, the VAE or the device is not there, or `run.out` holds another run.
    """
    device, recipe = pick_device(run.device), run.recipe(prior.RECIPE)
    kept = checkpoints.load(vae_path)
    if "vae" not in kept.config or "prior" in kept.config:
        raise EmoOscError(f"{vae_path}: not a bar VAE; give --vae what emo-osc train vae made")
    with one_line_errors(vae_path, "a bar VAE", "give --vae what emo-osc train vae made"):
        net = fitted(BarVAE, BarVAEConfig, kept.config["vae"], kept.tensors).eval()
        before = dict(kept.config["training"])
    torch.manual_seed(recipe.first_seed)
    task = prior.PriorTask(run.data, net.to(device), prior.PriorChoices(), device)
    progress = _trained(task, recipe, run.out, device)
    assert isinstance(task.net, BarPrior)
    training = before | {"prior": _training(recipe, task.choices, progress)}
    config = {"vae": kept.config["vae"], "prior": task.net.config.as_dict(), "training": training}
    tensors = {f"vae.{name}": value for name, value in kept.tensors.items()}
    tensors |= {f"prior.{name}": value for name, value in task.net.state_dict().items()}
    tensors["forms"] = human_forms(run.data)
    return _kept(run.out, NAME, tensors, config)


def train_actor(run: Run, model: Path, choices: actor.ActorChoices) -> Path:
    """Trains the actor-critic on a model of `train prior`; returns the checkpoint `music_vae-HASH8.safetensors`.

    Raises:
        EmoOscError: the corpus, the model or the device is not there, `run.out` holds another run, or there is no loss
            of the name to leave out.
    """
    if choices.without and choices.without not in losses.LOSSES:
        raise EmoOscError(f"--without: no loss {choices.without!r}; losses are {', '.join(losses.LOSSES)}")
    recipe = run.recipe(actor.RECIPE)
    kept = checkpoints.load(model)
    if "prior" not in kept.config:
        raise EmoOscError(f"{model}: not a model; give --model what emo-osc train prior made")
    with one_line_errors(model, "a model", "give --model what emo-osc train prior made"):
        before = dict(kept.config["training"])
    generator = load(
        model, pick_device("cpu"), SamplingParameters()
    )  # the networks are small, and melodies are counted there
    torch.manual_seed(recipe.first_seed)
    task = actor.ActorTask(run.data, run.out, generator, choices, print)
    progress = _trained(task, recipe, run.out, torch.device("cpu"))
    assert isinstance(task.net, ActorCritic)
    training = before | {"actor": _training(recipe, choices, progress)}
    config = kept.config | {"actor": task.net.config.as_dict(), "training": training}
    tensors = {name: value for name, value in kept.tensors.items() if not name.startswith("actor.")}
    tensors |= {f"actor.{name}": value for name, value in task.net.state_dict().items()}
    tensors |= {"words": task.codebook, **task.likeness(task.net).tensors()}
    return _kept(run.out, NAME, tensors, config)


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


def human_forms(data: Path) -> Tensor:
    """The forms of the training melodies that start with a phrase, at most `MOST_FORMS` of them, (F, 16) uint8."""
    corpus = load_corpus(data, "train")
    forms = torch.from_numpy(forms_of(corpus.tokens[corpus.place.starts_phrase]))
    return forms[torch.randperm(len(forms), generator=torch.Generator().manual_seed(0))[:MOST_FORMS]].contiguous()


def _trained(task: Task, recipe: Recipe, out: Path, device: torch.device) -> Progress:
    with _bar(recipe.steps) if is_first() else nullcontext(_ignored) as report:
        progress = train(task, recipe, out, device, report)
    if is_first():
        curves_png(progress.history, out / "curves.png")
    return progress


def _ignored(step: int, scores: Scores) -> None:
    """What the other processes of torchrun report."""


def _training(recipe: Recipe, choices: Any, progress: Progress, data: Sequence[str] = LICENSED) -> dict[str, Any]:
    """What the model card tells of a run."""
    last = progress.history[-1] if progress.history else {}
    told = {"data": list(data), "recipe": asdict(recipe), "choices": asdict(choices), "last": last}
    return told | {"precision": progress.precision}


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
