"""An Open Stage Control session (1.16 or newer), with what differs from the program's own defaults and no more.

A widget that sends keeps its own address; what the stage tells arrives at hidden variables, which set the widgets
without sending. The program sends from the port it listens on, so the stage's answers find it by themselves.
"""

import json
from collections.abc import Iterator
from itertools import starmap
from typing import Any

from emo_osc.core.affect import MOODS
from emo_osc.protocol.parameters import VALUES, Argument
from tools.patches.touchosc import cells
from tools.patches.words import WORDS, label, mood_label

COMMANDS = ("play", "continue", "stop", "again", "next", "mutate", "keep", "learn", "tap", "panic")
MENUS = ("quantize", "key", "scale")
FADERS = ("tempo", "density", "register", "intensity", "swing", "gate", "humanize", "chords", "bass")
TEXTS = {"mood": None, "bar": "/emo/bar", "studio": "/emo/state/studio", "error": None}
PARTS = {
    "/emo/state/mood": ("mood", 0),
    "/emo/error": ("error", 1),
}  # messages of several arguments: the one that is shown
ANSWERED = "set('{}', {}, {{sync: false, send: false}})"
PONG = "send('/emo/pong', value)"  # the daemon asks another computer whether it hears it
CONNECT = "send('/emo/start_listen/bar')"

Widget = dict[str, Any]
Frame = tuple[float, float, float, float]
AXES: tuple[tuple[str, Frame], ...] = (
    ("흥분 excited", (150, 60, 200, 22)),
    ("차분 calm", (150, 522, 200, 22)),
    ("불쾌 unpleasant", (8, 202, 22, 200)),
    ("유쾌 pleasant", (470, 202, 22, 200)),
)


def build() -> str:
    """The session's text."""
    content = {"type": "root", "id": "root", "colorBg": "#14151f", "widgets": list(_widgets()), "tabs": []}
    session = {"createdWith": "Open Stage Control", "version": "1.26.0", "type": "session", "content": content}
    return json.dumps(session, indent=2, ensure_ascii=False) + "\n"


def _widgets() -> Iterator[Widget]:
    yield _connect((10, 10, 100, 40))
    yield from map(_text, TEXTS, cells((116, 10, 874, 40), 4, len(TEXTS)))
    yield _pad((32, 84, 436, 436))
    yield from starmap(_axis, AXES)
    for mood, at in zip(MOODS, cells((500, 60, 490, 196), 4, len(MOODS)), strict=True):
        yield _button(mood.id, mood_label(mood), "/emo/mood", mood.id, at)
    for name, at in zip(COMMANDS, cells((500, 266, 490, 96), 5, len(COMMANDS)), strict=True):
        yield _button(name, label(name), f"/emo/{name}", 1, at)
    for name, at in zip(MENUS, cells((500, 372, 490, 52), 3, len(MENUS)), strict=True):
        yield from _menu(name, at)
    for name, at in zip(FADERS, cells((500, 430, 490, 240), 1, len(FADERS)), strict=True):
        yield from _fader(name, at)
    yield from map(_variable, ("va", *MENUS, *FADERS))
    yield from (_part(address, *shown) for address, shown in PARTS.items())
    yield {"type": "variable", "id": "asked", "address": "/emo/ping", "visible": False, "bypass": True, "onValue": PONG}


def _widget(kind: str, name: str, at: Frame, **more: Any) -> Widget:
    left, top, width, height = (round(side) for side in at)
    return {"type": kind, "id": name, "left": left, "top": top, "width": width, "height": height, **more}


def _connect(at: Frame) -> Widget:
    """Asks for every value; a second message asks for the bars. Touch it once after loading."""
    about = {"label": "connect 연결", "mode": "tap", "on": None, "off": 0}
    return _widget("button", "connect", at, **about, address="/emo/start_listen/state", onValue=CONNECT)


def _text(name: str, at: Frame) -> Widget:
    about = {"address": address} if (address := TEXTS[name]) else {}
    return _widget("text", f"shown_{name}", at, **about, bypass=True)


def _pad(at: Frame) -> Widget:
    valence, arousal = VALUES["va"].arguments
    about = {"rangeX": _span(valence), "rangeY": _span(arousal), "pips": True, "snap": True, "decimals": 4}
    return _widget("xy", "pad", at, **about, address="/emo/va", typeTags="ff")


def _axis(words: str, at: Frame) -> Widget:
    is_vertical = at[3] > at[2]
    about = {"vertical": True} if is_vertical else {}
    return _widget("text", f"axis_{words.split()[-1]}", at, **about, default=words, bypass=True)


def _span(argument: Argument) -> dict[str, float]:
    return {"min": argument.low, "max": argument.high}


def _button(name: str, words: str, address: str, value: str | int, at: Frame) -> Widget:
    """Says its value as it goes down, and nothing as it comes up."""
    tags = "s" if isinstance(value, str) else "i"
    return _widget("button", f"do_{name}", at, label=words, mode="tap", on=value, address=address, typeTags=tags)


def _menu(name: str, at: Frame) -> list[Widget]:
    """Words above a menu: one with a label of its own would show that instead of its value."""
    left, top, width, height = at
    choices = list(VALUES[name].arguments[0].choices)
    words = _widget("text", f"word_{name}", (left, top, width, 20), default=label(name), bypass=True)
    place = (left, top + 20, width, height - 20)
    return [words, _widget("dropdown", name, place, values=choices, address=f"/emo/{name}", typeTags="s")]


def _fader(name: str, at: Frame) -> list[Widget]:
    left, top, width, height = at
    argument = VALUES[name].arguments[0]
    about = {
        "horizontal": True,
        "design": "compact",
        "range": _span(argument),
        "default": VALUES[name].start,
        "decimals": 3,
    }
    words = _widget("text", f"word_{name}", (left, top, 120, height), default=f"{WORDS[name]} {name}", bypass=True)
    place = (left + 126, top, width - 126, height)
    return [words, _widget("fader", name, place, **about, address=f"/emo/set/{name}", typeTags="f")]


def _variable(name: str) -> Widget:
    target = "pad" if name == "va" else name
    about = {"visible": False, "bypass": True, "onValue": ANSWERED.format(target, "value")}
    return {"type": "variable", "id": f"told_{name}", "address": f"/emo/state/{name}", **about}


def _part(address: str, name: str, place: int) -> Widget:
    """One argument of a message in a text; a lone argument is no list."""
    value = f"typeof value === 'object' ? value[{place}] : value"
    about = {"visible": False, "bypass": True, "onValue": ANSWERED.format(f"shown_{name}", value)}
    return {"type": "variable", "id": f"told_{name}", "address": address, **about}


def files() -> dict[str, bytes]:
    """The session, by its place in the checkout."""
    return {"layouts/open_stage_control/emo_osc.json": build().encode()}
