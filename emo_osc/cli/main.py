"""The command line. Imports the code of a command only when it runs."""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from emo_osc import __version__
from emo_osc.cli.bench import bench
from emo_osc.cli.completion import (
    complete_address,
    complete_argument,
    complete_mood,
    complete_preset,
    completion,
)
from emo_osc.cli.crowd import crowd
from emo_osc.cli.evaluate import evaluate
from emo_osc.cli.face import face
from emo_osc.cli.farm import farm
from emo_osc.cli.label import label
from emo_osc.cli.listen_test import listen_test
from emo_osc.cli.options import PATH, composing, preset_of
from emo_osc.cli.profile import profile
from emo_osc.cli.standard_streams import UNWRITABLE, drop_output, flush_output, is_reader_gone, open_missing
from emo_osc.cli.train import train
from emo_osc.config.clocks import CLOCKS, choices_help
from emo_osc.core.errors import EmoOscError

USER_FAULT = 2
INTERRUPTED, READER_GONE = 130, 141  # 128 + SIGINT, 128 + SIGPIPE, as shells say it


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and answers the exit code: 0 done, 2 the user's input or set-up; our own faults are raised."""
    open_missing()
    if isinstance(sys.stdout, TextIOWrapper):  # Windows writes files and pipes in an encoding that may lack Hangul
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _run(arguments)
        flush_output()
    except SystemExit as way_out:  # click's and rich's where the reader of a pipe has gone; 0 after a completion
        code = 0 if way_out.code in (0, None) else READER_GONE
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        code = _ended_by(error)
    drop_output()
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = commands.main(arguments, prog_name="emo-osc", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return USER_FAULT
    except click.ClickException as error:
        return _refuse(error.format_message())
    except EmoOscError as error:
        return _refuse(str(error))
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _refuse(reason: str) -> int:
    click.echo(f"emo-osc: {' '.join(reason.split())}", err=True)
    return USER_FAULT


def _ended_by(fault: OSError) -> int:
    """The exit code where the output could not be written: as shells say it, where its reader has gone."""
    if is_reader_gone(fault):
        return READER_GONE
    with suppress(OSError):
        return _refuse(f"the output cannot be written ({fault.strerror or fault}); write it somewhere else")
    return USER_FAULT


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="emo-osc")
def commands() -> None:
    """Compose a melody for an emotion and play it in time.

    `emo-osc serve` starts the instrument; send OSC such as /emo/mood or /emo/va to UDP port
    7770 from Max, TouchOSC or Live; the notes leave on a MIDI port.
    """
    from emo_osc.weights.precision import forced

    forced()  # a wrong EMO_OSC_PRECISION fails here, not later in a child process


@commands.command()
@composing
@click.option("--osc-host", metavar="HOST", help="Address to listen on; 0.0.0.0 lets a phone or tablet in.")
@click.option("--osc-port", type=int, metavar="PORT", help="UDP port to listen on.  [7770]")
@click.option(
    "--midi-out", metavar="NAME", help="MIDI output to use, waited for if missing; virtual:NAME opens one.  [emo_osc]"
)
@click.option("--midi-in", metavar="NAME", help="MIDI input to use, waited for if missing; virtual:NAME opens one.")
@click.option("--clock", type=click.Choice(tuple(CLOCKS)), help=f"Tempo source: {choices_help()}.")
@click.option("--start-stop-sync/--no-start-stop-sync", default=None, help="In Link, start and stop together.")
@click.option(
    "--clock-autostart/--no-clock-autostart", default=None, help="Start on MIDI clock without a Start message."
)
@click.option("--clock-out/--no-clock-out", default=None, help="Send MIDI clock, Start and Stop.")
@click.option("--clock-always/--no-clock-always", default=None, help="Send MIDI clock while stopped, too.")
@click.option("--play/--no-play", default=None, help="Play at once, or wait for /emo/play.")
@click.option("--sound/--no-sound", default=None, help="The built-in synth.")
@click.option("--web/--no-web", default=None, help="The web pad and OSCQuery.")
@click.option(
    "--web-host", metavar="HOST", help="Address of the web pad; 0.0.0.0 lets phones in, by a link with a token."
)
@click.option("--web-port", type=int, metavar="PORT", help="TCP port of the pad.  [7780]")
@click.option("--live/--no-live", default=None, help="Follow the key and scale of Ableton Live, through AbletonOSC.")
@click.option("--studio", metavar="URL", help="Let emo-osc farm there compose; its token: $EMO_OSC_STUDIO_TOKEN.")
@click.option("--record", type=PATH, metavar="FILE.mid", help="Record what is played.")
@click.option("--log", type=PATH, metavar="FILE.jsonl", help="Write the log as JSON lines.")
def serve(preset: str, record: Path | None, log: Path | None, **options: Any) -> int:
    """Start the instrument; ctrl-C stops it and sends all notes off."""
    from emo_osc.supervisor.daemon import serve as run

    keeps_composer = options["generator"] is not None  # the command line's generator overrides every preset
    return run(preset_of(preset, options), record=record, log=log, keeps_composer=keeps_composer)


@commands.command()
@composing
@click.option(
    "--mood",
    "moods",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_mood,
    help="A mood, English or Korean; may be repeated.",
)
@click.option("--va", type=(float, float), metavar="V A", help="Valence and arousal, each -1 to 1, instead of a mood.")
@click.option(
    "--melody",
    type=PATH,
    metavar="FILE.mid",
    help="Accompany this melody, at its tempo and by the preset duet unless others are named.",
)
@click.option("--bars", type=click.IntRange(1, 16), help="Bars of each melody.  [16; all of --melody]")
@click.option("--count", type=click.IntRange(1, 1000), default=1, show_default=True, help="Melodies of each mood.")
@click.option("-o", "--out", type=PATH, required=True, metavar="OUT.mid", help="The MIDI file to write.")
@click.option("--wav", type=PATH, metavar="OUT.wav", help="Audio from the built-in synth.")
@click.option("--png", type=PATH, metavar="OUT.png", help="A piano roll.")
@click.option("--json", "json_out", type=PATH, metavar="OUT.json", help="Notes, measurements, affect and seed.")
@click.pass_context
def render(context: click.Context, /, preset: str, melody: Path | None, **options: Any) -> None:
    """Render the music that `serve` plays to files; the same seed writes the same bytes."""
    from emo_osc.render.job import Order, write
    from emo_osc.render.melody_file import read_tune

    own = ("moods", "va", "bars", "count", "out", "wav", "png", "json_out")
    order = Order(**{name: options.pop(name) for name in own}, tune=read_tune(melody) if melody else None)
    if order.tune:
        options["tempo"] = order.tune.tempo_bpm if options["tempo"] is None else options["tempo"]
        is_named = options["generator"] or context.get_parameter_source("preset") is not ParameterSource.DEFAULT
        preset = preset if is_named else "duet"
    click.echo(write(order, preset_of(preset, options)))


def reaching(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where a running daemon listens."""
    command = click.option("--port", type=click.IntRange(1, 65535), default=7770, show_default=True)(command)
    return click.option("--host", default="127.0.0.1", show_default=True)(command)


@commands.command(context_settings={"ignore_unknown_options": True})
@click.argument("address", shell_complete=complete_address)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, shell_complete=complete_argument)
@click.option("--wait", type=float, metavar="S", help="Seconds to listen.  [0.5; up to 3 for a first reply]")
@reaching
def send(address: str, arguments: tuple[str, ...], wait: float | None, host: str, port: int) -> None:
    """Send one OSC message to a running daemon; print the replies as lines.

    emo-osc send /emo/mood bright
    """
    from emo_osc.clients.send import LISTEN_S, PATIENCE_S, exchange

    wait_s, patience_s = (LISTEN_S, PATIENCE_S) if wait is None else (wait, wait)
    lines = 0
    for line in exchange(host, port, address, arguments, wait_s, patience_s):
        click.echo(line)
        lines += 1
    if patience_s > 0 and not lines:
        raise EmoOscError(f"{host}:{port} did not answer within {patience_s:g} s; is that the port of emo-osc serve?")


@commands.command()
@reaching
@click.option("--once", is_flag=True, help="Print one screen and exit.")
def monitor(host: str, port: int, once: bool) -> None:
    """Show the affect, notes and delays of a running daemon; q quits."""
    from emo_osc.clients.monitor import monitor as show

    show(host, port, once=once)


@commands.command()
@reaching
@click.option("--taps", type=click.IntRange(8, 200), default=16, show_default=True, help="Taps to take.")
@click.option("--reference", is_flag=True, help="First tap to your DAW's click; more exact.")
@click.option("--apply", is_flag=True, help="Set latency_ms to the measured value.")
@click.option("--keep/--no-keep", default=None, help="Keep it for the next start of serve here.  [asks]")
def calibrate(host: str, port: int, taps: int, reference: bool, apply: bool, keep: bool | None) -> None:
    """Measure by tapping how late a running daemon is heard, for latency_ms to make up for it."""
    from emo_osc.clients.calibrate import calibrate as measure
    from emo_osc.config.calibration import calibration_path, keep_calibration

    def store(latency_ms: int) -> str:
        keep_calibration(calibration_path(), latency_ms)
        return str(calibration_path())

    measure(host, port, taps, click.echo, store, reference=reference, apply=apply, keep=keep)


@commands.command()
def ports() -> None:
    """List MIDI inputs and outputs, audio devices and torch devices."""
    from emo_osc.cli.devices import audio_outputs, midi_systems, torch_devices

    for system in midi_systems():
        _list(f"MIDI {system.name}, outputs", _marked(system.name, system.outputs), system.fault)
        _list(f"MIDI {system.name}, inputs", _marked(system.name, system.inputs), system.fault)
    try:
        _list("audio outputs", audio_outputs())
    except OSError as error:
        _list("audio outputs", (), str(error))
    _list("torch devices", torch_devices())


def _marked(system: str, names: Sequence[str]) -> list[str]:
    """Ports that a name may mean, and those it never does."""
    from emo_osc.midi.port_names import Offered, is_ours

    return [f"{name}  (opened by emo_osc)" if is_ours(Offered(system, name)) else name for name in names]


def _list(title: str, names: Sequence[str], fault: str = "") -> None:
    click.echo(f"{title}:")
    for name in names or (f"({fault or 'none'})",):
        click.echo(f"  {name}")


@commands.command("check")
@click.argument("presets", nargs=-1, metavar="PRESET..", shell_complete=complete_preset)
@click.option("--schema", is_flag=True, help="Print the JSON schema of a preset instead.")
def check_presets(presets: tuple[str, ...], schema: bool) -> int:
    """Validate presets, by name or file, without opening a port."""
    from emo_osc.config import preset as page

    if schema:
        click.echo(page.schema_text(), nl=False)
        return 0
    if not presets:
        raise click.UsageError("name a preset to check, such as default or my.yaml")
    return max([_check(name) for name in presets])


def _check(name: str) -> int:
    try:
        preset_of(name, {})
    except EmoOscError as error:
        return _refuse(str(error))
    click.echo(f"{name}: good")
    return 0


@commands.command()
def doctor() -> None:
    """Check this machine: what is missing, and the command that installs it."""
    from rich.console import Console
    from rich.table import Column, Table

    from emo_osc.cli.doctor import examine

    columns = (Column(title, overflow="fold") for title in ("part", "found", "remedy"))
    table = Table(*columns, box=None, pad_edge=False)
    for finding in examine():
        table.add_row(finding.part, finding.found, finding.remedy)
    Console().print(table)


@commands.command("import-magenta")
@click.argument("source", type=click.Path(path_type=Path), metavar="FILE.tar")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="OUT.safetensors")
def import_magenta(source: Path, out: Path) -> None:
    """Convert a published `hierdec-mel_16bar` checkpoint of MusicVAE."""
    from emo_osc.train.magenta.convert import import_magenta as convert

    click.echo(convert(source, out))


commands.add_command(bench)
commands.add_command(completion)
commands.add_command(crowd)
commands.add_command(evaluate)
commands.add_command(face)
commands.add_command(farm)
commands.add_command(label)
commands.add_command(listen_test)
commands.add_command(profile)
commands.add_command(train)
