"""The step encodings of endless encoders, and how to tell them apart.

One turned one way can mean two things: 1 is a step up in two's complement and with a sign bit, 65 a step up with 64
added and a step down with a sign bit. So an encoding is taken until a step back, or a long one, excludes it. Long steps
are rare: a byte counts as the shorter of the steps it may be.
"""

from collections.abc import Callable

RELATIVE: dict[str, Callable[[int], int]] = {
    "relative": lambda byte: byte if byte < 64 else byte - 128,
    "relative-offset": lambda byte: byte - 64,
    "relative-signed": lambda byte: byte if byte < 64 else 64 - byte,
}
"""Modes of `control.MODES` -> the step that a byte 0..127 means. Where two are possible, the first is taken."""

_STILL = (0, 64)  # no step in one of the encodings
_SHORT = 32


class EncoderWatch:
    """Tells the encodings of one encoder apart, byte by byte.

    >>> watch = EncoderWatch()
    >>> watch.see(1), watch.is_sure  # up: in two's complement, or with a sign bit
    ('relative', False)
    >>> watch.see(65), watch.is_sure  # back: only with a sign bit
    ('relative-signed', True)
    """

    def __init__(self) -> None:
        self._possible = tuple(RELATIVE)

    @property
    def is_sure(self) -> bool:
        """Whether one encoding is left."""
        return len(self._possible) == 1

    def see(self, byte: int) -> str:
        """Take one byte 0..127; the mode that is likeliest now."""
        if byte not in _STILL:
            likely = tuple(mode for mode in self._possible if abs(RELATIVE[mode](byte)) <= _SHORT)
            self._possible = likely or self._possible  # else a long step of an encoding that is settled
        return self._possible[0]
