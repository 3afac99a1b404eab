"""The instrument: performer, clock, moods and presets behind named values.

Knows no client and no socket; times are arguments.
"""

from collections.abc import Callable
from dataclasses import replace
from math import inf, isfinite
from random import Random

from emo_osc.core.affect import NEUTRAL, OWN, Affect, Mood, name_key
from emo_osc.core.errors import CommandError
from emo_osc.core.score import TICKS_PER_BAR
from emo_osc.core.targets import Targets
from emo_osc.midi.held_events import Held
from emo_osc.protocol.parameters import MOOD, VALUES, Scalar, is_number, unknown_name
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.stage.clock.clock import Clock, Move, tapped_tempo
from emo_osc.stage.clock.midi_clock_out import ClockOut, Timed
from emo_osc.stage.clock.tempo_follow import TempoGuide
from emo_osc.stage.player.events import Event
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.player.settings import SETTING_NAMES, Settings
from emo_osc.stage.session.controls.mapping import Mapping
from emo_osc.stage.session.phrases import Phrases
from emo_osc.stage.session.preset_values import take_values
from emo_osc.stage.session.readable_values import SHOWN
from emo_osc.stage.session.status_counters import FACTS, StatusCounters
from emo_osc.stage.session.studio_client import StudioClient

NOW = -inf
"""The landing of a change that is heard at once."""

AFFECT_VALUES = ("va", "valence", "arousal", "mood")
"""Values that say where on the plane the affect is; to set one moves all."""

NEEDS_MELODY = frozenset((*AFFECT_VALUES, "intensity", "density"))
"""Values that ask for another melody, and not only for another touch."""


class Instrument:
    """Values to set and read, and a transport. Setting answers with the tick at which the change lands."""

    def __init__(
        self,
        performer: Performer,
        clock: Clock,
        studio_client: StudioClient,
        presets: dict[str, StagePreset],
        preset: str,
        random: Random,
    ) -> None:
        self.performer: Performer = performer
        self.clock: Clock = clock
        self.studio_client: StudioClient = studio_client
        self.counters = StatusCounters()
        self.mapping: Mapping = Mapping(self.mood_of)
        self.phrases: Phrases = Phrases(performer, studio_client, random)
        self.latency_ms: float = 0.0
        self.lead_s = 0.0
        """How much earlier messages are handed to the port, which lets each leave on its time."""
        self.guide = TempoGuide(clock.tempo)
        self._heard: Held[Event] = Held()
        self.clock_out: ClockOut | None = None
        """The MIDI clock for others, where any is sent."""
        self._presets = dict(presets)
        self._preset_name, self._preset = preset, presets[preset]
        self._mood: tuple[str, float] | None = ("neutral", 1.0)
        self._mood_names: dict[str, Mood] = {}
        self._vocabulary = "moods"  # whose names the performer uses: the other's lie too near to be told apart
        self._clock_state = clock.summary.partition(" at ")[0]
        self._taps: tuple[float, ...] = ()
        self.load_preset(preset, 0.0)

    @property
    def preset(self) -> StagePreset:
        """The preset that was loaded last."""
        return self._preset

    @property
    def preset_names(self) -> tuple[str, ...]:
        """Every preset that can be loaded."""
        return tuple(self._presets)

    def mood_of(self, name: str) -> Mood | None:
        """The mood of an id or alias, None where the preset has none."""
        return self._mood_names.get(name_key(name))

    def tick_at(self, now_s: float) -> float:
        """The position that should be sent now, the player's latency and the port's made up for."""
        return self.clock.tick_at(now_s + self.latency_ms / 1000 + self.lead_s)

    def time_of(self, tick: float) -> float:
        """When a tick must be sent, in seconds; infinity while the clock stands."""
        return self.clock.time_of(tick) - self.latency_ms / 1000 - self.lead_s

    def bar_at(self, now_s: float) -> int:
        """The bar that sounds, from 1; 0 while the clock stands."""
        return int(self.tick_at(now_s)) // TICKS_PER_BAR + 1 if self.clock.is_running else 0

    def landing(self, tick: float | None, now_s: float) -> tuple[int, float]:
        """The bar (from 1) a tick lies in and the milliseconds until it is heard; -1 ms where only play will tell.

        What is sent earlier by `latency_ms` is heard on the beat all the same.
        """
        if tick == NOW:
            return max(1, self.bar_at(now_s)), 0.0
        if tick is None or tick == inf or not self.clock.is_running:
            return 1, -1.0
        ms = 1000 * (self.clock.time_of(tick) - now_s)
        return int(tick) // TICKS_PER_BAR + 1, max(0.0, ms) if isfinite(ms) else -1.0

    def set(self, name: str, values: tuple[Scalar, ...], now_s: float) -> float | None:
        """Set a value, melody and all; the tick at which it is heard, None where only play will tell.

        Raises: as `touch`.
        """
        landing = self.touch(name, values, now_s)
        return self.settle(now_s) if name in NEEDS_MELODY else landing

    def touch(self, name: str, values: tuple[Scalar, ...], now_s: float) -> float | None:
        """Set a value without choosing the melody for it, which `settle` does for those in `NEEDS_MELODY`.

        The tick at which it is heard, None where only play will tell.

        Raises:
            CommandError: 3, no such mood or preset; 4, the value can only be read.
        """
        if not VALUES[name].is_settable:
            raise CommandError(CommandError.NOT_NOW, f"{name} can be read, not set: {VALUES[name].description}")
        if name in _SETTERS:
            return _SETTERS[name](self, values, now_s)
        return self._set_setting(name, values[0])

    def settle(self, now_s: float) -> float | None:
        """Cue the melody nearest to what is felt; the tick at which the change is heard."""
        landing = self.performer.cue_nearest(self.tick_at(now_s))
        return self.performer.next_note_tick if landing is None else landing

    def read(self, name: str, now_s: float) -> tuple[Scalar, ...]:
        """A value as its arguments."""
        if name in SETTING_NAMES:
            setting: Scalar = getattr(self.performer.settings, name)
            return (setting,)
        if name in FACTS:
            return (FACTS[name](self.counters),)
        return _READERS[name](self, now_s)

    @property
    def next_s(self) -> float:
        """When `on_time` or `take_heard` wants to be called."""
        follow = self.performer.settings.tempo_follow
        return min(self.clock.next_s, self._heard.next_s, self.guide.next_s(self.clock, follow))

    def on_time(self, now_s: float) -> bool:
        """Let the clock notice that time has passed; whether the transport has moved."""
        self.guide.lead(self.clock, self.performer.effective_affect, self.performer.settings.tempo_follow, now_s)
        if now_s < self.clock.next_s:
            return False
        move = self.clock.on_time(now_s)
        self.follow(move)
        return move is not None

    def receive_clock(self, message: bytes, stamp_s: float) -> bool:
        """A MIDI clock or transport message that came in; whether the transport has moved."""
        move = self.clock.receive(message, stamp_s)
        self.follow(move)
        return move is not None

    def play(self, now_s: float) -> float:
        """Start from the first downbeat, unless the clock runs already; the tick at which that is.

        Raises:
            CommandError: 4, the transport is somebody else's.
        """
        return self.follow(self.clock.play(self._moving_s(now_s)))

    def resume(self, now_s: float) -> float:
        """Go on where the clock stopped; the tick at which that is.

        Raises:
            CommandError: 4, the transport is somebody else's.
        """
        return self.follow(self.clock.resume(self._moving_s(now_s)))

    def stop(self, now_s: float) -> float:
        """Stop the clock and every note.

        Raises:
            CommandError: 4, the transport is somebody else's.
        """
        return self.follow(self.clock.stop(self._moving_s(now_s)))

    def follow(self, move: Move | None) -> float:
        """Let the performer, and those who follow us, go where the transport went; the tick at which it is heard."""
        if move and self.clock_out:
            self.clock_out.follow(move)
        if move and move.is_running:
            self.performer.play(move.tick)
        elif move:
            self.performer.stop()
        is_awaited = self.clock.waits_for_start  # a downbeat of others may lie ahead
        return float(move.tick) if move and move.is_running and is_awaited else NOW

    @property
    def next_clock_s(self) -> float:
        """When `take_clocks` wants to be called; infinity where nobody follows us."""
        return self.clock_out.next_s(self.time_of, self.clock.tempo) if self.clock_out else inf

    def take_clocks(self, now_s: float) -> list[Timed]:
        """MIDI clock and transport messages for those who follow us, due until now."""
        return self.clock_out.on_time(now_s, self.time_of, self.clock.tempo) if self.clock_out else []

    def take_heard(self, now_s: float) -> list[Event]:
        """What has left the port since this was last asked, as far as it is heard by now."""
        heard, self.performer.events = self.performer.events, []
        for event in heard:
            self._heard.put(now_s + self.lead_s, event)
        return self._heard.take(now_s)

    def tap(self, now_s: float) -> float:
        """One tap; the tempo follows from the second on.

        Raises:
            CommandError: 4, the tempo is somebody else's: with the first tap already.
        """
        self._taps = (*self._taps[-7:], now_s)
        return self._set_tempo(tapped_tempo(self._taps) or self.clock.tempo, now_s)

    def next(self, now_s: float) -> float | None:
        """Another melody of this affect.

        Raises:
            CommandError: 4, none is ready; 5, and nobody is there to compose one.
        """
        try:
            return self.performer.next(self.tick_at(now_s))
        except CommandError as error:
            if not self.studio_client.is_down:
                raise
            text = f"{error}; the studio is {self.studio_client.summary}"
            raise CommandError(CommandError.GENERATOR_DOWN, text) from None

    def again(self, now_s: float) -> float | None:
        """The melody before this one.

        Raises:
            CommandError: 4, nothing was played before.
        """
        return self.performer.again(self.tick_at(now_s))

    def goto(self, to: str | float | Affect, bars: int, now_s: float) -> int:
        """Reach a mood or a point over bars; the tick at which it is reached.

        Raises:
            CommandError: 2, no mood has that place; 3, no mood has that name.
        """
        affect = to if isinstance(to, Affect) else self._find_mood(to).affect
        self._mood = None
        return self.performer.glide_to(affect, bars, self.tick_at(now_s))

    def recall(self, name: str, now_s: float) -> int | None:
        """Play a kept phrase as it was kept.

        Raises:
            CommandError: 3, nothing was kept under that name.
        """
        self._mood = None
        return self.phrases.recall(name, self.tick_at(now_s))

    def vary_here(self, amount: float, now_s: float) -> int | None:
        """Vary the melody without the studio.

        Raises:
            CommandError: 4, nothing sounds; 5, there is no other melody to take bars from.
        """
        return self.phrases.vary_here(amount, self.tick_at(now_s))

    def listen(self, bars: int, now_s: float) -> int:
        """Learn the next bars of MIDI input; the tick at which they begin.

        Raises:
            CommandError: 4, the clock stands, or there is no MIDI input.
        """
        if not self.counters.midi_in:
            raise CommandError(CommandError.NOT_NOW, "there is no MIDI input to learn from; start with --midi-in NAME")
        if not self.clock.is_running:
            raise CommandError(CommandError.NOT_NOW, "the clock is stopped; send /emo/play first")
        return self.phrases.listen(bars, self.clock.tick_at(now_s))

    def load_preset(self, name: str, now_s: float) -> float | None:
        """Take over a preset's values, moods and map; the tick at which that is heard.

        Raises:
            CommandError: 3, there is no such preset; 4, it is wrong.
        """
        if name not in self._presets:
            raise unknown_name("preset", name, tuple(self._presets))
        preset = self._presets[name]
        if preset.fault:
            raise CommandError(CommandError.NOT_NOW, preset.fault)
        self._preset_name, self._preset = name, preset
        self._mood_names = preset.mood_book.by_key()
        self.mapping.load(preset.mapping)
        self.performer.set_targets(Targets(preset.references, is_tempo_fixed=not self.clock.is_ours))
        return take_values(self, preset, now_s)

    def play_by(self, settings: Settings) -> None:
        """Play by other settings from the next note on, and let the studio compose for what they ask of an affect."""
        self.performer.set_settings(settings)
        self.studio_client.set_targets(self._preset.references, settings.density)

    def learn_preset(self, name: str, preset: StagePreset) -> None:
        """Take a preset file's new contents; they are heard when the preset is next asked for."""
        self._presets[name] = preset

    def take_clock_news(self) -> str:
        """What the clock does, where that has changed since this was last asked; a tempo that wanders is no news."""
        summary = self.clock.summary
        state, before = summary.partition(" at ")[0], self._clock_state
        self._clock_state = state
        return f"clock {summary}" if state != before else ""

    def _set_setting(self, name: str, value: Scalar) -> float | None:
        self.play_by(self.performer.settings.holding(name, value))
        if name in NEEDS_MELODY:
            self.performer.set_affect(self.performer.affect, self.performer.colour)
        return self.performer.next_note_tick

    def _set_affect(self, valence: Scalar, arousal: Scalar) -> None:
        self._mood = None  # the nearest is looked up when somebody asks
        self.performer.set_affect(Affect.clamped(float(valence), float(arousal)))

    def _set_mood(self, values: tuple[Scalar, ...]) -> None:
        intensity = float(values[1]) if len(values) > 1 else 1.0
        mood = self._find_mood(values[0])
        self._mood = (mood.id, intensity)
        self.performer.set_affect(mood.affect.scaled(intensity), mood.colour)

    def _find_mood(self, named: Scalar) -> Mood:
        """A mood by its name, or its place in the preset's list, as a number or written as one."""
        moods = self.preset.moods
        mood = self.mood_of(named) if isinstance(named, str) else None
        if mood is None and is_number(named):
            mood = moods[MOOD.place(named, len(moods))]
        if mood is None:
            raise unknown_name("mood", str(named), self.preset.mood_book.names)
        if mood.vocabulary != OWN and mood.affect != NEUTRAL:  # those belong to both
            self._vocabulary = mood.vocabulary
        return mood

    def _set_tempo(self, tempo: Scalar, now_s: float) -> float:
        """A tempo that somebody asks for is kept: it follows the feeling no longer."""
        self.clock.set_tempo(float(tempo), self._moving_s(now_s))
        self.guide.asked = float(tempo)
        self.performer.set_settings(replace(self.performer.settings, tempo_follow=0.0))
        return NOW

    def _moving_s(self, now_s: float) -> float:
        """When a transport of our own moves that is told to now: what was sent has gone on until then."""
        return now_s + self.lead_s if self.clock.is_ours else now_s

    def _set_latency(self, latency_ms: Scalar) -> float:
        self.latency_ms = float(latency_ms)
        return NOW

    def _mood_now(self) -> tuple[str, float]:
        return self._mood or (self.preset.mood_book.nearest(self.performer.affect, self._vocabulary).id, 1.0)


_SETTERS: dict[str, Callable[[Instrument, tuple[Scalar, ...], float], float | None]] = {
    "va": lambda i, v, _: i._set_affect(v[0], v[1]),
    "valence": lambda i, v, _: i._set_affect(v[0], i.performer.affect.arousal),
    "arousal": lambda i, v, _: i._set_affect(i.performer.affect.valence, v[0]),
    "mood": lambda i, v, _: i._set_mood(v),
    "tempo": lambda i, v, now_s: i._set_tempo(v[0], now_s),
    "latency_ms": lambda i, v, now_s: i._set_latency(v[0]),
    "preset": lambda i, v, now_s: i.load_preset(str(v[0]), now_s),
}

_READERS: dict[str, Callable[[Instrument, float], tuple[Scalar, ...]]] = {
    **SHOWN,
    "mood": lambda i, _: i._mood_now(),
    "preset": lambda i, _: (i._preset_name,),
}
