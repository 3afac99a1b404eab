"""A page for each mood: where it lies, what it asks for, how it is played, and a melody of it, drawn and as MIDI.

Run as `python -m tools.mood_pages`, or `make moods`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emo_osc.config.preset import GeneratorSection, Preset
from emo_osc.core.affect import MOODS, NEUTRAL, PLAIN, Mood
from emo_osc.core.errors import EmoOscError
from emo_osc.core.targets import tempo_hint
from emo_osc.evaluate.plots import INK, QUIET, style_axes
from emo_osc.render.offline import Take, play, write_midi
from emo_osc.render.piano_roll import piano_roll_png
from emo_osc.stage.player.expression import Expression
from emo_osc.studio.attributes import targets
from emo_osc.studio.generators import Generator, build
from tools.diagrams import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SEED = 11
FOLDER, PLANE = "mood", "plane.svg"
NEIGHBOURS = 3
VOCABULARIES = {"moods": "the nine of Jang, Son and Lee", "expressions": "the seven expressions of Yoon et al."}
ABOVE, BELOW = (7, 5), (7, -13)  # of a point, in printer's points
CROWDED = {"sadness"}  # whose name would lie on gloomy's
MARKS = {"moods": "#e8442e", "expressions": "#4a7fc1"}

PAGE = """# {id}

{names}

One of {vocabulary}. Valence {valence:+.2f}, arousal {arousal:+.2f}; nearby: {near}.

    emo-osc send /emo/mood {id}
    emo-osc send /emo/mood {id} 0.5

The second line asks for half of it, towards `neutral`. On a MIDI input, program change {program} calls it.

![A melody of this mood, sixteen bars]({id}.png)

[The same as a MIDI file]({id}.mid), at {tempo:.0f} beats a minute: what the tempo would be if it followed the feeling.

| what it asks for | `{id}` | `neutral` | this melody |
|---|---|---|---|
{rows}

| how it is played | `{id}` | `neutral` |
|---|---|---|
{touch}

{colour}All moods: [moods](../moods.md). Move this one, or make your own: [presets](../presets.md).
"""


def page(mood: Mood, take: Take, program: int) -> str:
    """A mood's page; `program` is its number as a MIDI program change, from 0."""
    near = sorted((other for other in MOODS if other is not mood), key=lambda other: mood.affect.distance(other.affect))
    return PAGE.format(
        id=mood.id,
        names=", ".join(mood.aliases),
        vocabulary=VOCABULARIES[mood.vocabulary],
        valence=mood.affect.valence,
        arousal=mood.affect.arousal,
        near=", ".join(f"[{other.id}]({other.id}.md)" for other in near[:NEIGHBOURS]),
        program=program,
        tempo=tempo_hint(mood.affect),
        rows="\n".join(_asked(mood, take)),
        touch="\n".join(touch_rows(mood)),
        colour=colour_text(mood),
    )


def write(generator: Generator, docs: Path, moods: Sequence[Mood] = MOODS) -> None:
    """Writes every mood's page, picture and MIDI file into `docs/mood`, and the plane with all of them.

    Raises:
        EmoOscError: a file cannot be written.
    """
    folder = docs / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for mood in moods:
        composed = generator.compose(mood.affect, 1, SEED)[0]
        take = play(composed, mood.affect, Preset(), colour=mood.colour)
        write_midi([take], tempo_hint(mood.affect), folder / f"{mood.id}.mid")
        title = f"{mood.id}, {tempo_hint(mood.affect):.0f} bpm"
        piano_roll_png([take.played], folder / f"{mood.id}.png", [title])
        (folder / f"{mood.id}.md").write_text(page(mood, take, MOODS.index(mood)), encoding="utf-8")
    draw_plane(docs / "images" / PLANE)


def draw_plane(path: Path) -> None:
    """All moods on the valence-arousal plane, as SVG that is the same each time.

    Raises:
        EmoOscError: the file cannot be written.
    """
    drawing(path, (6.6, 6.4), lambda figure: _draw_moods(figure.subplots()))


def _draw_moods(panel: "Axes") -> None:
    panel.axhline(0, color="#dddddd", linewidth=1, zorder=0)
    panel.axvline(0, color="#dddddd", linewidth=1, zorder=0)
    for mood in MOODS:
        point = (mood.affect.valence, mood.affect.arousal)
        panel.scatter(*point, s=42, color=MARKS[mood.vocabulary], zorder=2)
        panel.annotate(
            mood.id,
            point,
            xytext=BELOW if mood.id in CROWDED else ABOVE,
            textcoords="offset points",
            fontsize=10,
            color=INK,
        )
    panel.set(xlim=(-1.05, 1.25), ylim=(-1.05, 1.1))
    panel.set_xlabel("valence: unpleasant to pleasant", color=INK)
    panel.set_ylabel("arousal: calm to excited", color=INK)
    for at, (vocabulary, colour) in enumerate(MARKS.items()):
        panel.text(-1.0, -0.9 - 0.09 * at, VOCABULARIES[vocabulary], color=colour, fontsize=9)
    panel.text(1.22, -1.0, "Russell 1980", color=QUIET, fontsize=8, ha="right")
    style_axes(panel)


def _asked(mood: Mood, take: Take) -> list[str]:
    wanted, plain_ones, measured = targets(mood.affect), targets(NEUTRAL), take.composed.measured
    heard = (measured.notes_per_bar, measured.mean_pitch, measured.major_share)
    names = ("notes a bar", "mean pitch (MIDI)", "share of major")
    digits = (1, 1, 2)
    return [
        f"| {name} | {asked:.{d}f} | {usual:.{d}f} | {own:.{d}f} |"
        for name, asked, usual, own, d in zip(names, wanted, plain_ones, heard, digits, strict=True)
    ]


def touch_rows(mood: Mood) -> list[str]:
    """How a mood is played beside neutral, as rows of a table."""
    own, usual = Expression(mood.affect, brightness_offset=mood.colour.brightness), Expression(NEUTRAL)
    rows = {
        "velocity between the beats": (own.velocity_at(1, 0.0), usual.velocity_at(1, 0.0)),
        "part of its length that a note sounds": (f"{own.gate_share:.2f}", f"{usual.gate_share:.2f}"),
        "brightness, CC 74": (own.brightness, usual.brightness),
        "modulation, CC 1": (own.modulation, usual.modulation),
    }
    return [f"| {name} | {one} | {other} |" for name, (one, other) in rows.items()]


def colour_text(mood: Mood) -> str:
    """What a mood's colour is, as a paragraph; nothing where it has none."""
    colour = mood.colour
    if colour == PLAIN:
        return ""
    parts = [f"the scale {colour.scale}"] * bool(colour.scale)
    parts += [f"{colour.register:+d} semitones"] * bool(colour.register)
    parts += [f"{colour.brightness:+d} of CC 74"] * bool(colour.brightness)
    return f"Its colour: {', '.join(parts)}; heard while the mood is named, and not for the bare point.\n\n"


@click.command()
@click.option("--docs", type=click.Path(path_type=Path, file_okay=False), default=Path("docs"), show_default=True)
def main(docs: Path) -> None:
    """Write the moods' pages with their pictures and MIDI files."""
    try:
        write(build(GeneratorSection(device="cpu", seed=SEED)), docs)
    except EmoOscError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
