"""`emo-osc listen-test`: a listening test in the browser. Imports its code when it runs."""

from collections.abc import Iterable
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emo_osc.cli.options import PATH, composing, preset_of
from emo_osc.core.errors import EmoOscError

if TYPE_CHECKING:
    from emo_osc.evaluate.listening.clips import Material, Recipe

TAIL_S = 1.5  # a clip's last notes ring out
PAUSE_S = 6.0  # to think, and to press a button
EACH = "Latents, each heard in all five feelings."
COUNT = click.IntRange(0, 100)


@click.command("listen-test")
@composing
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE..]")
@click.option("--report", is_flag=True, help="Count the answers in FILE.. instead, all together.")
@click.option("--sizes", is_flag=True, help="Say how many answers it takes instead.")
@click.option("--json", "json_out", type=PATH, metavar="OUT.json", help="The figures as a file.")
@click.option("--out", type=PATH, default="answers.jsonl", show_default=True, help="Where answers are written down.")
@click.option("--latents", type=COUNT, default=3, show_default=True, help=EACH)
@click.option(
    "--pairs", type=COUNT, default=3, show_default=True, help="Pairs an axis: which is happier, more excited?"
)
@click.option("--humans", type=COUNT, default=1, show_default=True, help="Human clips a feeling and axis, with --data.")
@click.option("--bars", type=click.IntRange(1, 16), default=8, show_default=True, help="Bars of each clip.")
@click.option("--data", type=click.Path(path_type=Path), envvar="EMO_OSC_DATA", help="Corpus folder.  [$EMO_OSC_DATA]")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where the page is served; 0.0.0.0 lets phones in."
)
@click.option("--port", type=click.IntRange(0, 65535), default=7790, show_default=True, help="0 takes a free one.")
def listen_test(
    preset: str, files: tuple[Path, ...], report: bool, sizes: bool, json_out: Path | None, **options: Any
) -> None:
    """Let people judge by ear what the instrument means: a page in the browser, every answer written down at once.

    The same seed makes the same test, so that it may go on another day, or on several computers; --report counts the
    files together.
    """
    from emo_osc.evaluate.listening.results import size_tables

    if report or sizes:
        tables = size_tables() if sizes else _counted(files)
        _say(tables, json_out)
        return
    if files:
        raise EmoOscError(f"{files[0]}: name files with --report")
    own = ("out", "latents", "pairs", "humans", "bars", "data", "host", "port")
    kept = {name: options.pop(name) for name in own}
    _run(preset, options, kept)
    _say(_counted([kept["out"]]), json_out)


def _run(preset_name: str, options: dict[str, Any], kept: dict[str, Any]) -> None:
    """Composes, renders, and serves until ctrl-C."""
    import asyncio

    from emo_osc.evaluate.listening.answers import AnswerFile, read_answers
    from emo_osc.evaluate.listening.clips import Recipe
    from emo_osc.evaluate.listening.listening_test import ListeningTest
    from emo_osc.evaluate.listening.page_server import application, serve

    seed = 0 if options["seed"] is None else options["seed"]
    recipe = Recipe(kept["latents"], kept["pairs"], kept["humans"], kept["bars"], seed)
    answers = AnswerFile(kept["out"])
    material = _material(preset_name, options | {"seed": seed}, recipe, kept["data"])
    clips = answers.path.with_suffix(".clips")
    _render(material, clips)
    test = ListeningTest(material.trials, read_answers([answers.path], _tell))
    app = application(test, answers, clips, _minutes(material))
    _tell(f"test {test.test}: {len(material.trials)} questions and a repeat of each form; ctrl-C ends and counts")
    if not _is_loopback(kept["host"]):
        _tell(f"{kept['host']}: anyone on this network can answer, under any name")
    asyncio.run(serve(app, kept["host"], kept["port"], lambda where: _tell(f"open {where}")))


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _material(preset_name: str, options: dict[str, Any], recipe: "Recipe", data: Path | None) -> "Material":
    from emo_osc.evaluate.listening.clips import make_material
    from emo_osc.studio.aims import Aims
    from emo_osc.studio.generators import build

    preset = preset_of(preset_name, options)
    generator = build(preset.generator, Aims.of(preset))
    _tell(f"composing with {generator.name}" + ("" if data else "; human clips join with --data CORPUS"))
    return make_material(generator, preset, recipe, data)


def _render(material: "Material", folder: Path) -> None:
    """Every clip that is not there yet; a file is whole or not there."""
    from rich.progress import track

    from emo_osc.sound.render import render_wav

    try:
        folder.mkdir(parents=True, exist_ok=True)
        missing = [name for name in material.sounds if not (folder / f"{name}.wav").is_file()]
        for name in track(missing, "rendering", console=_console(), transient=True):
            part = folder / f"{name}.part"
            render_wav(material.sounds[name], part, TAIL_S)
            part.replace(folder / f"{name}.wav")
    except OSError as error:
        raise EmoOscError(f"{folder}: cannot be written ({error.strerror}); choose another --out") from None


def _minutes(material: "Material") -> int:
    heard_s = sum(material.sounds[clip][-1][0] + TAIL_S for trial in material.trials for clip in trial.clips)
    return ceil((heard_s + PAUSE_S * len(material.trials)) / 60.0)


def _counted(files: Iterable[Path]) -> dict[str, dict[str, dict[str, float]]]:
    from emo_osc.evaluate.listening.answers import read_answers
    from emo_osc.evaluate.listening.results import result_tables

    paths = list(files)
    if not paths:
        raise EmoOscError("--report: name the files of answers to count")
    answers = read_answers(paths, _tell)
    tests = {answer.test for answer in answers}
    if len(tests) > 1:
        _tell(f"these are answers to {len(tests)} tests ({', '.join(sorted(tests))}), counted together")
    if not answers:
        _tell("no answers yet")
    return result_tables(answers)


def _say(tables: dict[str, dict[str, dict[str, float]]], json_out: Path | None) -> None:
    from emo_osc.evaluate.report import show, write

    show(tables)
    if json_out:
        write(tables, json_out)


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _console() -> Any:
    from rich.console import Console

    return Console(stderr=True)
