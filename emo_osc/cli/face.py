"""`emo-osc face`: sends the emotion of a face. Imports its code when it runs."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from emo_osc.core.errors import EmoOscError

PATH = click.Path(path_type=Path)


@click.command("face")
@click.option("--camera", type=click.IntRange(min=0), metavar="N", help="The camera to look through.  [0]")
@click.option("--image", "images", type=PATH, multiple=True, metavar="FILE", help="A picture instead; may be repeated.")
@click.argument("more", nargs=-1, type=PATH, metavar="[FILE..]")
@click.option("--video", type=PATH, metavar="FILE", help="A film instead, at its own speed.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Whom to tell: any OSC host.")
@click.option("--port", type=click.IntRange(1, 65535), default=7770, show_default=True)
@click.option("--rate", "rate_hz", type=click.FloatRange(0.5, 60.0), default=10.0, show_default=True, metavar="HZ")
@click.option("--headless", "is_headless", is_flag=True, help="No preview window.")
@click.option(
    "--faces", type=click.Choice(["mean", "largest"]), default="largest", show_default=True, help="Which of several."
)
@click.option("--yunet", type=PATH, metavar="FILE.onnx", help="Find faces with YuNet, turned ones too.")
@click.option("--model", default="face", show_default=True, metavar="NAME|FILE", help="The face network to use.")
@click.option("--bench", "is_bench", is_flag=True, help="Measure how long a look takes, on a drawn face, and end.")
def face(is_bench: bool, images: tuple[Path, ...], more: tuple[Path, ...], camera: int | None, **options: Any) -> None:
    """Send /emo/va from a face in front of the camera, ten times a second; ctrl-C ends.

    No picture is stored or sent. A face on the camera is happy, sad, ..; the instrument is told the point between what
    it may be. When everybody has left, the point is held for a second and then drifts to neutral.
    """
    pictures = _pictures(images, more)
    if (camera is not None) + bool(pictures) + bool(options["video"]) > 1:
        raise click.UsageError("give one of --camera, --image and --video")
    from emo_osc.face.opencv import need_opencv

    need_opencv()
    if is_bench:
        _bench(options["model"], options["yunet"])
        return
    from emo_osc.face.watch import Watch, watch

    with suppress(KeyboardInterrupt):
        watch(Watch(images=pictures, camera=camera or 0, **options), click.echo)


def _pictures(images: tuple[Path, ...], more: tuple[Path, ...]) -> tuple[Path, ...]:
    """What `--image a.png b.png` names; a file without the option before it has no meaning."""
    if more and not images:
        raise EmoOscError(f"{more[0]}: say what it is, with --image or --video before it")
    return images + more


def _bench(model: str, yunet: Path | None) -> None:
    from emo_osc.evaluate.report import show
    from emo_osc.face.bench import bench

    show({"face": bench(model, yunet)})
