"""Plot of the phase error of each MIDI clock estimator over time."""

from pathlib import Path
from typing import TYPE_CHECKING

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.bench.bench_clock import ESTIMATORS, Case, follow
from emo_osc.evaluate.bench.jitter import MODELS, ramp, steady, step

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SEED = 1
MOST_MS = 4.0
COLOURS = {"last": "#d0d0d0", "squares": "#8c6bb1", "DLL": "#e0a030", "geared": "#3c9e6b", "Kalman": "#4a7fc1"}
CHOSEN, CHOSEN_COLOUR = "IMM", "#e8442e"

SHOWN = {
    "120 bpm, +-1 ms": Case(steady(120.0), MODELS["+-1 ms"], 12.0, 0.0),
    "120 to 128 bpm at 5 s, +-1 ms": Case(step(120.0, 128.0, 5.0), MODELS["+-1 ms"], 10.0, 4.0),
    "60 to 180 bpm in 20 s, +-1 ms": Case(ramp(60.0, 180.0, 2.0, 20.0), MODELS["+-1 ms"], 22.0, 0.0),
    "120 bpm, USB bursts": Case(steady(120.0), MODELS["USB bursts"], 12.0, 0.0),
}


def clock_png(path: Path) -> None:
    """Draws the phase error of every estimator, in milliseconds, over a few tempo curves.

    Raises:
        EmoOscError: matplotlib is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise EmoOscError(f"{path}: drawing needs matplotlib; in the checkout: pip install '.[train]'") from None
    figure = Figure(figsize=(11.0, 9.0), layout="constrained")
    panels = figure.subplots(len(SHOWN), 1)
    for panel, (title, case) in zip(panels, SHOWN.items(), strict=True):
        _draw(panel, title, case)
    panels[0].legend(loc="upper right", ncols=len(ESTIMATORS), fontsize=8, frameon=False)
    panels[-1].set_xlabel("seconds", fontsize=9)
    try:
        figure.savefig(path, format="png", dpi=120)
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be written ({error.strerror}); choose another file with --png") from None


def _draw(panel: "Axes", title: str, case: Case) -> None:
    for name, estimator in ESTIMATORS.items():
        run = follow(case, estimator(), SEED)
        is_chosen = name == CHOSEN
        panel.plot(
            run.times_s,
            1000 * run.errors_s,
            color=COLOURS.get(name, CHOSEN_COLOUR),
            linewidth=1.4 if is_chosen else 0.8,
            label=name,
        )
    panel.set_title(title, loc="left", fontsize=10)
    panel.set_ylim(-MOST_MS, MOST_MS)
    panel.set_ylabel("ms early", fontsize=9)
    panel.axhline(0.0, color="#707070", linewidth=0.5)
