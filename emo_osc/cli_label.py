"""`emo-osc label`: which feeling each file of a folder has. Imports its work when it runs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emo_osc.cli_options import PATH
from emo_osc.errors import EmoOscError

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
    from rich.progress import track

    from emo_osc.train.label_files import label_folder, labels_text, read_features

    def watch(files: Sequence[Path]) -> Iterable[Path]:
        return track(files, "reading", console=_console(), transient=True)

    if out and out.suffix not in (".jsonl", ".csv"):
        raise EmoOscError(f"{out}: labels are written as .jsonl or .csv; name such a file")
    known = read_features(features) if features else None
    estimator = _estimator(data, rules)
    found = label_folder(folder, _tell, known, estimator, is_relative=relative, watch=watch)
    text = labels_text(found, out.suffix if out else ".jsonl")
    _count(found)
    if not out:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EmoOscError(f"{out}: cannot be written ({error.strerror}); choose another file") from None


def _estimator(data: Path | None, is_by_rules: bool) -> "Estimator":
    """What labels notes, said with how well it does where that can be measured."""
    from emo_osc.lab.report import show
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


def _count(found: Sequence["Label"]) -> None:
    names = Counter(each.name for each in found)
    sources = Counter(each.by for each in found)
    _tell(", ".join(f"{count} {name}" for name, count in names.most_common()))
    _tell(", ".join(f"{count} by {source}" for source, count in sources.most_common()))


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _console() -> "Console":
    from rich.console import Console

    return Console(stderr=True)
