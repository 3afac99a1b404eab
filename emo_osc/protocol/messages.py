"""Messages between the stage, the studio and the supervisor, as frozen values; see `message_codec`."""

from dataclasses import dataclass

from emo_osc.core.affect import PLAIN, Affect, Colour, Reference
from emo_osc.core.score import BARS, Melody, Note

MAX_LINE_BYTES = 1 << 20  # a melody of 256 notes takes 12 KB
HALF_BARS, CHORDS = 2 * BARS, 24
STEPS = 16 * BARS  # 16ths of a phrase


@dataclass(frozen=True, slots=True)
class Measured:
    """What a decoded melody turned out to be, as `studio/attributes.py` measures it on its notes.

    `notes_per_bar` >= 0; `mean_pitch` a MIDI pitch, 0 for silence; `major_share` the belief that the mode is major,
    [0, 1].
    """

    notes_per_bar: float
    mean_pitch: float
    major_share: float


@dataclass(frozen=True, slots=True)
class ComposeRequest:
    """The stage asks for `count` melodies of an affect; `ticket` comes back with each."""

    affect: Affect
    ticket: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Vary:
    """The stage asks for `count` variations of a melody for an affect, moved by `amount`: 0 is the same, 1 a stranger.

    `latent` is the melody's own where it is known, else empty; `ticket` comes back with each.
    """

    melody: Melody
    latent: str
    affect: Affect
    amount: float
    ticket: int
    count: int = 1

    @property
    def is_accompaniment(self) -> bool:
        """Whether only an accompaniment is asked for."""
        return self.amount <= 0.0


@dataclass(frozen=True, slots=True)
class Recompose:
    """The stage asks for a melody of an affect that enters at `step`, a 16th 0..255, of one that sounds.

    `melody` is what sounds, in the octave and mode in which it will sound with the affect, without key and
    transposition; the answer continues it there and has sixteen new bars. `ticket` comes back with it.

    Raises:
        ValueError: the step is out of range.
    """

    melody: Melody
    step: int
    affect: Affect
    ticket: int

    def __post_init__(self) -> None:
        if not 0 <= self.step < STEPS:
            raise ValueError(f"step must be in 0..{STEPS - 1}, got {self.step}")


@dataclass(frozen=True, slots=True)
class ComposeBar:
    """The stage asks for one bar more of a piece that goes on, for an affect; `bar` counts from play, from 0.

    A bar that was answered already, and that was the last, is asked for again where the feeling has changed.
    `tempo_bpm` is how fast it will be heard: the faster, the fewer notes make a feeling's pace.
    """

    affect: Affect
    bar: int
    tempo_bpm: float
    ticket: int


@dataclass(frozen=True, slots=True)
class Learn:
    """From now on the studio composes around a melody of 1..16 bars that somebody played; None: freely again."""

    melody: Melody | None


@dataclass(frozen=True, slots=True)
class SetTargets:
    """What bends the studio's targets from now on: a preset's measured music, and a held density in [-1, 1]."""

    references: tuple[Reference, ...]
    density: float = 0.0


@dataclass(frozen=True, slots=True)
class Finish:
    """The stage asks the studio to end."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The studio is ready to compose: the generator's name and the device it runs on.

    Whether it `goes_on` by bars, and `recomposes` what sounds.
    """

    generator: str
    device: str
    goes_on: bool = False
    recomposes: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """A melody for an affect, measured; `distance` >= 0 says how far it lies from the affect's targets (0 is exact).

    `seed` makes the same melody again with the same generator on the same device; `latent` is what the generator
    decoded it from, as text only the generator reads, empty where it has none. `chords` fit the melody, one for each
    half of its sixteen bars: 0..11 the major triads on C..B, 12..23 the minor ones; empty where nobody knows them.
    `backing` are the notes composed to accompany it, in order of start, several at once; mostly there are none.
    `bar` >= 0 answers a `ComposeBar`: of the sixteen bars that one counts, at its place in the phrase; else it is -1.
    `asked_notes` are the notes per bar that were asked of it, 0 where those of the formulas were.

    Raises:
        ValueError: there are other than 32 chords or none, one is no triad, or the backing is out of order or too long.
    """

    melody: Melody
    affect: Affect
    measured: Measured
    distance: float
    seed: int
    ticket: int
    latent: str = ""
    chords: tuple[int, ...] = ()
    backing: tuple[Note, ...] = ()
    bar: int = -1
    asked_notes: float = 0.0

    def __post_init__(self) -> None:
        starts = [note.start_tick for note in self.backing]
        if starts != sorted(starts) or any(note.end_tick > self.melody.length_tick for note in self.backing):
            raise ValueError("the backing must be in order and end with the melody")
        if len(self.chords) not in (0, HALF_BARS) or not all(0 <= chord < CHORDS for chord in self.chords):
            raise ValueError(f"chords must be {HALF_BARS} of 0..{CHORDS - 1}, or none, got {self.chords!r:.60}")


@dataclass(frozen=True, slots=True)
class Failed:
    """The studio could not do what `ticket` asked (-1: not asked by anyone); the text says why and what to do."""

    text: str
    ticket: int = -1


@dataclass(frozen=True, slots=True)
class Away:
    """The studio cannot compose for now; the text says why. What it was asked for is lost; `Loaded` says it is back."""

    text: str


@dataclass(frozen=True, slots=True)
class Alive:
    """Its sender is at work, and may take `patience_s` longer than usual until it says so again."""

    patience_s: float = 0.0


@dataclass(frozen=True, slots=True)
class LogLine:
    """The stage has something to say to people: one line; `kind_of` names what it is about, such as `studio`."""

    kind_of: str
    text: str


@dataclass(frozen=True, slots=True)
class Restart:
    """The stage asks the supervisor to end a process that no longer answers and start it again."""

    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class SwitchGenerator:
    """The stage has loaded a preset in which somebody else composes; `text` is `StagePreset.composer`."""

    text: str


@dataclass(frozen=True, slots=True)
class PhraseSaved:
    """A phrase under a name, with the affect it was played for, the tempo in bpm and the colour of its mood.

    From the stage: to be saved. From the supervisor: it is saved, now or in an earlier run.
    """

    name: str
    ready: Ready
    affect: Affect
    tempo: float
    colour: Colour = PLAIN


@dataclass(frozen=True, slots=True)
class PhraseNotSaved:
    """The supervisor could not save a phrase; the text says why and what to do."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """The player has mapped MIDI controls anew; the text is `Mapping.text`, to be saved."""

    text: str


@dataclass(frozen=True, slots=True)
class MappingSaved:
    """The supervisor has saved a mapping; or it could not, and the fault says why and what to do."""

    fault: str = ""


@dataclass(frozen=True, slots=True)
class MappingRead:
    """The player's own mapping as the supervisor has found it on the disk; the text is one of `Mapping.text`."""

    text: str


@dataclass(frozen=True, slots=True)
class PresetRead:
    """A preset file is new or has changed; `text` is a `StagePreset` as JSON."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class StageState:
    """Where the stage stands, for another one to go on from: the text of a `stage.snapshot.Snapshot`."""

    text: str


@dataclass(frozen=True, slots=True)
class WorkersState:
    """Which processes beside the stage do not run, and why, as one line; empty while all do."""

    text: str


@dataclass(frozen=True, slots=True)
class Played:
    """MIDI messages that were sent, as hexadecimal, for the recorder.

    `at_s` on the stage's clock, `tempo` in bpm.
    """

    at_s: float
    tempo: float
    data: str


@dataclass(frozen=True, slots=True)
class Ports:
    """What MIDI there is on this machine: lines with the systems that run, such as `Jack`, and with the ports.

    A port reads `Jack: synth:in`; `outputs` are those one can write to, `inputs` those one can read from; `links` are
    what is connected to our own inputs in JACK, a line each: from, tab, to. From the stage, `links` alone: what was.
    """

    systems: str
    outputs: str
    inputs: str
    links: str = ""


ToStudio = ComposeRequest | Vary | Recompose | ComposeBar | Learn | SetTargets | Finish
StudioToStage = Loaded | Ready | Failed | Away | Alive
SupervisorToStage = PhraseSaved | PhraseNotSaved | PresetRead | MappingRead | MappingSaved | WorkersState
ToSupervisor = LogLine | Restart | SwitchGenerator | PhraseSaved | Played | Mapped | StageState | Alive
MonitorToStage = Ports | Alive
AnyMessage = ToStudio | StudioToStage | SupervisorToStage | ToSupervisor | MonitorToStage
