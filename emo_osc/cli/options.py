"""Options that several commands share, and the preset they override."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emo_osc.cli.completion import complete_generator, complete_preset
from emo_osc.config.generators import GENERATORS

if TYPE_CHECKING:
    from emo_osc.config.preset import Preset

PATH = click.Path(path_type=Path, dir_okay=False)
DATA = click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="EMO_OSC_DATA",
    required=True,
    help="Corpus folder. [$EMO_OSC_DATA]",
)

# Option of `serve` and `render` -> the preset value it replaces.
OVERRIDES = {
    "osc_host": "osc.host",
    "osc_port": "osc.port",
    "midi_out": "midi.out",
    "midi_in": "midi.in",
    "clock_out": "midi.clock_out",
    "clock_always": "midi.clock_always",
    "start_stop_sync": "clock.start_stop_sync",
    "clock_autostart": "clock.autostart",
    "clock": "clock.source",
    "tempo": "clock.tempo",
    "play": "clock.play",
    "device": "generator.device",
    "generator": "generator.name",
    "seed": "generator.seed",
    "studio": "generator.studio",
    "sound": "sound.enabled",
    "web": "web.enabled",
    "web_host": "web.host",
    "web_port": "web.port",
    "live": "live.enabled",
}


def composing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that composes."""
    options = (
        click.option(
            "--preset",
            default="default",
            show_default=True,
            metavar="NAME|FILE",
            shell_complete=complete_preset,
            help="Preset to load.",
        ),
        click.option(
            "--generator",
            metavar="NAME",
            shell_complete=complete_generator,
            help=f"One of {', '.join(GENERATORS)}; canned needs no model.",
        ),
        click.option("--seed", type=click.IntRange(min=0), help="Random seed; the same seed gives the same melodies."),
        click.option("--tempo", type=float, metavar="BPM", help="Beats per minute, 20 to 300."),
        click.option("--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), help="Torch device."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def preset_of(name: str, options: dict[str, Any]) -> "Preset":
    """The preset of that name with the options that were given in the place of its values."""
    from emo_osc.config.check import check
    from emo_osc.config.preset_loading import changed, load_preset

    preset = load_preset(name)
    check(preset, name)
    changes = {OVERRIDES[key]: value for key, value in options.items() if value is not None}
    if changes:
        preset = changed(preset, changes, "command line")
        check(preset, "command line")
    return preset
