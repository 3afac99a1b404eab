"""The session: from an event to effects, for all that clients, MIDI, the studio and the supervisor say.

Knows no socket, no port and no clock; times are arguments.
"""

from collections.abc import Callable
from typing import Any

from emo_osc.core.midi_standard import FIRST_SYSTEM
from emo_osc.midi.bytes import is_whole
from emo_osc.protocol.messages import (
    Alive,
    Away,
    Failed,
    Loaded,
    LogLine,
    MappingRead,
    MappingSaved,
    PhraseNotSaved,
    PhraseSaved,
    PresetRead,
    Ready,
)
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.stage.clock.clock import Move
from emo_osc.stage.session import events
from emo_osc.stage.session.access import AccessList
from emo_osc.stage.session.client_commands import ClientCommands, CrowdFigures
from emo_osc.stage.session.continuous import ContinuousMode
from emo_osc.stage.session.controls.mapping_commands import MappingCommands
from emo_osc.stage.session.dispatcher import ANSWERS, Dispatcher
from emo_osc.stage.session.duet.accompaniments import Accompaniments
from emo_osc.stage.session.effects import Effects, OrderFromStudio, SendMidi, TellSupervisor
from emo_osc.stage.session.instrument import Instrument
from emo_osc.stage.session.latency import DELAYS, Latency
from emo_osc.stage.session.phrase_commands import PhraseCommands
from emo_osc.stage.session.pushes import Pushes
from emo_osc.stage.session.replies import Replies
from emo_osc.stage.session.request import FROM_CONTROL
from emo_osc.stage.session.subscriptions import Clients
from emo_osc.stage.session.value_commands import ValueCommands


class Session:
    """One performance: an instrument, the clients that play it, and whom it talks to."""

    def __init__(self, instrument: Instrument, access: AccessList | None = None) -> None:
        self.instrument = instrument
        self.clients = Clients()
        self.delays = {name: Latency() for name in DELAYS}
        access = access or AccessList("127.0.0.1")
        self._replies = replies = Replies(instrument, self.clients)
        self._pushes = pushes = Pushes(instrument, self.clients)
        self._values = ValueCommands(instrument, replies, pushes)
        self._questions = ClientCommands(self.clients, access, self.delays, replies, pushes)
        self._phrases = PhraseCommands(instrument, replies, pushes)
        self._accompaniments = Accompaniments(instrument, replies)
        self._mappings = MappingCommands(instrument, replies, pushes)
        self._crowd = CrowdFigures(instrument.counters, replies, pushes)
        phrases = (self._phrases, self._accompaniments)
        families = (self._values, self._questions, *phrases, self._mappings, self._crowd)
        handlers = {command: handler for family in families for command, handler in family.handlers.items()}
        self._dispatcher = Dispatcher(instrument, self.clients, replies, handlers)
        self._continuous = ContinuousMode(instrument.performer, instrument.studio_client)

    @property
    def next_s(self) -> float:
        """When `TimePassed` is to be handled: a push, the end of learning, the end of our patience."""
        parts = (self._phrases, self._accompaniments, self._mappings, self._pushes, self.instrument)
        return min(part.next_s for part in parts)

    @property
    def scheduled_s(self) -> float:
        """When `ScheduledDue` is to be handled."""
        return self._dispatcher.next_s

    def handle(self, event: events.Event, now_s: float) -> Effects:
        """What is to happen because of an event, in this order; MIDI first.

        Raises:
            ValueError: the supervisor has sent what is no message for the stage.
        """
        effects = _HANDLERS[type(event)](self, event, now_s)
        messages = self.instrument.performer.take_bytes()
        return [SendMidi(tuple(messages)), *effects] if messages else effects

    def _receive_osc(self, event: events.OscReceived, now_s: float) -> Effects:
        return self._dispatcher.receive(event, now_s)

    def _complain(self, event: events.OscUnreadable, now_s: float) -> Effects:
        fault = event.fault
        is_answerable = fault.address and fault.address not in ANSWERS
        return self._replies.complain(fault, event.sender, now_s) if is_answerable else []

    def _deny(self, event: events.SenderDenied, now_s: float) -> Effects:
        return _log("osc", f"OSC from {event.host} is not heard; to let it in, name it under osc.allow")

    def _hold_back(self, event: events.AnswersHeldBack, now_s: float) -> Effects:
        proof = "until it answers /emo/ping NUMBER with /emo/pong NUMBER, or is named under osc.allow"
        return _log("osc", f"answers to {event.host} are held back {proof}")

    def _receive_midi(self, event: events.MidiReceived, now_s: float) -> Effects:
        """A control does what it is mapped to; program change N, unless it is mapped, calls mood N of the mood book.

        Notes are learned where somebody asked for that; clock and transport move the clock that follows them.
        """
        message = event.message
        if not is_whole(message):
            return []
        if message[0] >= FIRST_SYSTEM:
            return self._receive_clock(message, now_s)
        if not self._mappings.is_control(message):
            self.instrument.phrases.hear(message, self.instrument.transport.clock.tick_at(now_s))
        command, effects = self._mappings.receive_midi(message, now_s)
        return effects + (self._dispatcher.do(command, FROM_CONTROL, now_s) if command else [])

    def _receive_clock(self, message: bytes, now_s: float) -> Effects:
        has_moved = self.instrument.transport.receive_clock(message, now_s)
        for deviation_s in self.instrument.transport.clock.take_deviations():
            self.delays["clock"].add(abs(deviation_s))
        return self._clock_news(has_moved, now_s)

    def _studio_joined(self, _: events.StudioJoined, now_s: float) -> Effects:
        self.instrument.studio_client.connected()
        return self._pushes.value("studio", now_s)

    def _studio_left(self, _: events.StudioLeft, now_s: float) -> Effects:
        self.instrument.studio_client.lost()
        return self._accompaniments.studio_left() + self._pushes.value("studio", now_s)

    def _receive_studio(self, event: events.StudioSaid, now_s: float) -> Effects:
        """Put what the studio made on the shelf; cue it where it is the answer to our last order."""
        message, instrument = event.message, self.instrument
        performer, client = instrument.performer, instrument.studio_client
        answered_s = client.take_answered()
        if answered_s is not None:
            self.delays["studio"].add(now_s - answered_s)
        if isinstance(message, Loaded) and client.made_while_away != performer.effective_affect:
            performer.wanted = performer.wanted or performer.effective_affect
        for part in (self._phrases, self._accompaniments):
            answer = part.receive_studio(message, now_s)
            if answer is not None:
                return answer
        if isinstance(message, Ready) and self._continuous.take(message, instrument.transport.tick_at(now_s)):
            return []
        if isinstance(message, Loaded | Failed | Away):
            left = self._accompaniments.studio_left() if isinstance(message, Away) else []
            return left + _log("studio", _words_on(message, client.summary)) + self._pushes.value("studio", now_s)
        if isinstance(message, Alive):
            return []
        if client.is_asked(message) or performer.phrase is None:
            performer.offer(message, instrument.transport.tick_at(now_s), client.entry_of(message))
        else:
            performer.shelf.add(message)
        return []

    def _receive_supervisor(self, event: events.SupervisorSaid, now_s: float) -> Effects:
        """Take what the supervisor has read from disk or saved."""
        message = event.message
        if isinstance(message, PresetRead):
            self.instrument.learn_preset(message.name, StagePreset.from_json(message.text))
            return []
        if isinstance(message, PhraseSaved | PhraseNotSaved):
            return self._phrases.receive_supervisor(message, now_s)
        if isinstance(message, MappingRead | MappingSaved):
            return self._mappings.receive_supervisor(message, now_s)
        raise ValueError(f"{type(message).__name__} is no message for the stage")

    def _introduce(self, _: events.InstrumentJoined, now_s: float) -> Effects:
        self.instrument.performer.resend_controllers()
        return []

    def _ports_changed(self, event: events.PortsChanged, now_s: float) -> Effects:
        counters = self.instrument.counters
        counters.midi_out, counters.midi_in = event.midi_out, event.midi_in
        lines = [effect for line in event.lines for effect in _log("midi", line)]
        return lines + self._pushes.values(("midi_out", "midi_in") if lines else (), now_s)

    def _value_changed(self, event: events.ValueChanged, now_s: float) -> Effects:
        return self._pushes.value(event.name, now_s)

    def _scheduled_due(self, _: events.ScheduledDue, now_s: float) -> Effects:
        return self._dispatcher.handle_scheduled(now_s)

    def _time_passed(self, _: events.TimePassed, now_s: float) -> Effects:
        effects = self._phrases.on_time(now_s) + self._accompaniments.on_time(now_s)
        commands, told = self._mappings.on_time(now_s)
        effects += told
        for command in commands:
            effects += self._dispatcher.do(command, FROM_CONTROL, now_s)
        effects += self._clock_news(self.instrument.transport.on_time(now_s), now_s)
        return effects + self._pushes.on_time(now_s)

    def _turn_ended(self, _: events.TurnEnded, now_s: float) -> Effects:
        instrument, performer = self.instrument, self.instrument.performer
        self._continuous.look(instrument.transport.tick_at(now_s), instrument.transport.clock.tempo)
        effects = self._accompaniments.look(now_s, is_chosen=self._continuous.rests) + self._pushes.played(now_s)
        if performer.wanted is not None:
            instrument.studio_client.want(performer.wanted)
            performer.wanted = None
        order = instrument.studio_client.due(now_s, lambda: instrument.sounding(now_s))
        return [*effects, OrderFromStudio(order)] if order else effects

    def _second_passed(self, _: events.SecondPassed, now_s: float) -> Effects:
        effects = self._pushes.tempo(now_s) + self._crowd.on_second(now_s)
        for target in self.clients.listeners(frozenset({"latency"}), now_s):
            effects += self._questions.latencies(target)
        return effects

    def _choose_melody(self, event: events.MelodyDue, now_s: float) -> Effects:
        return self._values.choose_melody(event, now_s)

    def _end(self, _: events.Ended, now_s: float) -> Effects:
        instrument = self.instrument
        instrument.transport.follow(Move(round(instrument.transport.clock.tick_at(now_s)), is_running=False))
        instrument.performer.panic()
        return []

    def _clock_news(self, has_moved: bool, now_s: float) -> Effects:
        """Tell what the clock does where that has changed."""
        line = self.instrument.transport.take_news()
        if not line and not has_moved:
            return []
        return (_log("clock", line) if line else []) + self._pushes.values(("playing", "clock"), now_s)


def _log(kind_of: str, text: str) -> Effects:
    return [TellSupervisor(LogLine(kind_of, text))]


def _words_on(message: Loaded | Failed | Away, summary: str) -> str:
    return f"generator {summary}" if isinstance(message, Loaded) else f"generator: {message.text}; the shelf plays on"


_HANDLERS: dict[type, Callable[[Session, Any, float], Effects]] = {
    events.OscReceived: Session._receive_osc,
    events.OscUnreadable: Session._complain,
    events.SenderDenied: Session._deny,
    events.AnswersHeldBack: Session._hold_back,
    events.MidiReceived: Session._receive_midi,
    events.StudioJoined: Session._studio_joined,
    events.StudioLeft: Session._studio_left,
    events.StudioSaid: Session._receive_studio,
    events.SupervisorSaid: Session._receive_supervisor,
    events.InstrumentJoined: Session._introduce,
    events.PortsChanged: Session._ports_changed,
    events.ValueChanged: Session._value_changed,
    events.ScheduledDue: Session._scheduled_due,
    events.TimePassed: Session._time_passed,
    events.TurnEnded: Session._turn_ended,
    events.SecondPassed: Session._second_passed,
    events.MelodyDue: Session._choose_melody,
    events.Ended: Session._end,
}
