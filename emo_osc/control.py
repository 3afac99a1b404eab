"""A MIDI control and what it moves, as people write them. Knows no port and no table of names."""

import re
from dataclasses import dataclass

KINDS = ("cc", "note", "program")
MODES = ("jump", "pickup", "relative")
"""How a control takes hold of a value: at once; when it has passed the value; or by steps, as endless encoders do."""

NOTHING = "nothing"
"""The role of a control that is switched off."""

_SPELLING = re.compile(r"(cc|note|program)?\s*(\d{1,3})(?:\s*@\s*(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Control:
    """A controller, a key or a program change: its number 0..127, its channel 1..16 or 0 for any.

    >>> str(Control("cc", 74, 2)), str(Control("note", 36))
    ('cc74@2', 'note36')

    Raises:
        ValueError: there is no such kind, number or channel.
    """

    kind: str
    number: int
    channel: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not 0 <= self.number <= 127 or not 0 <= self.channel <= 16:
            raise ValueError("must be a controller 0..127, or cc74, note36, program5; with @2 on channel 2 alone")

    def __str__(self) -> str:
        return f"{self.kind}{self.number}" + (f"@{self.channel}" if self.channel else "")

    @classmethod
    def parse(cls, text: str) -> "Control":
        """The control of a name; a bare number is a controller.

        >>> Control.parse("74") == Control.parse("CC 74"), Control.parse("note36@10").channel
        (True, 10)

        Raises:
            ValueError: it names none.
        """
        found = _SPELLING.fullmatch(text.strip().casefold())
        kind, number, channel = found.groups() if found else ("", "0", None)
        return cls("cc" if kind is None else kind, int(number), int(channel or 0))

    @property
    def anywhere(self) -> "Control":
        """The same on any channel."""
        return Control(self.kind, self.number)


@dataclass(frozen=True, slots=True)
class Role:
    """What a control does: the name of a value, a deed, a mood or a preset, and how it takes hold.

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
