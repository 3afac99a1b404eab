"""docs/surfaces.md: which address can be reached from where, read out of the files that performers open."""

import re
import zlib
from collections.abc import Callable
from pathlib import Path

from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.parameters import VALUES
from tools.patches import puredata
from tools.patches.max_desk import BY_HAND

ROOT = Path(__file__).parents[2]
FAMILIES = ("set", "get", "start_listen", "stop_listen")
ADDRESS = re.compile(r"/emo(?:/\w+)+")
TOLD = ("/emo/ack", "/emo/error", "/emo/bar", "/emo/note", "/emo/roll", "/emo/latency")
CHECKED = (
    (
        "`max_patches/*.maxpat`",
        "py2max's lint: objects, inlets, cords; addresses, ranges, ports by the table",
        "in Max",
    ),
    ("`max_patches/emo_osc.amxd`", "the same, and its container byte by byte by the published description", "in Live"),
    ("`layouts/touchosc/*.tosc`", "py2tosc's validation, and the unpacked XML by the table", "in TouchOSC"),
    ("`layouts/open_stage_control/emo_osc.json`", "every widget by the table", "in Open Stage Control"),
    (
        "`layouts/puredata/emo_osc.pd`",
        "played by Pd 0.53 without a window, beside a real daemon: what it hears and plays are the daemon's notes",
        "its window, its sound",
    ),
    ("`layouts/touchdesigner/emo_osc.py`", "run in Python beside a real daemon", "in TouchDesigner"),
)
Files = dict[str, bytes]


def _read(*names: str) -> Callable[[Files], str]:
    return lambda files: "\n".join(files[name].decode(errors="ignore") for name in names)


def _unpacked(*names: str) -> Callable[[Files], str]:
    return lambda files: "\n".join(zlib.decompress(files[name]).decode() for name in names)


def _page(_: Files) -> str:
    """The pad in a browser: what its scripts name, and what they build from the table of values."""
    folder = ROOT / "emo_osc" / "surface" / "static"
    scripts = "\n".join(
        (folder / name).read_text(encoding="utf-8") for name in ("index.html", "main.js", "controls.js")
    )
    sliders = [f"/emo/set/{v.name}" for v in VALUES.values() if v.is_mappable and v.name not in ("valence", "arousal")]
    chosen = re.findall(r'choose\("(\w+)"', scripts)
    lists = [names.replace('"', "").split(", ") for names in re.findall(r"for \(const name of \[([^]]+)\]\)", scripts)]
    menus = {name for names in lists for name in names} & {"key", "scale", "preset"}
    shown = [f"/emo/state/{name}" for name in VALUES]
    return "\n".join((scripts, *sliders, *(f"/emo/{name}" for name in (*chosen, *menus)), *shown, *TOLD))


SURFACES: tuple[tuple[str, Callable[[Files], str]], ...] = (
    ("web pad", _page),
    ("Max", _read("max_patches/emo_osc.maxpat", "max_patches/emo_pad.maxpat", "max_patches/emo_notes.maxpat")),
    ("Live", _read("max_patches/emo_osc.amxd")),
    ("TouchOSC", _unpacked("layouts/touchosc/emo_osc_phone.tosc", "layouts/touchosc/emo_osc_tablet.tosc")),
    ("Open Stage Control", _read("layouts/open_stage_control/emo_osc.json")),
    (
        "Pd",
        lambda files: "\n".join((files["layouts/puredata/emo_osc.pd"].decode(), *puredata.SHOWS)),
    ),  # routed by words
    ("TouchDesigner", _read("layouts/touchdesigner/emo_osc.py")),
)


def page(files: Files) -> str:
    """docs/surfaces.md, from everything else that is written."""
    found = {name: _addresses(read(files)) for name, read in SURFACES}
    return f"""# What can be reached from where

Find out which control surface has a control for what you want to change. For performers and technicians.

A dot: there is a control for it. *typed*: Max's patch sends it from the line at its bottom. Max, Pd and TouchDesigner
send any address from a message of your own, as `emo-osc send` and [OSCQuery](oscquery.md) do. `make patches` writes
this page from the layouts and the table of addresses.

{_table("address", _rows(), found, _command_cell)}

## What each shows

The messages that each receives and shows, and the number of values.

{_table("message", TOLD, found, _told_cell)}

## How they were checked

{_checked()}
"""


def _addresses(text: str) -> set[str]:
    """The addresses in a text, a value under its own name however it is set."""
    found = set(ADDRESS.findall(text))
    heard = {"/emo/ping"} if "/emo/pong" in found else set()  # the daemon's question, which it answers
    found -= heard
    return {address.replace("/emo/set/", "/emo/") for address in found} | found


def _rows() -> tuple[str, ...]:
    """Every command, and every value that can be set, once."""
    own = [address for address in ROUTES if address.split("/")[2] not in FAMILIES]
    named = [f"/emo/{value.name}" for value in VALUES.values() if value.is_settable]
    return tuple(dict.fromkeys((*own, *named)))


def _checked() -> str:
    lines = (("file", "checked by tests", "not tried"), ("---",) * 3, *CHECKED)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _command_cell(row: str, surface: str, found: set[str]) -> str:
    if surface == "Max" and row in BY_HAND:
        return "typed"
    return "●" if row in found - set(TOLD) else ""


def _told_cell(row: str, _: str, found: set[str]) -> str:
    return "●" if row in found else ""


def _table(
    title: str, rows: tuple[str, ...], found: dict[str, set[str]], cell: Callable[[str, str, set[str]], str]
) -> str:
    lines = [(title, *found), ("---",) * (1 + len(found))]
    for row in rows:
        shown = row if row in ROUTES or row in TOLD else row.replace("/emo/", "/emo/set/")
        lines.append((f"`{shown}`", *(cell(row, name, addresses) for name, addresses in found.items())))
    if title == "message":
        values = {name: sum(f"/emo/state/{v}" in addresses for v in VALUES) for name, addresses in found.items()}
        lines.append(("`/emo/state/NAME`", *(str(count or "") for count in values.values())))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
