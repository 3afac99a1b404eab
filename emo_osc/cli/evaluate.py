"""`emo-osc eval`: what the networks do, in figures, pictures and model cards."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from emo_osc.cli.options import PATH, composing, preset_of
from emo_osc.core.errors import EmoOscError

if TYPE_CHECKING:
    from emo_osc.config.preset import GeneratorSection
    from emo_osc.evaluate.report import Tables


TOUCHED = 128  # melodies, eight for each mood
KEPT = ("data", "samples", "quick", "is_judged", "split", "kept_out", "json_out", "plots_out")


@click.command("eval")
@composing
@click.option(
    "--face",
    "face",
    is_flag=False,
    flag_value="face",
    metavar="[NAME|FILE]",
    help="The network that reads a face, in the place of a generator: the shipped one, or this checkpoint.",
)
@click.option(
    "--data", type=click.Path(path_type=Path), envvar="EMO_OSC_DATA", help="Corpus folder, else control alone."
)
@click.option("--samples", type=click.IntRange(min=2), default=512, show_default=True, help="Melodies to draw.")
@click.option("--quick", is_flag=True, help="A coarse grid and few melodies for it.")
@click.option("--judge", "is_judged", is_flag=True, help="Ask judges taught by people too, who need --data.")
@click.option("--touch", "is_touch", is_flag=True, help="How the stage plays beside how pianists do; needs --data.")
@click.option(
    "--melodies", type=PATH, metavar="FILE", help="Report on this list (.jsonl, .npz) in the place of a generator's."
)
@click.option(
    "--split",
    type=click.Choice(["valid", "test"]),
    help="People to compare with: a list with valid, what is shipped with test, where nothing is said.",
)
@click.option("--keep", "kept_out", type=PATH, metavar="OUT.jsonl", help="Keep the melodies that --judge reports on.")
@click.option("--json", "json_out", type=PATH, metavar="OUT.json", help="The figures as a file.")
@click.option(
    "--plots",
    "plots_out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The figures as pictures.",
)
@click.option("--card", type=PATH, metavar="OUT.md", help="The model card as a file.")
def evaluate(preset: str, face: str | None, card: Path | None, **options: Any) -> None:
    """Measure the model: does it do as asked, and are its melodies like people's?"""
    from emo_osc.evaluate.model_card import write_card
    from emo_osc.weights import checkpoints

    kept = {name: options.pop(name) for name in KEPT}
    melodies, is_touch = options.pop("melodies"), options.pop("is_touch")
    if is_touch:
        _refuse("--touch", "generator", "quick", "is_judged", "plots_out", "kept_out", "card", "face", "melodies")
        _touch(kept)
        return
    if melodies:
        _refuse("--melodies", "generator", "samples", "plots_out", "kept_out", "card", "face")
        _listed(melodies, kept)
        return
    if face:
        _refuse("--face", "generator", "samples", "quick", "is_judged", "split", "kept_out")
        path, tables = checkpoints.find(face), _face(face, kept)
    else:
        path, tables = _generator(preset_of(preset, options).generator, kept)
    if card:
        write_card(path.stem, checkpoints.load(path), tables, card)


def _generator(section: "GeneratorSection", kept: dict[str, Any]) -> "tuple[Path, Tables]":
    """The checkpoint and the tables of a preset's generator."""
    from emo_osc.evaluate.evaluation import Choices, run
    from emo_osc.evaluate.makers import FULL, QUICK
    from emo_osc.studio.generators import build
    from emo_osc.studio.music_transformer import Transformer
    from emo_osc.studio.music_vae import MusicVAE, checkpoint_path

    generator = build(section.repeatable())
    if isinstance(generator, Transformer):
        return _transformer(generator, section, kept)
    if not isinstance(generator, MusicVAE):
        raise EmoOscError(f"generator.name: {generator.name} has no networks to measure; name a trained generator")
    size = QUICK if kept.pop("quick") else FULL
    kept["split"] = kept["split"] or "test"
    return checkpoint_path(section), run(generator, Choices(**kept, size=size, section=section.repeatable()))


def _touch(kept: dict[str, Any]) -> None:
    from emo_osc.evaluate.touch import touch

    data = _corpus(kept, "the touch is measured beside pianists'")
    is_asked = click.get_current_context().get_parameter_source("samples") is ParameterSource.COMMANDLINE
    _show(touch(data, kept["samples"] if is_asked else TOUCHED, kept["split"] or "test"), kept["json_out"])


def _listed(melodies: Path, kept: dict[str, Any]) -> None:
    from emo_osc.evaluate.evaluation import Choices, listed
    from emo_osc.evaluate.makers import FULL, QUICK

    data = _corpus(kept, "a list of melodies is measured beside people's")
    options = {name: kept[name] for name in ("is_judged", "json_out")}
    size = QUICK if kept["quick"] else FULL
    listed(melodies, data, Choices(data, size=size, split=kept["split"] or "valid", **options))


def _transformer(generator: Any, section: "GeneratorSection", kept: dict[str, Any]) -> "tuple[Path, Tables]":
    from emo_osc.evaluate.evaluation import labelled
    from emo_osc.evaluate.transformer_report import FULL, QUICK, report
    from emo_osc.studio.music_transformer import checkpoint_path

    _refuse("the music transformer", "samples", "plots_out", "split", "kept_out")
    data = _corpus(kept, "the music transformer is measured beside songs")
    clips = labelled(data) if kept["is_judged"] else None
    tables = report(generator, data, QUICK if kept["quick"] else FULL, clips)
    _show(tables, kept["json_out"])
    return checkpoint_path(section), tables


def _refuse(network: str, *names: str) -> None:
    """What was asked for and a network cannot give is an error, not left out."""
    context = click.get_current_context()
    for parameter in context.command.params:
        is_given = context.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
        if parameter.name in names and is_given:
            raise EmoOscError(f"eval: {network} has no use for {parameter.opts[0]}; leave it out")


def _face(name: str, kept: dict[str, Any]) -> "Tables":
    from emo_osc.evaluate.face_report import face_plots, report

    measured = report(_corpus(kept, "a face network is measured on FER2013"), name)
    _show(measured.tables, kept["json_out"])
    if kept["plots_out"]:
        face_plots(measured, kept["plots_out"])
    return measured.tables


def _corpus(kept: dict[str, Any], why: str) -> Path:
    if kept["data"] is None:
        raise EmoOscError(f"eval: {why}; name the corpus folder with --data")
    data: Path = kept["data"]
    return data


def _show(tables: "Tables", json_out: Path | None) -> None:
    from emo_osc.evaluate.report import show, write

    show(tables)
    if json_out:
        write(tables, json_out)
