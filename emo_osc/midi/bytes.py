"""MIDI messages as bytes: whether one is complete, which control sent it, whether it is pressed."""

from emo_osc.core.midi_standard import (
    CHANNEL_BITS,
    CONTROL_CHANGE,
    FIRST_STATUS,
    KIND_BITS,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    PROGRAM_CHANGE,
    SWITCHED_ON,
    length_of,
)
from emo_osc.protocol.midi_control import Control

_KINDS = {NOTE_OFF: "note", NOTE_ON: "note", CONTROL_CHANGE: "cc", PROGRAM_CHANGE: "program"}


def is_whole(message: bytes) -> bool:
    """Whether a message has the length that its status byte demands; a bad cable may cut one short."""
    status = message[0] if message else 0
    return status >= FIRST_STATUS and len(message) == length_of(status) and max(message[1:], default=0) < FIRST_STATUS


def control_of(message: bytes) -> Control | None:
    """The control that a whole message comes from; None for pressure and the clock.

    >>> str(control_of(bytes((0xB1, 74, 0)))), control_of(b"\\xf8")
    ('cc74@2', None)
    """
    if message[0] & KIND_BITS == PITCH_BEND:
        return Control("bend", 0, (message[0] & CHANNEL_BITS) + 1)
    kind = _KINDS.get(message[0] & KIND_BITS)
    return Control(kind, message[1], (message[0] & CHANNEL_BITS) + 1) if kind else None


def is_down(message: bytes) -> bool:
    """Whether a message of a control says that it is pressed; to call a program always is.

    >>> [is_down(bytes(message)) for message in ((0x90, 36, 1), (0x90, 36, 0), (0xB0, 20, 127), (0xC0, 5))]
    [True, False, True, True]
    """
    kind = message[0] & KIND_BITS
    if kind == CONTROL_CHANGE:
        return message[2] >= SWITCHED_ON
    return kind == PROGRAM_CHANGE or (kind == NOTE_ON and message[2] > 0)
