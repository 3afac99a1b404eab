"""`emo-osc train`: trains the networks. Imports a recipe when it runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import click

from emo_osc.cli.options import DATA, PATH, composing, preset_of


@click.group()
def train() -> None:
    """Train the networks; an interrupted run goes on where it stood."""


def training(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every training run."""
    options = (
        DATA,
        click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the run."),
        click.option("--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), default="auto", show_default=True),
        click.option("--steps", type=click.IntRange(min=1), help="Steps, instead of the recipe's."),
        click.option("--batch", type=click.IntRange(min=1), help="Examples a step, instead of the recipe's."),
        click.option("--seed", type=click.IntRange(min=0), help="Another run of the same recipe."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@train.command("vae")
@training
@click.option("--part", type=click.Choice(["rhythm", "notes"]), help="One of its two networks alone.")
def train_vae(part: str | None, **options: Any) -> None:
    """The networks that write a melody: first its rhythm, then its notes, each bar with a latent."""
    from emo_osc.train.run import Run
    from emo_osc.train.run import train_vae as run

    click.echo(run(Run(**options), part or ""))


@train.command("harmony")
@DATA
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="FOLDER", help="Where to keep it.")
def train_harmony(data: Path, out: Path) -> None:
    """The tables that say which chords fit a melody."""
    from emo_osc.train.harmony import train_harmony as run

    path, figures = run(data, out)
    for name, figure in figures.items():
        click.echo(f"{name} {figure:.3f}", err=True)
    click.echo(path)


@train.command("shelf")
@composing
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="OUT.jsonl")
def train_shelf(preset: str, out: Path, **options: Any) -> None:
    """The melodies that ship with a trained model, so that the first note waits for none."""
    from emo_osc.studio.generators import build
    from emo_osc.train.shelf import write_shelf

    generator = build(preset_of(preset, options).generator.repeatable())
    write_shelf(generator, out, lambda done, total: click.echo(f"{done} of {total} affects", err=True))


@train.command("actor")
@training
@click.option("--model", type=PATH, required=True, metavar="FILE", help="What `train vae` made.")
@click.option("--without", metavar="LOSS", default="", help="Leave one loss out, to see what it does.")
def train_actor(model: Path, without: str, **options: Any) -> None:
    """The actor-critic that moves melodies towards a feeling, on top of a trained vae."""
    from emo_osc.train.actor import ActorChoices
    from emo_osc.train.run import Run
    from emo_osc.train.run import train_actor as run

    click.echo(run(Run(**options), model, ActorChoices(without=without)))


@train.command("face")
@training
@click.option(
    "--width", type=click.FloatRange(0.0625, 1.0), default=0.5, show_default=True, help="Share of VGG16's channels."
)
def train_face(width: float, **options: Any) -> None:
    """The network that reads a face, on FER2013."""
    from emo_osc.face.vgg16 import VGG16Config
    from emo_osc.train.run import Run
    from emo_osc.train.run import train_face as run

    click.echo(run(Run(**options), VGG16Config(width)))


@train.command("transformer")
@training
@click.option(
    "--entry",
    type=click.Choice(["layers", "bars"]),
    default="layers",
    show_default=True,
    help="Where a feeling enters: every layer, or bar lines alone.",
)
def train_transformer(entry: Literal["layers", "bars"], **options: Any) -> None:
    """The network that composes melody and accompaniment bar by bar, on POP909's arrangements."""
    from emo_osc.studio.nets.music_transformer import MusicTransformerConfig
    from emo_osc.train.run import Run
    from emo_osc.train.run import train_transformer as run

    click.echo(run(Run(**options), MusicTransformerConfig(entry=entry, reads_plan=True)))
