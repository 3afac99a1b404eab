"""A patch for Max while it is built: boxes, cords, and where they lie. Knows nothing of what it says.

A player sees the presentation; the wiring lies in blocks that are packed row by row, so that no box covers another.
"""

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Rect = tuple[int, int, int, int]
Point = tuple[int, int]

WIDE = 1900  # where a row of blocks ends
APART = 26
ROW = 30  # from one object of a chain to the next


@dataclass(slots=True)
class Patch:
    """Boxes and cords as a `.maxpat` holds them; boxes are named by the id they got.

    `bus` begins the names of its sends and receives; `window` is (x, y, width, height); `more` are attributes of the
    patcher itself.
    """

    bus: str
    window: Rect
    more: dict[str, Any] = field(default_factory=dict)
    boxes: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    _next: tuple[int, int, int] = (30, 30, 0)  # where the next block begins, and how high this row is

    def block(self, width: int, height: int) -> Point:
        """A free place for a block of wiring."""
        x, y, tall = self._next
        if x + width > WIDE:
            x, y, tall = 30, y + tall + APART, 0
        self._next = (x + width + APART, y, max(tall, height))
        return x, y

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

    def object(self, text: str, at: Point, ports: tuple[int, int] = (1, 1)) -> str:
        """Puts a plain object, such as `prepend /emo/va`."""
        return self.add("newobj", (*at, wide(text), 22), ports, text=text)

    def message(self, text: str, at: Point) -> str:
        """Puts a message box."""
        return self.add("message", (*at, wide(text), 22), (2, 1), text=text)

    def comment(self, text: str, shown: Rect) -> None:
        """Puts words into the presentation."""
        self.add("comment", (*self.block(wide(text), 22), wide(text), 20), (1, 0), shown, text=text)

    def out(self, at: Point) -> str:
        """Puts the send that carries a message to the daemon."""
        return self.object(f"s {self.bus}_out", at, (1, 0))

    def chain(self, *boxes: str) -> None:
        """Cords from the first outlet of each box to the first inlet of the next."""
        for source, target in pairwise(boxes):
            self.cord(source, 0, target, 0)

    def column(self, at: Point, *texts: str) -> list[str]:
        """A chain of plain objects, one under the other."""
        made = [self.object(text, (at[0], at[1] + row * ROW)) for row, text in enumerate(texts)]
        self.chain(*made)
        return made

    def cord(self, source: str, outlet: int, target: str, inlet: int) -> None:
        """One cord."""
        self.lines.append({"patchline": {"source": [source, outlet], "destination": [target, inlet]}})

    def patcher(self) -> dict[str, Any]:
        """The file as a dictionary."""
        inside = {
            "fileversion": 1,
            "appversion": {"major": 8, "minor": 6, "revision": 0, "architecture": "x64", "modernui": 1},
            "classnamespace": "box",
            "rect": list(map(float, self.window)),
            "openinpresentation": 1,
            "default_fontsize": 12.0,
            **self.more,
            "boxes": self.boxes,
            "lines": self.lines,
        }
        return {"patcher": inside}

    def text(self) -> str:
        """The file's text."""
        return json.dumps(self.patcher(), indent=2) + "\n"


def wide(text: str) -> int:
    """How wide a box with this text is."""
    return 24 + 7 * len(text)
