"""One run of `emo-osc eval`: control; with a corpus similarity to human melodies; on request independent judges."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import NEUTRAL
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.judges.quadrant_plot import quadrant_plots
from emo_osc.evaluate.makers import FULL, QUICK, Size, Table, control, judged_makers
from emo_osc.evaluate.melody_report import evaluate, spaced_windows
from emo_osc.evaluate.plots import plots
from emo_osc.evaluate.report import show, table_console, write
from emo_osc.studio.generators import Generator
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.train.corpora.corpus import load_corpus

if TYPE_CHECKING:
    from emo_osc.evaluate.judges.labelled import Labelled
    from emo_osc.evaluate.judges.verdict import Verdict

Tables = dict[str, Table]

EVENING_AFFECT = NEUTRAL  # its targets hold melodies together least
NO_CORPUS = "no corpus: no comparison with human melodies, no `edited` baseline; name its folder with --data"


@dataclass(frozen=True, slots=True)
class Choices:
    """Options of a run: the corpus folder `data`, `samples` >= 2 melodies to draw, sizes and output files.

    `is_judged` adds the judges, which are trained on the labelled clips in `data`, and the report on melodies beside
    the people of a `split`. `section` describes the generator once more, for people's own conditions; None leaves
    them out. `kept_out` is a file for the melodies that are reported on.
    """

    data: Path | None = None
    samples: int = 512
    size: Size = FULL
    is_judged: bool = False
    split: str = "test"
    section: GeneratorSection | None = None
    kept_out: Path | None = None
    json_out: Path | None = None
    plots_out: Path | None = None


def run(generator: MusicVAE, choices: Choices, console: Console | None = None) -> dict[str, Table]:
    """Measure, print, and write the files that `choices` names; returns the tables by title.

    Raises:
        EmoOscError: the corpus or the labelled clips are missing, a file cannot be written, or scipy or scikit-learn is
            not installed.
    """
    console = console or table_console()
    clips = labelled(choices.data) if choices.is_judged else None  # fails early if they are missing
    human = None if choices.data is None else load_corpus(choices.data, "train").tokens
    controlled = control(generator, human, choices.size)
    tables = controlled.tables()
    if choices.data is None:
        console.print(NO_CORPUS)
    else:
        likeness = evaluate(generator, choices.data, choices.samples)
        tables |= {title: dict(table) for title, table in likeness.tables.items()}
    judged = None if clips is None or choices.data is None else judge(generator, clips, choices.data, choices)
    tables |= judged.tables if judged else {}
    if clips is not None and choices.data is not None:
        tables |= reported(generator, clips, choices.data, choices)
    show(tables, console)
    if choices.json_out:
        write(tables, choices.json_out)
    if choices.plots_out:
        plots(controlled, choices.plots_out)
        quadrant_plots(judged.confusions if judged else {}, choices.plots_out)
    return tables


def labelled(data: Path | None) -> "Labelled":
    """The labelled clips that judges are trained on.

    Raises:
        EmoOscError: no folder is named, the clips are not in it, or scikit-learn is not installed.
    """
    if data is None:
        raise EmoOscError("eval --judge: judges are trained on labelled clips; name the corpus folder with --data")
    if find_spec("sklearn") is None:
        raise EmoOscError("eval --judge: judges need scikit-learn; in the checkout: pip install '.[eval]'")
    from emo_osc.evaluate.judges.labelled import load_labelled

    return load_labelled(data)


def reported(generator: Generator, clips: "Labelled", data: Path, choices: Choices) -> Tables:
    """The report on melodies for the moods and a grid, on an evening of one affect, and on people's own conditions.

    Raises:
        EmoOscError: the corpus is not there, or the melodies cannot be kept.
    """
    from emo_osc.evaluate.melodies.composed_list import as_people, composed_list, evening
    from emo_osc.evaluate.melodies.melody_list import write_melodies
    from emo_osc.evaluate.melodies.set_report import SEPARABILITY, People, report, separability_from_all

    size, beside = choices.size, People.of(data, choices.split, clips)
    melodies = composed_list(generator, size.each, size.sets)
    if choices.kept_out:
        write_melodies(melodies, choices.kept_out)
    many = evening(generator, EVENING_AFFECT, size.evening)
    tables = report(melodies.tokens, melodies.affects, beside, melodies.sets, many)
    if choices.section is not None:
        asked = as_people(choices.section, beside.people, size.judged)
        tables[SEPARABILITY]["ours, people's conditions, from all people"] = separability_from_all(
            asked.tokens, beside.people
        )
    return tables


def listed(path: Path, data: Path, choices: Choices) -> Tables:
    """The report on a file of melodies from any source, printed, and written where `json_out` is given.

    Raises:
        EmoOscError: the file holds no melodies, the corpus is not there, or something cannot be written.
    """
    from emo_osc.evaluate.melodies.melody_list import MelodyList
    from emo_osc.evaluate.melodies.set_report import report_on

    clips = labelled(data) if choices.is_judged else None
    tables = report_on(MelodyList.load(path), data, choices.split, clips, is_quick=choices.size is QUICK)
    show(tables)
    if choices.json_out:
        write(tables, choices.json_out)
    return tables


def judge(generator: MusicVAE, clips: "Labelled", data: Path, choices: Choices) -> "Verdict":
    """The judges' verdict on the generator and the baselines, and the two-sample test against human melodies."""
    from emo_osc.evaluate.judges.verdict import verdict

    return verdict(
        judged_makers(generator, load_corpus(data, "train").tokens),
        clips,
        spaced_windows(data, "test"),
        spaced_windows(data, "valid"),
        generator.draw(None, range(choices.samples)),
        choices.size.judged,
    )
