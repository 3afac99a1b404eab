"""The JSON codec for messages between processes: one object a line.

JSON and not pickle: a studio that is out of order can send nonsense, never code, and the stage can read half a line,
play on, and read the rest later.
"""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_type_hints

from emo_osc.core.affect import Affect, Colour, Reference
from emo_osc.core.score import Melody, Note
from emo_osc.protocol.messages import (
    Alive,
    AnyMessage,
    Away,
    ComposeBar,
    ComposeRequest,
    Failed,
    Finish,
    Learn,
    Loaded,
    LogLine,
    Mapped,
    MappingRead,
    MappingSaved,
    Measured,
    PhraseNotSaved,
    PhraseSaved,
    Played,
    Ports,
    PresetRead,
    Ready,
    Recompose,
    Restart,
    SetTargets,
    StageState,
    SwitchGenerator,
    Vary,
    WorkersState,
)

_ReadList = Callable[[list[Any]], tuple[Any, ...]]
_ON_DISK: dict[type[AnyMessage], str] = {PhraseSaved: "Kept"}  # in the files of kept phrases since the first version
_KINDS: dict[str, type[AnyMessage]] = {
    _ON_DISK.get(kind, kind.__name__): kind
    for kind in (
        ComposeRequest,
        Vary,
        Recompose,
        ComposeBar,
        Learn,
        SetTargets,
        Finish,
        Loaded,
        Ready,
        Failed,
        Away,
        Alive,
        LogLine,
        Restart,
        SwitchGenerator,
        PhraseSaved,
        PhraseNotSaved,
        Mapped,
        MappingSaved,
        MappingRead,
        PresetRead,
        StageState,
        WorkersState,
        Played,
        Ports,
    )
}


def encode(message: AnyMessage) -> bytes:
    """A message as one line of JSON, newline included.

    >>> encode(ComposeRequest(Affect(0.5, 0.0), 3))
    b'{"kind": "ComposeRequest", "affect": {"valence": 0.5, "arousal": 0.0}, "ticket": 3, "count": 1}\\n'
    """
    return (
        json.dumps({"kind": _ON_DISK.get(type(message), type(message).__name__), **_plain_fields(message)}).encode()
        + b"\n"
    )


def decode(line: bytes) -> AnyMessage:
    """The message of one line.

    >>> decode(encode(ComposeRequest(Affect(0.5, 0.0), 3)))
    ComposeRequest(affect=Affect(valence=0.5, arousal=0.0), ticket=3, count=1)

    Raises:
        ValueError: the line is not a message of this page.
    """
    try:
        found = json.loads(line)
        kind = _KINDS[found.pop("kind")]
        return _message(kind, found)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a message: {line[:80]!r} ({error})") from None


def _plain_fields(value: AnyMessage | Affect | Colour | Measured | Reference) -> dict[str, object]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: object) -> object:
    if isinstance(value, Melody):  # by hand: dataclasses.asdict takes a millisecond for it, and the stage writes too
        return {"bars": value.bars, "notes": _plain_notes(value.notes)}
    if isinstance(value, tuple) and value and isinstance(value[0], Note):
        return _plain_notes(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Reference):
        return [_plain_fields(each) for each in value]
    return _plain_fields(value) if isinstance(value, Affect | Colour | Measured | Ready) else value


def _plain_notes(notes: tuple[Note, ...]) -> list[list[int]]:
    return [[n.start_tick, n.duration_tick, n.pitch, n.velocity] for n in notes]


def _message(kind: type[AnyMessage], found: dict[str, Any]) -> AnyMessage:
    values: dict[str, Any] = {name: _value(name, value) for name, value in found.items()}
    for name, value in values.items():
        if not isinstance(value, _TYPES[kind][name]):  # the reader relies on the type
            raise TypeError(f"{name} is a {type(value).__name__}")
    message: AnyMessage = kind(**values)
    return message


def _value(name: str, value: object) -> object:
    if isinstance(value, list):
        read: _ReadList = _LIST_READERS.get(name, _whole_numbers)
        return read(value)
    if not isinstance(value, dict):
        return value
    return _READERS[name](value) if name in _READERS else value


def _whole_numbers(found: list[Any]) -> tuple[int, ...]:
    if not {type(number) for number in found} <= {int}:
        raise TypeError("a list holds whole numbers")
    return tuple(found)


def _read_reference(found: dict[str, Any]) -> Reference:
    return Reference(**found | {"affect": Affect(**found["affect"])})


def _read_notes(found: list[Any]) -> tuple[Note, ...]:
    if not {type(number) for note in found for number in note} <= {int}:
        raise TypeError("ticks, pitches and velocities are whole numbers")
    return tuple(Note(*note) for note in found)


def _read_melody(found: dict[str, Any]) -> Melody:
    if type(found["bars"]) is not int:
        raise TypeError("bars are whole numbers")
    return Melody(_read_notes(found["notes"]), found["bars"])


_LIST_READERS: dict[str, _ReadList] = {
    "backing": _read_notes,
    "references": lambda found: tuple(map(_read_reference, found)),
}


_READERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "affect": lambda found: Affect(**found),
    "colour": lambda found: Colour(**found),
    "measured": lambda found: Measured(**{key: float(number) for key, number in found.items()}),
    "melody": _read_melody,
    "ready": lambda found: _message(Ready, found),
}

# Of every kind, what each field may hold; a whole number counts as a float, as JSON writes 1.0 and 1 alike.
_TUPLES: tuple[Any, ...] = (tuple[int, ...], tuple[Note, ...], tuple[Reference, ...])
_HELD: dict[object, Any] = {float: float | int} | dict.fromkeys(_TUPLES, tuple)
_TYPES: dict[type[AnyMessage], dict[str, Any]] = {
    kind: {name: _HELD.get(hint, hint) for name, hint in get_type_hints(kind).items()} for kind in _KINDS.values()
}
