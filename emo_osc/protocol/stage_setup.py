"""What the stage is told at its start, and what it reports then. The codec is `child_setup`."""

from dataclasses import dataclass, field
from ipaddress import ip_network

from emo_osc.core.affect import Mood, MoodBook, Reference
from emo_osc.core.errors import CommandError
from emo_osc.protocol.child_setup import ChildSetup, check_port
from emo_osc.protocol.midi_control import Control, Role
from emo_osc.protocol.parameters import VALUES

FIRST_MOOD = "neutral"
"""Where a preset begins that names no mood."""


@dataclass(frozen=True, slots=True)
class StagePreset(ChildSetup):
    """What the stage takes from a preset: values of the table by name, controllers, moods, roles, the rules' weights.

    `mapping` gives controls their roles, both as `control` writes them. `references` are what it knows of its moods'
    music, which bends what the stage and the studio ask for, `composer` who composes, as JSON, which the stage hands
    on.
    `fault` is the one line that says why the preset cannot be used; the rest is then empty.

    Raises:
        ValueError: a value, a control or a role is unknown, or out of its range.
    """

    values: dict[str, float | str]
    moods: tuple[Mood, ...] = ()
    mapping: dict[str, str] | None = None
    cc74: bool = True
    cc1: bool = False
    temperature: float = 1.0
    fault: str = ""
    rules: dict[str, float] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    composer: str = ""

    def __post_init__(self) -> None:
        for control, role in (self.mapping or {}).items():
            Control.parse(control)
            Role.parse(role)
        for name, value in self.values.items():
            if name not in VALUES:
                raise ValueError(f"values: unknown value {name!r}")
            try:
                VALUES[name].arguments[0].read(value)
            except CommandError as error:
                raise ValueError(f"values.{name}: {error}") from None

    @property
    def mood_book(self) -> MoodBook:
        """The preset's moods."""
        return MoodBook(self.moods)


@dataclass(frozen=True, slots=True)
class Setup(ChildSetup):
    """Everything the stage needs to open its ports and play; `tokens` admit the other processes.

    `shelf` is the path of the seed melodies, `midi_in` empty for none, `preset` a key of `presets`;
    `clock` is a name of `config/clocks`: with `link`, `is_transport_shared` lets play and stop be all peers';
    with `midi`, the clock `starts_itself` where clocks come without Start; `sends_clock` lets others follow by MIDI,
    while nothing plays too where `clock_runs_free`; what is played is sent to the supervisor where it `is_recorded`;
    `allow` names the addresses and networks that are heard, every private one where it is empty; `hub` is the loopback
    port for our own processes, 0 for any; `resume` is the `snapshot` of another stage from which to go on, or empty;
    where the MIDI system `is_stuck`, ports wait until it was seen at work.

    Raises:
        ValueError: a port is none, `allow` holds what is no network, or `preset` is not among `presets` or names no
            mood of its own.
    """

    host: str
    port: int
    midi_out: str
    midi_in: str
    tokens: dict[str, str]
    shelf: str
    seed: int
    is_playing: bool
    preset: str
    presets: dict[str, StagePreset]
    clock: str = "internal"
    is_recorded: bool = False
    sends_clock: bool = False
    clock_runs_free: bool = False
    starts_itself: bool = False
    is_transport_shared: bool = False
    allow: tuple[str, ...] = ()
    hub: int = 0
    resume: str = ""
    is_stuck: bool = False

    def __post_init__(self) -> None:
        check_port("port", self.port)
        check_port("hub", self.hub)
        for name in self.allow:
            ip_network(name, strict=False)
        if self.preset not in self.presets:
            raise ValueError(f"preset must be one of presets, got {self.preset!r}")
        preset = self.presets[self.preset]
        try:
            preset.mood_book.find(str(preset.values.get("mood", FIRST_MOOD)))
        except KeyError as error:
            raise ValueError(f"presets.{self.preset}.moods: {error.args[0]}") from None


@dataclass(frozen=True, slots=True)
class Report(ChildSetup):
    """What the stage answers once it is open: the loopback port of its hub, its OSC port, lines for people.

    `fault` is the one line that says why it could not open.
    """

    hub: int = 0
    osc_port: int = 0
    lines: tuple[str, ...] = ()
    fault: str = ""
