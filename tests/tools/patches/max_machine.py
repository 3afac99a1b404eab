"""A machine that runs our patches as Max would: messages go depth first, outlets from right to left.

It knows the objects that the patches use, as the reference describes them, and no clock: metros tick, and time passes
for `makenote`, when a test says so. What leaves by `udpsend` is in `sent`, what leaves as MIDI in `played`.
"""

import random
import shlex
from collections.abc import Iterator
from typing import Any

from tests.tools.patches.max_objects import BANG, OBJECTS, Atom, Message, atom

SHOWN = {"comment", "live.comment"}


class Machine:
    """One patch, opened. `live` is what Live's set would tell; `seed` is this instance's luck."""

    def __init__(self, patcher: dict[str, Any], live: dict[str, Atom] | None = None, seed: int = 0) -> None:
        self.boxes = {entry["box"]["id"]: entry["box"] for entry in patcher["boxes"]}
        self.state: dict[str, list[Atom]] = {}
        self.sent: list[Message] = []
        self.played: list[Message] = []
        self.port: Atom = 0
        self.place: list[Atom] = []
        self.live = live or {}
        self.luck = random.Random(seed)
        self.ending: list[tuple[str, Message]] = []
        self._cords: dict[tuple[str, int], list[tuple[str, int]]] = {}
        for line in (entry["patchline"] for entry in patcher["lines"]):
            self._cords.setdefault(tuple(line["source"]), []).append(tuple(line["destination"]))
        for ends in self._cords.values():  # the rightmost box first, the lowest of those
            ends.sort(key=lambda end: tuple(-side for side in self.boxes[end[0]]["patching_rect"][:2]))
        for name, box in self.boxes.items():
            self._prepare(name, box)

    # What a player and the world do.

    def open(self, *arguments: Atom) -> None:
        """Everything is loaded; a bpatcher gives arguments."""
        for kind, message in (("loadmess", None), ("loadbang", BANG), ("patcherargs", None), ("live.thisdevice", BANG)):
            for name in self.of(kind):
                words = [atom(word) for word in self.words(name)[1:]]
                given = tuple(arguments) + tuple(words[len(arguments) :])
                self.out(name, 0, message or given)

    def hear(self, *message: Atom) -> None:
        """A datagram reaches the port."""
        for name in self.of("udpreceive"):
            self.out(name, 0, message)

    def tick(self, ms: int) -> None:
        """The metro of that period ticks, if it runs."""
        for name in self.of("metro"):
            if self.words(name)[1] == str(ms) and self.state[name][0]:
                self.out(name, 0, BANG)

    def pass_time(self) -> None:
        """Every note that sounds comes to its end."""
        ending, self.ending = self.ending, []
        for name, message in ending:
            self.spread(name, message)

    def press(self, text: str) -> None:
        """A click on the button with this text."""
        (name,) = [
            n for n, b in self.boxes.items() if b["maxclass"] in ("textbutton", "live.text") and b["text"] == text
        ]
        self.out(name, 0, BANG)

    def turn(self, varname: str, *message: Atom) -> None:
        """A parameter of Live's is moved, by hand or by automation."""
        (name,) = [n for n, b in self.boxes.items() if b.get("varname") == varname]
        self.give(name, 0, message)

    def drag(self, x: int, y: int) -> None:
        """The knob of the pad is moved."""
        (name,) = self.of("pictslider")
        self.give(name, 0, (x, y))

    def type(self, address: str, text: str) -> None:
        """A line is typed into the field that ends in `prepend ADDRESS`, or in none, and Enter is struck."""
        for name in self.of("textedit"):
            if address in [self.boxes[end].get("text", "").removeprefix("prepend ") for end in self._below(name)] or (
                not address and not any("prepend" in self.boxes[end].get("text", "") for end in self._below(name))
            ):
                self.out(name, 0, ("text", *map(atom, text.split())))

    # How messages travel.

    def of(self, kind: str) -> list[str]:
        return [name for name, box in self.boxes.items() if self.kind(box) == kind]

    def kind(self, box: dict[str, Any]) -> str:
        return str(box["text"].split()[0] if box["maxclass"] == "newobj" else box["maxclass"])

    def words(self, name: str) -> list[str]:
        return shlex.split(self.boxes[name]["text"].split(" @")[0])

    def out(self, name: str, outlet: int, message: Message) -> None:
        for target, inlet in self._cords.get((name, outlet), []):
            self.give(target, inlet, message)

    def give(self, name: str, inlet: int, message: Message) -> None:
        kind = self.kind(self.boxes[name])
        if kind not in SHOWN:
            OBJECTS[kind](self, name, inlet, message)

    def _below(self, name: str) -> Iterator[str]:
        for (source, _), ends in self._cords.items():
            if source == name:
                for target, _ in ends:
                    yield target
                    yield from self._below(target)

    def spread(self, name: str, message: Message) -> None:
        for outlet in reversed(range(len(message))):
            self.out(name, outlet, (message[outlet],))

    def _prepare(self, name: str, box: dict[str, Any]) -> None:
        words = [atom(word) for word in self.words(name)[1:]] if box["maxclass"] == "newobj" else []
        kind = self.kind(box)
        if kind == "udpreceive":
            self.port = words[0]
        if kind == "udpsend":
            self.place = words
        if kind == "expr":
            words = [0, 0]
        self.state[name] = [0] if kind in ("metro", "gate", "i", "live.observer") and not words else words
