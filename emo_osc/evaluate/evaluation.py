"""One run of `emo-osc eval`: control always, likeness to people where there is a corpus, honest judges where they are
asked for; printed, kept and drawn.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.judges.quadrant_plot import quadrant_plots
from emo_osc.evaluate.makers import FULL, Size, Table, cast, control
from emo_osc.evaluate.melody_report import evaluate, melodies_apart
from emo_osc.evaluate.plots import plots
from emo_osc.evaluate.report import paper, show, write
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.train.corpora.corpus import load_corpus

if TYPE_CHECKING:
    from emo_osc.evaluate.judges.labelled import Labelled
    from emo_osc.evaluate.judges.verdict import Verdict

LACKING = "no corpus: nothing is compared with people and `edited` is left out; name its folder with --data"


@dataclass(frozen=True, slots=True)
class Choices:
    """What to measure against, how much of it, and where to keep it; `samples` >= 2 melodies are drawn.

    `is_judged` asks what honest judges hear, who learn from the labelled clips in `data`.
    """

    data: Path | None = None
    samples: int = 512
    size: Size = FULL
    is_judged: bool = False
    json_out: Path | None = None
    plots_out: Path | None = None


def run(generator: MusicVAE, choices: Choices, console: Console | None = None) -> dict[str, Table]:
    """Measures, prints, keeps and draws; answers the tables.

    Raises:
        EmoOscError: the corpus, or the judges' clips, are not where they should be, or something cannot be written, or
            scipy or scikit-learn is not installed.
    """
    console = console or paper()
    clips = labelled(choices.data) if choices.is_judged else None  # what is not there is said before anything is made
    human = None if choices.data is None else load_corpus(choices.data, "train").tokens
    controlled = control(generator, human, choices.size)
    tables = controlled.tables()
    if choices.data is None:
        console.print(LACKING)
    else:
        likeness = evaluate(generator, choices.data, choices.samples)
        tables |= {title: dict(table) for title, table in likeness.tables.items()}
    told = None if clips is None or choices.data is None else judge(generator, clips, choices.data, choices)
    tables |= told.tables if told else {}
    show(tables, console)
    if choices.json_out:
        write(tables, choices.json_out)
    if choices.plots_out:
        plots(controlled, choices.plots_out)
        quadrant_plots(told.confusions if told else {}, choices.plots_out)
    return tables


def labelled(data: Path | None) -> "Labelled":
    """What judges learn from.

    Raises:
        EmoOscError: no folder is named, the clips are not in it, or scikit-learn is not installed.
    """
    if data is None:
        raise EmoOscError("eval --judge: judges learn from labelled clips; name the corpus folder with --data")
    if find_spec("sklearn") is None:
        raise EmoOscError("eval --judge: judges need scikit-learn; in the checkout: pip install '.[eval]'")
    from emo_osc.evaluate.judges.labelled import load_labelled

    return load_labelled(data)


def judge(generator: MusicVAE, clips: "Labelled", data: Path, choices: Choices) -> "Verdict":
    """What judges hear in what the generator and the rules make, and whether it is told from people's melodies."""
    from emo_osc.evaluate.judges.verdict import verdict

    return verdict(
        cast(generator, load_corpus(data, "train").tokens),
        clips,
        melodies_apart(data, "test"),
        melodies_apart(data, "valid"),
        generator.draw(None, range(choices.samples)),
        choices.size.judged,
    )
