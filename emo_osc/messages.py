"""What crosses between the stage and the studio: frozen values, one JSON object a line.

JSON and not pickle: a studio that goes mad can then send nonsense, never code, and the stage can read half a line,
play on, and read the rest later.
"""

import json
from dataclasses import asdict, dataclass

from emo_osc.affect import Affect
from emo_osc.score import Melody, Note

MAX_LINE_BYTES = 1 << 20  # a melody of 256 notes takes 12 KB


@dataclass(frozen=True, slots=True)
class Measured:
    """What a decoded melody turned out to be, as `studio/attributes.py` measures it on its notes.

    `notes_per_bar` >= 0; `mean_pitch` a MIDI pitch, 0 for silence; `major_share` the belief that the mode is major,
    [0, 1].
    """

    notes_per_bar: float
    mean_pitch: float
    major_share: float


@dataclass(frozen=True, slots=True)
class Want:
    """The stage asks for `count` melodies of an affect; `ticket` comes back with each."""

    affect: Affect
    ticket: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Finish:
    """The stage asks the studio to end."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The studio is ready to compose: the generator's name and the device it runs on."""

    generator: str
    device: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A melody for an affect, measured; `distance` >= 0 says how far it lies from the affect's targets (0 is exact).

    `seed` makes the same melody again with the same generator on the same device.
    """

    melody: Melody
    affect: Affect
    measured: Measured
    distance: float
    seed: int
    ticket: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The studio could not do what `ticket` asked (-1: not asked by anyone); the text says why and what to do."""

    text: str
    ticket: int = -1


ToStudio = Want | Finish
ToStage = Loaded | Ready | Failed
_KINDS: dict[str, type] = {kind.__name__: kind for kind in (Want, Finish, Loaded, Ready, Failed)}


def encode(message: ToStudio | ToStage) -> bytes:
    """A message as one line of JSON, newline included.

    >>> encode(Want(Affect(0.5, 0.0), 3))
    b'{"kind": "Want", "affect": {"valence": 0.5, "arousal": 0.0}, "ticket": 3, "count": 1}\\n'
    """
    fields = asdict(message)
    if isinstance(message, Ready):
        notes = [[n.start_tick, n.duration_tick, n.pitch, n.velocity] for n in message.melody.notes]
        fields["melody"] = {"bars": message.melody.bars, "notes": notes}
    return json.dumps({"kind": type(message).__name__, **fields}).encode() + b"\n"


def decode(line: bytes) -> ToStudio | ToStage:
    """The message of one line.

    >>> decode(encode(Want(Affect(0.5, 0.0), 3)))
    Want(affect=Affect(valence=0.5, arousal=0.0), ticket=3, count=1)

    Raises:
        ValueError: the line is not a message of this page.
    """
    try:
        fields = json.loads(line)
        kind = _KINDS[fields.pop("kind")]
        message: ToStudio | ToStage = kind(**{name: _value(name, value) for name, value in fields.items()})
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a message: {line[:80]!r} ({error})") from None
    return message


def _value(name: str, value: object) -> object:
    if name == "affect" and isinstance(value, dict):
        return Affect(**value)
    if name == "measured" and isinstance(value, dict):
        return Measured(**{key: float(number) for key, number in value.items()})
    if name == "melody" and isinstance(value, dict):
        return Melody(tuple(Note(*note) for note in value["notes"]), value["bars"])
    return value
