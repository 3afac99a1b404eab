"""Pictures of patches for Max: the presentation as a player sees it, drawn from the boxes themselves."""

from html import escape
from typing import Any

from tools.patches.maxpat import Patch

FRAMED = {"textbutton", "umenu", "flonum", "number", "textedit", "message", "live.text", "live.menu", "live.numbox"}
PAPER, FIELD, EDGE, INK = "#d9d9de", "#f6f6f8", "#8b8b96", "#22222a"


def picture(patch: Patch) -> str:
    """An SVG of the presentation."""
    _, _, width, height = patch.window
    boxes = [entry["box"] for entry in patch.boxes if entry["box"].get("presentation")]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        *(_drawn(box) for box in boxes),
        "</svg>\n",
    ]
    return "\n".join(lines)


def _drawn(box: dict[str, Any]) -> str:
    x, y, width, height = box["presentation_rect"]
    kind, words = box["maxclass"], escape(_words(box))
    frame = f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3" fill="{FIELD}" stroke="{EDGE}"/>'
    if kind == "pictslider":
        knob = f'<circle cx="{x + width / 2:g}" cy="{y + height / 2:g}" r="9" fill="{EDGE}"/>'
        return frame + knob
    if kind == "live.dial":
        middle = f'cx="{x + width / 2:g}" cy="{y + height / 2:g}"'
        return (
            f'<circle {middle} r="14" fill="none" stroke="{INK}" stroke-width="3"/>'
            f'<text x="{x + width / 2:g}" y="{y + height:g}" text-anchor="middle" fill="{INK}">{words}</text>'
        )
    if kind in FRAMED:
        middle = f'x="{x + width / 2:g}" y="{y + height / 2 + 4:g}" text-anchor="middle"'
        return f'{frame}<text {middle} fill="{INK}">{words}</text>'
    return f'<text x="{x + 3:g}" y="{y + height / 2 + 4:g}" fill="{INK}">{words}</text>'


def _words(box: dict[str, Any]) -> str:
    """What stands on a box before anything happens: its text, its first item, its parameter's start."""
    about = box.get("saved_attribute_attributes", {}).get("valueof", {})
    start = about.get("parameter_initial", [max(0, box.get("minimum", 0))])[0]
    items = about.get("parameter_enum") or box.get("items")
    kind = box["maxclass"]
    if kind in ("textbutton", "comment", "message", "live.text"):
        return str(box["text"])
    if kind in ("textedit", "live.comment"):
        return ""
    if items:
        return f"{items[int(start)]} ▾"
    return str(about["parameter_longname"]) if kind == "live.dial" else f"{start:g}"
