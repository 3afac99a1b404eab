"""What the session returns for the loop to do. Values only: to make one does nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emo_osc.protocol.messages import ToStudio, ToSupervisor
from emo_osc.protocol.osc import Target
from emo_osc.protocol.parameters import Scalar
from emo_osc.stage.session.events import Event
from emo_osc.stage.session.request import Request


@dataclass(frozen=True, slots=True)
class SendMidi:
    """Send these MIDI messages at once."""

    messages: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SendOsc:
    """Send one OSC message."""

    target: Target
    address: str
    arguments: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class OrderFromStudio:
    """Send this to the studio."""

    message: ToStudio


@dataclass(frozen=True, slots=True)
class TellSupervisor:
    """Send this to the supervisor, as soon as it is connected."""

    message: ToSupervisor


@dataclass(frozen=True, slots=True)
class Continue:
    """Handle this event next, after the effects before it; send the notes that come due first."""

    event: Event


Effect = SendMidi | SendOsc | OrderFromStudio | TellSupervisor | Continue
Effects = list[Effect]

Handler = Callable[[Any, Request, float], Effects]
"""Carries out a command at a time, in seconds. Raises CommandError where it cannot be done."""

Handlers = dict[type, Handler]
"""Types of commands -> what carries them out."""
