"""An Open Stage Control session (1.16 or newer), with what differs from the program's own defaults and no more.

A widget that sends keeps its own address; what the stage tells arrives at hidden variables, which set the widgets
without sending. The program sends from the port it listens on, so the stage's answers find it by themselves.
"""

import json
from collections.abc import Iterator
from typing import Any

from emo_osc.affect import MOODS
from emo_osc.lab.patches.touchosc import cells
from emo_osc.lab.patches.words import WORDS, label, mood_label
from emo_osc.stage.settings import Settings
from emo_osc.stage.values import VALUES, Argument

COMMANDS = ("play", "stop", "again", "next", "mutate", "keep", "tap", "panic")
MENUS = ("quantize", "key", "scale")
FADERS = ("density", "register", "intensity", "swing", "gate", "humanize", "chords", "bass")
TEXTS = {"mood": "/emo/state/mood", "bar": "/emo/bar", "studio": "/emo/state/studio", "error": "/emo/error"}
ANSWERED = "set('{}', value, {{sync: false, send: false}})"
PONG = "send('/emo/pong', value)"  # the daemon asks another computer whether it hears it
CONNECT = "send('/emo/start_listen/bar')"

Widget = dict[str, Any]
Frame = tuple[float, float, float, float]


def build() -> str:
    """The session's text."""
    content = {"type": "root", "id": "root", "colorBg": "#14151f", "widgets": list(_widgets()), "tabs": []}
    session = {"createdWith": "Open Stage Control", "version": "1.26.0", "type": "session", "content": content}
    return json.dumps(session, indent=2, ensure_ascii=False) + "\n"


def _widgets() -> Iterator[Widget]:
    yield _connect((10, 10, 100, 40))
    yield from map(_text, TEXTS, cells((116, 10, 874, 40), 4, len(TEXTS)))
    yield _pad((10, 60, 480, 480))
    for mood, at in zip(MOODS, cells((500, 60, 490, 196), 4, len(MOODS)), strict=True):
        yield _button(mood.id, mood_label(mood), "/emo/mood", mood.id, at)
    for name, at in zip(COMMANDS, cells((500, 266, 490, 96), 4, len(COMMANDS)), strict=True):
        yield _button(name, label(name), f"/emo/{name}", 1, at)
    yield from map(_menu, MENUS, cells((500, 372, 490, 48), 3, len(MENUS)))
    for name, at in zip(FADERS, cells((500, 430, 490, 240), 1, len(FADERS)), strict=True):
        yield from _fader(name, at)
    yield from map(_variable, ("va", *MENUS, *FADERS))
    yield {"type": "variable", "id": "asked", "address": "/emo/ping", "visible": False, "bypass": True, "onValue": PONG}


def _widget(kind: str, name: str, at: Frame, **more: Any) -> Widget:
    left, top, width, height = (round(side) for side in at)
    return {"type": kind, "id": name, "left": left, "top": top, "width": width, "height": height, **more}


def _connect(at: Frame) -> Widget:
    """Asks for every value; a second message asks for the bars. Touch it once after loading."""
    about = {"label": "connect 연결", "mode": "tap", "on": None, "off": 0}
    return _widget("button", "connect", at, **about, address="/emo/start_listen/state", onValue=CONNECT)


def _text(name: str, at: Frame) -> Widget:
    return _widget("text", f"shown_{name}", at, address=TEXTS[name], bypass=True)


def _pad(at: Frame) -> Widget:
    valence, arousal = VALUES["va"].arguments
    about = {"rangeX": _span(valence), "rangeY": _span(arousal), "pips": True, "snap": True, "decimals": 4}
    return _widget("xy", "pad", at, **about, address="/emo/va", typeTags="ff")


def _span(argument: Argument) -> dict[str, float]:
    return {"min": argument.low, "max": argument.high}


def _button(name: str, words: str, address: str, value: str | int, at: Frame) -> Widget:
    """Says its value as it goes down, and nothing as it comes up."""
    tags = "s" if isinstance(value, str) else "i"
    return _widget("button", f"do_{name}", at, label=words, mode="tap", on=value, address=address, typeTags=tags)


def _menu(name: str, at: Frame) -> Widget:
    choices = list(VALUES[name].arguments[0].choices)
    return _widget("dropdown", name, at, label=name, values=choices, address=f"/emo/{name}", typeTags="s")


def _fader(name: str, at: Frame) -> list[Widget]:
    left, top, width, height = at
    argument = VALUES[name].arguments[0]
    start = getattr(Settings(), name)
    about = {"horizontal": True, "design": "compact", "range": _span(argument), "default": start, "decimals": 3}
    words = _widget("text", f"word_{name}", (left, top, 120, height), default=f"{WORDS[name]} {name}", bypass=True)
    place = (left + 126, top, width - 126, height)
    return [words, _widget("fader", name, place, **about, address=f"/emo/set/{name}", typeTags="f")]


def _variable(name: str) -> Widget:
    target = "pad" if name == "va" else name
    about = {"visible": False, "bypass": True, "onValue": ANSWERED.format(target)}
    return {"type": "variable", "id": f"told_{name}", "address": f"/emo/state/{name}", **about}


def files() -> dict[str, bytes]:
    """The session, by its place in the checkout."""
    return {"layouts/open_stage_control/emo_osc.json": build().encode()}
