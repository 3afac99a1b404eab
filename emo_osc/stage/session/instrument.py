"""The instrument: performer, transport, moods and presets behind named values.

Knows no client and no socket; times are arguments.
"""

from collections.abc import Callable
from random import Random

from emo_osc.core.affect import NEUTRAL, OWN, Affect, Mood, name_key
from emo_osc.core.errors import CommandError
from emo_osc.core.score import BARS, TICKS_PER_BAR
from emo_osc.core.targets import Targets
from emo_osc.midi.held_events import Held
from emo_osc.protocol.parameters import MOOD, VALUES, Scalar, is_number, unknown_name
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.stage.clock.clock import Clock
from emo_osc.stage.player.cue import Sounding
from emo_osc.stage.player.events import Event
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.player.settings import SETTING_NAMES, Settings
from emo_osc.stage.session.controls.mapping import Mapping
from emo_osc.stage.session.phrases import Phrases
from emo_osc.stage.session.preset_values import take_values
from emo_osc.stage.session.status_counters import FACTS, StatusCounters
from emo_osc.stage.session.studio_client import StudioClient
from emo_osc.stage.session.transport import Transport

MAX_NAMES = 24  # kept phrases in one answer, which must fit a packet
AFFECT_VALUES = ("va", "valence", "arousal", "mood")
"""Values that say where on the plane the affect is; to set one moves all."""

NEEDS_MELODY = frozenset((*AFFECT_VALUES, "intensity", "density"))
"""Values that ask for another melody, and not only for another touch."""


class Instrument:
    """Values to set and read. Setting answers with the tick at which the change lands."""

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
        self.transport: Transport = Transport(clock, performer)
        self.studio_client: StudioClient = studio_client
        self.counters = StatusCounters()
        self.mapping: Mapping = Mapping(self.mood_of)
        self.phrases: Phrases = Phrases(performer, studio_client, random)
        self._heard: Held[Event] = Held()
        self._presets = dict(presets)
        self._preset_name, self._preset = preset, presets[preset]
        self._mood: tuple[str, float] | None = ("neutral", 1.0)
        self._mood_names: dict[str, Mood] = {}
        self._vocabulary = "moods"  # whose names the performer uses: the other's lie too near to be told apart
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
        """Follow the affect in all that `touch` left, and cue the nearest melody; the tick at which that is heard."""
        self.performer.adapt()
        landing = self.performer.cue_nearest(self.transport.tick_at(now_s))
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
        """When the transport or `take_heard` wants to be called."""
        return min(self.transport.next_s, self._heard.next_s)

    def take_heard(self, now_s: float) -> list[Event]:
        """What has left the port since this was last asked, as far as it is heard by now."""
        heard, self.performer.events = self.performer.events, []
        for event in heard:
            self._heard.put(now_s + self.transport.lead_s, event)
        return self._heard.take(now_s)

    def sounding(self, now_s: float) -> Sounding | None:
        """What sounds until the melody nearest to the affect enters; None where none such is yet to come."""
        sounding = self.performer.sounding
        return sounding if sounding and sounding.cue.tick > self.transport.tick_at(now_s) else None

    def next(self, now_s: float) -> float | None:
        """Another melody of this affect.

        Raises:
            CommandError: 4, none is ready; 5, and nobody is there to compose one.
        """
        try:
            return self.performer.next(self.transport.tick_at(now_s))
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
        return self.performer.again(self.transport.tick_at(now_s))

    def goto(self, to: str | float | Affect, bars: int, now_s: float) -> int:
        """Reach a mood or a point over bars; the tick at which it is reached.

        Raises:
            CommandError: 2, no mood has that place; 3, no mood has that name.
        """
        affect = to if isinstance(to, Affect) else self._find_mood(to).affect
        self._mood = None
        return self.performer.glide_to(affect, bars, self.transport.tick_at(now_s))

    def recall(self, name: str, now_s: float) -> int | None:
        """Play a kept phrase as it was kept.

        Raises:
            CommandError: 3, nothing was kept under that name.
        """
        self._mood = None
        return self.phrases.recall(name, self.transport.tick_at(now_s))

    def vary_here(self, amount: float, now_s: float) -> int | None:
        """Vary the melody without the studio.

        Raises:
            CommandError: 4, nothing sounds; 5, there is no other melody to take bars from.
        """
        return self.phrases.vary_here(amount, self.transport.tick_at(now_s))

    def listen(self, bars: int, now_s: float) -> int:
        """Learn the next bars of MIDI input; the tick at which they begin.

        Raises:
            CommandError: 4, the clock stands, or there is no MIDI input.
        """
        if not self.counters.midi_in:
            raise CommandError(CommandError.NOT_NOW, "there is no MIDI input to learn from; start with --midi-in NAME")
        if not self.transport.clock.is_running:
            raise CommandError(CommandError.NOT_NOW, "the clock is stopped; send /emo/play first")
        return self.phrases.listen(bars, self.transport.clock.tick_at(now_s))

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
        self.performer.set_targets(Targets(preset.references, is_tempo_fixed=not self.transport.clock.is_ours))
        return take_values(self, preset, now_s)

    def play_by(self, settings: Settings) -> None:
        """Play by other settings from the next note on, and let the studio compose for what they ask of an affect."""
        self.performer.set_settings(settings)
        self.studio_client.set_targets(self._preset.references, settings.density)

    def learn_preset(self, name: str, preset: StagePreset) -> None:
        """Take a preset file's new contents; they are heard when the preset is next asked for."""
        self._presets[name] = preset

    def _set_setting(self, name: str, value: Scalar) -> float | None:
        self.play_by(self.performer.settings.holding(name, value))
        if name in NEEDS_MELODY:
            self.performer.set_affect(self.performer.affect, self.performer.colour)
        return self.performer.next_note_tick

    def _set_affect(self, valence: Scalar, arousal: Scalar) -> None:
        self._mood = None  # the nearest is looked up when somebody asks
        self.performer.touch(Affect.clamped(float(valence), float(arousal)))

    def _set_mood(self, values: tuple[Scalar, ...]) -> None:
        intensity = float(values[1]) if len(values) > 1 else 1.0
        mood = self._find_mood(values[0])
        self._mood = (mood.id, intensity)
        self.performer.touch(mood.affect.scaled(intensity), mood.colour)

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

    def _mood_now(self) -> tuple[str, float]:
        return self._mood or (self.preset.mood_book.nearest(self.performer.affect, self._vocabulary).id, 1.0)


_SETTERS: dict[str, Callable[[Instrument, tuple[Scalar, ...], float], float | None]] = {
    "va": lambda i, v, _: i._set_affect(v[0], v[1]),
    "valence": lambda i, v, _: i._set_affect(v[0], i.performer.affect.arousal),
    "arousal": lambda i, v, _: i._set_affect(i.performer.affect.valence, v[0]),
    "mood": lambda i, v, _: i._set_mood(v),
    "tempo": lambda i, v, now_s: i.transport.set_tempo(float(v[0]), now_s),
    "latency_ms": lambda i, v, _: i.transport.set_latency(float(v[0])),
    "preset": lambda i, v, now_s: i.load_preset(str(v[0]), now_s),
}

_READERS: dict[str, Callable[[Instrument, float], tuple[Scalar, ...]]] = {
    "va": lambda i, _: (i.performer.affect.valence, i.performer.affect.arousal),
    "valence": lambda i, _: (i.performer.affect.valence,),
    "arousal": lambda i, _: (i.performer.affect.arousal,),
    "tempo": lambda i, _: (i.transport.clock.tempo,),
    "latency_ms": lambda i, _: (i.transport.latency_ms,),
    "temperature": lambda i, _: (i.preset.temperature,),
    "playing": lambda i, _: (int(i.transport.clock.is_running),),
    "bar": lambda i, now_s: (i.transport.bar_at(now_s),),
    "phrase_bar": lambda i, now_s: ((i.transport.bar_at(now_s) - 1) % BARS + 1 if i.transport.clock.is_running else 0,),
    "coming": lambda i, _: (i.performer.cued.tick // TICKS_PER_BAR + 1 if i.performer.cued else 0,),
    "clock": lambda i, _: (i.transport.clock.summary,),
    "kept": lambda i, _: i.phrases.book.names[:MAX_NAMES],
    "phrase": lambda i, _: (i.phrases.playing_name,),
    "pinned": lambda i, _: (int(i.performer.is_pinned),),
    "learning": lambda i, _: (i.phrases.bars_to_learn,),
    "mapping": lambda i, _: i.mapping.shown,
    "midi_learning": lambda i, _: (i.mapping.learning,),
    "studio": lambda i, _: (i.studio_client.summary,),
    "shelf": lambda i, _: (len(i.performer.shelf),),
    "mood": lambda i, _: i._mood_now(),
    "preset": lambda i, _: (i._preset_name,),
}
