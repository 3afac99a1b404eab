"""Training curves as a picture: one panel a score, over steps."""

from collections.abc import Sequence
from pathlib import Path

from emo_osc.core.errors import EmoOscError
from emo_osc.train.loop import Scores

NOT_DRAWN = ("step", "seconds")


def curves_png(history: Sequence[Scores], path: Path) -> None:
    """Draws every score of a run's history; nothing where there is none.

    Raises:
        EmoOscError: matplotlib is missing.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise EmoOscError("curves need matplotlib: in the checkout: pip install '.[train]'") from None
    names = [name for name in (history[-1] if history else {}) if name not in NOT_DRAWN]
    if not names:
        return
    rows = (len(names) + 3) // 4
    figure = Figure(figsize=(14, 2.6 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    for index, name in enumerate(names):
        panel = figure.add_subplot(rows, 4, index + 1)
        known = [scores for scores in history if name in scores]
        panel.plot([scores["step"] for scores in known], [scores[name] for scores in known])
        panel.set_title(name.replace("_", " "), fontsize=9)
        panel.grid(alpha=0.3)
    figure.savefig(path, dpi=110)
