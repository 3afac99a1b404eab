"""TouchOSC layouts for a phone and a tablet, as a table of what lies where.

A control that sends does not also listen: what the stage tells is shown by a second one that lies under it and takes
no touch. So a value that comes in is never sent back, and two tablets cannot answer each other for ever.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from py2tosc import (
    Control,
    Conversion,
    CursorDisplay,
    Document,
    OscMessage,
    Partial,
    PartialType,
    Trigger,
    TriggerCondition,
    Value,
    button,
    fader,
    group,
    label,
    to_svg,
    xy,
)
from py2tosc import Orientation as Facing

from emo_osc.core.affect import MOODS, Mood
from emo_osc.protocol.parameters import QUANTIZE, VALUES, Argument
from tools.patches.words import label as in_both
from tools.patches.words import mood_label

FORMAT = "3"  # the oldest that holds all that is used; later ones add includes and noDuplicates
REPLY_PORT = 9000  # TouchOSC's own choice for a receive port; the layout's tag names it and may be edited
COMMANDS = ("play", "stop", "again", "next", "mutate", "keep", "tap", "panic")
PHONE_FADERS = ("density", "register", "intensity", "swing")
TABLET_FADERS = (*PHONE_FADERS, "gate", "humanize", "chords", "bass")
SCRIPT = """-- Asks emo_osc for what it plays, and again every 20 s: its lease ends after 60.
local due = 0

function update()
  if getMillis() < due then return end
  due = getMillis() + 20000
  sendOSC('/emo/reply_to', tonumber(self.tag))
  sendOSC('/emo/start_listen/state')
  sendOSC('/emo/start_listen/bar')
end

-- emo_osc asks another computer whether it hears it, and sends it everything once it is answered.
function onReceiveOSC(message)
  if message[1] == '/emo/ping' and message[2][1] then sendOSC('/emo/pong', message[2][1].value) end
end
"""
INK, PAPER = "#e8e6f0ff", "#14151fff"
ACCENT, QUIET, WARN = "#5b4bb7ff", "#2a2c3dff", "#a33b3bff"

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where things lie on one size of screen, in points; `faders` names the values that have one."""

    name: str
    size: tuple[int, int]
    heads: Rect
    pad: Rect
    moods: Rect
    expressions: Rect | None
    commands: tuple[Rect, int]
    quantize: tuple[Rect, int]
    faders: tuple[str, ...]
    slides: tuple[Rect, int]


PHONE = Plan(
    "emo_osc_phone",
    (400, 900),
    (10, 10, 380, 44),
    (10, 62, 380, 380),
    (10, 450, 380, 150),
    None,
    ((10, 608, 380, 92), 4),
    ((10, 708, 380, 34), 8),
    PHONE_FADERS,
    ((10, 750, 380, 140), 1),
)
TABLET = Plan(
    "emo_osc_tablet",
    (1024, 768),
    (16, 12, 560, 44),
    (16, 64, 560, 692),
    (592, 12, 416, 150),
    (592, 170, 416, 94),
    ((592, 272, 416, 92), 4),
    ((592, 372, 416, 76), 4),
    TABLET_FADERS,
    ((592, 456, 416, 300), 1),
)
PLANS = (PHONE, TABLET)


class Layout:
    """One layout while it is built: the root, and ids that are the same every time."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        width, height = plan.size
        self.root = group(
            id=self._id("root"),
            name=plan.name,
            frame=(0, 0, width, height),
            color=PAPER,
            tag=str(REPLY_PORT),
            script=SCRIPT,
        )

    def add(self, control: Control, name: str, frame: Rect) -> None:
        """Puts a control at its place, under an id that its name decides."""
        control.id = self._id(name)
        control.name = name
        control.set("frame", frame)
        self.root.add(control)

    def _id(self, name: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"emo_osc/{self.plan.name}/{name}"))


def build(plan: Plan) -> Document:
    """The whole layout for one size of screen."""
    layout = Layout(plan)
    _heads(layout)
    _pad(layout)
    moods = [mood for mood in MOODS if mood.vocabulary == "moods"]
    _moods(layout, moods, plan.moods, 3)
    if plan.expressions:
        _moods(layout, [mood for mood in MOODS if mood.vocabulary == "expressions"], plan.expressions, 4)
    for name, frame in zip(COMMANDS, cells(*plan.commands, len(COMMANDS)), strict=True):
        colour = WARN if name == "panic" else QUIET
        _button(layout, name, in_both(name), frame, colour, says(f"/emo/{name}"))
    for name, frame in zip(QUANTIZE, cells(*plan.quantize, len(QUANTIZE)), strict=True):
        _button(layout, f"quantize {name}", name, frame, QUIET, says("/emo/quantize", name))
    for name, frame in zip(plan.faders, cells(*plan.slides, len(plan.faders)), strict=True):
        _fader(layout, name, frame)
    return Document(layout.root, FORMAT)


def cells(frame: Rect, columns: int, count: int, gap: float = 6) -> Iterator[Rect]:
    """The frame cut into equal cells, row by row.

    >>> list(cells((0, 0, 106, 46), 2, 3))
    [(0.0, 0.0, 50.0, 20.0), (56.0, 0.0, 50.0, 20.0), (0.0, 26.0, 50.0, 20.0)]
    """
    x, y, width, height = frame
    rows = -(-count // columns)
    across, down = (width + gap) / columns, (height + gap) / rows
    for index in range(count):
        row, column = divmod(index, columns)
        yield x + column * across, y + row * down, across - gap, down - gap


def says(address: str, *arguments: Partial | str, when: TriggerCondition = TriggerCondition.RISE) -> OscMessage:
    """A message that a control sends: a button as it goes down, so that its release says nothing."""
    parts = [a if isinstance(a, Partial) else Partial(PartialType.CONSTANT, Conversion.STRING, a) for a in arguments]
    watched = dict.fromkeys(p.value for p in parts if p.type is PartialType.VALUE) or {"x": None}
    return OscMessage(
        receive=False,
        triggers=[Trigger(key, when) for key in watched],
        path=[Partial(PartialType.CONSTANT, Conversion.STRING, address)],
        arguments=parts,
    )


def hears(address: str, *arguments: Partial) -> OscMessage:
    """A message that a control shows."""
    return OscMessage(
        send=False,
        triggers=[],
        path=[Partial(PartialType.CONSTANT, Conversion.STRING, address)],
        arguments=list(arguments),
    )


def scaled(key: str, argument: Argument) -> Partial:
    """A control's 0..1 as an argument in its own range."""
    return Partial(PartialType.VALUE, Conversion.FLOAT, key, argument.low, argument.high)


TEXT = Partial(PartialType.VALUE, Conversion.STRING, "text")


def _heads(layout: Layout) -> None:
    x, y, width, height = layout.plan.heads
    shares = (
        ("mood", "/emo/state/mood", 0.4, 20),
        ("bar", "/emo/bar", 0.15, 20),
        ("studio", "/emo/state/studio", 0.45, 12),
    )
    for name, address, share, size in shares:
        shown = label(color=QUIET, text_size=size, text_color=INK, messages=[hears(address, TEXT)])
        layout.add(shown, name, (x, y, width * share - 4, height))
        x += width * share


def _pad(layout: Layout) -> None:
    axes = [scaled(key, argument) for key, argument in zip("xy", VALUES["va"].arguments, strict=True)]
    middle = [Value("x", default=0.5), Value("y", default=0.5), Value("touch")]
    shown = xy(color=ACCENT, interactive=False, values=middle, messages=[hears("/emo/state/va", *axes)])
    layout.add(shown, "va", layout.plan.pad)
    sends = says("/emo/va", *axes, when=TriggerCondition.ANY)
    touched = xy(color=INK, cursor_display=CursorDisplay.ACTIVE, lines_display=CursorDisplay.ACTIVE, values=middle)
    touched.set("gridX", False).set("gridY", False)
    touched.messages = [sends]
    _see_through(touched)
    layout.add(touched, "pad", layout.plan.pad)
    x, y, width, height = layout.plan.pad
    for text, frame in (
        ("excited 흥분", (x + width / 2 - 60, y + 2, 120, 18)),
        ("calm 차분", (x + width / 2 - 60, y + height - 20, 120, 18)),
        ("불쾌 unpleasant", (x + 4, y + height / 2 - 20, 120, 18)),
        ("pleasant 유쾌", (x + width - 124, y + height / 2 - 20, 120, 18)),
    ):
        _caption(layout, text, frame, 12)


def _moods(layout: Layout, moods: list[Mood], frame: Rect, columns: int) -> None:
    for mood, cell in zip(moods, cells(frame, columns, len(moods)), strict=True):
        _button(layout, mood.id, mood_label(mood), cell, ACCENT, says("/emo/mood", mood.id))


def _button(layout: Layout, name: str, text: str, frame: Rect, colour: str, message: OscMessage) -> None:
    layout.add(button(color=colour, corner_radius=4.0, messages=[message]), name, frame)
    _caption(layout, text, frame, 12)


def _caption(layout: Layout, text: str, frame: Rect, size: int) -> None:
    words = label(text_size=size, text_color=INK, text_clip=False, values=[Value("text", default=text), Value("touch")])
    _see_through(words)
    layout.add(words, f"text {text}", frame)


def _fader(layout: Layout, name: str, frame: Rect) -> None:
    argument = VALUES[name].arguments[0]
    values = [Value("x", default=argument.share_of(VALUES[name].start)), Value("touch")]
    shown = fader(color=ACCENT, interactive=False, cursor=False, orientation=Facing.EAST, values=values)
    shown.messages = [hears(f"/emo/state/{name}", scaled("x", argument))]
    layout.add(shown, f"{name} now", frame)
    sends = says(f"/emo/set/{name}", scaled("x", argument), when=TriggerCondition.ANY)
    touched = fader(color=INK, bar=False, grid=False, cursor_display=CursorDisplay.ACTIVE, orientation=Facing.EAST)
    touched.values = values
    touched.messages = [sends]
    _see_through(touched)
    layout.add(touched, name, frame)
    _caption(layout, in_both(name), frame, 13)


def _see_through(control: Control) -> None:
    control.background = False
    control.outline = False


def files() -> dict[str, bytes]:
    """Both layouts and their pictures, by their places in the checkout."""
    built = {plan.name: build(plan) for plan in PLANS}
    layouts = {f"layouts/touchosc/{name}.tosc": zlib.compress(d.dumps().encode(), 9) for name, d in built.items()}
    return layouts | {f"docs/images/{name}.svg": to_svg(d).encode() for name, d in built.items()}
