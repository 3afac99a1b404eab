"""What can happen to the session: messages that came in, processes that came or went, time that passed."""

from dataclasses import dataclass

from emo_osc.protocol.commands import SetValue
from emo_osc.protocol.messages import AnyMessage, StudioToStage
from emo_osc.protocol.osc import Fault, Message, Target
from emo_osc.stage.session.request import Request


@dataclass(frozen=True, slots=True)
class OscReceived:
    """A message has come: received at `stamp_s` on the stage's clock, handled at the Unix time `wall_s`."""

    message: Message
    sender: Target
    stamp_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class OscUnreadable:
    """A message has come that cannot be read."""

    fault: Fault
    sender: Target


@dataclass(frozen=True, slots=True)
class SenderDenied:
    """A host has sent for the first time that the access list does not let in."""

    host: str


@dataclass(frozen=True, slots=True)
class AnswersHeldBack:
    """Answers to a host are held back until it proves that it receives them."""

    host: str


@dataclass(frozen=True, slots=True)
class MidiReceived:
    """A MIDI message has come in."""

    message: bytes


@dataclass(frozen=True, slots=True)
class StudioJoined:
    """The studio has connected."""


@dataclass(frozen=True, slots=True)
class StudioLeft:
    """The connection to the studio has closed."""


@dataclass(frozen=True, slots=True)
class StudioSaid:
    """The studio has sent a message."""

    message: StudioToStage


@dataclass(frozen=True, slots=True)
class SupervisorSaid:
    """The supervisor has sent a message, about phrases, mappings or presets."""

    message: AnyMessage


@dataclass(frozen=True, slots=True)
class InstrumentJoined:
    """An instrument may just have connected that knows no controllers yet."""


@dataclass(frozen=True, slots=True)
class PortsChanged:
    """The MIDI ports lead elsewhere now; `lines` tell people how."""

    midi_out: str
    midi_in: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueChanged:
    """A value that clients can read has changed, by something other than a command."""

    name: str


@dataclass(frozen=True, slots=True)
class ScheduledDue:
    """A message that was scheduled is due."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Time has passed; to be told at `next_s`, and may be told sooner."""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The loop has done what was due: listeners can be told, and the studio asked."""


@dataclass(frozen=True, slots=True)
class SecondPassed:
    """Another second has passed."""


@dataclass(frozen=True, slots=True)
class MelodyDue:
    """The touch of a command has been sent; the melody for it is to be chosen, and the command answered."""

    command: SetValue
    request: Request


@dataclass(frozen=True, slots=True)
class Ended:
    """The stage ends: every note and the clock must stop."""


Event = (
    OscReceived
    | OscUnreadable
    | SenderDenied
    | AnswersHeldBack
    | MidiReceived
    | StudioJoined
    | StudioLeft
    | StudioSaid
    | SupervisorSaid
    | InstrumentJoined
    | PortsChanged
    | ValueChanged
    | ScheduledDue
    | TimePassed
    | TurnEnded
    | SecondPassed
    | MelodyDue
    | Ended
)
