"""The offline twin: the whole stage but its shells, on a virtual clock, so that a test plays an evening in a second."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf
from random import Random

from emo_osc.core.affect import MOODS, Affect
from emo_osc.core.score import BARS, TICKS_PER_BAR, Melody, Note
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import (
    AnyMessage,
    Failed,
    Finish,
    Learn,
    Loaded,
    Mapped,
    MappingSaved,
    Measured,
    PhraseSaved,
    Ready,
    SetTargets,
    StudioToStage,
    ToStudio,
    ToSupervisor,
)
from emo_osc.protocol.osc import Fault, Message, OscValue, Target
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.stage.clock.clock import InternalClock
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.player.rule_weights import RULE_NAMES, RuleWeights
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.shelf import Shelf
from emo_osc.stage.session import events
from emo_osc.stage.session.effects import Continue, Effects, OrderFromStudio, SendMidi, SendOsc, TellSupervisor
from emo_osc.stage.session.instrument import Instrument
from emo_osc.stage.session.session import Session
from emo_osc.stage.session.studio_client import StudioClient

MakeReady = Callable[..., Ready]
PAD = ("127.0.0.1", 50_000)

NO_RULES = RuleWeights(**dict.fromkeys(RULE_NAMES, 0.0))
"""The plain grid: ticks, lengths and pitches as they are written, one velocity."""


def make_ready(pitch: int, valence: float = 0.0, arousal: float = 0.0, notes_a_bar: int = 4, ticket: int = -1) -> Ready:
    """A melody on one pitch, so that what sounds tells which melody plays."""
    length = TICKS_PER_BAR // notes_a_bar
    notes = tuple(Note(start, length, pitch) for start in range(0, BARS * TICKS_PER_BAR, length))
    return Ready(Melody(notes), Affect(valence, arousal), Measured(notes_a_bar, pitch, 0.5), 0.0, pitch, ticket)


def set_affect(performer: Performer, affect: Affect, tick: float) -> int | None:
    """Feel differently, as the instrument does it: the touch at once, the melody at the boundary that is answered."""
    performer.set_affect(affect)
    return performer.cue_nearest(tick)


@dataclass
class VirtualStage:
    """A session, and the loop's work done by hand at times of our choosing: what effects ask for is collected."""

    session: Session
    now_s: float = 0.0
    midi: list[bytes] = field(default_factory=list)
    answers: list[SendOsc] = field(default_factory=list)
    told: list[ToSupervisor] = field(default_factory=list)
    orders: list[ToStudio] = field(default_factory=list)
    _served: int = 0

    @property
    def instrument(self) -> Instrument:
        return self.session.instrument

    @property
    def performer(self) -> Performer:
        return self.session.instrument.performer

    @property
    def next_s(self) -> float:
        """When something happens by itself."""
        return min(self.session.next_s, self.session.scheduled_s)

    def handle(self, event: events.Event, now_s: float | None = None) -> None:
        """What `loop.Stage` does with an event."""
        now_s = self.now_s if now_s is None else now_s
        self.apply(self.session.handle(event, now_s), now_s)

    def apply(self, effects: Effects, now_s: float) -> None:
        """Collect what is to be sent."""
        for effect in effects:
            match effect:
                case SendMidi():
                    self.midi += effect.messages
                case SendOsc():
                    self.answers.append(effect)
                case TellSupervisor():
                    self.told.append(effect.message)
                case OrderFromStudio():
                    self.orders.append(effect.message)
                case Continue():
                    self.handle(effect.event, now_s)

    def receive(self, message: Message, sender: Target, now_s: float, wall_s: float) -> None:
        """A message comes in."""
        self.handle(events.OscReceived(message, sender, now_s, wall_s), now_s)

    def receive_midi(self, message: bytes, now_s: float | None = None) -> None:
        """A MIDI message comes in."""
        self.handle(events.MidiReceived(message), now_s)

    def receive_studio(self, message: StudioToStage, now_s: float | None = None) -> None:
        """The studio says something."""
        self.handle(events.StudioSaid(self.instrument.studio_client.receive(encode(message))), now_s)

    def receive_supervisor(self, message: AnyMessage, now_s: float | None = None) -> None:
        """The supervisor says something."""
        self.handle(events.SupervisorSaid(message), now_s)

    def complain(self, fault: Fault, sender: Target, now_s: float) -> None:
        """A message comes in that cannot be read."""
        self.handle(events.OscUnreadable(fault, sender), now_s)

    def do_scheduled(self, now_s: float) -> bool:
        """One message that was scheduled is done; whether one was due."""
        is_due = self.session.scheduled_s <= now_s
        self.handle(events.ScheduledDue(), now_s)
        return is_due

    def end_turn(self, now_s: float | None = None) -> None:
        """Tell listeners what was heard, and order from the studio."""
        self.handle(events.TurnEnded(), now_s)

    def take_answers(self) -> list[SendOsc]:
        """What clients were sent since this was last asked."""
        answers, self.answers = self.answers, []
        return answers

    def ask(self, address: str, *arguments: OscValue, sender: Target = PAD) -> list[tuple[object, ...]]:
        """Send one message now; what is answered, address first."""
        self.receive(Message(address, arguments), sender, self.now_s, self.now_s)
        self.serve_door()
        return [(answer.address, *answer.arguments) for answer in self.take_answers()]

    def serve_door(self) -> None:
        """Save what is to be kept, as the supervisor does."""
        while self._served < len(self.told):
            message = self.told[self._served]
            self._served += 1
            if isinstance(message, PhraseSaved):
                self.handle(events.SupervisorSaid(message))
            elif isinstance(message, Mapped):
                self.handle(events.SupervisorSaid(MappingSaved()))

    def take_midi(self) -> list[tuple[float, bytes]]:
        """What was sent at once since this was last asked, as if now."""
        midi, self.midi = self.midi, []
        return [(self.now_s, message) for message in midi]

    def run_until(self, end_s: float) -> list[tuple[float, bytes]]:
        """Play on; every MIDI message with the time it was sent."""
        sent = self.take_midi() + [(self.now_s, message) for message in self.performer.take_bytes()]
        while (next_s := min(self._note_s, self.next_s)) <= end_s:
            self.now_s = max(self.now_s, next_s)
            if self._note_s <= next_s:
                sent += [(next_s, message) for message in self.performer.on_tick(int(self.performer.next_tick))]
            else:
                self.on_time()
                sent += self.take_midi()
        self.now_s = end_s
        return sent

    def on_time(self, now_s: float | None = None) -> None:
        """Do what is due by itself, and every message that was scheduled for now."""
        self.now_s = self.now_s if now_s is None else now_s
        while self.session.scheduled_s <= self.now_s:
            self.handle(events.ScheduledDue())
        self.handle(events.TimePassed())

    @property
    def _note_s(self) -> float:
        return self.instrument.transport.time_of(self.performer.next_tick)


def make_stage(seeds: tuple[Ready, ...], settings: Settings | None = None) -> VirtualStage:
    presets = {
        "current": StagePreset({}, MOODS),
        "other": StagePreset({"tempo": 90.0, "mood": "bright"}, MOODS, composer="another"),
    }
    presets["broken"] = StagePreset({}, fault="broken.osc.prot: unknown key, did you mean 'port'?")
    performer = Performer(Shelf(seeds), settings or Settings(humanize=0.0), Random(1))
    return VirtualStage(
        Session(Instrument(performer, InternalClock(120.0), StudioClient(), presets, "current", Random(1)))
    )


@dataclass
class VirtualStudio:
    """A studio that answers after a while; it may die, fail, or send what nobody asked for."""

    random: Random
    delay_s: float = 0.3
    is_there: bool = False
    _answers: list[tuple[float, StudioToStage]] = field(default_factory=list)

    @property
    def next_s(self) -> float:
        """When the next answer comes."""
        return self._answers[0][0] if self._answers else inf

    def order(self, message: ToStudio, now_s: float) -> None:
        """Take what the stage asks for."""
        if isinstance(message, Learn | SetTargets | Finish):
            return
        ready = make_ready(
            self.random.randint(40, 90), message.affect.valence, message.affect.arousal, 4, message.ticket
        )
        luck = self.random.random()
        answer = Failed("no luck", message.ticket) if luck < 0.1 else replace(ready, seed=self.random.getrandbits(20))
        if luck < 0.95:  # else it is forgotten
            self._answers.append((now_s + self.delay_s, answer))

    def take(self) -> StudioToStage:
        """The next answer."""
        return self._answers.pop(0)[1]

    def die(self) -> None:
        """What was asked is not answered."""
        self.is_there = False
        self._answers.clear()


@dataclass
class Twin(VirtualStage):
    """The stage with all that surrounds it: a studio, a door that saves, clients that listen."""

    studio: VirtualStudio = field(default_factory=lambda: VirtualStudio(Random(1)))
    _second_s: float = 0.0

    def turn_until(self, end_s: float) -> list[tuple[float, bytes]]:
        """What `loop.Stage` does in its turns, until a time; every MIDI message with the time it was sent."""
        sent: list[tuple[float, bytes]] = []
        while self.now_s < end_s:
            next_s = min(end_s, self._note_s, self.next_s, self._second_s, self.studio.next_s)
            self.now_s = max(self.now_s, next_s)
            if self.studio.next_s <= self.now_s:
                self.receive_studio(self.studio.take())
            sent += self.run_until(self.now_s)
            self._look_around()
        return sent

    def start_studio(self) -> None:
        """A studio comes and is ready."""
        self.studio.is_there = True
        self.handle(events.StudioJoined())
        self.receive_studio(Loaded("virtual", "cpu"))

    def kill_studio(self) -> None:
        """It is gone from one moment to the next."""
        self.studio.die()
        self.handle(events.StudioLeft())

    def _look_around(self) -> None:
        self.end_turn()
        orders, self.orders = self.orders, []
        for order in orders if self.studio.is_there else ():
            self.studio.order(order, self.now_s)
        if self.now_s >= self._second_s:
            self._second_s = self.now_s + 1.0
            self.handle(events.SecondPassed())
        self.serve_door()
        self.told.clear()
        self._served = 0


def make_twin(seeds: tuple[Ready, ...]) -> Twin:
    """A twin that plays by a few seeds."""
    return Twin(make_stage(seeds).session)
