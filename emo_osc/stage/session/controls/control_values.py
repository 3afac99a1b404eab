"""Reads the position of a MIDI control from its messages, 7-bit or 14-bit. Knows no port.

A position of 14 bits comes in two halves, in either order, and some senders leave out a half that has not changed. A
half is held until the other has come, for 10 ms at most, so that no value between two positions is ever heard. Which
half closes a pair is learned from the first pair after a rest; it is not waited after.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from emo_osc.core.midi_standard import (
    CONTROL_CHANGE,
    DATA_ENTRY,
    DECREMENT,
    FINE,
    INCREMENT,
    KIND_BITS,
    NRPN_COARSE,
    NRPN_FINE,
    RPN_COARSE,
    RPN_FINE,
)
from emo_osc.midi.bytes import control_of, is_down
from emo_osc.protocol.midi_control import Control

DATA = (DATA_ENTRY, DATA_ENTRY + FINE, INCREMENT, DECREMENT)
SELECTING = (NRPN_FINE, NRPN_COARSE, RPN_FINE, RPN_COARSE)
NO_PARAMETER = 0x3FFF
HELD_S = 0.01  # ten times what three bytes take on a DIN cable
RESTED_S = 0.03
FULL, FULL_FINE = 127, 16383


@dataclass(frozen=True, slots=True)
class Reading:
    """A control and what it says: a position 0..`full`, or steps up or down; neither where a half is still to come."""

    control: Control
    position: int | None = None
    full: int = FULL
    steps: int = 0
    is_down: bool = False


class Parameters:
    """The parameter, registered (RPN) or not (NRPN), that data entry is about on each channel.

    >>> parameters = Parameters()
    >>> for controller, byte in ((99, 2), (98, 44)):
    ...     parameters.select(1, controller, byte, 0.0)
    >>> str(parameters.control(1))
    'nrpn300@1'
    """

    def __init__(self) -> None:
        self._halves: dict[tuple[int, str], list[int]] = {}
        self._kinds: dict[int, str] = {}
        self._used_s: dict[int, float] = {}

    def select(self, channel: int, controller: int, byte: int, now_s: float) -> None:
        """Take one half of a parameter's number."""
        kind = "rpn" if controller in (RPN_FINE, RPN_COARSE) else "nrpn"
        halves = self._halves.setdefault((channel, kind), [0, 0])
        halves[controller in (NRPN_COARSE, RPN_COARSE)] = byte
        self._kinds[channel], self._used_s[channel] = kind, now_s

    def control(self, channel: int) -> Control | None:
        """The parameter selected on a channel 1..16, None where none is."""
        kind = self._kinds.get(channel)
        if kind is None:
            return None
        fine, coarse = self._halves[channel, kind]
        number = coarse << 7 | fine
        return None if number == NO_PARAMETER else Control(kind, number, channel)

    def since_s(self, channel: int) -> float:
        """When one was last selected on a channel; minus infinity for never."""
        return self._used_s.get(channel, -inf)


class Readings:
    """Reads controls, the closest first: what belongs to a parameter or a pair may be a controller as well."""

    def __init__(self, is_wanted: Callable[[Control], bool]) -> None:
        """`is_wanted` says which controls of 14 bits are to be put together."""
        self._is_wanted = is_wanted
        self.parameters = Parameters()
        self._halves: dict[Control, _Halves] = {}
        self._holding: dict[Control, _Halves] = {}

    @property
    def next_s(self) -> float:
        """When a control should be taken by the half that has come."""
        return min((halves.until_s for halves in self._holding.values()), default=inf)

    def take(self, now_s: float) -> list[Reading]:
        """Controls whose other half has not come in time."""
        due = [control for control, halves in self._holding.items() if halves.until_s <= now_s]
        return [self._holding.pop(control).reading(control) for control in due]

    def read(self, message: bytes, now_s: float) -> list[Reading]:
        """What a whole message says, as each control that it may come from."""
        control = control_of(message)
        if control is None:
            return []
        if control.kind == "bend":
            position = message[1] | message[2] << 7
            return [Reading(control, position, FULL_FINE, is_down=position > FULL_FINE // 2)]
        if message[0] & KIND_BITS != CONTROL_CHANGE:
            return [Reading(control, is_down=is_down(message))]
        _, number, byte = message
        plain = Reading(control, byte, is_down=is_down(message))
        if number in SELECTING:
            self.parameters.select(control.channel, number, byte, now_s)
        fine = self._fine(control, byte, now_s)
        return [fine, plain] if fine else [plain]

    def _fine(self, control: Control, byte: int, now_s: float) -> Reading | None:
        whole, is_coarse = self.parameters.control(control.channel), control.number < FINE
        is_data = control.number in DATA
        if not (is_data and whole and self._is_wanted(whole)):
            whole = pair_of(control)
        if whole is None or not self._is_wanted(whole):
            return None
        if control.number in (INCREMENT, DECREMENT):
            return Reading(whole, steps=1 if control.number == INCREMENT else -1)
        halves = self._halves.setdefault(whole, _Halves())
        reading = halves.add(whole, byte, is_coarse, now_s)
        self._holding.pop(whole, None)
        if halves.until_s < inf:
            self._holding[whole] = halves
        return reading


def pair_of(control: Control) -> Control | None:
    """The pair of controllers, n and n + 32, that a controller belongs to.

    >>> str(pair_of(Control("cc", 48, 1))), pair_of(Control("cc", 74))
    ('cc16+48@1', None)
    """
    is_half = control.kind == "cc" and control.number < 2 * FINE
    return Control("pair", control.number % FINE, control.channel) if is_half else None


class _Halves:
    """The two halves of one control's position."""

    def __init__(self) -> None:
        self.until_s = inf
        self._bytes: dict[bool, int] = {}  # by whether it is the coarse half
        self._held: bool | None = None
        self._closing: bool | None = None
        self._last_s = -inf
        self._has_rested = True

    def add(self, control: Control, byte: int, is_coarse: bool, now_s: float) -> Reading:
        """Take a half; the reading has no position while the other is waited for."""
        had_rested, self._has_rested = self._has_rested, now_s - self._last_s > RESTED_S
        self._last_s = now_s
        self._bytes[is_coarse] = byte
        is_second = self._held is not None and self._held != is_coarse
        if is_second and had_rested:
            self._closing = is_coarse
        if is_second or is_coarse == self._closing:
            return self.reading(control)
        if False not in self._bytes:  # so far there are 7 bits, and nothing to wait for
            self._held = is_coarse
            return Reading(control, byte, is_down=2 * byte > FULL)
        if self._held is None:
            self._held, self.until_s = is_coarse, now_s + HELD_S
        return Reading(control)

    def reading(self, control: Control) -> Reading:
        """Where it stands by what has come; nothing is held any longer."""
        self._held, self.until_s = None, inf
        coarse, fine = self._bytes.get(True), self._bytes.get(False)
        if coarse is None:
            return Reading(control)
        if fine is None:
            return Reading(control, coarse, is_down=2 * coarse > FULL)
        position = coarse << 7 | fine
        return Reading(control, position, FULL_FINE, is_down=2 * position > FULL_FINE)
