"""The objects of Max that our patches use, as the reference describes them, for the machine that runs them."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.tools.patches.max_machine import Machine

Atom = float | str
Message = tuple[Atom, ...]
BANG: Message = ("bang",)


def atom(word: str) -> Atom:
    try:
        return int(word)
    except ValueError:
        pass
    try:
        return float(word)
    except ValueError:
        return word


def _message(m: "Machine", name: str, inlet: int, message: Message) -> None:
    if message[0] == "set":
        m.boxes[name]["text"] = " ".join(map(str, message[1:]))
        return
    for part in m.boxes[name]["text"].split(","):
        filled = re.sub(r"\$(\d)", lambda found: str(message[int(found[1]) - 1]), part)
        m.out(name, 0, tuple(map(atom, filled.split())))


def _trigger(m: "Machine", name: str, inlet: int, message: Message) -> None:
    for outlet, letter in reversed(list(enumerate(m.words(name)[1:]))):
        m.out(name, outlet, {"b": BANG, "i": message[:1], "l": message}.get(letter) or (atom(letter),))


def _store(m: "Machine", name: str, inlet: int, message: Message) -> None:
    if message != BANG:
        m.state[name] = [message[0]]
    if inlet == 0:
        m.out(name, 0, tuple(m.state[name]))


def _select(m: "Machine", name: str, inlet: int, message: Message) -> None:
    keys = [atom(word) for word in m.words(name)[1:]]
    if message[0] in keys:
        m.out(name, keys.index(message[0]), BANG)
    else:
        m.out(name, len(keys), message)


def _route(m: "Machine", name: str, inlet: int, message: Message) -> None:
    keys = [atom(word) for word in m.words(name)[1:]]
    if message[0] in keys:
        m.out(name, keys.index(message[0]), message[1:] or BANG)
    else:
        m.out(name, len(keys), message)


def _gate(m: "Machine", name: str, inlet: int, message: Message) -> None:
    if inlet == 0:
        m.state[name] = [message[0]]
    elif m.state[name][0]:
        m.out(name, 0, message)


def _prepend(m: "Machine", name: str, inlet: int, message: Message) -> None:
    m.out(name, 0, (*map(atom, m.words(name)[1:]), *message))


def _unpack(m: "Machine", name: str, inlet: int, message: Message) -> None:
    m.spread(name, message)


def _pack(hot: Callable[[int], bool]) -> Callable[["Machine", str, int, Message], None]:
    def run(m: "Machine", name: str, inlet: int, message: Message) -> None:
        m.state[name][inlet] = message[0]
        if hot(inlet):
            m.out(name, 0, tuple(m.state[name]))

    return run


def _through(m: "Machine", name: str, inlet: int, message: Message) -> None:
    m.out(name, 0, message)


def _arithmetic(m: "Machine", name: str, inlet: int, message: Message) -> None:
    sign, number = m.words(name)[0], float(m.words(name)[1])
    value = float(message[0])
    m.out(name, 0, (value / number if sign == "/" else int(value + number),))


def _vexpr(m: "Machine", name: str, inlet: int, message: Message) -> None:
    m.out(name, 0, tuple(float(value) * float(m.words(name)[3]) for value in message))


def _is_ours(m: "Machine", name: str, inlet: int, message: Message) -> None:
    assert m.boxes[name]["text"] == "expr ($i2 == 0) || ($i1 == $i2)"
    m.state[name][inlet] = message[0]
    if inlet == 0:
        m.out(name, 0, (int(m.state[name][1] in (0, m.state[name][0])),))


def _nth(m: "Machine", name: str, inlet: int, message: Message) -> None:
    m.out(name, 0, (message[int(m.words(name)[2]) - 1],))


def _random(m: "Machine", name: str, inlet: int, message: Message) -> None:
    m.out(name, 0, (m.luck.randrange(int(m.words(name)[1])),))


def _metro(m: "Machine", name: str, inlet: int, message: Message) -> None:
    m.state[name] = [message[0]]
    if message[0]:
        m.out(name, 0, BANG)


def _send(m: "Machine", name: str, inlet: int, message: Message) -> None:
    for other in m.of("r"):
        if m.words(other)[1] == m.words(name)[1]:
            m.out(other, 0, message)


def _udpsend(m: "Machine", name: str, inlet: int, message: Message) -> None:
    if message[0] in ("host", "port"):
        m.place[("host", "port").index(str(message[0]))] = message[1]
    else:
        m.sent.append(message)


def _udpreceive(m: "Machine", name: str, inlet: int, message: Message) -> None:
    assert message[0] == "port"
    m.port = message[1]


def _makenote(m: "Machine", name: str, inlet: int, message: Message) -> None:
    held = m.state[name]
    if message == ("stop",):
        m.pass_time()
    elif inlet:
        held[inlet - 1] = message[0]
    else:
        rest = held[2:3]
        m.spread(name, (message[0], held[0], *rest))
        m.ending.append((name, (message[0], 0, *rest)))


def _noteout(m: "Machine", name: str, inlet: int, message: Message) -> None:
    held = (m.state[name] + [0, 1])[:2]
    if inlet:
        held[inlet - 1] = message[0]
        m.state[name] = held
    elif message[0] != "port":
        m.played.append((message[0], *held))


def _midiout(m: "Machine", name: str, inlet: int, message: Message) -> None:
    m.played.append(message)


def _path(m: "Machine", name: str, inlet: int, message: Message) -> None:
    assert message == ("path", "live_set")
    m.out(name, 0, ("id", 1))


def _observer(m: "Machine", name: str, inlet: int, message: Message) -> None:
    if inlet == 1:
        assert message[0] == "id"
        return
    if message[0] == "property":
        m.state[name] = [message[1]]
    if m.state[name] != [0]:  # before it is told what to look at, Max complains and says nothing
        m.out(name, 0, (m.live[str(m.state[name][0])],))


def _menu(m: "Machine", name: str, inlet: int, message: Message) -> None:
    box = m.boxes[name]
    about = box.get("saved_attribute_attributes", {}).get("valueof", {})
    items = about.get("parameter_enum") or [item for item in box.get("items", []) if item != ","]
    if message[0] in ("set", "setsymbol", "append", "clear"):
        m.state[name] = [message[-1]]
        return
    index = int(message[0]) if not isinstance(message[0], str) else items.index(message[0])
    m.out(name, 1, (items[index],))
    m.out(name, 0, (index,))


def _number(m: "Machine", name: str, inlet: int, message: Message) -> None:
    m.state[name] = [message[-1]]
    if message[0] != "set":
        m.out(name, 0, message)


def _slider(m: "Machine", name: str, inlet: int, message: Message) -> None:
    if message[0] == "set":
        m.state[name] = list(message[1:])
        return
    m.state[name] = list(message)
    m.spread(name, message)


OBJECTS: dict[str, Callable[["Machine", str, int, Message], None]] = {
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
    "fromsymbol": lambda m, name, _, message: m.out(name, 0, tuple(str(message[0]).split(" "))),
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
