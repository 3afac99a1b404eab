"""The sections of a preset as frozen, typed values. Reads no file and imports no torch."""

import json
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from emo_osc.config.clocks import CLOCKS
from emo_osc.config.explain import MAX_NAME
from emo_osc.config.parameter_fields import IN_TABLE, with_values
from emo_osc.core.affect import MOODS, NEUTRAL, Affect, Colour, Mood, MoodBook, Reference, name_key
from emo_osc.protocol.midi_control import Control, Role
from emo_osc.protocol.parameters import VALUE_SECTIONS, VALUES, Scalar

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Axis = Annotated[float, Field(ge=-1.0, le=1.0)]
Port = Annotated[int, Field(ge=1, le=65535)]
Network = Annotated[str, AfterValidator(lambda text: _network(text))]
ControlName = Annotated[str, BeforeValidator(str), AfterValidator(lambda text: _control(text))]
RoleText = Annotated[str, AfterValidator(lambda text: _role(text))]
MAX_MOODS, MAX_ALIASES, MAX_MAPPED, MAX_NETWORKS = 256, 32, 1024, 64  # far more than anyone plays with
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
    melody: Literal["first", "own"] = "first"  # of the music transformer: the first generator's, or its own
    pool: Annotated[int, Field(ge=1, le=512)] = 4
    studio: Annotated[str, AfterValidator(lambda text: _studio_url(text))] | None = Field(
        default=None, description="where a studio for many stages composes instead: http://HOST:PORT of `emo-osc farm`"
    )
    token_file: str | None = Field(
        default=None, description="the file whose first line is that studio's token; else $EMO_OSC_STUDIO_TOKEN is"
    )
    fallback: Literal["shelf", "local"] = Field(
        default="shelf", description="who plays while that studio is away: the shelf alone, or soon a local studio"
    )
    losses: dict[LossName, Annotated[float, Field(ge=0.0, le=1000.0)]] = Field(
        default={},
        description="a loss -> what it weighs when melodies are ranked, beside their distance from the targets",
    )

    @property
    def composer(self) -> str:
        """Who composes and how, as JSON; not `device`, `seed` and `pool`, which belong to the evening."""
        return self.model_dump_json(include={"name", "checkpoint", "temperature", "guidance", "melody", "losses"})

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
    phrase_end: Weight = 1.0
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


def schema() -> dict[str, Any]:
    """The JSON schema of a preset file, for editors."""
    return Preset.model_json_schema(by_alias=True)


def schema_text() -> str:
    """The schema as `presets/emo_osc.schema.json` holds it: `emo-osc check --schema` prints it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _control(text: str) -> str:
    Control.parse(text)
    return "".join(text.split())


def _role(text: str) -> str:
    role = Role.parse(text)
    if len(role.name) > MAX_NAME:
        raise ValueError(f"must be a name of at most {MAX_NAME} letters")
    return str(role)


def _studio_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_good = bool(parts.hostname) and parts.port != 0 and parts.path in ("", "/")
    except ValueError:
        is_good = False
    if not is_good or parts.scheme not in ("http", "https") or parts.username or parts.query or parts.fragment:
        raise ValueError("must be http://HOST:PORT or https://HOST:PORT, without a password")
    return text.rstrip("/")


def _network(text: str) -> str:
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise ValueError("must be an address or a network such as 192.168.0.0/24") from None
    return text
