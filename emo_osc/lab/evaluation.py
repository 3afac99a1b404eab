"""One run of `emo-osc eval`: control always, likeness to people where there is a corpus; printed, kept and drawn."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from emo_osc.lab.evaluate import evaluate
from emo_osc.lab.makers import FULL, Size, Table, control
from emo_osc.lab.plots import plots
from emo_osc.lab.report import show, write
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.train.corpus import load_corpus

LACKING = "no corpus: nothing is compared with people and `edited` is left out; name its folder with --data"


@dataclass(frozen=True, slots=True)
class Choices:
    """What to measure against, how much of it, and where to keep it; `samples` >= 2 melodies are drawn."""

    data: Path | None = None
    samples: int = 512
    size: Size = FULL
    json_out: Path | None = None
    plots_out: Path | None = None


def run(generator: MusicVAE, choices: Choices, console: Console | None = None) -> dict[str, Table]:
    """Measures, prints, keeps and draws; answers the tables.

    Raises:
        EmoOscError: the corpus is not where it should be, or something cannot be written, or scipy is not installed.
    """
    console = console or Console()
    human = None if choices.data is None else load_corpus(choices.data, "train").tokens
    controlled = control(generator, human, choices.size)
    tables = controlled.tables()
    if choices.data is None:
        console.print(LACKING)
    else:
        likeness = evaluate(generator, choices.data, choices.samples)
        tables |= {title: dict(table) for title, table in likeness.tables.items()}
    show(tables, console)
    if choices.json_out:
        write(tables, choices.json_out)
    if choices.plots_out:
        plots(controlled, choices.plots_out)
    return tables
