"""Pages written from tables, so that they stay true: `python -m tools.manual` writes them.

They are docs/osc.md, the table of addresses in the README, that of clocks in docs/clock.md, and the JSON schema of
presets.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from emo_osc.config.clocks import CLOCKS
from emo_osc.config.preset import OscSection, schema_text
from emo_osc.core.affect import MOODS, Mood
from emo_osc.core.errors import CommandError
from emo_osc.protocol.address_patterns import MAX_MATCHES, MAX_PATTERN, MAX_PATTERNS
from emo_osc.protocol.commands import PATHS, PORT, ROUTES, Route, describe
from emo_osc.protocol.osc import MAX_ARGUMENTS, MAX_DEPTH, MAX_ELEMENTS
from emo_osc.protocol.parameters import PUSHES, VALUES, Argument, Value
from emo_osc.stage.io.send_budget import FACTOR, FILLS_S, FIRST_BYTES, PROVEN_S
from emo_osc.stage.io.sender_queues import FEW, MAX_PROGRAMS, MAX_WAITING
from emo_osc.stage.session.dispatcher import MAX_AHEAD_S, MAX_SCHEDULED, MAX_SCHEDULED_A_HOST
from emo_osc.stage.session.latency import DELAYS, KEPT
from emo_osc.stage.session.subscriptions import MAX_LISTENERS, MAX_LISTENERS_A_HOST

ROOT = Path(__file__).parents[1]
FAMILIES = ("set", "get", "start_listen", "stop_listen")
BEGIN, END = "<!-- written by `make docs` from here -->", "<!-- to here -->"
MAX_CHOICES = 8
TYPES = {"f": "number", "i": "whole number", "s": "text"}

_SENDERS = f"""## What a sender may do

- Numbers may be `i f d h T F` or numeric text. Text is UTF-8; other bytes are read as CP949, Windows' Korean code page.
- A name from a list (a mood, `quantize`, `key`, `scale`) may be its place in the list, from 0: `/emo/mood 3`.
- A button without text puts the name into the address: `/emo/mood/bright 1`, `/emo/quantize/bar 1`. A mood's number is
  its intensity. A single 0 is a button's release and does nothing. A name may be percent-encoded.
- Patterns as in OSC 1.0 match addresses of the table: `/emo/v?`, `/*/va`, `/emo/{{valence,arousal}} 0.5`,
  `/emo/set/*_channel 2`. Each matched address is done and answered by itself. A pattern of more than {MAX_PATTERN}
  characters matches nothing; one that matches more than {MAX_MATCHES} addresses, or comes after {MAX_PATTERNS} others
  in its datagram, is refused.
- A program without a port of its own, such as `oscsend` or Csound, names the port where it listens on its host:
  `/emo/get/va 9913`, `/emo/start_listen/va 9913`. Only the same message again renews such a push.
- Extra arguments are ignored; the acknowledgement ends with a text that says so.
- Bundles work. A timetag in the future, at most {MAX_AHEAD_S:g} s ahead, schedules its messages: acknowledged at once,
  with the milliseconds until then and the word `scheduled`, and again when done."""

ANSWERS = (
    ("/emo/ack address bar ms value..", "done: the bar it lands on, the milliseconds until it is heard, what was set"),
    ("/emo/error code text address", "refused, and why; the music goes on"),
    ("/emo/state/NAME value..", "a value: the answer to get and status, and the push to listeners"),
    ("/emo/bar n", "a bar begins, to those who listen to `bar`"),
    ("/emo/note pitch velocity duration_ms channel", "a note sounds, to those who listen to `note`"),
    (
        "/emo/roll which part notes",
        "the phrase that plays (`now`) or waits (`next`), to those who listen to `roll`: its "
        "first or last eight bars, a note as eight hexadecimal digits: the 16th it begins on, 16ths, pitch, velocity",
    ),
    ("/emo/latency name p50_ms p95_ms p99_ms max_ms count", f"the delays seen so far: {', '.join(DELAYS)}"),
    (
        "/emo/latency/spread name count..",
        f"how many of the last {KEPT} lie up to 5 us, then up to each next quarter of an octave (x 1.19)",
    ),
    ("/emo/pong [token]", "the answer to ping"),
    (
        "/emo/ping number",
        "asks another computer whether it receives packets; it answers `/emo/pong number`: see *Access list*",
    ),
    ("/emo/startup version", "the daemon is there"),
    ("/emo/version version", "the answer to version"),
)
ERRORS = (
    (CommandError.UNKNOWN_ADDRESS, "unknown address"),
    (CommandError.WRONG_ARGUMENTS, "wrong arguments"),
    (CommandError.UNKNOWN_NAME, "unknown name: a mood, a value, a preset"),
    (CommandError.NOT_NOW, "not possible now"),
    (CommandError.GENERATOR_DOWN, "the generator is down; the shelf plays on"),
    (CommandError.MALFORMED, "not OSC; counted and never answered"),
)


def osc_page() -> str:
    """docs/osc.md."""
    osc = OscSection()
    return f"""# OSC

Control emo_osc from any program that sends OSC, and read its state. For patchers and technicians.

    emo-osc send /emo/mood bright
    emo-osc send /emo/get/va

emo_osc listens to UDP on {osc.host}, port {osc.port}; `--osc-host 0.0.0.0` opens it to the network. Answers go to the
address and port a message came from, unless `/emo/reply_to` says otherwise. They are UTF-8, carry only `i`, `f` and
`s`, and are under 1,400 bytes. This page is written from the daemon's own table by `make docs`.

## Addresses

{address_table()}

## Values

`/emo/set/NAME value..` sets a value and `/emo/get/NAME` asks for it. `/emo/start_listen/NAME` pushes it whenever it
changes, for 60 s after your last message of any kind; `/emo/stop_listen/NAME` ends that.

The last column is the place in a [preset](presets.md), with the default.

{_table(("name", "value", "range", "is", "in a preset"), (_value_row(value) for value in VALUES.values()))}

These can be listened to as well; `state` answers with every value at once.

{_table(("name", "pushes"), ((f"`{name}`", text) for name, text in PUSHES.items()))}

{_moods_and_answers()}

{_SENDERS}

{_network()}

{_access(osc)}
"""


def _moods_and_answers() -> str:
    return f"""## Moods

A preset may move them, or add its own after these. `/emo/mood N` and program change N on the MIDI input call mood N.

{_table(("N", "mood", "valence", "arousal", "also called"), (_mood_row(*row) for row in enumerate(MOODS)))}

## Answers

{_table(("message", "says"), ((f"`{message}`", text) for message, text in ANSWERS))}

## Error codes

{_table(("code", "means"), ((str(code), text) for code, text in ERRORS))}"""


def _network() -> str:
    return f"""## When answers come

- Every message is acknowledged, with one exception: where more than {FEW} messages of one sender wait, only the last
  of those that set the same value is done and acknowledged.
- Later acknowledgements: `/emo/mutate` when the variation is made (after 1.5 s, in a duet 6 s, a simpler one),
  `/emo/keep` when the phrase is on the disk, `/emo/learn` twice, with the bar from which it records and with the bar
  where the result plays.
- The melody of `/emo/next`, `/emo/mutate` or `/emo/recall` plays although the affect moves on, as long as it stays near
  enough; a melody that was cued for an affect is replaced at the next affect.
- Listeners get each change once, at most a hundred changes a second of one value, and always its last value.

## Limits

- Each sender has a queue of {MAX_WAITING} messages; when it is full the oldest is dropped (`dropped` counts them).
  Hosts take turns, and so do the senders of a host, so a flood delays only its sender. Beyond {MAX_PROGRAMS} senders of
  a host at one time, the others share a queue for each OSC address.
- Of one host at most {MAX_LISTENERS_A_HOST} clients listen ({MAX_LISTENERS} in all) and {MAX_SCHEDULED_A_HOST:,}
  messages are scheduled ({MAX_SCHEDULED:,} in all). Each must leave as much free for others as it takes, so one client
  alone schedules {MAX_SCHEDULED_A_HOST // 2:,} messages at most. More is refused with error 4 and the reason. Messages
  for one instant are done one of each client in turn, between notes and other messages.
- A datagram holds at most 8,192 bytes, {MAX_ELEMENTS} messages and bundles, {MAX_ARGUMENTS} arguments, and bundles
  {MAX_DEPTH} deep; others are counted as `malformed` and not answered. A single unreadable message (an unknown type
  tag, a text in another encoding) is counted too and answered with error {CommandError.WRONG_ARGUMENTS}, at most once a
  second for each sender; the other messages of its bundle are done.
- An answer (`/emo/error`, `/emo/ack` ..) that the daemon receives is not answered, so that two daemons cannot loop."""


def _access(osc: OscSection) -> str:
    return f"""## Access list

- Bound to {osc.host}: only this computer. Bound to the network: this computer, and either all private networks (RFC
  1918, RFC 4193, link-local) or the addresses and networks that `osc.allow` in the preset names.
- Datagrams of others are dropped unread and counted as `strangers`; the first is logged.
- `/emo/reply_to` takes another port, this computer, or a host under `osc.allow`, so that no client can direct datagrams
  at a third party. The network names presets and phrases, never paths.

Sender addresses can be forged. So another computer gets a limited amount until it proves that it receives packets:
{FACTOR} bytes for each byte it sends, headers counted, and {FIRST_BYTES:,} bytes more in {FILLS_S / 60:g} minutes.
That is enough for all acknowledgements and one `/emo/status` or `/emo/start_listen/*`. To listen for longer, a client
answers `/emo/ping NUMBER` with `/emo/pong NUMBER`, which lifts the limit for {PROVEN_S / 60:g} minutes. The commands
`monitor`, `send` and `calibrate` do so by themselves, and so do the patches and layouts for Max, Pd, TouchDesigner,
TouchOSC and Open Stage Control. For a program that cannot, name its computer's address in `osc.allow`. What is held
back is counted as `unsent`, and logged once."""


def address_table() -> str:
    """Every address but the families of values, which have a table of their own."""
    routes = [route for route in ROUTES.values() if route.address.split("/")[2] not in FAMILIES]
    rows = [
        *(_route_row(route) for route in routes),
        *((f"`/emo/{family}/NAME`", _form_text(path.form), path.description) for family, path in PATHS.items()),
        ("`/emo/set/NAME`", "value", "set any value"),
        ("`/emo/get/NAME`", _form_text((PORT,)), "answer that value, to your port if you name one"),
        ("`/emo/start_listen/NAME`", _form_text((PORT,)), "push it there whenever it changes"),
        ("`/emo/stop_listen/NAME`", _form_text((PORT,)), "stop pushing it"),
    ]
    return _table(("address", "arguments", "does"), rows)


def clock_table() -> str:
    """Every clock that can be chosen."""
    rows = ((f"`{name}`", row.help, "yes" if row.is_ours else "no") for name, row in CLOCKS.items())
    return _table(("`--clock`", "the tempo comes from", "the tempo may follow the affect"), rows)


def readme(text: str) -> str:
    """A README with its table of addresses written anew.

    Raises:
        ValueError: the two marks are not there.
    """
    return _between_marks(text, address_table(), "the README")


def clock_page(text: str) -> str:
    """docs/clock.md with its table of clocks written anew.

    Raises:
        ValueError: the two marks are not there.
    """
    return _between_marks(text, clock_table(), "docs/clock.md")


def _between_marks(text: str, table: str, name: str) -> str:
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{name} needs the marks {BEGIN} and {END}")
    return f"{head}{BEGIN}\n{table}\n{END}{tail}"


def _route_row(route: Route) -> tuple[str, str, str]:
    forms = " or ".join(_form_text(form) for form in route.forms)
    return f"`{route.address}`", forms, route.description


def _form_text(form: tuple[Argument, ...]) -> str:
    """A form in words; a button needs none, and long choices are listed once, among the values."""
    brief = (replace(a, choices=()) if len(a.choices) > MAX_CHOICES else a for a in form if a.name != "pressed")
    shown = tuple(brief)
    return describe(shown).replace("|", ", ") if shown else ""


def _value_row(value: Value) -> tuple[str, str, str, str, str]:
    kinds = ", ".join(
        TYPES[argument.kind] + (" (optional)" if argument.is_optional else "") for argument in value.arguments
    )
    ranges = "; ".join(dict.fromkeys(a.range_text.replace("|", ", ") for a in value.arguments if a.range_text))
    told = value.description + ("" if value.is_settable else " (read only)")
    default = "as it is" if value.default is None else str(value.default)
    return f"`{value.name}`", kinds, ranges, told, f"`{value.section}.{value.name}`, {default}" if value.section else ""


def _mood_row(place: int, mood: Mood) -> tuple[str, str, str, str, str]:
    return (
        str(place),
        f"`{mood.id}`",
        f"{mood.affect.valence:+.2f}",
        f"{mood.affect.arousal:+.2f}",
        ", ".join(mood.aliases),
    )


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [titles, ("---",) * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(root: Path = ROOT) -> None:
    """Writes every page under the checkout."""
    page, clock, front = root / "docs" / "osc.md", root / "docs" / "clock.md", root / "README.md"
    page.write_text(osc_page(), encoding="utf-8")
    clock.write_text(clock_page(clock.read_text(encoding="utf-8")), encoding="utf-8")
    front.write_text(readme(front.read_text(encoding="utf-8")), encoding="utf-8")
    (root / "presets" / "emo_osc.schema.json").write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    write()
