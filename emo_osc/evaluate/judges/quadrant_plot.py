"""Pictures of the judges' confusions of quadrants: a row for each judge, a column for each maker."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emo_osc.evaluate.plots import INK, save_picture, style_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from emo_osc.evaluate.judges.judge import Shares

QUADRANTS = ("v+ a+", "v- a+", "v- a-", "v+ a-")  # signs of valence and arousal, 1 to 4
PANEL = 2.5  # inches


def quadrant_plots(confusions: Mapping[str, Mapping[str, "Shares"]], folder: Path) -> list[Path]:
    """Draws `quadrants_FORM.png` for each form, of shares (4, 4) by judge and maker; returns the files.

    Raises:
        EmoOscError: matplotlib is not installed, or a file cannot be written.
    """
    return [
        save_picture(folder, f"quadrants_{form}", _size(judges), partial(draw_quadrants, judges=judges))
        for form, judges in confusions.items()
    ]


def draw_quadrants(figure: "Figure", judges: Mapping[str, "Shares"]) -> None:
    """Percent of each predicted quadrant for each target; `right` is the mean over quadrants."""
    columns = list(next(iter(judges.values())))
    panels = figure.subplots(len(judges), len(columns), sharex=True, sharey=True, squeeze=False)
    for row, (judge, of_makers) in zip(panels, judges.items(), strict=True):
        for panel, name in zip(row, columns, strict=True):
            shares = 100.0 * of_makers[name]
            panel.imshow(shares, cmap="Blues", vmin=0, vmax=100)
            for (asked, predicted), share in np.ndenumerate(shares):
                shade = "white" if share > 55 else INK
                panel.text(predicted, asked, f"{share:.0f}", ha="center", va="center", fontsize=9, color=shade)
            right = np.trace(shares) / len(shares)
            panel.set_title(f"{name}: {right:.0f} % right", loc="left", fontsize=9, color=INK)
            style_axes(panel)
        row[0].set_ylabel(f"{judge}\n\nasked", fontsize=9, color=INK)
    for panel in panels[-1]:
        panel.set_xticks(range(4), QUADRANTS)
        panel.set_xlabel("heard", fontsize=9, color=INK)
    for panel in panels[:, 0]:
        panel.set_yticks(range(4), QUADRANTS)


def _size(judges: Mapping[str, "Shares"]) -> tuple[float, float]:
    return PANEL * (len(next(iter(judges.values()))) + 0.4), PANEL * len(judges) + 0.6
