"""`emo-osc label`: labels the MIDI files of a folder with emotions. Imports its code when it runs."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emo_osc.cli.options import PATH

if TYPE_CHECKING:
    from rich.console import Console

    from emo_osc.train.label_files import Label
    from emo_osc.train.labels import Estimator


@click.command("label")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--features", type=PATH, metavar="FILE.csv", help="file,energy,valence (0 to 1) of files that have them.")
@click.option("-o", "--out", type=PATH, metavar="OUT", help="A .jsonl or .csv file, instead of lines on the terminal.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="EMO_OSC_DATA",
    help="Corpus folder with clips that people labelled: learn from those.  [$EMO_OSC_DATA]",
)
@click.option("--rules", is_flag=True, help="Label by published rules even where there is a corpus folder.")
@click.option("--relative", is_flag=True, help="Count from the mean of these files, instead of from all music.")
def label(
    folder: Path, features: Path | None, out: Path | None, data: Path | None, rules: bool, relative: bool
) -> None:
    """Label MIDI files with a point on the plane, and as Happiness, Surprise, Anger, Sadness or Others.

    From energy and valence as streaming services give them, where a CSV has them; else estimated from the notes.
    """
    from emo_osc.train.label_files import label_folder, read_features
    from emo_osc.train.label_rows import LabelFile, json_line

    def say(found: "Label") -> None:
        click.echo(json_line(found.row(), getattr(sys.stdout, "encoding", None) or "ascii"), nl=False)

    watch = partial(_watched, is_shown=bool(out) or not sys.stdout.isatty())  # labels on the terminal are progress
    with LabelFile(out) if out else nullcontext() as file:
        known = read_features(features) if features else None
        estimator = _estimator(data, rules)
        counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for found in label_folder(folder, _tell, known, estimator, is_relative=relative, watch=watch):
            (file.write if file else say)(found)
            counts[0][found.name] += 1
            counts[1][found.by] += 1
    names, sources = counts
    _tell(", ".join(f"{count} {name}" for name, count in names.most_common()))
    _tell(", ".join(f"{count} by {source}" for source, count in sources.most_common()))


def _watched(files: Sequence[Path], *, is_shown: bool) -> Iterator[Path]:
    """The files, with a progress bar on the terminal; it must not take labels on stdout for its own."""
    from rich.progress import Progress

    console = _console()
    is_hidden = not is_shown or not console.is_terminal
    with Progress(console=console, transient=True, redirect_stdout=False, disable=is_hidden) as bar:
        yield from bar.track(files, description="reading")


def _estimator(data: Path | None, is_by_rules: bool) -> "Estimator":
    """What labels notes, said with how well it does where that can be measured."""
    from emo_osc.evaluate.report import show
    from emo_osc.train.labels import PUBLISHED
    from emo_osc.train.listeners import Felt, agreement, fitted

    if data is None:
        _tell("labels from notes are by published rules; with --data CORPUS they are measured against listeners")
        return PUBLISHED
    felt = Felt.load(data)
    title = "valence and arousal from notes, against what listeners felt; 10 folds by song"
    show({title: agreement(felt)}, _console())
    chosen = PUBLISHED if is_by_rules else fitted(felt)
    _tell(f"labels from notes are by {chosen.name}")
    return chosen


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _console() -> "Console":
    from rich.console import Console

    return Console(stderr=True)
