"""The desk's third part: MIDI controls that move values and call deeds, and their learning by being moved.

Knows no port and no disk; times are arguments.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

from emo_osc.control import Control, Role
from emo_osc.errors import CommandError
from emo_osc.messages import Mapped, MappingRead, MappingSaved
from emo_osc.stage import commands
from emo_osc.stage.commands import DEEDS
from emo_osc.stage.grip import Grip
from emo_osc.stage.instrument import NOW, Instrument
from emo_osc.stage.midi_bytes import control_of, is_down
from emo_osc.stage.osc import Message
from emo_osc.stage.phrase_desk import Counter, Request
from emo_osc.stage.values import MAPPABLE, VALUES, Scalar, unknown_name

PATIENCE_S = 30.0  # long enough to walk to the other end of the stage
MODE_CONTROLLER = 120  # from here on controllers switch things off
NOBODY = ("", 0)
"""Who asks when a control is moved: answers to it go nowhere."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Who waits for a control to be moved, for what, and until when."""

    request: Request
    role: Role
    until_s: float


class MapDesk:
    """Turns what controls do into messages, and remembers whom to answer when a mapping has been saved."""

    def __init__(self, instrument: Instrument, counter: Counter) -> None:
        self._instrument, self._mapping = instrument, instrument.mapping
        self._counter = counter
        self._waiting: _Waiting | None = None
        self._saving: deque[tuple[Request, tuple[Scalar, ...]]] = deque()
        self._grips: dict[Control, tuple[Role, Grip]] = {}
        self._held: dict[Control, bool] = {}

    @property
    def next_s(self) -> float:
        """When our patience ends."""
        return self._waiting.until_s if self._waiting else inf

    def on_time(self, now_s: float) -> None:
        """Tell whoever waits for a control that none has come."""
        if self._waiting and self._waiting.until_s <= now_s:
            request, role = self._waiting.request, self._waiting.role
            self._wait_for(None, now_s)
            text = f"no control was moved for {role.name} within {PATIENCE_S:g} s; does it reach --midi-in?"
            self._counter.refuse(request, CommandError(CommandError.NOT_NOW, text))

    def do(self, command: commands.Command, request: Request, now_s: float) -> bool:
        """Do a command that is about mapping; false for any other.

        Raises:
            CommandError: it cannot be done.
        """
        handler = _HANDLERS.get(type(command))
        if handler:
            handler(self, command, request, now_s)
        return handler is not None

    def receive_door(self, message: MappingRead | MappingSaved, now_s: float) -> None:
        """Take what the door has read, or whether it could save.

        Raises:
            ValueError: what it has read is no mapping.
        """
        if isinstance(message, MappingRead):
            self._mapping.read(message.text)
            self._counter.push_value("mapping", now_s)
        elif self._saving:
            request, values = self._saving.popleft()
            if message.fault:
                self._counter.refuse(request, CommandError(CommandError.NOT_NOW, message.fault))
            else:
                self._counter.acknowledge(request, NOW, now_s, *values)

    def is_control(self, message: bytes) -> bool:
        """Whether a message comes from a control that has a role, and is no music."""
        control = control_of(message)
        return control is not None and self._mapping.role(control) is not None

    def receive_midi(self, message: bytes, now_s: float) -> Message | None:
        """What a MIDI message asks for by the mapping; a program that has no role calls the mood of its number."""
        control = control_of(message)
        if control is None or self._is_learned(control, message, now_s):
            return None
        role, moods = self._mapping.role(control), self._instrument.preset.moods
        if role is None:
            is_mood = control.kind == "program" and control.number < len(moods)
            return Message("/emo/mood", (moods[control.number].id,)) if is_mood else None
        if role.name in MAPPABLE:
            return self._turned(control, role, message, now_s)
        is_pressed = self._is_pressed(control, message)
        return self._called(role.name) if is_pressed else None

    def _learn(self, command: commands.MapLearn, request: Request, now_s: float) -> None:
        role = Role(self._known(command.name), command.mode)
        if not self._instrument.facts.midi_in:
            raise CommandError(CommandError.NOT_NOW, "there is no MIDI input to learn from; start with --midi-in NAME")
        if self._mapping.is_full:
            raise CommandError(CommandError.NOT_NOW, "too many controls are mapped; /emo/midi/forget some")
        before = self._waiting
        self._wait_for(_Waiting(request, role, now_s + PATIENCE_S), now_s)
        if before and (before.request.sender, before.role.name) != (request.sender, role.name):
            text = f"{role.name} waits for a control now, {before.role.name} no longer"
            self._counter.refuse(before.request, CommandError(CommandError.NOT_NOW, text))
        self._counter.acknowledge(request, NOW, now_s, role.name, "waiting")

    def _forget(self, command: commands.MapForget, request: Request, now_s: float) -> None:
        name = self._known(command.name)
        is_waiting = self._waiting is not None and self._waiting.role.name == name
        if is_waiting:
            self._wait_for(None, now_s)
        if self._mapping.forget(name):
            self._save(request, (name, "forgotten"), now_s)
        elif is_waiting:
            self._counter.acknowledge(request, NOW, now_s, name, "forgotten")
        else:
            raise CommandError(CommandError.NOT_NOW, f"no control moves {name}")

    def _is_learned(self, control: Control, message: bytes, now_s: float) -> bool:
        """Whether this is the control that somebody waits for."""
        if self._waiting is None or not self._suits(control, message, self._waiting.role):
            return False
        request, role = self._waiting.request, self._waiting.role
        self._mapping.give(control, role)
        self._held[control] = is_down(message)  # the press that was learned is no call
        self._wait_for(None, now_s)
        self._save(request, (role.name, str(control)), now_s)
        return True

    def _suits(self, control: Control, message: bytes, role: Role) -> bool:
        """Whether a message is from a control as the role needs it: one that turns, or one that is pressed."""
        if control.kind == "cc" and control.number >= MODE_CONTROLLER:
            return False
        return control.kind == "cc" if role.name in MAPPABLE else is_down(message)

    def _save(self, request: Request, values: tuple[Scalar, ...], now_s: float) -> None:
        self._saving.append((request, values))  # answered when the door has saved it
        self._instrument.for_the_door.append(Mapped(self._mapping.text))
        self._counter.push_value("mapping", now_s)

    def _wait_for(self, waiting: _Waiting | None, now_s: float) -> None:
        self._waiting = waiting
        self._mapping.learning = waiting.role.name if waiting else ""
        self._counter.push_value("midi_learning", now_s)

    def _known(self, name: str) -> str:
        """The name as a mapping writes it: of a value, a deed, a mood by its id, or a preset.

        Raises:
            CommandError: 3, nobody has that name, or it cannot be written in a line.
        """
        presets = tuple(preset for preset in self._instrument.preset_names if preset == " ".join(preset.split()))
        if name not in (*MAPPABLE, *DEEDS, *presets) and self._instrument.mood_of(name) is None:
            raise unknown_name("name", name, (*MAPPABLE, *DEEDS, *self._instrument.preset.mood_book.names, *presets))
        return self._mapping.called(name)

    def _turned(self, control: Control, role: Role, message: bytes, now_s: float) -> Message | None:
        known, grip = self._grips.get(control, (None, None))
        if grip is None or known != role:
            grip = Grip(role.mode)
            self._grips[control] = (role, grip)
        if control.kind != "cc":
            return None
        (value,) = self._instrument.read(role.name, now_s)
        turned = grip.turn(message[2], VALUES[role.name].arguments[0], value)
        return None if turned is None else Message(f"/emo/set/{role.name}", (turned,))

    def _is_pressed(self, control: Control, message: bytes) -> bool:
        """Whether a button goes down; a controller that stays above the middle is held."""
        is_now, was_before = is_down(message), self._held.get(control, False)
        self._held[control] = is_now
        return is_now and (control.kind != "cc" or not was_before)

    def _called(self, name: str) -> Message:
        if name in DEEDS:
            return Message(DEEDS[name], ())
        return Message("/emo/mood" if self._instrument.mood_of(name) else "/emo/preset", (name,))


_HANDLERS: dict[type, Callable[[MapDesk, Any, Request, float], None]] = {
    commands.MapLearn: MapDesk._learn,
    commands.MapForget: MapDesk._forget,
}
