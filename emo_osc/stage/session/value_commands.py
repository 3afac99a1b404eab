"""The value commands: setting values, the transport, and other melodies.

Knows no client; times are arguments.
"""

from collections.abc import Callable

from emo_osc.protocol import commands
from emo_osc.protocol.messages import SwitchGenerator
from emo_osc.stage.session.effects import Continue, Effects, Handlers, TellSupervisor
from emo_osc.stage.session.events import MelodyDue
from emo_osc.stage.session.instrument import AFFECT_VALUES, NEEDS_MELODY, Instrument
from emo_osc.stage.session.pushes import Pushes
from emo_osc.stage.session.replies import Replies
from emo_osc.stage.session.request import Request
from emo_osc.stage.session.transport import NOW


class ValueCommands:
    """Sets the instrument. A value that asks for another melody takes two steps, so that its touch is sent first."""

    def __init__(self, instrument: Instrument, replies: Replies, pushes: Pushes) -> None:
        self._instrument, self._replies, self._pushes = instrument, replies, pushes

    @property
    def handlers(self) -> Handlers:
        """What to call for each command."""
        return {commands.SetValue: self._set, commands.Panic: self._panic, **dict.fromkeys(_MOVES, self._move)}

    def choose_melody(self, event: MelodyDue, now_s: float) -> Effects:
        """The second step: cue the melody, and answer when it lands."""
        return self._answered(event.command, event.request, self._instrument.settle(now_s), now_s)

    def _set(self, command: commands.SetValue, request: Request, now_s: float) -> Effects:
        if command.name == "preset":
            return self._load_preset(command, request, now_s)
        landing = self._instrument.touch(command.name, command.values, now_s)
        if command.name in NEEDS_MELODY:
            return [Continue(MelodyDue(command, request))]
        return self._answered(command, request, landing, now_s)

    def _answered(self, command: commands.SetValue, request: Request, landing: float | None, now_s: float) -> Effects:
        affect, values = self._instrument.performer.affect, command.values
        if command.name in AFFECT_VALUES:
            values = (affect.valence, affect.arousal)
        effects = self._replies.acknowledge(request, landing, now_s, *values)
        return effects + self._pushes.changes(command.name, now_s)

    def _load_preset(self, command: commands.SetValue, request: Request, now_s: float) -> Effects:
        before = self._instrument.preset.composer
        landing = self._instrument.set(command.name, command.values, now_s)
        composer = self._instrument.preset.composer
        switch: Effects = [TellSupervisor(SwitchGenerator(composer))] if composer != before else []
        return switch + self._answered(command, request, landing, now_s)

    def _move(self, command: commands.Command, request: Request, now_s: float) -> Effects:
        landing = _MOVES[type(command)](self._instrument, now_s)
        effects = self._replies.acknowledge(request, landing, now_s)
        return effects + self._pushes.values(("playing", "tempo"), now_s)

    def _panic(self, _: commands.Panic, request: Request, now_s: float) -> Effects:
        self._instrument.performer.panic()
        return self._replies.acknowledge(request, NOW, now_s)


_MOVES: dict[type, Callable[[Instrument, float], float | None]] = {
    commands.Play: lambda instrument, now_s: instrument.transport.play(now_s),
    commands.Resume: lambda instrument, now_s: instrument.transport.resume(now_s),
    commands.Stop: lambda instrument, now_s: instrument.transport.stop(now_s),
    commands.Tap: lambda instrument, now_s: instrument.transport.tap(now_s),
    commands.Next: Instrument.next,
    commands.Again: Instrument.again,
}
