"""`emo-osc farm`: one studio for many stages, on Ray Serve. Imports its code when it runs."""

import secrets
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from emo_osc.cli.completion import complete_generator, complete_preset
from emo_osc.cli.options import preset_of
from emo_osc.core.errors import EmoOscError

NO_RAY = "a farm needs Ray Serve: pip install 'emo-osc[farm]', or in the checkout: pip install '.[farm]'"


@click.command("farm")
@click.option(
    "--preset",
    default="default",
    metavar="NAME|FILE",
    shell_complete=complete_preset,
    help="Preset whose generator composes.",
)
@click.option(
    "--generator", metavar="NAME", shell_complete=complete_generator, help="Generator to use instead of the preset's."
)
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), help="Torch device.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 lets others in.")
@click.option("--port", type=click.IntRange(1, 65535), default=7790, show_default=True)
@click.option("--address", metavar="ADDRESS", help="Join a running Ray cluster, auto or HOST:6379.  [starts one]")
@click.option(
    "--replicas",
    default="1",
    show_default=True,
    metavar="N|N:M",
    help="Copies of the generator: least, and most under load.",
)
@click.option(
    "--cpus", type=click.FloatRange(0.1, 64.0), default=1.0, show_default=True, help="Cores for each replica."
)
@click.option(
    "--gpus",
    type=click.FloatRange(0.0, 1.0),
    default=0.0,
    show_default=True,
    help="Share of a GPU for each replica, such as 0.25.",
)
@click.option(
    "--most",
    type=click.IntRange(1, 1024),
    default=32,
    show_default=True,
    help="Orders that a replica holds at once; it refuses more.",
)
@click.option(
    "--token-file",
    metavar="FILE",
    help="The token, a password that stages need; a missing file is made with a new one. Else $EMO_OSC_STUDIO_TOKEN.",
)
def farm(preset: str, replicas: str, address: str | None, token_file: str | None, **options: Any) -> int:
    """Compose for many stages, which start with: emo-osc serve --studio http://HOST:7790.

    Needs the extra farm. End with ctrl-C; the stages play on from the melodies that they have.
    """
    check_ray()
    section = preset_of(preset, {name: options.pop(name) for name in ("generator", "device")}).generator
    bounds = _bounds(replicas)
    token = token_at(token_file)
    if not address:  # of a cluster that runs, Serve may listen there already
        check_free(options["host"], options["port"])
    from emo_osc.farm.arguments import Farm
    from emo_osc.farm.run import run

    return run(Farm(section, token, replicas=bounds, **options), click.echo, address)


def check_ray() -> None:
    """Raises an `EmoOscError` where Ray is not installed."""
    if find_spec("ray") is None:
        raise EmoOscError(NO_RAY)


def check_free(host: str, port: int) -> None:
    """Raises an `EmoOscError` where nothing can listen on a port of a host: Ray takes long to start and says less."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as opened:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind(place)
            opened.listen()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise EmoOscError(
            f"farm: {host}:{port} cannot be opened ({reason}); choose this computer's own address with --host, or "
            "another --port"
        ) from None


def _bounds(text: str) -> tuple[int, int]:
    """The least and the most of `N` or `N:M`."""
    least, _, most = text.partition(":")
    try:
        bounds = int(least), int(most or least)
    except ValueError:
        bounds = 0, 0
    if not 1 <= bounds[0] <= bounds[1] <= 256:
        raise EmoOscError(f"--replicas {text}: write N or N:M with 1 <= N <= M <= 256, such as 1:4")
    return bounds


def token_at(path: str | None) -> str:
    """The token of a file, which is made where there is none, or of the environment.

    Raises:
        EmoOscError: there is none, or the file cannot be read or written.
    """
    from emo_osc.core.small_file import reason_of, write_whole
    from emo_osc.studio.remote.token_file import token_of

    if path and not Path(path).exists():
        try:
            write_whole(Path(path), f"{secrets.token_urlsafe(24)}\n".encode(), mode=0o600)
        except OSError as error:
            raise EmoOscError(f"--token-file {path}: cannot be written ({reason_of(error)})") from None
        click.echo(f"{path}: a new token; copy the file to the stages")
    token = token_of(path)
    if not token:
        raise EmoOscError("farm: there is no token; add --token-file FILE, which makes one, or $EMO_OSC_STUDIO_TOKEN")
    return token
