"""Draws melodies as piano rolls, one above the other."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import TICKS_PER_BAR, Melody

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

NAMED = {0: "C", 7: "G"}  # pitch classes with a label; MIDI 60 is C4
BLACK_KEYS = (1, 3, 6, 8, 10)
MIDDLE_PITCH, LEAST_RANGE = 67, 18  # an empty roll shows the octave and a half around G4
WIDTH_IN, SEMITONE_IN, TITLE_IN, MARGIN_IN = 11.0, 0.075, 0.3, 0.45
INK, BAR, FOUR_BARS, OCTAVE, KEY_SHADE = "#333333", "#d0d0d0", "#707070", "#c9cedb", "#eef0f4"
COLOURS = ("#9ecae1", "#4a7fc1", "#5b3c9e", "#b0307f", "#e8442e")  # soft to hard


def piano_roll_png(melodies: Sequence[Melody], path: Path, titles: Sequence[str] = ()) -> None:
    """Draws melodies as piano rolls, a semitone as high in each, their notes coloured by velocity.

    Melodies without a title are numbered. Letters that the font lacks are left out, so give moods by their ids.

    Raises:
        EmoOscError: matplotlib is not installed, or the file cannot be written.
        ValueError: there is no melody, or there are more titles than melodies.
    """
    if not melodies or len(titles) > len(melodies):
        raise ValueError(f"a roll needs at least as many melodies as titles, got {len(melodies)} and {len(titles)}")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise EmoOscError(f"{path}: drawing needs matplotlib; in the checkout: pip install '.[train]'") from None
    heights_in = [TITLE_IN + SEMITONE_IN * len(_shown(melody)) for melody in melodies]
    figure = Figure(figsize=(WIDTH_IN, MARGIN_IN + sum(heights_in)), layout="constrained")
    _draw(figure, melodies, [*titles, *(f"melody {number + 1}" for number in range(len(titles), len(melodies)))])
    try:
        figure.savefig(path, format="png", dpi=144)
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be written ({error.strerror}); choose another file with --png") from None


def _draw(figure: "Figure", melodies: Sequence[Melody], titles: Sequence[str]) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    colours = LinearSegmentedColormap.from_list("velocity", COLOURS)
    heights = [len(_shown(melody)) for melody in melodies]
    rolls = figure.subplots(len(melodies), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    bars = max(melody.bars for melody in melodies)
    for roll, melody, title in zip(rolls, melodies, titles, strict=True):
        _draw_keys(roll, _shown(melody))
        _draw_bars(roll, bars)
        _draw_notes(roll, melody, colours)
        roll.set_title(_drawable(title), loc="left", fontsize=10, color=INK, pad=3)
    rolls[-1].set_xlabel("bar", fontsize=9, color=INK)
    scale = figure.colorbar(ScalarMappable(Normalize(1, 127), colours), ax=list(rolls), pad=0.01, aspect=30, shrink=0.9)
    scale.set_label("velocity", fontsize=9, color=INK)
    scale.set_ticks([1, 32, 64, 96, 127])
    scale.ax.tick_params(labelsize=8, colors=INK, length=0)
    scale.outline.set_visible(False)


def _draw_keys(roll: "Axes", pitches: range) -> None:
    for pitch in pitches:
        if pitch % 12 in BLACK_KEYS:
            roll.axhspan(pitch - 0.5, pitch + 0.5, color=KEY_SHADE, linewidth=0, zorder=0)
        if pitch % 12 == 0:
            roll.axhline(pitch - 0.5, color=OCTAVE, linewidth=0.6, zorder=1)
    named = [pitch for pitch in pitches if pitch % 12 in NAMED]
    roll.set_yticks(named, [f"{NAMED[pitch % 12]}{pitch // 12 - 1}" for pitch in named])
    roll.set_ylim(pitches[0] - 0.5, pitches[-1] + 0.5)
    roll.tick_params(labelsize=8, colors=INK, length=0)
    roll.spines[:].set_visible(False)


def _draw_bars(roll: "Axes", bars: int) -> None:
    for bar in range(bars + 1):
        is_strong = bar % 4 == 0
        roll.axvline(bar, color=FOUR_BARS if is_strong else BAR, linewidth=1.2 if is_strong else 0.7, zorder=1)
    roll.set_xlim(0, bars)
    roll.set_xticks([bar + 0.5 for bar in range(bars)], [str(bar + 1) for bar in range(bars)])


def _draw_notes(roll: "Axes", melody: Melody, colours: "Colormap") -> None:
    """One block a note, a hair shorter than it sounds, so that repeated notes can be told apart."""
    from matplotlib.patches import Rectangle

    for note in melody.notes:
        start, length = note.start_tick / TICKS_PER_BAR, note.duration_tick / TICKS_PER_BAR
        roll.add_patch(
            Rectangle(
                (start + 0.008, note.pitch - 0.42),
                max(0.02, length - 0.016),
                0.84,
                facecolor=colours((note.velocity - 1) / 126),
                linewidth=0,
                zorder=2,
            )
        )


def _shown(melody: Melody) -> range:
    """The pitches a roll shows: those of the melody with a little air, and at least an octave and a half."""
    sounding = [note.pitch for note in melody.notes] or [MIDDLE_PITCH]
    low, high = min(sounding) - 1, max(sounding) + 1
    missing = max(0, LEAST_RANGE - (high - low))
    return range(low - missing // 2, high + (missing + 1) // 2 + 1)


def _drawable(title: str) -> str:
    from matplotlib.font_manager import findfont, get_font

    known = get_font(findfont("DejaVu Sans")).get_charmap()
    return "".join(letter for letter in title if ord(letter) in known).strip()
