"""The set-up of a child process: a frozen dataclass as one JSON text on its standard input. Knows no process.

A set-up carries the token that admits the child to the stage. A command line is readable by every user of the
machine, so nothing secret stands there. The reader is made from the types of the fields: a text with a missing, an
unknown or a mistyped field is refused in one line that names the place.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from functools import cache, partial
from math import isfinite
from types import NoneType, UnionType
from typing import Any, BinaryIO, Protocol, Self, get_args, get_origin, get_type_hints, runtime_checkable

from emo_osc.core.errors import EmoOscError

MAX_BYTES = 1 << 26  # of one set-up: every preset of the folders stands in that of the stage
USERS_FAULT = 2  # the exit code for a wrong set-up: the supervisor does not try it again
SHOWN = 40  # characters of a wrong value

Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class ChildSetup:
    """Base of every set-up. Fields are numbers, text, flags, tuples, string-keyed dicts, dataclasses and models."""

    def to_json(self) -> str:
        """The set-up as one line of JSON, without a line end.

        Raises:
            ValueError: a number is infinite or NaN.
        """
        return json.dumps(asdict(self), allow_nan=False, default=_dump)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The set-up of a text.

        Raises:
            ValueError: it is not what `to_json` writes; the message names the field.
        """
        kind: Any = cls
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{cls.__name__}: not JSON ({error!s:.200})") from None
        try:
            value: Self = _reader(kind)(found)
        except _MisfitError as error:
            raise ValueError(f"{cls.__name__}{error.place}: {error.text}") from None
        return value

    @classmethod
    def read(cls, stream: BinaryIO) -> Self:
        """The set-up that a stream holds, read to its end.

        Raises:
            EmoOscError: it holds another, or more than `MAX_BYTES`.
        """
        text = stream.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise EmoOscError(f"standard input: over {MAX_BYTES:,} bytes are no {cls.__name__}; {_REMEDY}")
        try:
            return cls.from_json(text)
        except ValueError as error:
            raise EmoOscError(f"standard input: {error}; {_REMEDY}") from None

    @classmethod
    def run(cls, serve: Callable[[Self], int]) -> int:
        """The life of a child: read the set-up from standard input and serve; the exit code.

        Without a set-up that is one line on standard error and `USERS_FAULT`.
        """
        try:
            setup = cls.read(sys.stdin.buffer)
        except EmoOscError as error:
            sys.stderr.write(f"{error}\n")
            return USERS_FAULT
        return serve(setup)


@dataclass(frozen=True, slots=True)
class HubSetup(ChildSetup):
    """What every child of the stage is told: the loopback port of the stage's hub, and the token that admits it.

    Raises:
        ValueError: the port is none.
    """

    hub: int
    hub_token: str

    def __post_init__(self) -> None:
        check_port("hub", self.hub)


@dataclass(frozen=True, slots=True)
class SoundSetup(HubSetup):
    """What the synth process is told besides: `gain` is its loudness, 0 to 1.

    Raises:
        ValueError: the port is none, or the gain is out of range.
    """

    gain: float = 0.5

    def __post_init__(self) -> None:
        check_port("hub", self.hub)
        if not 0.0 <= self.gain <= 1.0:
            raise ValueError(f"gain must be in 0..1, got {self.gain:g}")


def check_port(name: str, port: int) -> None:
    """Check a TCP or UDP port; 0 stands for any.

    Raises:
        ValueError: it is not in 0..65535.
    """
    if not 0 <= port <= 65535:
        raise ValueError(f"{name} must be in 0..65535, got {port}")


_REMEDY = "emo-osc serve starts this process"


@runtime_checkable
class _Model(Protocol):
    """A value with a schema of its own, such as a section of a preset."""

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...

    @classmethod
    def model_validate(cls, obj: Any) -> Self: ...


class _MisfitError(Exception):
    """A value of the wrong type; `place` is where it stands, as `.moods[3].id`."""

    def __init__(self, text: str, place: str = "") -> None:
        super().__init__(text)
        self.text, self.place = text, place

    def inside(self, place: str) -> "_MisfitError":
        return _MisfitError(self.text, place + self.place)


def _dump(value: object) -> object:
    if isinstance(value, _Model):
        return value.model_dump(mode="json")
    raise TypeError(f"a {type(value).__name__} has no place in a set-up")


@cache
def _reader(hint: Any) -> Reader:
    """The function that reads a value of a type from what `json.loads` gives. It raises `_MisfitError`."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in _SCALARS:
        return partial(_read_scalar, hint)
    if origin is tuple and inner[1:] == (...,):
        return partial(_read_tuple, _reader(inner[0]))
    if origin is dict and inner[0] is str:
        return partial(_read_dict, _reader(inner[1]))
    if isinstance(hint, UnionType):
        return partial(_read_union, {kind: _reader(kind) for kind in inner if kind is not NoneType}, NoneType in inner)
    if isinstance(hint, type) and is_dataclass(hint):
        readers = {name: _reader(each) for name, each in get_type_hints(hint).items()}
        return partial(_read_dataclass, hint, readers, frozenset(_needed(hint)))
    if isinstance(hint, type) and issubclass(hint, _Model):
        return partial(_read_model, hint)
    raise TypeError(f"{hint} has no place in a set-up")


_SCALARS: dict[type, tuple[tuple[type, ...], str]] = {
    str: ((str,), "text"),
    int: ((int,), "a whole number"),
    float: ((float, int), "a finite number"),
    bool: ((bool,), "true or false"),
}
"""Type -> what JSON may hold for it, and what that is called; 1.0 may come as 1."""


def _read_scalar(kind: type, found: Any) -> Any:
    held, said = _SCALARS[kind]
    if type(found) not in held or (isinstance(found, float) and not isfinite(found)):
        raise _expected(said, found)
    return found


def _read_tuple(read: Reader, found: Any) -> tuple[Any, ...]:
    if not isinstance(found, list):
        raise _expected("a list", found)
    return tuple(_read_at(f"[{place}]", read, each) for place, each in enumerate(found))


def _read_dict(read: Reader, found: Any) -> dict[str, Any]:
    return {name: _read_at(f".{name}", read, each) for name, each in _table(found).items()}


def _read_union(readers: Mapping[type, Reader], may_lack: bool, found: Any) -> Any:
    if found is None and may_lack:
        return None
    *others, last = readers.values()
    for read in others:
        try:
            return read(found)
        except _MisfitError:
            continue
    return last(found)


def _read_dataclass(kind: type, readers: Mapping[str, Reader], needed: frozenset[str], found: Any) -> Any:
    table = _table(found)
    for name in sorted(table.keys() - readers.keys()):
        raise _MisfitError(f"unknown field {name!r:.{SHOWN}}")
    for name in sorted(needed - table.keys()):
        raise _MisfitError("missing", f".{name}")
    values = {name: _read_at(f".{name}", readers[name], each) for name, each in table.items()}
    try:
        return kind(**values)
    except ValueError as error:
        raise _MisfitError(str(error)) from None


def _read_model(kind: type[_Model], found: Any) -> _Model:
    try:
        return kind.model_validate(_table(found))
    except ValueError as error:  # pydantic's, of several lines
        raise _MisfitError(" ".join(str(error).split())[:200]) from None


def _read_at(place: str, read: Reader, found: Any) -> Any:
    try:
        return read(found)
    except _MisfitError as error:
        raise error.inside(place) from None


def _table(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise _expected("an object", found)
    return found


def _needed(kind: type[Any]) -> list[str]:
    return [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]


def _expected(said: str, found: Any) -> _MisfitError:
    return _MisfitError(f"expected {said}, got {json.dumps(found)[:SHOWN]}")
