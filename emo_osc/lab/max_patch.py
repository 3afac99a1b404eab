"""The Max patch as a table of boxes and cords: `python -m emo_osc.lab.max_patch` writes it.

A player sees the presentation: pad, moods, transport, settings, answers. Every control ends in `s emo_osc_out`, so
the patching view reads as short columns.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from emo_osc.affect import MOODS
from emo_osc.preset import QUANTIZE, OscSection

REPLY_PORT = 7771  # Max listens here: `udpsend` sends from a port of its own that it cannot hear
RENEW_MS = 20_000  # well inside the daemon's 60 s lease, so that either side may start first
PAD_SPAN = 1000  # pictslider counts in whole numbers
PATCH = Path(__file__).parents[2] / "max_patches" / "emo_osc.maxpat"

TRANSPORT = ("play", "stop", "next", "again", "tap", "panic")
NUMBERS = (("tempo", 20, 300), ("intensity", 0, 1), ("density", -1, 1), ("swing", 0, 1))  # value, range
STATES = ("mood", "studio", "midi_out")  # shown as they change
LISTEN = ("/emo/start_listen/state", "/emo/start_listen/bar")
HELLO = ", ".join((f"/emo/reply_to {REPLY_PORT}", *LISTEN))

Rect = tuple[int, int, int, int]


@dataclass(slots=True)
class Patch:
    """Boxes and cords as a `.maxpat` holds them; boxes are named by the id they got."""

    boxes: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def add(self, maxclass: str, rect: Rect, ports: tuple[int, int], shown: Rect | None = None, **more: Any) -> str:
        """Puts a box at `rect` in the patching view and, where `shown` is given, there in the presentation."""
        name = f"obj-{len(self.boxes) + 1}"
        box = {
            "id": name,
            "maxclass": maxclass,
            "numinlets": ports[0],
            "numoutlets": ports[1],
            "outlettype": [""] * ports[1],
            "patching_rect": list(map(float, rect)),
            **more,
        }
        if shown:
            box |= {"presentation": 1, "presentation_rect": list(map(float, shown))}
        self.boxes.append({"box": box})
        return name

    def object(self, text: str, at: tuple[int, int], ports: tuple[int, int] = (1, 1)) -> str:
        """Puts a plain object, such as `prepend /emo/va`."""
        return self.add("newobj", (*at, 24 + 7 * len(text), 22), ports, text=text)

    def chain(self, *boxes: str) -> None:
        """Cords from the first outlet of each box to the first inlet of the next."""
        for source, target in pairwise(boxes):
            self.cord(source, 0, target, 0)

    def cord(self, source: str, outlet: int, target: str, inlet: int) -> None:
        """One cord."""
        self.lines.append({"patchline": {"source": [source, outlet], "destination": [target, inlet]}})

    def text(self) -> str:
        """The file's text."""
        patcher = {
            "fileversion": 1,
            "appversion": {"major": 8, "minor": 6, "revision": 0, "architecture": "x64", "modernui": 1},
            "classnamespace": "box",
            "rect": [60.0, 90.0, 760.0, 470.0],
            "openinpresentation": 1,
            "default_fontsize": 12.0,
            "boxes": self.boxes,
            "lines": self.lines,
        }
        return json.dumps({"patcher": patcher}, indent=2) + "\n"


def build() -> Patch:
    """The whole patch, with the ports that a preset has by default."""
    patch = Patch()
    _labels(patch)
    _connection(patch)
    _pad(patch)
    _buttons(patch, [(mood.id, f"/emo/mood {mood.id}") for mood in MOODS], (30, 500), (340, 70), 4, (94, 26))
    _buttons(patch, [(name, f"/emo/{name}") for name in TRANSPORT], (30, 680), (340, 204), 6, (62, 30))
    _quantize(patch)
    for column, (name, low, high) in enumerate(NUMBERS):
        _number(patch, name, low, high, column)
    _answers(patch)
    return patch


def _labels(patch: Patch) -> None:
    for text, shown in (
        ("emo_osc: a feeling becomes a melody. Start the daemon first: emo-osc serve", (20, 12, 520, 20)),
        ("excited", (20, 48, 100, 20)),
        ("calm", (20, 354, 100, 20)),
        ("unpleasant <-> pleasant", (150, 354, 150, 20)),
        ("moods", (340, 48, 100, 20)),
        ("quantize", (340, 246, 70, 20)),
    ):
        patch.add("comment", _beside(shown), (1, 0), shown, text=text)


def _beside(shown: Rect) -> Rect:
    """Where a label lies in the patching view: left of the wiring, in the presentation's own arrangement."""
    x, y, width, height = shown
    return (1400 + x, y, width, height)


def _connection(patch: Patch) -> None:
    osc = OscSection()
    start = patch.object("loadmess 1", (30, 30))
    metro = patch.object(f"metro {RENEW_MS}", (30, 60), (2, 1))
    hello = patch.add("message", (30, 90, 7 * len(HELLO), 22), (2, 1), text=HELLO)
    receive = patch.object("r emo_osc_out", (30, 130), (0, 1))
    send = patch.object(f"udpsend {osc.host} {osc.port}", (30, 160), (1, 0))
    patch.chain(start, metro, hello, patch.object("s emo_osc_out", (30, 200), (1, 0)))
    patch.chain(receive, send)


def _pad(patch: Patch) -> None:
    span = {"leftvalue": -PAD_SPAN, "rightvalue": PAD_SPAN, "bottomvalue": -PAD_SPAN, "topvalue": PAD_SPAN}
    pad = patch.add("pictslider", (30, 240, 120, 120), (2, 2), (20, 70, 280, 280), **span)
    valence = patch.object(f"/ {PAD_SPAN}.", (180, 240), (2, 1))
    arousal = patch.object(f"/ {PAD_SPAN}.", (260, 240), (2, 1))
    both = patch.object("pak 0. 0.", (180, 275), (2, 1))
    limit = patch.object("speedlim 10", (180, 305), (2, 1))  # the last of a burst is kept, so both axes arrive
    patch.cord(pad, 0, valence, 0)
    patch.cord(pad, 1, arousal, 0)
    patch.cord(valence, 0, both, 0)
    patch.cord(arousal, 0, both, 1)
    patch.chain(
        both, limit, patch.object("prepend /emo/va", (180, 335)), patch.object("s emo_osc_out", (180, 365), (1, 0))
    )


def _buttons(
    patch: Patch,
    labelled: Iterable[tuple[str, str]],
    at: tuple[int, int],
    shown: tuple[int, int],
    columns: int,
    size: tuple[int, int],
) -> None:
    out = patch.object("s emo_osc_out", (at[0], at[1] + 130), (1, 0))
    for index, (label, message) in enumerate(labelled):
        x, y = at[0] + index % 8 * 165, at[1] + index // 8 * 60
        row, column = divmod(index, columns)
        place = (shown[0] + column * (size[0] + 6), shown[1] + row * (size[1] + 6), *size)
        button = patch.add("textbutton", (x, y, 150, 20), (1, 3), place, text=label, mode=0, outputmode=0)
        patch.chain(button, patch.add("message", (x, y + 25, 155, 22), (2, 1), text=message), out)


def _quantize(patch: Patch) -> None:
    items = [part for name in QUANTIZE for part in (name, ",")][:-1]
    menu = patch.add("umenu", (340, 270, 100, 22), (1, 3), (410, 246, 90, 22), items=items)
    label = patch.object("prepend /emo/quantize", (340, 335))
    patch.cord(menu, 1, label, 0)
    patch.chain(label, patch.object("s emo_osc_out", (340, 365), (1, 0)))
    _follow(patch, "quantize", "setsymbol", menu, 340)


def _number(patch: Patch, name: str, low: int, high: int, column: int) -> None:
    x, shown_x = 560 + column * 220, 340 + column * 100
    patch.add("comment", _beside((shown_x, 282, 90, 20)), (1, 0), (shown_x, 282, 90, 20), text=name)
    place = (shown_x, 304, 90, 22)
    number = patch.add("flonum", (x, 270, 60, 22), (1, 2), place, minimum=float(low), maximum=float(high), format=6)
    label = patch.object(f"prepend /emo/set/{name}", (x, 335))
    patch.chain(number, label, patch.object("s emo_osc_out", (x, 365), (1, 0)))
    _follow(patch, name, "set", number, x)


def _follow(patch: Patch, name: str, verb: str, control: str, x: int) -> None:
    """Lets a control show what the daemon has, without sending it back."""
    patch.chain(patch.object(f"r emo_osc_{name}", (x, 205), (0, 1)), patch.object(f"prepend {verb}", (x, 235)), control)


def _answers(patch: Patch) -> None:
    shown = ("/emo/error", "/emo/ack", "/emo/bar", *(f"/emo/state/{name}" for name in STATES))
    followed = ("quantize", *(name for name, *_ in NUMBERS))
    heard = (*shown, *(f"/emo/state/{name}" for name in followed))
    receive = patch.object(f"udpreceive {REPLY_PORT}", (30, 850))
    route = patch.object(f"route {' '.join(heard)}", (30, 885), (1 + len(heard), 1 + len(heard)))
    patch.chain(receive, route)
    for index, address in enumerate(shown):
        _answer(patch, route, index, address)
    for index, name in enumerate(followed):
        out = patch.object(f"s emo_osc_{name}", (30 + index * 180, 1050), (1, 0))
        patch.cord(route, len(shown) + index, out, 0)


def _answer(patch: Patch, route: str, index: int, address: str) -> None:
    label, x, y = address.rsplit("/", 1)[1], 30 + index * 350, 386 + index % 3 * 26
    shown_x = 20 + index // 3 * 360
    patch.add("comment", _beside((shown_x, y, 60, 20)), (1, 0), (shown_x, y, 60, 20), text=label)
    show = patch.add("message", (x, 990, 230, 22), (2, 1), (shown_x + 64, y, 280, 22), text="")
    keep = patch.object("prepend set", (x, 955))
    patch.chain(keep, show)
    if address != "/emo/ack":
        patch.cord(route, index, keep, 0)
        return
    own = ("/emo/reply_to", *LISTEN)  # the patch's own greetings are answered every 20 s; a player's commands matter
    rest = patch.object(f"route {' '.join(own)}", (x, 920), (1 + len(own), 1 + len(own)))
    patch.cord(route, index, rest, 0)
    patch.cord(rest, len(own), keep, 0)


if __name__ == "__main__":
    PATCH.write_text(build().text(), encoding="utf-8")
