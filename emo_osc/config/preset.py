"""Presets: a YAML file as frozen, typed sections. Opens no port and imports no torch."""

import json
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from emo_osc.config.clocks import CLOCKS
from emo_osc.config.explain import MAX_NAME, did_you_mean, explain_all, in_one_line, mood_faults
from emo_osc.config.parameter_fields import IN_TABLE, choice_faults, with_values
from emo_osc.config.paths import MAX_BYTES, preset_files
from emo_osc.config.preset_text import read_yaml
from emo_osc.core.affect import MOODS, NEUTRAL, Affect, Colour, Mood, MoodBook, Reference, name_key
from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small_text, reason_of
from emo_osc.protocol.midi_control import Control, Role
from emo_osc.protocol.parameters import VALUE_SECTIONS, VALUES, Scalar

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Axis = Annotated[float, Field(ge=-1.0, le=1.0)]
Port = Annotated[int, Field(ge=1, le=65535)]
Network = Annotated[str, AfterValidator(lambda text: _network(text))]
ControlName = Annotated[str, BeforeValidator(str), AfterValidator(lambda text: _control(text))]
RoleText = Annotated[str, AfterValidator(lambda text: _role(text))]
MAX_MOODS, MAX_ALIASES, MAX_MAPPED, MAX_NETWORKS = 256, 32, 1024, 64  # far more than anyone plays with
MAX_LISTED = 64  # names in one error
LossName = Literal[
    "density", "register", "mode", "chord", "bounds", "breath", "scale", "interval", "syncopation", "repetition"
]

if TYPE_CHECKING:
    ClockName = str
else:
    ClockName = Literal[tuple(CLOCKS)]  # the table's, which no type checker can read


class Section(BaseModel):
    """A frozen part of a preset; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OscSection(Section):
    """Where the stage listens for OSC over UDP, and to whom; an empty `allow` is every private network."""

    host: str = "127.0.0.1"
    port: Port = 7770
    allow: Annotated[tuple[Network, ...], Field(max_length=MAX_NETWORKS)] = ()


@with_values("midi")
class MidiSection(Section):
    """MIDI ports and what leaves them; `out` and `in` join the port of that name, and wait where it is not there.

    A name is looked for whole, then as whole words, then as a part. `virtual:NAME` opens a port, as does `emo_osc`.
    `clock_out` sends MIDI clock, Start and Stop, unless a MIDI clock is what we follow; with `clock_always` clocks too
    while nothing plays.
    """

    out: str = "emo_osc"
    in_: str | None = Field(default=None, alias="in")
    channel: int = IN_TABLE
    cc74: bool = True
    cc1: bool = False
    clock_out: bool = False
    clock_always: bool = False


@with_values("clock")
class ClockSection(Section):
    """Who owns the tempo. `tempo` in beats per minute is the internal clock's, and a Link session's of our own.

    With `start_stop_sync`, play and stop in a Link session are everybody's who shares them. With `autostart`, a MIDI
    master's clocks start the music without its Start.
    """

    source: ClockName = "internal"
    tempo: float = IN_TABLE
    play: bool = True
    start_stop_sync: bool = False
    autostart: bool = False

    @property
    def is_locked(self) -> bool:
        """Whether the tempo is somebody else's, and cannot follow a feeling."""
        return not CLOCKS[self.source].is_ours


class GeneratorSection(Section):
    """Who composes, on which device. `pool` is how many melodies are kept warm for every mood."""

    name: str = "music_vae"
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    checkpoint: str | None = None
    seed: int | None = None
    temperature: Annotated[float, Field(ge=0.05, le=2.0)] = 1.0
    guidance: Annotated[float, Field(ge=0.0, le=10.0)] = 1.5  # the music transformer's: `streams.Choice`
    pool: Annotated[int, Field(ge=1, le=512)] = 4
    losses: dict[LossName, Annotated[float, Field(ge=0.0, le=1000.0)]] = Field(
        default={},
        description="a loss -> what it weighs when melodies are ranked, beside their distance from the targets",
    )

    @property
    def composer(self) -> str:
        """Who composes and how, as JSON; not `device`, `seed` and `pool`, which belong to the evening."""
        return self.model_dump_json(include={"name", "checkpoint", "temperature", "guidance", "losses"})

    def repeatable(self, seed: int = 0) -> "GeneratorSection":
        """The same with a seed, where it has none: what is written or measured comes out alike on every machine.

        >>> GeneratorSection().repeatable().seed, GeneratorSection(seed=7).repeatable().seed
        (0, 7)
        """
        return self if self.seed is not None else self.model_copy(update={"seed": seed})

    def composed_by(self, composer: str) -> "GeneratorSection":
        """The same with the `composer` of another preset.

        >>> section = GeneratorSection(seed=7).composed_by(GeneratorSection(name="canned").composer)
        >>> section.name, section.seed
        ('canned', 7)
        """
        return GeneratorSection.model_validate(self.model_dump() | json.loads(composer))


Weight = Annotated[float, Field(ge=0.0, le=2.0)]


class RulesSection(Section):
    """What each rule of playing weighs: 0 leaves it out, 1 plays it as its source says; see `docs/performance.md`.

    With all of them at 0 the notes are the plain grid. `register` and `spelling` are on wherever they are not 0.
    """

    level: Weight = 1.0
    accent: Weight = 1.0
    articulation: Weight = 1.0
    variation: Weight = 1.0
    timing: Weight = 1.0
    phrase_arch: Weight = 1.0
    duration_contrast: Weight = 1.0
    high_loud: Weight = 0.5
    melodic_charge: Weight = 0.0
    brightness: Weight = 1.0
    modulation: Weight = 1.0
    register_: Weight = Field(default=1.0, alias="register")
    spelling: Weight = 1.0


@with_values("performance")
class PerformanceSection(Section):
    """How notes are played: every value that `/emo/set` takes, but for tempo and channels; 0 and 1 mean unchanged.

    A preset that leaves `latency_ms` out leaves it as it is: it belongs to the instrument that is played.
    """

    intensity: float = IN_TABLE
    tempo_follow: float = IN_TABLE
    mood: str = IN_TABLE
    rules: RulesSection = RulesSection()


class ColourSection(Section):
    """What a mood has beside its point: a scale, a register in semitones, an offset of CC74; it never moves the point.

    `scale` is one that `performance.scale` may be, and is heard where that is `auto`; empty for none.
    """

    scale: str = ""
    register_: Annotated[int, Field(ge=-24, le=24, alias="register")] = 0
    brightness: Annotated[int, Field(ge=-64, le=63)] = 0

    def colour(self) -> Colour:
        """The section as the value the stage plays."""
        return Colour(self.scale, self.register_, self.brightness)


class MoodSection(Section):
    """A mood added by a preset, or a shipped one: what is left out stays, and a new mood needs a point.

    `notes_per_bar`, `mean_pitch` and `major` (the share of melodies in major) are what music of this mood measures, for
    the generator to aim at where the formulas of the plane say otherwise; `emo-osc profile` writes them.
    """

    valence: Axis | None = None
    arousal: Axis | None = None
    aliases: Annotated[tuple[str, ...], Field(max_length=MAX_ALIASES)] = ()
    colour: ColourSection | None = None
    notes_per_bar: Annotated[float, Field(ge=0.25, le=16.0)] | None = None
    mean_pitch: Annotated[float, Field(ge=21.0, le=108.0)] | None = None
    major: Share | None = None

    def moved(self, mood: Mood) -> Mood:
        """A mood with what the section says in the place of what it was."""
        point = Affect(
            mood.affect.valence if self.valence is None else self.valence,
            mood.affect.arousal if self.arousal is None else self.arousal,
        )
        colour = mood.colour if self.colour is None else self.colour.colour()
        return Mood(mood.id, point, self.aliases or mood.aliases, mood.vocabulary, colour)


class SoundSection(Section):
    """The built-in instrument; `gain` in [0, 1]."""

    enabled: bool = True
    gain: Share = 0.5


class WebSection(Section):
    """Where the web pad is served."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: Port = 7780


class LiveSection(Section):
    """Where Ableton Live's AbletonOSC listens and answers, and what of its song is followed."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: Port = 11000
    reply_port: Port = 11001
    follow: Annotated[tuple[Literal["key", "scale"], ...], Field(min_length=1)] = ("key", "scale")


class Preset(Section):
    """Every setting of the instrument; what a file leaves out keeps these defaults."""

    osc: OscSection = OscSection()
    midi: MidiSection = MidiSection()
    clock: ClockSection = ClockSection()
    generator: GeneratorSection = GeneratorSection()
    performance: PerformanceSection = PerformanceSection()
    moods: Annotated[dict[str, MoodSection], Field(max_length=MAX_MOODS)] = {}
    mapping: dict[ControlName, RoleText] = Field(
        default={},
        max_length=MAX_MAPPED,
        description="a MIDI controller's number, or cc74@2, cc16+48, nrpn300, note36 -> its role: `density`, `next`",
    )
    sound: SoundSection = SoundSection()
    web: WebSection = WebSection()
    live: LiveSection = LiveSection()

    def mood_book(self) -> MoodBook:
        """The shipped moods, moved and joined by the preset's own; an alias that the preset gives away is theirs."""
        taken = {name_key(name) for id, entry in self.moods.items() for name in (id, *entry.aliases)}
        shipped = {
            mood.id: replace(mood, aliases=tuple(name for name in mood.aliases if name_key(name) not in taken))
            for mood in MOODS
        }
        own = {id: entry.moved(shipped.get(id, Mood(id, NEUTRAL))) for id, entry in self.moods.items()}
        return MoodBook(tuple({**shipped, **own}.values()))

    def values(self) -> dict[str, Scalar]:
        """Every value of the table that a preset sets, by name; not those that it leaves as they are.

        >>> Preset().values()["tempo"], "latency_ms" in Preset().values()
        (110.0, False)
        """
        written = {section: getattr(self, section).model_dump(by_alias=True) for section in VALUE_SECTIONS}
        named = {name: written[value.section][name] for name, value in VALUES.items() if value.section}
        return {name: scalar for name, scalar in named.items() if scalar is not None}

    def references(self) -> tuple[Reference, ...]:
        """What the preset knows about the music of its moods, each at the mood's point."""
        book = {mood.id: mood for mood in self.mood_book().moods}
        return tuple(
            Reference(book[id].affect, entry.notes_per_bar, entry.mean_pitch, entry.major)
            for id, entry in self.moods.items()
            if (entry.notes_per_bar, entry.mean_pitch, entry.major) != (None, None, None)
        )


def parse_preset(text: str, name: str) -> Preset:
    """The preset a YAML text describes; `name` is what errors call it.

    >>> club = parse_preset("moods: {storm: {valence: -0.3, arousal: 0.9, aliases: [폭풍]}}", "club")
    >>> club.mood_book().find("폭풍").id
    'storm'

    Raises:
        EmoOscError: not YAML, an unknown key, a value out of range, or too much of anything: one line naming place,
            value and remedy.
    """
    data = read_yaml(text, name)
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise EmoOscError(f"{name}: a preset is a mapping of sections, got {type(data).__name__}")
    # A section with every line commented out is None in YAML; a performer means the defaults.
    return _validated({key: {} if value is None else value for key, value in data.items()}, name)


def changed(preset: Preset, changes: Mapping[str, object], name: str) -> Preset:
    """The preset with single values replaced, each under `section.key`; `name` is what errors call the change.

    >>> changed(Preset(), {"clock.tempo": 96}, "serve").clock.tempo
    96.0

    Raises:
        EmoOscError: a value is out of range.
    """
    data = preset.model_dump(by_alias=True)
    for place, value in changes.items():
        section, key = place.split(".")
        data[section][key] = value
    return _validated(data, name)


def load_preset(name: str) -> Preset:
    """A preset by name (looked up in `preset_folders`) or by path.

    Raises:
        EmoOscError: there is no such preset, it cannot be read, or it is wrong.
    """
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        return load_named_preset(name)
    return parse_preset(_read(path), str(path))


def load_named_preset(name: str) -> Preset:
    """A preset by name only, as the network may ask.

    Raises:
        EmoOscError: no preset folder has that name, the file cannot be read, or the preset is wrong.
    """
    known = preset_files().paths
    if name not in known:
        hint = did_you_mean(name, known)
        raise EmoOscError(
            f"no preset {name!r:.80}{hint}; presets are {', '.join(sorted(known)[:MAX_LISTED]) or 'none'}"
        )
    return parse_preset(_read(known[name]), name)


def schema() -> dict[str, Any]:
    """The JSON schema of a preset file, for editors."""
    return Preset.model_json_schema(by_alias=True)


def schema_text() -> str:
    """The schema as `presets/emo_osc.schema.json` holds it: `emo-osc check --schema` prints it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> str:
    try:
        return read_small_text(path, MAX_BYTES)
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be read ({reason_of(error)}); name a preset or its file") from None


def _control(text: str) -> str:
    Control.parse(text)
    return "".join(text.split())


def _role(text: str) -> str:
    role = Role.parse(text)
    if len(role.name) > MAX_NAME:
        raise ValueError(f"must be a name of at most {MAX_NAME} letters")
    return str(role)


def _network(text: str) -> str:
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise ValueError("must be an address or a network such as 192.168.0.0/24") from None
    return text


def _validated(data: dict[Any, Any], name: str) -> Preset:
    try:
        preset = Preset.model_validate(data)
    except ValidationError as error:
        raise EmoOscError(explain_all(name, error.errors(), Preset)) from None
    faults = [f"moods.{fault}" for fault in mood_faults(preset.moods)] + choice_faults(preset)
    if faults:
        raise EmoOscError(in_one_line(f"{name}.{fault}" for fault in faults))
    try:
        preset.mood_book().find(preset.performance.mood)
    except KeyError as error:
        raise EmoOscError(f"{name}.performance.mood: {error.args[0]}") from None
    return preset
