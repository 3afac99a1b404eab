"""The text form of a MIDI control and of its binding. Knows no port and no table of names."""

import re
from dataclasses import dataclass

LIMITS = {"cc": 127, "note": 127, "program": 127, "pair": 31, "nrpn": 16383, "rpn": 16383, "bend": 0}
"""Kinds of control -> the highest number of one; `pair` is a controller of 14 bits, n for its upper 7 bits and n + 32
for its lower."""

KINDS = ("cc", "note", "program")
"""Kinds that one message of 7 bits tells."""

FINE_KINDS = ("pair", "nrpn", "rpn", "bend")
"""Kinds whose positions have 14 bits."""

TURNING_KINDS = ("cc", *FINE_KINDS)
"""Kinds that can set a value; the others can only be pressed."""

MODES = ("jump", "pickup", "relative", "relative-offset", "relative-signed")
"""How a control takes hold of a value: at once; when it has passed the value; or by the steps of an endless encoder,
which come in two's complement, with 64 added, or with the sign in bit 6."""

NOTHING = "nothing"
"""The role of a control that is switched off."""

_CHANNEL = r"(?:\s*@\s*(\d{1,2}))?"
_SPELLING = re.compile(rf"(cc|note|program|nrpn|rpn)?\s*(\d{{1,5}})(?:\s*\+\s*(\d{{1,2}}))?{_CHANNEL}", re.ASCII)
_BEND = re.compile(rf"bend{_CHANNEL}", re.ASCII)
_RULE = (
    "must be a controller 0..127, or cc74, note36, program5, cc16+48 (14 bits), nrpn300, rpn0, bend; "
    "with @2 on channel 2 alone"
)


@dataclass(frozen=True, slots=True)
class Control:
    """A controller, a parameter, a key or a program change: its number as `LIMITS`, its channel 1..16 or 0 for any.

    >>> str(Control("cc", 74, 2)), str(Control("note", 36)), str(Control("pair", 16)), str(Control("bend", 0, 1))
    ('cc74@2', 'note36', 'cc16+48', 'bend@1')

    Raises:
        ValueError: there is no such kind, number or channel.
    """

    kind: str
    number: int
    channel: int = 0

    def __post_init__(self) -> None:
        is_known = 0 <= self.number <= LIMITS.get(self.kind, -1)
        if not is_known or not 0 <= self.channel <= 16:
            raise ValueError(_RULE)

    def __str__(self) -> str:
        names = {"pair": f"cc{self.number}+{self.number + 32}", "bend": "bend"}
        name = names.get(self.kind, f"{self.kind}{self.number}")
        return f"{name}@{self.channel}" if self.channel else name

    @classmethod
    def parse(cls, text: str) -> "Control":
        """The control of a name; a bare number is a controller.

        >>> Control.parse("74") == Control.parse("CC 74"), Control.parse("note36@10").channel
        (True, 10)
        >>> Control.parse("cc16+48"), Control.parse("nrpn300@2")
        (Control(kind='pair', number=16, channel=0), Control(kind='nrpn', number=300, channel=2))

        Raises:
            ValueError: it names none.
        """
        folded = text.strip().casefold()
        bend, found = _BEND.fullmatch(folded), _SPELLING.fullmatch(folded)
        if bend:
            return cls("bend", 0, int(bend[1] or 0))
        if not found:
            raise ValueError(_RULE)
        kind, number, lower, channel = found.groups("")
        kind = kind or "cc"
        if lower and (kind != "cc" or int(lower) != int(number) + 32):
            raise ValueError(_RULE)
        return cls("pair" if lower else kind, int(number), int(channel or 0))

    @property
    def anywhere(self) -> "Control":
        """The same on any channel."""
        return Control(self.kind, self.number)


@dataclass(frozen=True, slots=True)
class Role:
    """What a control does: the name of a value, an action, a mood or a preset, and how it takes hold.

    >>> Role.parse("density pickup"), str(Role("calm face")), str(Role("high jump"))
    (Role(name='density', mode='pickup'), 'calm face', 'high jump jump')

    Raises:
        ValueError: it has no name, or there is no such mode.
    """

    name: str
    mode: str = MODES[0]

    def __post_init__(self) -> None:
        if not self.name or self.mode not in MODES:
            raise ValueError(f"must be a name, with {', '.join(MODES)} behind it where that is asked for")

    def __str__(self) -> str:
        _, blank, last = self.name.rpartition(" ")
        is_clear = self.mode == MODES[0] and not (blank and last in MODES)
        return self.name if is_clear else f"{self.name} {self.mode}"

    @classmethod
    def parse(cls, text: str) -> "Role":
        """The role of a text; a mode stands behind the name.

        Raises:
            ValueError: the text is empty.
        """
        name, _, mode = " ".join(text.split()).rpartition(" ")
        return cls(name, mode) if name and mode in MODES else cls(" ".join(text.split()))
