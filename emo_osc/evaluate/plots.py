"""Pictures of control: maps over the plane, control curves, and confusions of moods."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.control import Sweep
from emo_osc.evaluate.identity import NINE, confusion
from emo_osc.evaluate.makers import Controlled
from emo_osc.studio.attributes import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET = "#333333", "#9a9a9a"
COLOURS = {"played": "#e8442e", "pooled": "#e0a030", "moved": "#4a7fc1", "tonal": "#9a9a9a", "edited": "#3c9e6b"}
NAMES = ("notes per bar", "mean pitch (MIDI)", "share of major")
MAPS = ("YlOrRd", "PuBuGn", "PuOr_r")
DENSITY = 0
TICKS = (-1.0, -0.5, 0.0, 0.5, 1.0)


def plots(controlled: Controlled, folder: Path) -> list[Path]:
    """Draw every picture into a folder, created if missing; returns the files.

    Raises:
        EmoOscError: matplotlib is not installed, or a file cannot be written.
    """
    return [
        save_picture(folder, name, (width, height), partial(draw, controlled=controlled))
        for name, (width, height, draw) in PICTURES.items()
    ]


def save_picture(folder: Path, name: str, size: tuple[float, float], draw: Callable[["Figure"], None]) -> Path:
    """Draw one picture, its size in inches, into a folder, created if missing; returns the file.

    Raises:
        EmoOscError: matplotlib is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise EmoOscError(f"{folder}: drawing needs matplotlib; in the checkout: pip install '.[train]'") from None
    figure = Figure(figsize=size, layout="constrained")
    draw(figure)
    path = folder / f"{name}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="png", dpi=120)
    except OSError as error:
        raise EmoOscError(f"{folder}: cannot be written ({error.strerror}); choose another --plots") from None
    return path


def draw_plane(figure: "Figure", controlled: Controlled) -> None:
    """For each attribute a map of the targets and of the realised means of `played` and `moved`."""
    rows = {name: controlled.plane[name] for name in ("played", "moved") if name in controlled.plane}
    maps = figure.subplots(len(NAMES), 1 + len(rows), squeeze=False, sharex=True, sharey=True)
    first = next(iter(rows.values()))
    for attribute, title in enumerate(NAMES):
        asked = _means(first, attribute, first.wanted)
        given = {name: _means(each, attribute, _realised(each)) for name, each in rows.items()}
        low, high = _range(attribute, asked)
        for panel, (name, values) in zip(maps[attribute], {"asked": asked, **given}.items(), strict=True):
            image = panel.imshow(
                values.T, origin="lower", extent=(-1, 1, -1, 1), cmap=MAPS[attribute], vmin=low, vmax=high
            )
            panel.set_title(f"{title}, {name}", loc="left", fontsize=10, color=INK)
            style_axes(panel)
        figure.colorbar(image, ax=maps[attribute].tolist(), shrink=0.85, pad=0.02)
    for panel in maps[-1]:
        panel.set_xlabel("valence", fontsize=9, color=INK)
        panel.set_xticks(TICKS)
    for panel in maps[:, 0]:
        panel.set_ylabel("arousal", fontsize=9, color=INK)
        panel.set_yticks(TICKS)


def draw_curves(figure: "Figure", controlled: Controlled) -> None:
    """Realised values over targets: a line and a band of one standard deviation for each maker."""
    panels = figure.subplots(1, len(NAMES))
    for attribute, (panel, title) in enumerate(zip(panels, NAMES, strict=True)):
        for name, each in controlled.plane.items():
            _curve(panel, name, each, attribute)
        asked = _means(next(iter(controlled.plane.values())), attribute, next(iter(controlled.plane.values())).wanted)
        ends = [asked.min(), asked.max()]
        panel.plot(ends, ends, color=INK, linewidth=0.9, linestyle=(0, (4, 3)), label="asked")
        panel.set_title(title, loc="left", fontsize=10, color=INK)
        panel.set_xlabel("asked", fontsize=9, color=INK)
        panel.grid(color="#e6e6e6", linewidth=0.6)
        style_axes(panel)
    panels[0].set_ylabel("given", fontsize=9, color=INK)
    panels[0].legend(fontsize=8, frameon=False, loc="upper left")


def draw_confusion(figure: "Figure", controlled: Controlled) -> None:
    """The nearest mood by measurement for each wanted mood, in percent."""
    shown = {name: each for name, each in controlled.moods.items() if name in ("played", "moved", "tonal")}
    names = [mood.id for mood in NINE]
    for panel, (name, each) in zip(
        figure.subplots(1, len(shown), sharey=True, squeeze=False)[0], shown.items(), strict=True
    ):
        counts = confusion(each)
        shares = 100.0 * counts / counts.sum(axis=1, keepdims=True)
        panel.imshow(shares, cmap="Blues", vmin=0, vmax=100)
        for (asked, nearest), share in np.ndenumerate(shares):
            if share >= 0.5:
                shade = "white" if share > 55 else INK
                panel.text(nearest, asked, f"{share:.0f}", ha="center", va="center", fontsize=8, color=shade)
        panel.set_xticks(range(len(names)), names, rotation=55, ha="right", rotation_mode="anchor")
        panel.set_yticks(range(len(names)), names)
        panel.set_title(
            f"{name}: {np.trace(counts) / counts.sum():.0%} nearest to what was asked", loc="left", fontsize=10
        )
        panel.set_xlabel("nearest by measure", fontsize=9, color=INK)
        style_axes(panel)
    figure.axes[0].set_ylabel("asked", fontsize=9, color=INK)


def style_axes(panel: "Axes") -> None:
    """Give axes small grey ticks and a light frame."""
    panel.tick_params(labelsize=8, colors=INK, length=2)
    for spine in panel.spines.values():
        spine.set_color("#cccccc")


PICTURES: Mapping[str, tuple[float, float, Callable[..., None]]] = {
    "plane": (10.5, 10.0, draw_plane),
    "curves": (13.0, 4.6, draw_curves),
    "confusion": (14.0, 5.4, draw_confusion),
}
"""File name -> width and height in inches, and the drawing function."""


def _curve(panel: "Axes", name: str, each: Sweep, attribute: int) -> None:
    wanted, given = each.wanted[:, 0, attribute], _realised(each)[..., attribute]
    groups = _groups(wanted)
    if attribute == DENSITY:
        wanted, given = np.exp(wanted), np.exp(given)
    places = np.array([wanted[group].mean() for group in groups])
    middle = np.array([given[group].mean() for group in groups])
    if attribute == 2:  # one melody is major or minor, so the spread of shares is shown
        spread = np.array([given[group].mean(axis=1).std() for group in groups])
    else:
        spread = np.array([given[group].std() for group in groups])
    colour = COLOURS.get(name, QUIET)
    panel.fill_between(places, middle - spread, middle + spread, color=colour, alpha=0.10, linewidth=0)
    panel.plot(places, middle, color=colour, linewidth=2.0 if name == "played" else 1.4, marker="o", ms=3, label=name)


def _groups(wanted: Floats, most: int = 9) -> list[NDArray[np.intp]]:
    """Rows grouped by target: by equal targets where these are at most `most`, else into `most` groups in order."""
    asked = np.unique(wanted.round(6))
    if len(asked) <= most:
        return [np.flatnonzero(wanted.round(6) == each) for each in asked]
    return np.array_split(np.argsort(wanted, kind="stable"), most)


def _realised(each: Sweep) -> Floats:
    given = each.measured.copy()
    given[..., 2] = given[..., 2] > 0.5
    return given


def _means(each: Sweep, attribute: int, values: Floats) -> Floats:
    """Means over the melodies of each affect of a square grid, (valence, arousal)."""
    side = round(len(each.affects) ** 0.5)
    means: Floats = values[..., attribute].mean(axis=1).reshape(side, side)
    return np.exp(means) if attribute == DENSITY else means


def _range(attribute: int, asked: Floats) -> tuple[float, float]:
    return (0.0, 1.0) if NAMES[attribute].startswith("share") else (float(asked.min()), float(asked.max()))
