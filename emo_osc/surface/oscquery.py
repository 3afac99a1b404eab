"""OSCQuery: the command table as JSON, with current values. Knows no socket.

After the OSCQuery proposal (github.com/Vidvox/OSCQueryProposal): a path is an OSC address, `?ATTRIBUTE` asks for one
attribute, 204 says that a node has none of that kind, 400 that there is no such attribute, 404 no such address.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import inf, isfinite

from emo_osc.protocol.commands import FLAT, PORT, ROUTES, TRIGGER_VALUE, Route
from emo_osc.protocol.osc import OscValue
from emo_osc.protocol.parameters import VALUES, Argument

Json = dict[str, object]
Values = Mapping[str, tuple[OscValue, ...]]

ATTRIBUTES = (
    *("FULL_PATH", "CONTENTS", "TYPE", "ACCESS", "VALUE", "RANGE", "DESCRIPTION", "CLIPMODE", "OVERLOADS"),
    *("TAGS", "EXTENDED_TYPE", "UNIT", "CRITICAL", "HTML"),
)
EXTENSIONS = ("ACCESS", "VALUE", "RANGE", "DESCRIPTION", "CLIPMODE", "OVERLOADS", "UNIT", "LISTEN")
"""What we offer beyond the required attributes."""

READ, WRITE = 1, 2
IMPULSE, BARE = "I", ""  # a trigger's argument, which is one without data; and no argument at all


def host_info(name: str, osc: tuple[str, int], web: tuple[str, int]) -> Json:
    """Who we are and where OSC and the WebSocket are; `osc` and `web` as host and port."""
    return {
        "NAME": name,
        "EXTENSIONS": {extension: extension in EXTENSIONS for extension in (*EXTENSIONS, "TAGS", "PATH_CHANGED")},
        "OSC_IP": osc[0],
        "OSC_PORT": osc[1],
        "OSC_TRANSPORT": "UDP",
        "WS_IP": web[0],
        "WS_PORT": web[1],
    }


def answer(path: str, attribute: str, values: Values) -> tuple[int, Json | None]:
    """The HTTP status and the JSON for a path and what stands after its `?`, empty for the whole node.

    >>> answer("/emo/va", "TYPE", {})
    (200, {'TYPE': 'ff'})
    >>> answer("/emo/va", "VALUE", {"va": (0.5, -1.0)})
    (200, {'VALUE': [0.5, -1.0]})
    >>> [answer(path, asked, {})[0] for path, asked in (("/emo/va", "HTML"), ("/emo/va", "NO"), ("/emo/no", ""))]
    [204, 400, 404]
    """
    path = path.rstrip("/") or "/"
    if path not in _CHILDREN:
        return 404, None
    if attribute and attribute not in ATTRIBUTES:
        return 400, None
    found = node(path, values)
    if not attribute:
        return 200, found
    return (200, {attribute: found[attribute]}) if attribute in found else (204, None)


def node(path: str, values: Values) -> Json:
    """A node with all below it; `path` is one of the tree."""
    found: Json = {"FULL_PATH": path, **_method(path, values)}
    children = _CHILDREN[path]
    if children:
        found["CONTENTS"] = {child.rpartition("/")[2]: node(child, values) for child in children}
    return found


def value_of(path: str, values: Values) -> tuple[OscValue, ...] | None:
    """What a node's VALUE is now; None where it has none, or it is not known yet.

    >>> value_of("/emo/va/unit", {"va": (0.5, -1.0)}), value_of("/emo/next", {})
    ((0.75, 0.0), None)
    """
    found = values.get(name_of(path))
    if not found:
        return None
    if FLAT.get(path, path) == "/emo/va/unit":
        return tuple((float(value) + 1) / 2 for value in found if isinstance(value, int | float))
    return found[: max(1, len(_type(path)))]


def name_of(path: str) -> str:
    """The value that a node shows, empty where it shows none.

    >>> [name_of(path) for path in ("/emo/tempo", "/emo/set/tempo", "/emo/state/bar", "/emo/get/tempo", "/emo/bar")]
    ['tempo', 'tempo', 'bar', '', '']
    """
    path = FLAT.get(path, path)
    _, _, root, *rest = (*path.split("/"), "", "")
    name = rest[0] if root in ("set", "state") else root
    is_shown = root == "state" or path in ROUTES
    deeper = [part for part in (rest[1:] if root in ("set", "state") else rest) if part]
    return name if name in VALUES and is_shown and deeper in ([], ["unit"]) else ""


def _method(path: str, values: Values) -> Json:
    """What a node says of itself beside its contents."""
    route = ROUTES.get(path)
    if route is None and not path.startswith("/emo/state/"):
        return {"DESCRIPTION": _CONTAINERS.get(path, ""), "ACCESS": 0}
    name, form = name_of(path), _form(path)
    current, ranges = value_of(path, values), [_range(argument) for argument in form]
    said: Json = {
        "DESCRIPTION": route.description if route else VALUES[name].description,
        "ACCESS": (READ if name else 0) | (WRITE if route else 0),
        "TYPE": _type(path),
        **({"VALUE": list(current)} if current else {}),
        **({"RANGE": ranges, "CLIPMODE": [_clip(argument) for argument in form]} if any(ranges) else {}),
        **({"UNIT": [VALUES[name].unit]} if name and VALUES[name].unit else {}),
    }
    overloads = _overloads(route) if route else []
    return {**said, "OVERLOADS": overloads} if overloads else said


def _form(path: str) -> tuple[Argument, ...]:
    """The arguments a node names as its own: those it needs, or those it may take beside a press and a port."""
    route = ROUTES.get(path)
    if route is None:
        return VALUES[name_of(path)].arguments
    needed = tuple(argument for argument in route.forms[0] if not argument.is_optional)
    return needed or tuple(argument for argument in route.forms[0] if argument not in (TRIGGER_VALUE, PORT))


def _type(path: str) -> str:
    route = ROUTES.get(path)
    if route and route.forms == ((TRIGGER_VALUE,),):
        return IMPULSE
    return "".join(argument.kind for argument in _form(path)) or BARE


def _overloads(route: Route) -> list[Json]:
    """The other forms: with optional arguments, further ones of the table, by place, none where all are optional."""
    own = _form(route.address)
    found = [_overload(form) for form in route.forms if form not in (own, (TRIGGER_VALUE,))]
    found += [_overload(_by_place(own)) for name in own[:1] if name.choices or name.is_listed]
    may_be_bare = bool(own) and all(argument.is_optional for argument in route.forms[0])
    return [*found, {"TYPE": BARE}] if may_be_bare else found


def _overload(form: tuple[Argument, ...]) -> Json:
    return {"TYPE": "".join(argument.kind for argument in form), "RANGE": [_range(argument) for argument in form]}


def _by_place(form: tuple[Argument, ...]) -> tuple[Argument, ...]:
    """A form with a name's place in its list for the name; how long a list of the preset's is is not known here."""
    name, *rest = form
    last = len(name.choices) - 1 if name.choices else inf
    return replace(name, kind="i", low=0, high=last, choices=()), *rest


def _range(argument: Argument) -> Json | None:
    if argument.choices:
        return {"VALS": list(argument.choices)}
    if not (isfinite(argument.low) and isfinite(argument.high)):
        return None
    bounds = (int(argument.low), int(argument.high)) if argument.kind == "i" else (argument.low, argument.high)
    return dict(zip(("MIN", "MAX"), bounds, strict=True))


def _clip(argument: Argument) -> str:
    return "both" if argument.is_clamped else "none"


def _tree() -> dict[str, list[str]]:
    """Every path -> the paths right below it, in the table's order.

    A node that does something holds no others, because some clients refuse the whole tree else: what stands below it
    can be asked for by its path, and is in the tree by its flat name.
    """
    children: dict[str, list[str]] = {"/": []}
    named = (address for address in ROUTES if "*" not in address)  # which stands for others in a path
    for address in (*named, *(f"/emo/state/{name}" for name in VALUES)):
        parts = address.split("/")[1:]
        for depth in range(len(parts)):
            path = "/" + "/".join(parts[: depth + 1])
            above = path.rpartition("/")[0] or "/"
            if path not in children:
                children[path] = []
                if above not in ROUTES:
                    children[above].append(path)
    return children


_CHILDREN = _tree()
_CONTAINERS = {
    "/": "emo_osc",
    "/emo": "an instrument that turns a feeling into a melody",
    "/emo/set": "set any value",
    "/emo/get": "ask for a value; the answer is /emo/state/NAME",
    "/emo/state": "every value as it is now",
    "/emo/start_listen": "have a value pushed as it changes",
    "/emo/stop_listen": "have it pushed no more",
    "/emo/midi": "MIDI controllers",
}
