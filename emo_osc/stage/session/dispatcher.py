"""Carries out commands on the instrument, answers their senders, and pushes changes to listeners.

Knows no socket; times are arguments.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from emo_osc import __version__
from emo_osc.core.errors import CommandError
from emo_osc.core.midi_standard import FIRST_SYSTEM
from emo_osc.midi.bytes import is_whole
from emo_osc.protocol import commands
from emo_osc.protocol.messages import (
    Alive,
    AnyMessage,
    Failed,
    Loaded,
    MappingRead,
    MappingSaved,
    PhraseNotSaved,
    PhraseSaved,
    PresetRead,
    Ready,
    StudioToStage,
)
from emo_osc.protocol.osc import Fault, Message, Target, answerable
from emo_osc.protocol.parameters import MAX_TEXT, VALUES, Scalar
from emo_osc.protocol.parsing import parse, read_message
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.stage.player.events import BarLine, NotePlayed
from emo_osc.stage.session.access import AccessList, numeric_host
from emo_osc.stage.session.continuous import ContinuousMode
from emo_osc.stage.session.error_replies import Complaints
from emo_osc.stage.session.instrument import NOW, Instrument
from emo_osc.stage.session.latency import Latency
from emo_osc.stage.session.mapping_commands import NOBODY, MappingCommands
from emo_osc.stage.session.phrase_commands import PhraseCommands, Request
from emo_osc.stage.session.piano_roll import PianoRoll
from emo_osc.stage.session.scheduled import ScheduledMessages
from emo_osc.stage.session.subscriptions import Clients
from emo_osc.stage.session.throttle import Throttle

MAX_AHEAD_S = 60.0
MAX_SCHEDULED, MAX_SCHEDULED_A_HOST = 8192, 2048
DELAYS = ("datagram", "schedule", "clock", "studio")
"""Delays that are kept: datagram received -> MIDI bytes sent, note due -> note sent, how far each MIDI clock that came
in lay from where it was expected, and order sent to the studio -> its answer."""

_AFFECT_VALUES = ("va", "valence", "arousal", "mood")  # to set one moves all
ANSWERS = frozenset({f"/emo/{name}" for name in ("error", "ack", "pong", "startup", "note", "bar", "roll")})
"""Addresses that are never answered: else two daemons whose replies go to each other would never stop."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One OSC message to send."""

    target: Target
    address: str
    arguments: tuple[Scalar, ...]


class Dispatcher:
    """Takes messages, plays the instrument, and collects what is to be sent."""

    def __init__(self, instrument: Instrument, access: AccessList | None = None) -> None:
        self.instrument = instrument
        self._access = access or AccessList("127.0.0.1")
        self._throttle = Throttle()
        self.delays = {name: Latency() for name in DELAYS}
        self.clients = Clients()
        self._complaints = Complaints()
        self._scheduled: ScheduledMessages[Request] = ScheduledMessages(MAX_SCHEDULED, MAX_SCHEDULED_A_HOST)
        self._answers: list[Answer] = []
        self._phrases = PhraseCommands(instrument, self)
        self._mappings = MappingCommands(instrument, self)
        self._roll = PianoRoll(instrument.performer)
        self._continuous = ContinuousMode(instrument.performer, instrument.studio_client)
        self._tempo = round(instrument.clock.tempo, 1)

    @property
    def next_s(self) -> float:
        """When something happens by itself: a message, a push, the end of learning, the end of our patience."""
        others_s = min(self._phrases.next_s, self._mappings.next_s)
        return min(self._scheduled.next_s, others_s, self._throttle.next_s, self.instrument.next_s)

    def take_answers(self) -> list[Answer]:
        """What is to be sent now."""
        answers, self._answers = self._answers, []
        return answers

    def receive(self, message: Message, sender: Target, now_s: float, wall_s: float) -> None:
        """Do what a message asks, now or when its timetag says. `wall_s` is the Unix time of `now_s`."""
        if message.address in ANSWERS:
            return
        self.clients.renew(sender, now_s)
        ahead_s = 0.0 if message.time_s is None else message.time_s - wall_s
        request = Request(message, sender)
        if ahead_s <= 0.0:
            self._do(request, now_s)
        else:
            self._schedule(request, ahead_s, now_s)

    def do_scheduled(self, now_s: float) -> bool:
        """Do one message that was scheduled for now, of the client whose turn it is; false where there is none."""
        request = self._scheduled.take(now_s)
        if request is not None:
            self._do(request, now_s)
        return request is not None

    def on_time(self, now_s: float) -> None:
        """Do what is due by itself; messages that were scheduled are done by `do_scheduled`."""
        self._phrases.on_time(now_s)
        for asked in self._mappings.on_time(now_s):
            self._do(Request(asked, NOBODY), now_s)
        if self.instrument.on_time(now_s):
            self._clock_changed(now_s)
        for name in self._throttle.take(now_s):
            self._tell(name, now_s)

    def receive_midi(self, message: bytes, now_s: float) -> None:
        """A control does what it is mapped to; program change N, unless it is mapped, calls mood N of the mood book.

        Notes are learned where somebody asked for that; clock and transport move the clock that follows them.
        """
        if not is_whole(message):
            return
        if message[0] >= FIRST_SYSTEM:
            if self.instrument.receive_clock(message, now_s):
                self._clock_changed(now_s)
            for deviation_s in self.instrument.clock.take_deviations():
                self.delays["clock"].add(abs(deviation_s))
            return
        if not self._mappings.is_control(message):
            self.instrument.phrases.hear(message, self.instrument.clock.tick_at(now_s))
        asked = self._mappings.receive_midi(message, now_s)
        if asked:
            self._do(Request(asked, NOBODY), now_s)

    def receive_studio(self, message: StudioToStage, now_s: float) -> None:
        """Put what the studio made on the shelf; book it where it is the answer to our last order."""
        performer = self.instrument.performer
        answered_s = self.instrument.studio_client.take_answered()
        if answered_s is not None:
            self.delays["studio"].add(now_s - answered_s)
        if isinstance(message, Loaded):
            performer.wanted = performer.wanted or performer.effective_affect
        if self._phrases.receive_studio(message, now_s):
            return
        if isinstance(message, Ready) and self._continuous.take(message, self.instrument.tick_at(now_s)):
            return
        if isinstance(message, Loaded | Failed):
            self.instrument.say("studio", _words_on(message, self.instrument.studio_client.summary))
            self.studio_changed(now_s)
        elif isinstance(message, Alive):
            return
        elif self.instrument.studio_client.is_asked(message) or performer.phrase is None:
            performer.offer(message, self.instrument.tick_at(now_s))
        else:
            performer.shelf.add(message)

    def receive_supervisor(self, message: AnyMessage, now_s: float) -> None:
        """Take what the supervisor has read from disk.

        Raises:
            ValueError: it is no message for the stage.
        """
        if isinstance(message, PresetRead):
            self.instrument.learn_preset(message.name, StagePreset.from_json(message.text))
        elif isinstance(message, PhraseSaved | PhraseNotSaved):
            self._phrases.receive_supervisor(message, now_s)
        elif isinstance(message, MappingRead | MappingSaved):
            self._mappings.receive_supervisor(message, now_s)
        else:
            raise ValueError(f"{type(message).__name__} is no message for the stage")

    def ports_changed(self, out: str, in_: str, lines: list[str], now_s: float) -> None:
        """Let people read what has become of the MIDI ports, and tell listeners where they lead now."""
        counters = self.instrument.counters
        counters.midi_out, counters.midi_in = out, in_
        for line in lines:
            self.instrument.say("midi", line)
        for name in ("midi_out", "midi_in") if lines else ():
            self.push_value(name, now_s)

    def studio_changed(self, now_s: float) -> None:
        """Tell listeners how the studio is."""
        self.push_value("studio", now_s)

    def push_heard(self, now_s: float) -> None:
        """Push the phrase that plays or waits where that has changed, and the notes and bars that were just played."""
        self._continuous.look(self.instrument.tick_at(now_s), self.instrument.clock.tempo)
        if self._roll.has_changed():
            for name in ("roll", "coming"):
                self.push_value(name, now_s)
        for event in self.instrument.take_heard(now_s):
            if isinstance(event, BarLine):
                self._push("/emo/bar", (event.bar,), frozenset({"bar"}), now_s)
            elif isinstance(event, NotePlayed):
                self._push("/emo/note", self._note_arguments(event), frozenset({"note"}), now_s)
            else:
                self.push_changes("va", now_s)

    def each_second(self, now_s: float) -> None:
        """Push the delays seen, and a tempo that somebody else has changed."""
        tempo = round(self.instrument.clock.tempo, 1)
        if tempo != self._tempo:
            self._tempo = tempo
            self.push_value("tempo", now_s)
        for target in self.clients.listeners(frozenset({"latency"}), now_s):
            self._answer_latency(target)

    def acknowledge(self, request: Request, landing: float | None, now_s: float, *values: Scalar) -> None:
        """Answer the bar it lands on, the milliseconds until then, the values as they were taken, and a note."""
        bar, ms = self.instrument.landing(landing, now_s)
        notes = (request.note,) if request.note else ()
        self._answer(request.sender, "/emo/ack", request.message.address, bar, ms, *values, *notes)

    def refuse(self, request: Request, error: CommandError) -> None:
        """Answer why not."""
        self._answer(request.sender, "/emo/error", error.code, str(error), request.message.address[:MAX_TEXT])

    def complain(self, fault: Fault, sender: Target, now_s: float) -> None:
        """Answer a message that cannot be read, where its address can; each sender once a second."""
        if fault.address and fault.address not in ANSWERS and self._complaints.is_due(sender, now_s):
            error = CommandError(CommandError.WRONG_ARGUMENTS, fault.text)
            self.refuse(Request(Message(fault.address), sender), error)

    def push_value(self, name: str, now_s: float) -> None:
        """Tell listeners a value, now or a few milliseconds later where it keeps changing."""
        if self.clients.listeners(frozenset({name, "state"}), now_s) and self._throttle.is_due(name, now_s):
            self._tell(name, now_s)

    def push_changes(self, name: str, now_s: float) -> None:
        """Tell listeners a value and all that change with it."""
        together = {"preset": tuple(VALUES), **dict.fromkeys(_AFFECT_VALUES, _AFFECT_VALUES)}
        for value in together.get(name, (name,)):
            self.push_value(value, now_s)

    def _tell(self, name: str, now_s: float) -> None:
        if name == "roll":
            targets = self.clients.listeners(frozenset({"roll"}), now_s)
            messages = self._roll.take_news() if targets else []
            self._answers += [Answer(target, "/emo/roll", arguments) for target in targets for arguments in messages]
            return
        arguments = self.instrument.read(name, now_s)
        if self._throttle.is_news(name, arguments):
            self._push(f"/emo/state/{name}", arguments, frozenset({name, "state"}), now_s)

    def _schedule(self, request: Request, ahead_s: float, now_s: float) -> None:
        """Note a message for later and say so at once; what could never be done is refused at once."""
        try:
            if parse(request.message.address, request.message.arguments) is None:
                return
            if ahead_s > MAX_AHEAD_S:
                text = f"the timetag lies {ahead_s:.0f} s ahead, at most {MAX_AHEAD_S:g}"
                raise CommandError(CommandError.NOT_NOW, text)
            if not self._scheduled.add(now_s + ahead_s, request, request.sender):
                host = request.sender[0]
                held = f"{self._scheduled.held(host)} messages of {host} are scheduled already"
                raise CommandError(CommandError.NOT_NOW, f"{held}, which leaves no more for one client")
        except CommandError as error:
            self.refuse(request, error)
            return
        bar = max(1, self.instrument.bar_at(now_s + ahead_s))
        self._answer(request.sender, "/emo/ack", request.message.address, bar, 1000 * ahead_s, "scheduled")

    def _do(self, request: Request, now_s: float) -> None:
        try:
            command, surplus = read_message(request.message.address, request.message.arguments)
            if surplus:
                request = replace(request, note=f"{surplus} more argument(s) than needed, ignored")
            if isinstance(command, commands.Get | commands.Listen | commands.Unlisten) and command.port:
                request = request.at(command.port)
            is_done = command is None or any(
                dispatcher.do(command, request, now_s) for dispatcher in (self._phrases, self._mappings)
            )
            if not is_done:
                _HANDLERS[type(command)](self, command, request, now_s)
            if surplus and isinstance(command, _QUESTIONS):
                self.acknowledge(request, NOW, now_s)
        except CommandError as error:
            self.refuse(request, error)

    def _set(self, command: commands.SetValue, request: Request, now_s: float) -> None:
        landing = self.instrument.set(command.name, command.values, now_s)
        affect = self.instrument.performer.affect
        heard = (affect.valence, affect.arousal) if command.name in _AFFECT_VALUES else command.values
        self.acknowledge(request, landing, now_s, *heard)
        self.push_changes(command.name, now_s)

    def _move(self, command: commands.Command, request: Request, now_s: float) -> None:
        landing = _MOVES[type(command)](self.instrument, now_s)
        self.acknowledge(request, landing, now_s)
        for name in ("playing", "tempo"):
            self.push_value(name, now_s)

    def _clock_changed(self, now_s: float) -> None:
        for name in ("playing", "clock"):
            self.push_value(name, now_s)

    def _panic(self, _: commands.Panic, request: Request, now_s: float) -> None:
        self.instrument.performer.panic()
        self.acknowledge(request, NOW, now_s)

    def _get(self, command: commands.Get, request: Request, now_s: float) -> None:
        self._answer_value(self.clients.target(request.sender), command.name, now_s)

    def _listen(self, command: commands.Listen, request: Request, now_s: float) -> None:
        self.clients.listen(request.sender, command.name, now_s)
        self._throttle.someone_came()
        self.acknowledge(request, NOW, now_s)
        target = self.clients.target(request.sender)
        for name in VALUES if command.name in ("state", "*") else (command.name,):
            if name in VALUES:
                self._answer_value(target, name, now_s)
        if command.name in ("roll", "*"):
            self._answers += [Answer(target, "/emo/roll", arguments) for arguments in self._roll.messages()]

    def _unlisten(self, command: commands.Unlisten, request: Request, now_s: float) -> None:
        self.clients.unlisten(request.sender, command.name)
        self.acknowledge(request, NOW, now_s)

    def _reply_to(self, command: commands.ReplyTo, request: Request, now_s: float) -> None:
        host = numeric_host(command.host or request.sender[0])
        if not self._access.may_be_answered(host, request.sender[0]):
            text = f"answers go to you or this computer; to have them sent to {host}, name it under osc.allow"
            raise CommandError(CommandError.NOT_NOW, text)
        self.clients.reply_to(request.sender, (host, command.port), now_s)
        self.acknowledge(request, NOW, now_s)
        self._answer(request.sender, "/emo/startup", __version__)

    def _ping(self, command: commands.Ping, request: Request, now_s: float) -> None:
        token = () if command.token is None else (answerable(command.token),)
        self._answer(request.sender, "/emo/pong", *token)

    def _status(self, _: commands.Status, request: Request, now_s: float) -> None:
        for name in VALUES:
            self._answer_value(self.clients.target(request.sender), name, now_s)

    def _latency(self, _: commands.AskLatency, request: Request, now_s: float) -> None:
        self._answer_latency(self.clients.target(request.sender))

    def _spread(self, _: commands.AskSpread, request: Request, now_s: float) -> None:
        for name, delay in self.delays.items():
            self._answer(request.sender, "/emo/latency/spread", name, *delay.spread())

    def _answer(self, sender: Target, address: str, *arguments: Scalar) -> None:
        if sender != NOBODY:
            self._answers.append(Answer(self.clients.target(sender), address, arguments))

    def _answer_value(self, target: Target, name: str, now_s: float) -> None:
        self._answers.append(Answer(target, f"/emo/state/{name}", self.instrument.read(name, now_s)))

    def _answer_latency(self, target: Target) -> None:
        for name, delay in self.delays.items():
            p = delay.percentiles()
            figures = (name, p.p50_ms, p.p95_ms, p.p99_ms, p.max_ms, p.count)
            self._answers.append(Answer(target, "/emo/latency", figures))

    def _push(self, address: str, arguments: tuple[Scalar, ...], topics: frozenset[str], now_s: float) -> None:
        self._answers += [Answer(target, address, arguments) for target in self.clients.listeners(topics, now_s)]

    def _note_arguments(self, note: NotePlayed) -> tuple[Scalar, ...]:
        duration_ms = note.duration_tick * 60_000.0 / (480 * self.instrument.clock.tempo)
        return (note.pitch, note.velocity, duration_ms, note.channel)


def _words_on(message: Loaded | Failed, summary: str) -> str:
    return f"generator {summary}" if isinstance(message, Loaded) else f"generator: {message.text}; the shelf plays on"


_QUESTIONS = (commands.Get, commands.Status, commands.AskLatency, commands.AskSpread, commands.Version)
"""Commands that are answered without an acknowledgement."""

_MOVES: dict[type, Callable[[Instrument, float], float | None]] = {
    commands.Play: Instrument.play,
    commands.Resume: Instrument.resume,
    commands.Stop: Instrument.stop,
    commands.Tap: Instrument.tap,
    commands.Next: Instrument.next,
    commands.Again: Instrument.again,
}

_HANDLERS: dict[type, Callable[[Dispatcher, Any, Request, float], None]] = {
    commands.SetValue: Dispatcher._set,
    **dict.fromkeys(_MOVES, Dispatcher._move),
    commands.Panic: Dispatcher._panic,
    commands.Get: Dispatcher._get,
    commands.Listen: Dispatcher._listen,
    commands.Unlisten: Dispatcher._unlisten,
    commands.ReplyTo: Dispatcher._reply_to,
    commands.Ping: Dispatcher._ping,
    commands.Status: Dispatcher._status,
    commands.AskLatency: Dispatcher._latency,
    commands.AskSpread: Dispatcher._spread,
    commands.Version: lambda self, _, request, __: self._answer(request.sender, "/emo/version", __version__),
}
