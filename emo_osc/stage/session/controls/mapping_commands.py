"""The mapping commands: MIDI controls that set values or trigger actions, and MIDI learn.

Knows no port and no disk; times are arguments.
"""

from collections import deque
from dataclasses import dataclass

from emo_osc.core.errors import CommandError
from emo_osc.midi.bytes import control_of, is_down
from emo_osc.protocol import commands
from emo_osc.protocol.commands import DEEDS
from emo_osc.protocol.messages import Mapped, MappingRead, MappingSaved
from emo_osc.protocol.midi_control import FINE_KINDS, MODES, TURNING_KINDS, Control, Role
from emo_osc.protocol.parameters import MAPPABLE, VALUES, Scalar, unknown_name
from emo_osc.protocol.parsing import parse
from emo_osc.stage.session.controls.control_values import Reading, Readings
from emo_osc.stage.session.controls.midi_learn import Learner
from emo_osc.stage.session.controls.relative_encoders import RELATIVE, EncoderWatch
from emo_osc.stage.session.controls.soft_takeover import SoftTakeover
from emo_osc.stage.session.effects import Effects, Handlers, TellSupervisor
from emo_osc.stage.session.instrument import Instrument
from emo_osc.stage.session.pushes import Pushes
from emo_osc.stage.session.replies import Replies
from emo_osc.stage.session.request import FROM_CONTROL, Request
from emo_osc.stage.session.transport import NOW

PATIENCE_S = 30.0  # long enough to walk to the other end of the stage
ACTIONS = {name: parse(address, ()) for name, address in DEEDS.items()}
"""Actions that a control can trigger -> their commands."""


Asked = tuple[commands.Command | None, Effects]
"""What a control asks for, and what else its move causes."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Who waits for a control to be moved, for what, and until when."""

    request: Request
    role: Role
    until_s: float
    learner: Learner


class MappingCommands:
    """Turns what controls do into commands, and remembers whom to answer when a mapping has been saved."""

    def __init__(self, instrument: Instrument, replies: Replies, pushes: Pushes) -> None:
        self._instrument, self._mapping = instrument, instrument.mapping
        self._replies, self._pushes = replies, pushes
        self._waiting: _Waiting | None = None
        self._saving: deque[tuple[Request, tuple[Scalar, ...]]] = deque()
        self._grips: dict[Control, tuple[Role, SoftTakeover]] = {}
        self._held: dict[Control, bool] = {}
        self._readings = Readings(lambda control: self._mapping.role(control) is not None)
        self._watches: dict[Control, EncoderWatch] = {}

    @property
    def next_s(self) -> float:
        """When half a control is as good as a whole one, or our patience ends."""
        if not self._waiting:
            return self._readings.next_s
        return min(self._readings.next_s, self._waiting.until_s, self._waiting.learner.next_s)

    @property
    def handlers(self) -> Handlers:
        """What to call for each command."""
        return {commands.MapLearn: self._learn, commands.MapForget: self._forget}

    def on_time(self, now_s: float) -> tuple[list[commands.Command], Effects]:
        """What controls ask for that were held back; tell the client that waits for a control that none has come."""
        waiting, effects = self._waiting, Effects()
        moved = waiting.learner.on_time(now_s) if waiting else None
        if moved:
            effects = self._learned(moved, None, now_s)
        elif waiting and waiting.until_s <= now_s:
            text = f"no control was moved for {waiting.role.name} within {PATIENCE_S:g} s; does it reach --midi-in?"
            effects = self._wait_for(None, now_s)
            effects += self._replies.refuse(waiting.request, CommandError(CommandError.NOT_NOW, text))
        asked = []
        for reading in self._readings.take(now_s):
            command, told = self._moved(reading, now_s)
            asked += [command] if command else []
            effects += told
        return asked, effects

    def receive_supervisor(self, message: MappingRead | MappingSaved, now_s: float) -> Effects:
        """Take what the supervisor has read, or whether it could save.

        Raises:
            ValueError: what it has read is no mapping.
        """
        if isinstance(message, MappingRead):
            self._mapping.read(message.text)
            return self._pushes.value("mapping", now_s)
        if not self._saving:
            return []
        request, values = self._saving.popleft()
        if message.fault:
            return self._replies.refuse(request, CommandError(CommandError.NOT_NOW, message.fault))
        return self._replies.acknowledge(request, NOW, now_s, *values)

    def is_control(self, message: bytes) -> bool:
        """Whether a message comes from a control that has a role, and is no music."""
        control = control_of(message)
        return control is not None and self._mapping.role(control) is not None

    def receive_midi(self, message: bytes, now_s: float) -> Asked:
        """What a MIDI message asks for by the mapping; a program that has no role calls the mood of its number."""
        readings = self._readings.read(message, now_s)
        moved = self._waiting.learner.hear(message, now_s) if readings and self._waiting else None
        if moved:
            return None, self._learned(moved, message, now_s)
        for reading in readings:
            if self._mapping.role(reading.control):
                return self._moved(reading, now_s)
        return self._called_by_number(message), []

    def _called_by_number(self, message: bytes) -> commands.Command | None:
        control, moods = control_of(message), self._instrument.preset.moods
        is_mood = control and control.kind == "program" and control.number < len(moods)
        return commands.SetValue("mood", (moods[message[1]].id,)) if is_mood else None

    def _moved(self, reading: Reading, now_s: float) -> Asked:
        role = self._mapping.role(reading.control)
        if role is None:
            return None, []
        if role.name in MAPPABLE:
            role, effects = self._heard_right(reading, role, now_s)
            return self._turned(reading, role, now_s), effects
        return self._called(role.name) if self._is_pressed(reading) else None, []

    def _learn(self, command: commands.MapLearn, request: Request, now_s: float) -> Effects:
        role = Role(self._known(command.name), command.mode)
        if not self._instrument.counters.midi_in:
            raise CommandError(CommandError.NOT_NOW, "there is no MIDI input to learn from; start with --midi-in NAME")
        if self._mapping.is_full:
            raise CommandError(CommandError.NOT_NOW, "too many controls are mapped; /emo/midi/forget some")
        before = self._waiting
        learner = Learner(role.name in MAPPABLE, role.mode in RELATIVE, self._readings.parameters)
        effects = self._wait_for(_Waiting(request, role, now_s + PATIENCE_S, learner), now_s)
        if before and (before.request.sender, before.role.name) != (request.sender, role.name):
            text = f"{role.name} waits for a control now, {before.role.name} no longer"
            effects += self._replies.refuse(before.request, CommandError(CommandError.NOT_NOW, text))
        return effects + self._replies.acknowledge(request, NOW, now_s, role.name, "waiting")

    def _forget(self, command: commands.MapForget, request: Request, now_s: float) -> Effects:
        name = self._known(command.name)
        is_waiting = self._waiting is not None and self._waiting.role.name == name
        effects = self._wait_for(None, now_s) if is_waiting else []
        if self._mapping.forget(name):
            return effects + self._save(request, (name, "forgotten"), now_s)
        if is_waiting:
            return effects + self._replies.acknowledge(request, NOW, now_s, name, "forgotten")
        raise CommandError(CommandError.NOT_NOW, f"no control moves {name}")

    def _learned(self, control: Control, message: bytes | None, now_s: float) -> Effects:
        """Give the control that has moved the role that waits; `message` is its last, None where that is long ago."""
        assert self._waiting
        request, role = self._waiting.request, self._waiting.role
        if role.mode in RELATIVE and control.kind in FINE_KINDS:
            role = Role(role.name)
        self._watches.pop(control, None)
        if role.mode == MODES[2] and message and role.name in MAPPABLE:
            watch = self._watches[control] = EncoderWatch()
            role = Role(role.name, watch.see(message[2]))
        self._mapping.give(control, role)
        self._held[control] = message is not None and is_down(message)  # the press that was learned is no call
        effects = self._wait_for(None, now_s)
        return effects + self._save(request, (role.name, str(control)), now_s)

    def _heard_right(self, reading: Reading, role: Role, now_s: float) -> tuple[Role, Effects]:
        """The role, with another encoding where an encoder that was learned has shown that it sends that one."""
        watch = self._watches.get(reading.control)
        if watch is None or reading.position is None:
            return role, []
        mode = watch.see(reading.position)
        if watch.is_sure or role.mode not in RELATIVE:
            del self._watches[reading.control]
        if mode == role.mode or role.mode not in RELATIVE:
            return role, []
        corrected = Role(role.name, mode)
        self._mapping.give(reading.control, corrected)
        return corrected, self._save(FROM_CONTROL, (), now_s)

    def _save(self, request: Request, values: tuple[Scalar, ...], now_s: float) -> Effects:
        self._saving.append((request, values))  # answered when the supervisor has saved it
        return [TellSupervisor(Mapped(self._mapping.text)), *self._pushes.value("mapping", now_s)]

    def _wait_for(self, waiting: _Waiting | None, now_s: float) -> Effects:
        self._waiting = waiting
        self._mapping.learning = waiting.role.name if waiting else ""
        return self._pushes.value("midi_learning", now_s)

    def _known(self, name: str) -> str:
        """The name as a mapping writes it: of a value, a deed, a mood by its id, or a preset.

        Raises:
            CommandError: 3, nobody has that name, or it cannot be written in a line.
        """
        presets = tuple(preset for preset in self._instrument.preset_names if preset == " ".join(preset.split()))
        if name not in (*MAPPABLE, *DEEDS, *presets) and self._instrument.mood_of(name) is None:
            raise unknown_name("name", name, (*MAPPABLE, *DEEDS, *self._instrument.preset.mood_book.names, *presets))
        return self._mapping.called(name)

    def _turned(self, reading: Reading, role: Role, now_s: float) -> commands.Command | None:
        control = reading.control
        known, grip = self._grips.get(control, (None, None))
        if grip is None or known != role:
            grip = SoftTakeover(role.mode)
            self._grips[control] = (role, grip)
        if control.kind not in TURNING_KINDS:
            return None
        (value,), argument = self._instrument.read(role.name, now_s), VALUES[role.name].arguments[0]
        turned: Scalar | None = None
        if reading.steps:
            turned = grip.step(reading.steps, argument, value)
        elif reading.position is not None:
            turned = grip.turn(reading.position, argument, value, reading.full)
        return None if turned is None else commands.SetValue(role.name, (turned,))

    def _is_pressed(self, reading: Reading) -> bool:
        """Whether a button goes down; a controller that stays above the middle is held."""
        if reading.control.kind in FINE_KINDS and reading.position is None:
            return False
        was_before, self._held[reading.control] = self._held.get(reading.control, False), reading.is_down
        return reading.is_down and (reading.control.kind not in TURNING_KINDS or not was_before)

    def _called(self, name: str) -> commands.Command | None:
        if name in ACTIONS:
            return ACTIONS[name]
        return commands.SetValue("mood" if self._instrument.mood_of(name) else "preset", (name,))
