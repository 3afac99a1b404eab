"""The offline twin: the whole stage but its shells, on a virtual clock, so that a test plays an evening in a second."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf
from random import Random

from emo_osc.core.affect import MOODS, Affect
from emo_osc.core.score import BARS, TICKS_PER_BAR, Melody, Note
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import (
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
)
from emo_osc.protocol.osc import Message, OscValue, Target
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.stage.clock.clock import InternalClock
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.player.rule_weights import RULE_NAMES, RuleWeights
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.shelf import Shelf
from emo_osc.stage.session.dispatcher import Answer, Dispatcher
from emo_osc.stage.session.instrument import Instrument
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
    """A desk, and the loop's work done by hand at times of our choosing."""

    dispatcher: Dispatcher
    now_s: float = 0.0

    @property
    def instrument(self) -> Instrument:
        return self.dispatcher.instrument

    @property
    def performer(self) -> Performer:
        return self.dispatcher.instrument.performer

    def ask(self, address: str, *arguments: OscValue, sender: Target = PAD) -> list[tuple[object, ...]]:
        """Send one message now; what is answered, address first."""
        self.dispatcher.receive(Message(address, arguments), sender, self.now_s, self.now_s)
        self.serve_door()
        return [(answer.address, *answer.arguments) for answer in self.dispatcher.take_answers()]

    def serve_door(self) -> None:
        """Save what is to be kept, as the door does."""
        told, self.instrument.for_supervisor = self.instrument.for_supervisor, []
        for message in told:
            if isinstance(message, PhraseSaved):
                self.dispatcher.receive_supervisor(message, self.now_s)
            elif isinstance(message, Mapped):
                self.dispatcher.receive_supervisor(MappingSaved(), self.now_s)

    def run_until(self, end_s: float) -> list[tuple[float, bytes]]:
        """Play on; every MIDI message with the time it was sent."""
        sent = [(self.now_s, message) for message in self.performer.take_bytes()]
        while (next_s := min(self._note_s, self.dispatcher.next_s)) <= end_s:
            self.now_s = max(self.now_s, next_s)
            if self._note_s <= next_s:
                sent += [(next_s, message) for message in self.performer.on_tick(int(self.performer.next_tick))]
            else:
                self.on_time()
                sent += [(self.now_s, message) for message in self.performer.take_bytes()]
        self.now_s = end_s
        return sent

    def on_time(self) -> None:
        """Do what is due by itself, and every message that was scheduled for now."""
        while self.dispatcher.do_scheduled(self.now_s):
            continue
        self.dispatcher.on_time(self.now_s)

    @property
    def _note_s(self) -> float:
        return self.instrument.time_of(self.performer.next_tick)


def make_stage(seeds: tuple[Ready, ...], settings: Settings | None = None) -> VirtualStage:
    presets = {
        "current": StagePreset({}, MOODS),
        "other": StagePreset({"tempo": 90.0, "mood": "bright"}, MOODS, composer="another"),
    }
    presets["broken"] = StagePreset({}, fault="broken.osc.prot: unknown key, did you mean 'port'?")
    performer = Performer(Shelf(seeds), settings or Settings(humanize=0.0), Random(1))
    return VirtualStage(
        Dispatcher(Instrument(performer, InternalClock(120.0), StudioClient(), presets, "current", Random(1)))
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
    answers: list[Answer] = field(default_factory=list)
    """What went to clients since this was last emptied."""
    _second_s: float = 0.0

    def turn_until(self, end_s: float) -> list[tuple[float, bytes]]:
        """What `loop.Stage` does in its turns, until a time; every MIDI message with the time it was sent."""
        sent: list[tuple[float, bytes]] = []
        while self.now_s < end_s:
            next_s = min(end_s, self._note_s, self.dispatcher.next_s, self._second_s, self.studio.next_s)
            self.now_s = max(self.now_s, next_s)
            if self.studio.next_s <= self.now_s:
                self.tell(self.studio.take())
            sent += self.run_until(self.now_s)
            self._look_around()
        return sent

    def tell(self, message: StudioToStage) -> None:
        """The studio says something."""
        self.dispatcher.receive_studio(self.instrument.studio_client.receive(encode(message)), self.now_s)

    def start_studio(self) -> None:
        """A studio comes and is ready."""
        self.studio.is_there = True
        self.instrument.studio_client.connected()
        self.tell(Loaded("virtual", "cpu"))

    def kill_studio(self) -> None:
        """It is gone from one moment to the next."""
        self.studio.die()
        self.instrument.studio_client.lost()
        self.dispatcher.studio_changed(self.now_s)

    def _look_around(self) -> None:
        self.dispatcher.push_heard(self.now_s)
        studio_client, performer = self.instrument.studio_client, self.performer
        if performer.wanted is not None:
            studio_client.want(performer.wanted)
            performer.wanted = None
        order = studio_client.due(self.now_s)
        if order and self.studio.is_there:
            self.studio.order(order, self.now_s)
        if self.now_s >= self._second_s:
            self._second_s = self.now_s + 1.0
            self.dispatcher.each_second(self.now_s)
        self.serve_door()
        self.answers += self.dispatcher.take_answers()


def make_twin(seeds: tuple[Ready, ...]) -> Twin:
    """A twin that plays by a few seeds."""
    return Twin(make_stage(seeds).dispatcher)
