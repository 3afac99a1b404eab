"""`emo-osc bench`: measures speed. Imports a measurement when it runs."""

from pathlib import Path

import click

from emo_osc.core.errors import EmoOscError

PATH = click.Path(path_type=Path, dir_okay=False)
JSON = click.option("--json", "json_out", type=PATH, metavar="OUT.json", help="The figures as a file.")


@click.group()
def bench() -> None:
    """Measure how fast this machine plays and composes."""


@bench.command("frontier")
@click.option("--sources", type=click.IntRange(min=4), default=64, show_default=True, help="Melodies to move.")
@click.option("--png", type=PATH, metavar="OUT.png", help="A picture.")
@JSON
def bench_frontier(sources: int, png: Path | None, json_out: Path | None) -> None:
    """How near the actor and four baselines come to what is asked, against how far they leave their sources."""
    from dataclasses import asdict

    from emo_osc.config.preset import GeneratorSection
    from emo_osc.evaluate.frontier import frontier
    from emo_osc.evaluate.frontier_plot import frontier_png
    from emo_osc.evaluate.report import show, write
    from emo_osc.studio.generators import build
    from emo_osc.studio.music_vae import MusicVAE

    generator = build(GeneratorSection(device="cpu", seed=0))
    assert isinstance(generator, MusicVAE)  # the default one is
    points = frontier(generator, sources)
    rows = {f"{point.method} {point.strength:g}": asdict(point) for point in points}
    figures = {name: {key: row[key] for key in row if key not in ("method", "strength")} for name, row in rows.items()}
    show({"frontier": figures})
    if json_out:
        write({"frontier": figures}, json_out)
    if png:
        frontier_png(points, png)


@bench.command("decode")
@click.option("--seconds", type=click.FloatRange(min=1.0), default=30.0, show_default=True, help="How long to measure.")
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="The studio plays with one.")
@JSON
def bench_decode(seconds: float, threads: int, json_out: Path | None) -> None:
    """How long melodies take to decode, and how far the fast way strays from the plain one."""
    from emo_osc.evaluate.bench.bench_decode import bench_decode as measure
    from emo_osc.evaluate.report import show, write

    figures = measure(seconds, threads, click.echo)
    tables = {"decode": {name: {"figure": value} for name, value in figures.items()}}
    show(tables)
    if json_out:
        write(tables, json_out)


@bench.command("transformer")
@click.option("--seconds", type=click.FloatRange(min=1.0), default=30.0, show_default=True, help="How long to measure.")
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="The studio plays with one.")
@click.option("--model", type=PATH, metavar="FILE", help="A checkpoint, instead of the shipped one.")
@JSON
def bench_transformer(seconds: float, threads: int, model: Path | None, json_out: Path | None) -> None:
    """How much faster than real time the music transformer composes."""
    from emo_osc.evaluate.bench.bench_transformer import bench_transformer as measure
    from emo_osc.evaluate.report import show, write

    tables = {"transformer": measure(seconds, model, threads)}
    show(tables)
    if json_out:
        write(tables, json_out)


@bench.command("clock")
@click.option("--seconds", type=click.FloatRange(min=1.0), default=45.0, show_default=True, help="How long to measure.")
@JSON
@click.option("--png", "png_out", type=PATH, metavar="OUT.png", help="The errors over time as a picture.")
def bench_clock(seconds: float, json_out: Path | None, png_out: Path | None) -> None:
    """How well a MIDI clock is followed: estimators side by side on simulated clocks."""
    from emo_osc.evaluate.bench.bench_clock import bench_clock as measure
    from emo_osc.evaluate.bench.clock_plot import clock_png
    from emo_osc.evaluate.report import show, write

    tables = measure(seconds)
    show(tables)
    if json_out:
        write(tables, json_out)
    if png_out:
        clock_png(png_out)


@bench.command("refine")
@click.option("--orders", type=click.IntRange(min=1), default=100, show_default=True, help="Orders to a studio.")
@click.option(
    "--sources", type=click.IntRange(min=64), default=512, show_default=True, help="Latents drawn beforehand."
)
@JSON
def bench_refine(orders: int, sources: int, json_out: Path | None) -> None:
    """How soon a melody for any point is there: from the shelf, from the studio, and 64 for each of sixteen moods."""
    from emo_osc.evaluate.bench.bench_refine import bench_refine as measure
    from emo_osc.evaluate.report import show, write

    tables = measure(orders, sources)
    show(tables)
    if json_out:
        write(tables, json_out)


@bench.command("start")
@click.option("--starts", type=click.IntRange(min=1), default=5, show_default=True, help="How often to start.")
@JSON
def bench_start(starts: int, json_out: Path | None) -> None:
    """How soon `emo-osc serve` plays its first note."""
    from emo_osc.evaluate.bench.bench_start import bench_start as measure
    from emo_osc.evaluate.report import show, write

    tables = {"start": measure(starts)}
    show(tables)
    if json_out:
        write(tables, json_out)


@bench.command("flood")
@click.option("--seconds", type=click.FloatRange(min=1.0), default=5.0, show_default=True, help="Length of each flood.")
@JSON
def bench_flood(seconds: float, json_out: Path | None) -> None:
    """What floods of OSC do to the notes, and to a polite client beside them."""
    from emo_osc.evaluate.bench.bench_flood import bench_flood as measure
    from emo_osc.evaluate.report import show, write

    tables = {"flood": measure(seconds)}
    show(tables)
    if json_out:
        write(tables, json_out)


@bench.command("crowd")
@click.option("--phones", type=click.IntRange(1, 100_000), default=2000, show_default=True, help="Simulated phones.")
@click.option("--rate", "rate_hz", type=click.FloatRange(0.1, 20.0), default=5.0, show_default=True, metavar="HZ")
@click.option(
    "--seconds", type=click.FloatRange(min=11.0), default=22.0, show_default=True, help="Length of each part."
)
@JSON
def bench_crowd(phones: int, rate_hz: float, seconds: float, json_out: Path | None) -> None:
    """How long a hand of an audience takes to reach the instrument, through mosquitto; needs the extra crowd."""
    from emo_osc.evaluate.bench.bench_crowd import bench_crowd as measure
    from emo_osc.evaluate.report import show, write

    tables = {"crowd": measure(phones, rate_hz, seconds, click.echo)}
    show(tables)
    if json_out:
        write(tables, json_out)


@bench.command("farm")
@click.option(
    "--stages", default="1,8,32,128", show_default=True, metavar="N,..", help="Numbers of stages, one after another."
)
@click.option("--seconds", type=click.FloatRange(min=0.5), default=20.0, show_default=True, help="Length of each part.")
@click.option("--generator", default="music_vae", show_default=True, metavar="NAME", help="What composes.")
@click.option("--url", metavar="URL", help="A running farm, http://HOST:7790.  [starts one]")
@click.option("--token-file", metavar="FILE", help="The token of that farm; else $EMO_OSC_STUDIO_TOKEN.")
@click.option(
    "--replicas",
    default="1",
    show_default=True,
    metavar="N|N:M",
    help="Of the farm that is started, as are the next four.",
)
@click.option("--cpus", default="1", show_default=True, metavar="CORES")
@click.option("--gpus", default="0", show_default=True, metavar="SHARE")
@click.option("--most", default="32", show_default=True, metavar="N")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), default="auto", show_default=True)
@JSON
def bench_farm(
    stages: str,
    seconds: float,
    generator: str,
    url: str | None,
    token_file: str | None,
    json_out: Path | None,
    **options: str,
) -> None:
    """Melodies per second of a farm for numbers of stages, and what Ray adds to an order; needs the extra farm."""
    from emo_osc.cli.farm import check_ray
    from emo_osc.cli.options import preset_of
    from emo_osc.evaluate.bench.bench_farm import bench_farm as measure
    from emo_osc.evaluate.bench.farm_process import FarmProcess
    from emo_osc.evaluate.report import show, write
    from emo_osc.studio.remote.token_file import token_of

    counts = _counts(stages)
    section = preset_of("default", {"generator": generator, "device": options["device"], "studio": url}).generator
    running = FarmProcess(url, token_of(token_file)) if url else None
    if not running:
        check_ray()
    told = [word for name, value in options.items() for word in (f"--{name}", value)]
    tables = measure(section, counts, seconds, click.echo, told, running)
    show(tables)
    if json_out:
        write(tables, json_out)


def _counts(text: str) -> list[int]:
    """The numbers of `1,8,32`."""
    try:
        counts = [int(word) for word in text.split(",")]
    except ValueError:
        counts = []
    if not counts or not all(1 <= count <= 1000 for count in counts):
        raise EmoOscError(f"--stages {text}: write numbers from 1 to 1000, such as 1,8,32")
    return counts


@bench.command("latency")
@click.option("--seconds", type=click.FloatRange(min=4.0), default=20.0, show_default=True, help="How long to measure.")
@click.option("--generator", default="music_vae", show_default=True, metavar="NAME", help="What composes meanwhile.")
@JSON
@click.option("--png", "png_out", type=PATH, metavar="OUT.png", help="How the delays are spread, as a picture.")
def bench_latency(seconds: float, generator: str, json_out: Path | None, png_out: Path | None) -> None:
    """How late the instrument is, beside the machine's floor, while the studio composes without a rest."""
    from emo_osc.evaluate.bench.bench_latency import bench_latency as measure
    from emo_osc.evaluate.bench.bench_latency import histogram_png
    from emo_osc.evaluate.report import show, write

    result = measure(seconds, generator)
    show(result.tables)
    if json_out:
        write(result.tables, json_out)
    if png_out:
        histogram_png(result, png_out)
