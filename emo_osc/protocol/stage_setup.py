"""The setup that the supervisor hands to the stage: one JSON text, made of frozen values."""

import json
from dataclasses import asdict, dataclass, field

from emo_osc.core.affect import Affect, Colour, Mood, MoodBook, Reference


@dataclass(frozen=True, slots=True)
class StagePreset:
    """What the stage takes from a preset: values of the table by name, controllers, moods, roles, the rules' weights.

    `mapping` gives controls their roles, both as `control` writes them. `references` are what it knows of its moods'
    music, which bends what the stage and the studio ask for, `composer` who composes, as JSON, which the stage hands
    on.
    `fault` is the one line that says why the preset cannot be used; the rest is then empty.
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

    def to_json(self) -> str:
        """The preset as text, for a stage that runs already."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "StagePreset":
        """The preset of a text.

        Raises:
            ValueError: it is not what `to_json` writes.
        """
        try:
            return _read_preset(json.loads(text))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a preset: {error}") from None

    @property
    def mood_book(self) -> MoodBook:
        """The preset's moods."""
        return MoodBook(self.moods)


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything the stage needs to open its ports and play; `tokens` admit the other processes.

    `shelf` is the path of the seed melodies, `midi_in` empty for none, `preset` a key of `presets`;
    `clock` is a name of `config/clocks`: with `link`, `is_transport_shared` lets play and stop be all peers';
    with `midi`, the clock `starts_itself` where clocks come without Start; `sends_clock` lets others follow by MIDI,
    while nothing plays too where `clock_runs_free`; what is played is sent to the supervisor where it `is_recorded`;
    `allow` names the addresses and networks that are heard, every private one where it is empty; `hub` is the loopback
    port for our own processes, 0 for any; `resume` is the `snapshot` of another stage from which to go on, or empty;
    where the MIDI system `is_stuck`, ports wait until it was seen at work.
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

    def to_json(self) -> str:
        """The setup as text for the stage's standard input."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Setup":
        """The setup of a text.

        Raises:
            ValueError: it is not what `to_json` writes.
        """
        try:
            fields = json.loads(text)
            presets = {name: _read_preset(entry) for name, entry in fields.pop("presets").items()}
            return cls(**{**fields, "allow": tuple(fields.get("allow", ()))}, presets=presets)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a setup: {error}") from None


@dataclass(frozen=True, slots=True)
class Report:
    """What the stage answers once it is open: the loopback port of its hub, its OSC port, lines for people.

    `fault` is the one line that says why it could not open.
    """

    hub: int = 0
    osc_port: int = 0
    lines: tuple[str, ...] = ()
    fault: str = ""

    def to_json(self) -> str:
        """The report as one line for the supervisor."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_json(cls, line: bytes) -> "Report":
        """The report of a line that `to_json` wrote."""
        fields = json.loads(line)
        return cls(int(fields["hub"]), int(fields["osc_port"]), tuple(fields["lines"]), str(fields["fault"]))


def _read_preset(fields: dict[str, object]) -> StagePreset:
    moods, mapping = fields.pop("moods"), fields.pop("mapping")
    if not isinstance(moods, list) or not isinstance(mapping, dict | None):
        raise TypeError("moods are a list and mapping is a table")
    read = tuple(
        Mood(
            mood["id"],
            Affect(**mood["affect"]),
            tuple(mood["aliases"]),
            mood["vocabulary"],
            Colour(**mood["colour"]),
        )
        for mood in moods
    )
    known = fields.pop("references")
    if not isinstance(known, list):
        raise TypeError("references are a list")
    references = tuple(Reference(**each | {"affect": Affect(**each["affect"])}) for each in known)
    return StagePreset(**fields, moods=read, mapping=mapping, references=references)  # type: ignore[arg-type]  # JSON has no types to check
