"""MIDI messages as bytes: whether one is complete, which control sent it, whether it is pressed."""

from emo_osc.protocol.midi_control import Control

SYSTEM = 0xF0
"""From this first byte on a message is about no channel: clock, transport, system exclusive."""

PRESSED = 64  # from here on a controller counts as a button that is held down
CONTROLLER, PROGRAM, BEND = 0xB0, 0xC0, 0xE0
_RELEASED, _STRUCK = 0x80, 0x90
_KINDS = {_RELEASED: "note", _STRUCK: "note", CONTROLLER: "cc", PROGRAM: "program"}
_LENGTHS = {0x80: 3, 0x90: 3, 0xA0: 3, 0xB0: 3, 0xC0: 2, 0xD0: 2, 0xE0: 3, 0xF1: 2, 0xF2: 3, 0xF3: 2}


def is_whole(message: bytes) -> bool:
    """Whether a message has the bytes that its first one promises; a bad cable may cut one short."""
    status = message[0] if message else 0
    length = _LENGTHS.get(status & 0xF0 if status < SYSTEM else status, 1)
    return status >= 0x80 and len(message) == length and max(message[1:], default=0) < 0x80


def control_of(message: bytes) -> Control | None:
    """The control that a whole message comes from; None for pressure and the clock.

    >>> str(control_of(bytes((0xB1, 74, 0)))), control_of(b"\\xf8")
    ('cc74@2', None)
    """
    if message[0] & 0xF0 == BEND:
        return Control("bend", 0, (message[0] & 0x0F) + 1)
    kind = _KINDS.get(message[0] & 0xF0)
    return Control(kind, message[1], (message[0] & 0x0F) + 1) if kind else None


def is_down(message: bytes) -> bool:
    """Whether a message of a control says that it is pressed; to call a program always is.

    >>> [is_down(bytes(message)) for message in ((0x90, 36, 1), (0x90, 36, 0), (0xB0, 20, 127), (0xC0, 5))]
    [True, False, True, True]
    """
    kind = message[0] & 0xF0
    return kind == PROGRAM or (kind == _STRUCK and message[2] > 0) or (kind == CONTROLLER and message[2] >= PRESSED)
