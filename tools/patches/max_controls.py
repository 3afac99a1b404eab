"""Controls that patches for Max share: each becomes something seen in the presentation, and its wiring."""

from collections.abc import Iterable

from emo_osc.protocol.parameters import Argument
from tools.patches.maxpat import ROW, Patch, Point, Rect, wide

PAD_SPAN = 1000  # pictslider counts in whole numbers
RENEW_MS = 20_000  # well inside the daemon's 60 s lease, so that either side may start first
PACE_MS = 10  # a drag speaks no oftener; the last of a burst is kept, so both axes arrive


def prove(patch: Patch, receive: str, send: str) -> None:
    """Answers a daemon that asks another computer whether it hears it."""
    x, y = patch.block(130, 60)
    route = patch.object("route /emo/ping", (x, y), (2, 2))
    patch.chain(receive, route, patch.object("prepend /emo/pong", (x, y + 30)), send)


def greeting(listen: Iterable[str], reply_port: str) -> str:
    """What a patch says to hear the daemon: `udpsend` sends from a port of its own that Max cannot hear.

    >>> greeting(["bar"], "7771")
    '/emo/reply_to 7771, /emo/start_listen/bar'
    """
    return ", ".join((f"/emo/reply_to {reply_port}", *(f"/emo/start_listen/{name}" for name in listen)))


def pad(patch: Patch, shown: Rect) -> str:
    """The plane: right is pleasant, up is excited. What the daemon says moves it and is not sent back."""
    x, y = patch.block(420, 290)
    span = {"leftvalue": -PAD_SPAN, "rightvalue": PAD_SPAN, "bottomvalue": -PAD_SPAN, "topvalue": PAD_SPAN}
    field = patch.add("pictslider", (x, y + 90, 120, 120), (2, 2), shown, **span)
    across, up = (
        patch.object(f"/ {PAD_SPAN}.", (x + 150, y + 90), (2, 1)),
        patch.object(f"/ {PAD_SPAN}.", (x + 250, y + 90), (2, 1)),
    )
    both = patch.object("pak 0. 0.", (x + 150, y + 125), (2, 1))
    pace = patch.object(f"speedlim {PACE_MS}", (x + 150, y + 155), (2, 1))
    patch.cord(field, 0, across, 0)
    patch.cord(field, 1, up, 0)
    patch.cord(across, 0, both, 0)
    patch.cord(up, 0, both, 1)
    patch.chain(both, pace, patch.object("prepend /emo/va", (x + 150, y + 185)), patch.out((x + 150, y + 215)))
    heard, scaled = (
        patch.object(f"r {patch.bus}_va", (x, y), (0, 1)),
        patch.object(f"vexpr $f1 * {PAD_SPAN}", (x, y + 30)),
    )
    patch.chain(heard, scaled, patch.object("prepend set", (x, y + 60)), field)
    return field


def buttons(patch: Patch, labelled: Iterable[tuple[str, str]], shown: Rect, columns: int) -> None:
    """Buttons in rows inside `shown`, whose height is a button's: (what stands on it, what it says)."""
    rows = list(labelled)
    left, top, width, height = shown
    size = (width + 6) // columns - 6
    out = patch.out(patch.block(wide(f"s {patch.bus}_out"), 22))
    for index, (label, message) in enumerate(rows):
        row, column = divmod(index, columns)
        place = (left + column * (size + 6), top + row * (height + 6), size, height)
        x, y = patch.block(max(150, wide(message)), 50)
        button = patch.add("textbutton", (x, y, 150, 20), (1, 3), place, text=label, mode=0, outputmode=0)
        patch.chain(button, patch.message(message, (x, y + 28)), out)


def menu(patch: Patch, name: str, argument: Argument, shown: Rect) -> None:
    """A menu of a value's choices, under its name."""
    x, y = patch.block(max(160, wide(f"prepend /emo/{name}")), 170)
    patch.comment(name, (shown[0], shown[1], shown[2], 20))
    items = [part for choice in argument.choices for part in (choice, ",")][:-1]
    place = (shown[0], shown[1] + 22, shown[2], 22)
    choices = patch.add("umenu", (x, y + 60, 100, 22), (1, 3), place, items=items)
    label = patch.object(f"prepend /emo/{name}", (x, y + 100))
    patch.cord(choices, 1, label, 0)
    patch.chain(label, patch.out((x, y + 130)))
    follow(patch, name, "setsymbol", choices, (x, y))


def number(patch: Patch, name: str, argument: Argument, shown: Rect) -> None:
    """A number box with a value's range, under its name."""
    x, y = patch.block(max(160, wide(f"prepend /emo/set/{name}")), 170)
    patch.comment(name, (shown[0], shown[1], shown[2], 20))
    place = (shown[0], shown[1] + 22, shown[2], 22)
    if argument.kind == "i":
        box = patch.add("number", (x, y + 60, 60, 22), (1, 2), place, minimum=argument.low, maximum=argument.high)
    else:
        span = {"minimum": float(argument.low), "maximum": float(argument.high), "format": 6}
        box = patch.add("flonum", (x, y + 60, 60, 22), (1, 2), place, **span)
    patch.chain(box, patch.object(f"prepend /emo/set/{name}", (x, y + 100)), patch.out((x, y + 130)))
    follow(patch, name, "set", box, (x, y))


def field(patch: Patch, label: str, address: str, shown: Rect) -> None:
    """A line to type into; Enter sends it. Without an address what is typed is the whole message."""
    x, y = patch.block(200, 180)
    patch.comment(label, (shown[0], shown[1], shown[2], 20))
    place = (shown[0], shown[1] + 22, shown[2], 22)
    line = patch.add("textedit", (x, y, 150, 22), (1, 4), place, keymode=1, lines=1)
    steps = ("route text", "tosymbol", f"prepend {address}") if address else ("route text",)
    typed = patch.object(steps[0], (x, y + ROW), (2, 2))
    rest = patch.column((x, y + 2 * ROW), *steps[1:])
    patch.chain(line, typed, *rest[:1])
    patch.chain((rest or [typed])[-1], patch.out((x, y + 4 * ROW + 10)))


def follow(patch: Patch, name: str, verb: str, control: str, at: Point) -> None:
    """Lets a control show what the daemon has, without sending it back."""
    heard = patch.object(f"r {patch.bus}_{name}", at, (0, 1))
    patch.chain(heard, patch.object(f"prepend {verb}", (at[0], at[1] + ROW)), control)


def answer(patch: Patch, label: str, source: str, outlet: int, shown: Rect) -> None:
    """A line that shows what comes, under its name."""
    x, y = patch.block(240, 60)
    patch.comment(label, (shown[0], shown[1], 60, 20))
    show = patch.add("message", (x, y + ROW, 230, 22), (2, 1), (shown[0] + 64, shown[1], shown[2] - 64, 22), text="")
    keep = patch.object("prepend set", (x, y))
    patch.chain(keep, show)
    patch.cord(source, outlet, keep, 0)
