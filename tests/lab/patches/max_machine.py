"""A machine that runs our patches as Max would: messages go depth first, outlets from right to left.

It knows the objects that the patches use, as the reference describes them, and no clock: metros tick, and time passes
for `makenote`, when a test says so. What leaves by `udpsend` is in `sent`, what leaves as MIDI in `played`.
"""

import random
import re
import shlex
from collections.abc import Callable, Iterator
from typing import Any

Atom = float | str
Message = tuple[Atom, ...]
BANG: Message = ("bang",)
SHOWN = {"comment", "live.comment"}


def atom(word: str) -> Atom:
    try:
        return int(word)
    except ValueError:
        pass
    try:
        return float(word)
    except ValueError:
        return word


class Machine:
    """One patch, opened. `live` is what Live's set would tell; `seed` is this instance's luck."""

    def __init__(self, patcher: dict[str, Any], live: dict[str, Atom] | None = None, seed: int = 0) -> None:
        self.boxes = {entry["box"]["id"]: entry["box"] for entry in patcher["boxes"]}
        self.state: dict[str, list[Atom]] = {}
        self.sent: list[Message] = []
        self.played: list[Message] = []
        self.port: Atom = 0
        self.place: list[Atom] = []
        self._live = live or {}
        self._luck = random.Random(seed)
        self._ending: list[tuple[str, Message]] = []
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
        ending, self._ending = self._ending, []
        for name, message in ending:
            self._spread(name, message)

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

    def _spread(self, name: str, message: Message) -> None:
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


def _message(m: Machine, name: str, inlet: int, message: Message) -> None:
    if message[0] == "set":
        m.boxes[name]["text"] = " ".join(map(str, message[1:]))
        return
    for part in m.boxes[name]["text"].split(","):
        filled = re.sub(r"\$(\d)", lambda found: str(message[int(found[1]) - 1]), part)
        m.out(name, 0, tuple(map(atom, filled.split())))


def _trigger(m: Machine, name: str, inlet: int, message: Message) -> None:
    for outlet, letter in reversed(list(enumerate(m.words(name)[1:]))):
        m.out(name, outlet, {"b": BANG, "i": message[:1], "l": message}.get(letter) or (atom(letter),))


def _store(m: Machine, name: str, inlet: int, message: Message) -> None:
    if message != BANG:
        m.state[name] = [message[0]]
    if inlet == 0:
        m.out(name, 0, tuple(m.state[name]))


def _select(m: Machine, name: str, inlet: int, message: Message) -> None:
    keys = [atom(word) for word in m.words(name)[1:]]
    if message[0] in keys:
        m.out(name, keys.index(message[0]), BANG)
    else:
        m.out(name, len(keys), message)


def _route(m: Machine, name: str, inlet: int, message: Message) -> None:
    keys = [atom(word) for word in m.words(name)[1:]]
    if message[0] in keys:
        m.out(name, keys.index(message[0]), message[1:] or BANG)
    else:
        m.out(name, len(keys), message)


def _gate(m: Machine, name: str, inlet: int, message: Message) -> None:
    if inlet == 0:
        m.state[name] = [message[0]]
    elif m.state[name][0]:
        m.out(name, 0, message)


def _prepend(m: Machine, name: str, inlet: int, message: Message) -> None:
    m.out(name, 0, (*map(atom, m.words(name)[1:]), *message))


def _unpack(m: Machine, name: str, inlet: int, message: Message) -> None:
    m._spread(name, message)


def _pack(hot: Callable[[int], bool]) -> Callable[[Machine, str, int, Message], None]:
    def run(m: Machine, name: str, inlet: int, message: Message) -> None:
        m.state[name][inlet] = message[0]
        if hot(inlet):
            m.out(name, 0, tuple(m.state[name]))

    return run


def _through(m: Machine, name: str, inlet: int, message: Message) -> None:
    m.out(name, 0, message)


def _arithmetic(m: Machine, name: str, inlet: int, message: Message) -> None:
    sign, number = m.words(name)[0], float(m.words(name)[1])
    value = float(message[0])
    m.out(name, 0, (value / number if sign == "/" else int(value + number),))


def _vexpr(m: Machine, name: str, inlet: int, message: Message) -> None:
    m.out(name, 0, tuple(float(value) * float(m.words(name)[3]) for value in message))


def _is_ours(m: Machine, name: str, inlet: int, message: Message) -> None:
    assert m.boxes[name]["text"] == "expr ($i2 == 0) || ($i1 == $i2)"
    m.state[name][inlet] = message[0]
    if inlet == 0:
        m.out(name, 0, (int(m.state[name][1] in (0, m.state[name][0])),))


def _nth(m: Machine, name: str, inlet: int, message: Message) -> None:
    m.out(name, 0, (message[int(m.words(name)[2]) - 1],))


def _random(m: Machine, name: str, inlet: int, message: Message) -> None:
    m.out(name, 0, (m._luck.randrange(int(m.words(name)[1])),))


def _metro(m: Machine, name: str, inlet: int, message: Message) -> None:
    m.state[name] = [message[0]]
    if message[0]:
        m.out(name, 0, BANG)


def _send(m: Machine, name: str, inlet: int, message: Message) -> None:
    for other in m.of("r"):
        if m.words(other)[1] == m.words(name)[1]:
            m.out(other, 0, message)


def _udpsend(m: Machine, name: str, inlet: int, message: Message) -> None:
    if message[0] in ("host", "port"):
        m.place[("host", "port").index(str(message[0]))] = message[1]
    else:
        m.sent.append(message)


def _udpreceive(m: Machine, name: str, inlet: int, message: Message) -> None:
    assert message[0] == "port"
    m.port = message[1]


def _makenote(m: Machine, name: str, inlet: int, message: Message) -> None:
    held = m.state[name]
    if message == ("stop",):
        m.pass_time()
    elif inlet:
        held[inlet - 1] = message[0]
    else:
        rest = held[2:3]
        m._spread(name, (message[0], held[0], *rest))
        m._ending.append((name, (message[0], 0, *rest)))


def _noteout(m: Machine, name: str, inlet: int, message: Message) -> None:
    held = (m.state[name] + [0, 1])[:2]
    if inlet:
        held[inlet - 1] = message[0]
        m.state[name] = held
    elif message[0] != "port":
        m.played.append((message[0], *held))


def _midiout(m: Machine, name: str, inlet: int, message: Message) -> None:
    m.played.append(message)


def _path(m: Machine, name: str, inlet: int, message: Message) -> None:
    assert message == ("path", "live_set")
    m.out(name, 0, ("id", 1))


def _observer(m: Machine, name: str, inlet: int, message: Message) -> None:
    if inlet == 1:
        assert message[0] == "id"
        return
    if message[0] == "property":
        m.state[name] = [message[1]]
    if m.state[name] != [0]:  # before it is told what to look at, Max complains and says nothing
        m.out(name, 0, (m._live[str(m.state[name][0])],))


def _menu(m: Machine, name: str, inlet: int, message: Message) -> None:
    box = m.boxes[name]
    about = box.get("saved_attribute_attributes", {}).get("valueof", {})
    items = about.get("parameter_enum") or [item for item in box.get("items", []) if item != ","]
    if message[0] in ("set", "setsymbol", "append", "clear"):
        m.state[name] = [message[-1]]
        return
    index = int(message[0]) if not isinstance(message[0], str) else items.index(message[0])
    m.out(name, 1, (items[index],))
    m.out(name, 0, (index,))


def _number(m: Machine, name: str, inlet: int, message: Message) -> None:
    m.state[name] = [message[-1]]
    if message[0] != "set":
        m.out(name, 0, message)


def _slider(m: Machine, name: str, inlet: int, message: Message) -> None:
    if message[0] == "set":
        m.state[name] = list(message[1:])
        return
    m.state[name] = list(message)
    m._spread(name, message)


OBJECTS: dict[str, Callable[[Machine, str, int, Message], None]] = {
    "message": _message,
    "t": _trigger,
    "i": _store,
    "sel": _select,
    "route": _route,
    "gate": _gate,
    "prepend": _prepend,
    "unpack": _unpack,
    "pack": _pack(lambda inlet: inlet == 0),
    "pak": _pack(lambda _: True),
    "speedlim": _through,
    "midiformat": _through,
    "tosymbol": lambda m, name, _, message: m.out(name, 0, (" ".join(map(str, message)),)),
    "+": _arithmetic,
    "/": _arithmetic,
    "vexpr": _vexpr,
    "expr": _is_ours,
    "zl": _nth,
    "random": _random,
    "metro": _metro,
    "s": _send,
    "udpsend": _udpsend,
    "udpreceive": _udpreceive,
    "makenote": _makenote,
    "noteout": _noteout,
    "midiout": _midiout,
    "outlet": _midiout,
    "live.path": _path,
    "live.observer": _observer,
    "umenu": _menu,
    "live.menu": _menu,
    "live.text": _number,
    "live.dial": _number,
    "live.numbox": _number,
    "flonum": _number,
    "number": _number,
    "pictslider": _slider,
    "midiinfo": lambda m, name, _, message: m.out(name, 0, ("append", "a port")),
}
