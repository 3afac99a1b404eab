"""The pictures of docs/how.md: who talks to whom, and what becomes of one message.

Run as `python -m tools.diagrams`, or `make diagrams`. SVG that is the same each time.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from emo_osc.core.errors import EmoOscError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, PAPER = "#333333", "#8a8a8a", "#ffffff"
REAL_TIME, OFFLINE, OUTSIDE = "#fbe3dc", "#e3ecf7", "#f1f1f1"


class Box(NamedTuple):
    """A box of a picture: its middle, its size, its colour, its title and what it does."""

    x: float
    y: float
    wide: float
    high: float
    colour: str
    title: str
    text: str


class Arrow(NamedTuple):
    """An arrow from one place to another, and what goes along it."""

    begin: tuple[float, float]
    end: tuple[float, float]
    text: str
    above: float = 0.16
    style: str = "-|>"


ROOMS = (
    Box(1.25, 4.1, 2.1, 1.3, OUTSIDE, "controllers", "Max, TouchOSC, Live,\npad in a browser, face,\nknobs and keys"),
    Box(
        5.0,
        4.1,
        2.4,
        1.3,
        REAL_TIME,
        "stage",
        "clock, shelf of melodies,\nperformance, MIDI notes\none thread, real time",
    ),
    Box(8.75, 4.1, 2.1, 1.3, OUTSIDE, "instruments", "Live, Max, a synthesizer,\nthe built-in synth"),
    Box(
        5.0,
        1.35,
        2.4,
        1.3,
        OFFLINE,
        "studio",
        "networks, pool of latents,\ndecoding, measuring\nmay be late or restart",
    ),
    Box(1.25, 1.35, 2.1, 0.95, OFFLINE, "supervisor", "starts, restarts,\nreads and writes files"),
    Box(8.75, 1.35, 2.1, 0.95, OFFLINE, "web", "the pad's page,\nOSCQuery"),
)
WAYS = (
    Arrow((2.3, 4.25), (3.8, 4.25), "OSC, MIDI"),
    Arrow((3.8, 3.85), (2.3, 3.85), "acks, state", -0.24),
    Arrow((6.2, 4.1), (7.7, 4.1), "MIDI notes,\nCC, clock", 0.2),
    Arrow((4.75, 3.45), (4.75, 2.0), ""),
    Arrow((5.25, 2.0), (5.25, 3.45), ""),
    Arrow((7.9, 1.83), (6.2, 3.5), "", 0.0, "<|-|>"),
    Arrow((2.1, 1.83), (3.8, 3.5), "", 0.0, "<|-|>"),
)
SIDES = (
    (4.65, 2.72, "affect", "right"),
    (5.35, 2.72, "melodies", "left"),
    (7.35, 2.72, "OSC", "left"),
    (2.65, 2.72, "log, files", "right"),
)

MOMENTS = (
    (0.0, "0", "/emo/va arrives,\nthe shelf answers"),
    (1.0, "0.3 ms", "loudness, length, CC\nof the next note change"),
    (2.4, "0.1 s", "the studio has a melody\nfor this point"),
    (3.9, "next bar", "the notes change,\nat the same place in the phrase"),
    (5.6, "while it plays", "the studio prepares more:\nother melodies, other points"),
)


def drawing(path: Path, size: tuple[float, float], draw: "Callable[[Figure], None]") -> None:
    """Draws an SVG of a size in inches that is the same each time.

    Raises:
        EmoOscError: the file cannot be written.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "emo_osc"}):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            figure.savefig(path, format="svg", metadata={"Date": None}, facecolor=PAPER)
        except OSError as error:
            raise EmoOscError(f"{path}: cannot be written ({error.strerror}); choose another folder") from None


def draw_rooms(figure: "Figure") -> None:
    """The processes, and what they exchange."""
    panel = _empty(figure, (0.0, 10.0), (0.5, 5.1))
    for box in ROOMS:
        _box(panel, box)
    for arrow in WAYS:
        _arrow(panel, arrow)
    for x, y, text, side in SIDES:
        panel.text(x, y, text, ha=side, va="center", fontsize=9, color=QUIET)


def draw_message(figure: "Figure") -> None:
    """One message, from the datagram to the notes it changes."""
    panel = _empty(figure, (-0.7, 6.6), (-0.9, 0.7))
    panel.annotate("", (6.5, 0), (-0.3, 0), arrowprops={"arrowstyle": "-|>", "color": QUIET, "linewidth": 1.2})
    for at, (x, when, text) in enumerate(MOMENTS):
        is_real_time = at in (0, 1, 3)
        panel.scatter([x], [0], s=130, color="#e8442e" if is_real_time else "#4a7fc1", zorder=3)
        panel.text(x, 0.17, when, ha="center", va="bottom", fontsize=11, color=INK, weight="bold")
        panel.text(x, -0.17, text, ha="center", va="top", fontsize=9, color=INK, linespacing=1.35)
    panel.text(-0.45, -0.8, "red: the stage, in real time", fontsize=9, color="#e8442e")
    panel.text(1.35, -0.8, "blue: the studio, when it is ready", fontsize=9, color="#4a7fc1")


def write(docs: Path) -> None:
    """Writes both pictures.

    Raises:
        EmoOscError: a file cannot be written.
    """
    drawing(docs / "images" / "rooms.svg", (9.6, 4.6), draw_rooms)
    drawing(docs / "images" / "message.svg", (10.4, 2.5), draw_message)


def _empty(figure: "Figure", wide: tuple[float, float], high: tuple[float, float]) -> "Axes":
    panel = figure.subplots()
    panel.set(xlim=wide, ylim=high)
    panel.set_axis_off()
    return panel


def _box(panel: "Axes", box: Box) -> None:
    from matplotlib.patches import FancyBboxPatch

    corner = (box.x - box.wide / 2, box.y - box.high / 2)
    shape = FancyBboxPatch(corner, box.wide, box.high, "round,pad=0,rounding_size=0.12", fc=box.colour, ec="#cccccc")
    panel.add_patch(shape)
    top = box.y + box.high / 2
    panel.text(box.x, top - 0.22, box.title, ha="center", va="center", fontsize=12, weight="bold", color=INK)
    panel.text(box.x, top - 0.42, box.text, ha="center", va="top", fontsize=9, color=INK, linespacing=1.35)


def _arrow(panel: "Axes", arrow: Arrow) -> None:
    look = {"arrowstyle": arrow.style, "color": QUIET, "linewidth": 1.3, "shrinkA": 2, "shrinkB": 2}
    panel.annotate("", arrow.end, arrow.begin, arrowprops=look)
    middle = ((arrow.begin[0] + arrow.end[0]) / 2, (arrow.begin[1] + arrow.end[1]) / 2)
    panel.text(middle[0], middle[1] + arrow.above, arrow.text, ha="center", va="center", fontsize=9, color=QUIET)


@click.command()
@click.option("--docs", type=click.Path(path_type=Path, file_okay=False), default=Path("docs"), show_default=True)
def main(docs: Path) -> None:
    """Write the pictures of how it works."""
    try:
        write(docs)
    except EmoOscError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
