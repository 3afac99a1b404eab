"""`emo-osc crowd`: one point from many clients of an MQTT broker. Imports the crowd's code only when it runs."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from emo_osc.cli.completion import complete_preset
from emo_osc.cli.options import preset_of
from emo_osc.core.errors import EmoOscError

NO_AIOMQTT = "a crowd needs aiomqtt: pip install 'emo-osc[crowd]', or in the checkout: pip install '.[crowd]'"


@click.command("crowd")
@click.option("--mqtt", "url", metavar="URL", help="The broker: mqtt://[USER@]HOST[:PORT], mqtts:// for TLS.")
@click.option("--show", default="show", show_default=True, metavar="NAME", help="Topics are emo/NAME/va/ID.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The instrument.")
@click.option("--port", type=click.IntRange(1, 65535), default=7770, show_default=True)
@click.option(
    "--osc-out",
    "others",
    multiple=True,
    metavar="HOST:PORT",
    help="Send the point, /emo/crowd/spread and /emo/crowd/count here too; may be repeated.",
)
@click.option(
    "--weight", "weights", multiple=True, metavar="ID=N", help="This client counts as N people; may be repeated."
)
@click.option("--hand", metavar="[HOST:]PORT", help="An OSC port for a performer's own /emo/va and /emo/mood.")
@click.option(
    "--hand-weight",
    type=click.FloatRange(0.0, 1e9, min_open=True),
    default=20.0,
    show_default=True,
    metavar="N",
    help="How many people that performer counts as.",
)
@click.option(
    "--fade",
    "fade_s",
    type=click.FloatRange(0.5, 600.0),
    default=6.0,
    show_default=True,
    metavar="S",
    help="Seconds after which a message no longer counts.",
)
@click.option(
    "--glide",
    "glide_s",
    type=click.FloatRange(0.0, 60.0),
    default=0.3,
    show_default=True,
    metavar="S",
    help="Time constant of the point's smoothing in seconds; 0 follows at once.",
)
@click.option(
    "--rate",
    "rate_hz",
    type=click.FloatRange(0.1, 100.0),
    default=10.0,
    show_default=True,
    metavar="HZ",
    help="Messages a second accepted from one client.",
)
@click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The broker's password; else $EMO_OSC_MQTT_PASSWORD.",
)
@click.option(
    "--ca-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="For mqtts://, the certificate of the broker's CA if it is your own.",
)
@click.option(
    "--preset",
    metavar="NAME|FILE",
    shell_complete=complete_preset,
    help="The instrument's preset, if it has moods of its own.",
)
@click.option(
    "--link", metavar="URL", help="Address of the phones' page: prints the link for this show, and its QR code."
)
@click.option(
    "--write-page",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write the phones' page there, for any web server, and exit.",
)
def crowd(
    url: str | None,
    password_file: Path | None,
    ca_file: Path | None,
    others: tuple[str, ...],
    weights: tuple[str, ...],
    preset: str | None,
    link: str | None,
    hand: str | None,
    folder: Path | None,
    **options: Any,
) -> None:
    """Send /emo/va to the instrument twenty times a second from what an audience sends to an MQTT broker.

    The point is the geometric median of everybody's newest message: a few who disagree move it little. End with ctrl-C.
    """
    if folder:
        from emo_osc.crowd.page import write_page

        click.echo(write_page(folder))
        return
    if url is None:
        raise click.UsageError("name the broker, such as --mqtt mqtt://127.0.0.1")
    if find_spec("aiomqtt") is None:
        raise EmoOscError(NO_AIOMQTT)
    from emo_osc.crowd.broker import broker_of, topics_of
    from emo_osc.crowd.outputs import target_of
    from emo_osc.crowd.run import Crowd
    from emo_osc.crowd.run import crowd as run

    topics_of(options["show"])
    if preset:
        options["moods"] = preset_of(preset, {}).mood_book()
    options["hand"] = target_of(hand, "--hand") if hand else None
    targets = tuple(target_of(other) for other in others)
    counts = dict(_weight(weight) for weight in weights)
    order = Crowd(broker_of(url, password_file, ca_file), others=targets, weights=counts, **options)
    if link:
        _show_link(link, order.show)
    run(order, click.echo)


def _show_link(link: str, show: str) -> None:
    from emo_osc.crowd.page import link_lines

    for line in link_lines(link, show):
        click.echo(line)


def _weight(text: str) -> tuple[str, float]:
    """The client and how much it counts, of `ID=N`."""
    name, _, count = text.rpartition("=")
    try:
        weight = float(count)
    except ValueError:
        weight = 0.0
    if not name or not 0 < weight <= 1e9:
        raise EmoOscError(f"--weight {text}: write ID=N with N above 0, such as --weight performer=50")
    return name, weight
