"""OSC address patterns, matched against the table of addresses. Knows no socket and no clock.

`?`, `*`, `[a-z]`, `[!a-z]` and `{one,another}` match within one part of an address, as in OSC 1.0. A pattern is matched
part by part against the tree of addresses, and a part step by step: the places of a name that can be reached so far are
the bits of one number, so there is no way back to take, and the time is bounded by the lengths of both.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from emo_osc.core.errors import CommandError
from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.osc import MAX_ELEMENTS, Message

MAX_PATTERN = 64  # characters
MAX_MATCHES = 16  # addresses for one message
MAX_PATTERNS = 8  # in one datagram, which is read in one go: each may take half a millisecond
SPECIAL = frozenset("*?[{")
CLOSING = {"[": "]", "{": "}"}

Places = int  # bit N: the first N characters of a name are matched


def is_pattern(address: str) -> bool:
    """Whether an address that is not in the table may stand for some that are."""
    return not SPECIAL.isdisjoint(address)


@lru_cache(maxsize=256)
def matching(pattern: str) -> tuple[str, ...]:
    """The addresses that match, in the table's order; none where the pattern is wrong or has over 64 characters.

    >>> matching("/emo/{valence,arousal}"), matching("/*/va"), matching("/emo/[!a-u]a")
    (('/emo/valence', '/emo/arousal'), ('/emo/va',), ('/emo/va',))
    """
    if len(pattern) > MAX_PATTERN or not pattern.startswith("/"):
        return ()
    nodes = [_TREE]
    for part in pattern[1:].split("/"):
        steps = _steps(part)
        if steps is None:
            return ()
        found = {name: _matches(steps, _NAMES[name]) for name in {name for node in nodes for name in node.below}}
        nodes = [below for node in nodes for name, below in node.below.items() if found[name]]
    return tuple(node.address for node in nodes if node.address)


def spread(messages: list[Message]) -> list[Message]:
    """The messages of a datagram, each pattern replaced by one message for every address it matches; 128 in all.

    A pattern that matches none, or too many, or is the ninth, stays, and is refused when it is parsed.
    """
    if all(message.address in ROUTES for message in messages):
        return messages
    room, patterns_left, done = MAX_ELEMENTS - len(messages), MAX_PATTERNS, list[Message]()
    for message in messages:
        found: tuple[str, ...] = ()
        if patterns_left and message.address not in ROUTES and is_pattern(message.address):
            patterns_left -= 1
            found = matching(message.address)
        if 0 < len(found) <= min(MAX_MATCHES, room + 1):
            room -= len(found) - 1
            done += [message._replace(address=address) for address in found]
        else:
            done.append(message)
    return done


def unmatched(pattern: str) -> CommandError:
    """Why a pattern is not replaced by addresses: it matches none, or too much is asked for."""
    count = len(matching(pattern))
    if not count:
        return CommandError(CommandError.UNKNOWN_ADDRESS, "no address matches")
    most = f"{MAX_MATCHES} for a message, {MAX_PATTERNS} patterns and {MAX_ELEMENTS} messages for a datagram"
    return CommandError(CommandError.NOT_NOW, f"{count} addresses match; at most {most}")


class _Node:
    """The addresses that begin with the same parts."""

    __slots__ = ("address", "below")

    def __init__(self) -> None:
        self.address = ""
        self.below: dict[str, _Node] = {}


class _Name:
    """A part of an address: after which places each of its characters stands, and all places there are."""

    __slots__ = ("after", "all", "end")

    def __init__(self, name: str) -> None:
        self.after: dict[str, Places] = {}
        for at, character in enumerate(name):
            self.after[character] = self.after.get(character, 0) | 1 << at
        self.end: Places = 1 << len(name)
        self.all: Places = 2 * self.end - 1


Step = Callable[[_Name, Places], Places]
"""The places of a name that can be reached by one step of a pattern from those reached before."""


def _tree(addresses: Iterable[str]) -> _Node:
    root = _Node()
    for address in addresses:
        node = root
        for part in address[1:].split("/"):
            node = node.below.setdefault(part, _Node())
        node.address = address
    return root


_TREE = _tree(address for address in ROUTES if not is_pattern(address))
_NAMES = {part: _Name(part) for address in ROUTES for part in address.split("/")}
_ALPHABET = {character for name in _NAMES for character in name}


def _matches(steps: list[Step], name: _Name) -> bool:
    places: Places = 1
    for step in steps:
        places = step(name, places)
        if not places:
            return False
    return bool(places & name.end)


def _steps(part: str) -> list[Step] | None:
    """What a part of a pattern asks for, step by step; None where a bracket is never closed."""
    steps: list[Step] = []
    at = 0
    while at < len(part):
        character, end = part[at], at + 1
        if character in CLOSING:
            end = part.find(CLOSING[character], at) + 1
            if not end:
                return None
            inside = part[at + 1 : end - 1]
            steps.append(_one_of(inside) if character == "[" else _any_word(tuple(inside.split(","))))
        elif character == "?":
            steps.append(_any_one)
        elif character != "*":
            steps.append(_any_word((character,)))
        elif steps[-1:] != [_any_number]:
            steps.append(_any_number)
        at = end
    return steps


def _any_number(name: _Name, places: Places) -> Places:
    return -(places & -places) & name.all


def _any_one(name: _Name, places: Places) -> Places:
    return places << 1 & name.all


def _one_of(inside: str) -> Step:
    """`a-z` or `!a-z`; a minus at the end is one."""
    is_in, rest = inside[:1] != "!", inside.removeprefix("!")
    ranges, at = set[tuple[str, str]](), 0
    while at < len(rest):
        is_range = rest[at + 1 : at + 2] == "-" and at + 2 < len(rest)
        ranges.add((rest[at], rest[at + 2] if is_range else rest[at]))
        at += 3 if is_range else 1

    wanted = {one for one in _ALPHABET if is_in == any(low <= one <= high for low, high in ranges)}

    def step(name: _Name, places: Places) -> Places:
        before: Places = 0
        for one, after in name.after.items():
            if one in wanted:
                before |= after
        return (places & before) << 1

    return step


def _any_word(words: tuple[str, ...]) -> Step:
    known = dict.fromkeys(words)

    def step(name: _Name, places: Places) -> Places:
        reached: Places = 0
        for word in known:
            now = places
            for character in word:
                now = (now & name.after.get(character, 0)) << 1
                if not now:
                    break
            reached |= now
        return reached

    return step
