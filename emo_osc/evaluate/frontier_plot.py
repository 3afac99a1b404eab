"""Plot of control error against distance from the source."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.frontier import Point

COLOURS = ("#e8442e", "#4a7fc1", "#3c9e6b", "#e0a030", "#8c6bb1")


def frontier_png(points: Sequence[Point], path: Path) -> None:
    """Draws the error of every method over its distance from the source, and over the rhythm it kept.

    Raises:
        EmoOscError: matplotlib is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise EmoOscError(f"{path}: drawing needs matplotlib; in the checkout: pip install '.[train]'") from None
    figure = Figure(figsize=(11.0, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for colour, (method, each) in zip(COLOURS, groupby(points, lambda point: point.method), strict=False):
        some = list(each)
        for panel, over in ((left, "moved"), (right, "rhythm")):
            places = [getattr(point, over) for point in some]
            panel.plot(places, [point.error for point in some], "o-", color=colour, markersize=4, label=method)
    left.set_xlabel("distance from the source, standard deviations of a slot")
    right.set_xlabel("overlap of onsets with the source")
    left.set_ylabel("distance from the targets, tolerances (RMS)")
    left.axhline(1.0, color="#909090", linewidth=0.7, linestyle=":")
    right.axhline(1.0, color="#909090", linewidth=0.7, linestyle=":")
    left.legend(frameon=False, fontsize=9)
    try:
        figure.savefig(path, format="png", dpi=120)
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be written ({error.strerror}); choose another file with --png") from None
