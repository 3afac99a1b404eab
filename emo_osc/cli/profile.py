"""`emo-osc profile`: measures folders of MIDI files and writes a preset. Imports its code when it runs."""

from collections.abc import Iterable
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emo_osc.cli.options import PATH, preset_of
from emo_osc.core.errors import EmoOscError

if TYPE_CHECKING:
    from rich.console import Console

    from emo_osc.train.profile import Profile


@click.command("profile")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("-o", "--out", type=PATH, required=True, metavar="PRESET.yaml", help="The preset to write.")
@click.option(
    "--points", default="default", metavar="NAME|FILE", help="A preset that says where moods of your own lie."
)
def profile(folder: Path, out: Path, points: str) -> None:
    """Measure folders of .mid files, one for each mood, and write what they measure as a preset.

    A folder is named as a mood in English or Korean, or as a mood of its own, such as storm. Melodies then aim at the
    density, pitch and share of major of that music.
    """
    from rich.progress import track

    from emo_osc.train.profile import preset_text
    from emo_osc.train.profile import profile as measure

    def watch(files: list[Path], mood: str) -> Iterable[Path]:
        return track(files, mood, console=_console())

    found = measure(folder, preset_of(points, {}).mood_book(), lambda line: click.echo(line, err=True), watch)
    _show(found)
    try:
        out.write_text(preset_text(found, folder.resolve().name), encoding="utf-8")
    except (OSError, UnicodeError) as error:  # a folder may be named in bytes that are no text
        raise EmoOscError(f"{out}: cannot be written ({error})") from None
    click.echo(f"{out}: {len(found)} moods; emo-osc serve --preset {out}")


def _console() -> "Console":
    from rich.console import Console

    return Console(stderr=True)


def _show(found: list["Profile"]) -> None:
    from rich.console import Console
    from rich.table import Table

    grid = Table("mood", "files", "point", "notes/bar", "pitch", "major", "bpm", box=None, pad_edge=False)
    for each in found:
        reference, affect, count = each.reference, each.mood.affect, len(each.measured)
        means = (reference.notes_per_bar, reference.mean_pitch, reference.major)
        cells = [
            f"{mean}" if isnan(error) else f"{mean} ±{error:.2f}"
            for mean, error in zip(means, each.errors, strict=True)
        ]
        files = f"{count} of {count + each.left_out}" if each.left_out else f"{count}"
        point = f"{affect.valence:+.2f} {affect.arousal:+.2f}{' inferred' * each.is_inferred}"
        grid.add_row(each.mood.id, files, point, *cells, f"{each.tempos.mean():.0f}")
    Console().print(grid)
