"""Finds the control that is being moved among all incoming MIDI messages. Knows no port.

One message is not enough where it may be half of something: controllers 0..63 are in pairs, so the other half is
waited for; controllers 0 and 32 are bank select as well, which a program change follows, but the first slider of some
controllers too, which moves. Data entry right after a parameter was selected is that parameter. What selects is never
a control, nor are controllers from 120 on, which switch things off.
"""

from dataclasses import dataclass, field
from math import inf

from emo_osc.core.midi_standard import (
    BANK_SELECT,
    CONTROL_CHANGE,
    FINE,
    FIRST_CHANNEL_MODE,
    KIND_BITS,
    PITCH_BEND,
    PROGRAM_CHANGE,
)
from emo_osc.midi.bytes import control_of, is_down
from emo_osc.protocol.midi_control import Control
from emo_osc.stage.session.controls.control_values import (
    DATA,
    SELECTING,
    Parameters,
    pair_of,
)

BANK = (BANK_SELECT, BANK_SELECT + FINE)
PAIRED_S = 0.03  # both halves of a pair come within; a hand that moves two controls is slower
BANK_S = 0.25  # a program change comes sooner after bank select
FRESH_S = 1.0  # data entry later than this after a selection may be a controller of its own
CENTRE = 0x2000


@dataclass
class Learner:
    """Watches messages until a control has moved that suits: one that turns, or one that is pressed."""

    is_turned: bool
    is_relative: bool
    parameters: Parameters
    _moved: Control | None = None
    _until_s: float = inf
    _bank: dict[Control, set[int]] = field(default_factory=dict)
    _bank_s: float = inf

    @property
    def next_s(self) -> float:
        """When `on_time` may know more."""
        return min(self._until_s, self._bank_s if self._bank_moved() else inf)

    def on_time(self, now_s: float) -> Control | None:
        """A control whose other half has not come, or a bank without its program."""
        if self._until_s <= now_s:
            return self._moved
        return self._bank_moved() if self._bank_s <= now_s else None

    def hear(self, message: bytes, now_s: float) -> Control | None:
        """Take a whole message; the control that has moved, None while there is none."""
        control, status = control_of(message), message[0] & KIND_BITS
        if control is None:
            return None
        if status == PROGRAM_CHANGE:
            self._bank.clear()
            self._bank_s = inf
        if status == PITCH_BEND:
            is_moved = self.is_turned and message[1] | message[2] << 7 != CENTRE
            return control if is_moved else None
        if status == CONTROL_CHANGE:
            return self._on_controller(control, message, now_s)
        return control if not self.is_turned and is_down(message) else None

    def _on_controller(self, control: Control, message: bytes, now_s: float) -> Control | None:
        if control.number in SELECTING or control.number >= FIRST_CHANNEL_MODE:
            return None
        if not (self.is_turned or is_down(message) or control.number in BANK):
            return None
        if control.number in DATA:
            parameter = self.parameters.control(control.channel)
            if parameter and now_s - self.parameters.since_s(control.channel) < FRESH_S:
                return parameter
        if control.number in BANK:
            return self._on_bank(control, message[2], now_s)
        if not self.is_turned or self.is_relative or pair_of(control) is None:
            return control
        if self._moved is None:
            self._moved, self._until_s = control, now_s + PAIRED_S
        is_pair = self._moved != control and pair_of(self._moved) == pair_of(control)
        return pair_of(control) if is_pair else None

    def _on_bank(self, control: Control, byte: int, now_s: float) -> Control | None:
        """Bank select says one thing before each program; a slider goes from one to another."""
        if not self._bank:
            self._bank_s = now_s + BANK_S
        self._bank.setdefault(control, set()).add(byte)
        return self.on_time(now_s)

    def _bank_moved(self) -> Control | None:
        moved = [control for control, bytes_ in self._bank.items() if len(bytes_) > 1]
        if not moved:
            return None
        halves = [control for control in self._bank if pair_of(control) == pair_of(moved[0])]
        return pair_of(moved[0]) if self.is_turned and len(halves) > 1 else moved[0]
