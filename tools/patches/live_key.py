"""The part of the device for Live that follows the key and the scale of Live's set."""

from emo_osc.core.scales import AUTO, LIVE_SCALES, NOTE_NAMES
from tools.patches.live_parameters import ENUM, parameter
from tools.patches.maxpat import ROW, Patch, Point, Rect, wide

HASH = "Dorian #4"  # Max takes # in the text of an object for an argument, so this name is told by its first word
STEP = 260  # wider than any of the messages
SCALES = {name: ours for name, ours in LIVE_SCALES.items() if name != HASH}


def follow_live(patch: Patch, shown: Rect) -> None:
    """While it is on, Live's own key and scale become ours."""
    x, y = patch.block(260, 190)
    about = parameter(ENUM, "Follow Key", 0, 1, 0, parameter_enum=["off", "on"])
    texts = {"text": "follow Live's key", "texton": "follows Live's key"}
    follow = patch.add("live.text", (x, y, 60, 20), (1, 2), shown, mode=1, **texts, **about)
    patch.chain(follow, patch.object(f"s {patch.bus}_follow", (x, y + ROW), (1, 0)))
    path = patch.object("live.path", (x + 160, y + 2 * ROW), (1, 3))
    ready = patch.object(f"r {patch.bus}_ready", (x + 160, y), (0, 1))
    patch.chain(ready, patch.message("path live_set", (x + 160, y + ROW)), path)
    names = patch.add("umenu", (x, y + 4 * ROW, 80, 22), (1, 3), items=[p for n in NOTE_NAMES for p in (n, ",")][:-1])
    root = _observed(patch, path, "root_note")
    patch.chain(root, names)
    label = patch.object("prepend /emo/key", (x, y + 5 * ROW))
    patch.cord(names, 1, label, 0)
    patch.chain(label, patch.out((x, y + 6 * ROW)))
    _scale(patch, _observed(patch, path, "scale_name"))


def _observed(patch: Patch, path: str, name: str) -> str:
    """A property of Live's set, as it is and as it changes, while the device follows."""
    x, y = patch.block(330, 220)
    first = patch.object("t b l", (x, y), (1, 2))
    watch = patch.add(
        "newobj", (x, y + 2 * ROW, 100, 22), (2, 2), text="live.observer", saved_object_attributes={"_persistence": 1}
    )
    patch.cord(path, 0, first, 0)
    patch.cord(first, 1, watch, 1)
    patch.chain(first, patch.message(f"property {name}", (x, y + ROW)), watch)
    gate = patch.object("gate", (x, y + 4 * ROW), (2, 1))
    patch.cord(watch, 0, gate, 1)
    on = patch.object(f"r {patch.bus}_follow", (x + 180, y), (0, 1))
    order = patch.object("t i i", (x + 180, y + ROW), (1, 2))  # the gate first, then what waits behind it
    again = patch.object("sel 1", (x + 180, y + 2 * ROW), (2, 2))
    patch.chain(on, order, again, watch)
    patch.cord(order, 1, gate, 0)
    return gate


def _scale(patch: Patch, gate: str) -> None:
    text = "sel " + " ".join(f'"{name}"' if " " in name else name for name in SCALES)
    x, y = patch.block(max(wide(text), (2 + len(SCALES)) * STEP), 170)
    one = patch.object("tosymbol", (x, y))
    chosen = patch.object(text, (x, y + ROW), (1 + len(SCALES), 1 + len(SCALES)))
    patch.chain(gate, one, chosen)
    out = patch.out((x, y + 4 * ROW))
    for index, name in enumerate(SCALES.values()):
        _say(patch, name, (chosen, index), (x + index * STEP, y + 2 * ROW + 6), out)
    words = patch.object("fromsymbol", (x + len(SCALES) * STEP, y + ROW))
    first = patch.object(f"route {HASH.split()[0]}", (x + len(SCALES) * STEP, y + 2 * ROW), (2, 2))
    patch.cord(chosen, len(SCALES), words, 0)
    patch.chain(words, first)
    for outlet, name in enumerate((LIVE_SCALES[HASH], AUTO)):
        _say(patch, name, (first, outlet), (x + (len(SCALES) + outlet) * STEP, y + 3 * ROW + 6), out)


def _say(patch: Patch, name: str, source: tuple[str, int], at: Point, out: str) -> None:
    say = patch.message(f"/emo/scale {name}", at)
    patch.cord(*source, say, 0)
    patch.chain(say, out)
