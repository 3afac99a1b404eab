"""The MIDI ports of the stage: opening them, noticing that they are gone, and opening them again.

Opens ports through `midi`; the port monitor reports which exist. Opening through rtmidi takes some
milliseconds, in which no note can be sent: it happens only after a port was lost. A port that another process plays
opens meanwhile.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from emo_osc.core.midi_standard import (
    CONTROL_CHANGE,
    FIRST_CHANNEL_MODE,
    KIND_BITS,
    NOTE_OFF,
    NOTE_ON,
    all_off,
)
from emo_osc.midi.jack_output import JackOut
from emo_osc.midi.port_names import Offered, Place, find, virtual_name
from emo_osc.midi.rtmidi_ports import MidiIn, MidiOut, Receive, open_in, open_now, open_out
from emo_osc.protocol.messages import Ports

OutPort = MidiOut | JackOut
P = TypeVar("P", OutPort, MidiIn)
AT_ONCE_S = 0.0
MAX_BREAKS = 3  # processes that were lost by themselves, until their server starts anew; after that rtmidi plays
WAITS = "none yet: waiting for the MIDI system"
NOWHERE: frozenset[str] = frozenset()

MAX_UNCONFIRMED = 1500
"""Messages sent before somebody has seen the system at work. A JACK server that has died leaves room for 2,340 in
rtmidi's buffer, and then the sender blocks for ever; of the rest, notes and their ends have the first call."""
MAX_UNCONFIRMED_NOTES = 2000
UNCONFIRMED_PER_S = 400
"""Messages that are let through each second while nobody sees the system at work: more than any music has. Should the
system have died too, its buffer is full after some minutes, and the supervisor ends a stage that hangs."""


@dataclass(frozen=True, slots=True)
class Before:
    """What an earlier stage leaves to the ports of this one.

    `targets` are what its output was connected to, `links` its inputs, as in `messages.Ports`; the system `is_stuck`
    where it let no ports be opened.
    """

    targets: tuple[str, ...] = ()
    links: str = ""
    is_stuck: bool = False


NOTHING_BEFORE = Before()


class Way(Generic[P]):
    """One direction: a port, or the wait for it to come, or to come back."""

    def __init__(
        self,
        label: str,
        name: str,
        open_port: Callable[[str], tuple[P | None, str]],
        own: str = "",
        *,
        waits: bool = False,
    ) -> None:
        """Where it `waits`, the port is opened only once the system was seen at work."""
        self.port: P | None
        self._label, self._name, self._own = label, name, own
        self._open_port: Callable[[str], tuple[P | None, str]] = open_port
        self.port, self.text = open_port(name) if name and not waits else (None, WAITS if name else "")
        self.is_lost = self._is_opening = False
        self.before_opening: Callable[[], None] = _nothing
        """Called before a port is opened or closed by a driver, which may take seconds."""
        self.breaks = 0
        """How often the process that plays a port has gone by itself since its system started."""
        self._place: Place | None = self.port.place if self.port else None
        self._systems, self._offered = NOWHERE, NOWHERE

    @property
    def is_ready(self) -> bool:
        """Whether there is an open port that leads somewhere."""
        return self.port is not None and self.port.is_open and not self.is_lost

    def on_ports(self, systems: frozenset[str], offered: frozenset[str]) -> str:
        """Take in what there is now; a line for people where that changes anything, else an empty one."""
        if not self._name:
            return ""
        self._systems, self._offered = systems, offered
        place = self.port.place if self.port else self._place
        if place and place.system not in systems:
            self.breaks = 0
        if self.port and place and place.system not in systems:
            self._abandon()
            return "" if self.is_lost else self._lose(f"{place.system} has stopped")
        if self.port and place and place.name and place.id not in offered and not self.is_lost:
            return self._lose(f"{place.name!r} has gone")
        if (self.port is None or self.is_lost) and not self._is_opening and self._is_hopeful():
            return self._return()
        return self.look()

    def look(self) -> str:
        """Hear how the port itself fares; a line for people where that changes anything, else an empty one."""
        if self.port is None:
            return ""
        self.port.poll()
        if self.port.fault:
            return self._break(self.port.fault, self.port.place.system)
        if self._is_opening:
            return self._opened() if self.port.is_open else ""
        if self.is_lost or self.port.place.text == self.text:
            return ""
        self.text = self.port.place.text
        return f"{self._label} {self.text}"

    def _break(self, fault: str, system: str) -> str:
        """The process that plays the port has gone: start another at once, unless its system has gone before it."""
        self._abandon()
        self.breaks += 1
        line, opened = "" if self.is_lost else self._lose(fault), ""
        if fault.startswith(system):
            self._systems -= {system}
        elif self._is_hopeful():
            opened = self._return()
        return "; ".join(filter(None, (line, opened)))

    def _abandon(self) -> None:
        if self.port:
            self.port.abandon()
        self.port, self._is_opening = None, False

    def _lose(self, reason: str) -> str:
        self.is_lost, self.text = True, f"lost: {reason}; waiting for it"
        return f"{self._label} {self.text}, the music goes on"

    def _is_hopeful(self) -> bool:
        """Whether there is a system, and in it the port that is wanted."""
        if not virtual_name(self._name):
            return find(self._name, map(Offered.parse, self._offered), (self._own,)) is not None
        if self._place is None:
            return bool(self._systems)
        return self._place.system in self._systems

    def _return(self) -> str:
        self.before_opening()
        if self.port:
            self.port.leave()
        before = self.text
        self.port, text = self._open_port(self._name)
        if self.port is None:
            self.text = text
            return f"{self._label} {self.text}" if self.text != before else ""
        self._is_opening = not self.port.is_open
        return "" if self._is_opening else self._opened()

    def _opened(self) -> str:
        assert self.port is not None  # or nothing was opened
        how = "is there now" if self._place is None else "is open again"
        self._place, self.text = self.port.place, self.port.place.text
        self.is_lost = self._is_opening = False
        return f"{self._label} {self.text} {how}"


class OutOpener:
    """Opens the way out: the first time it waits for a port that another process opens, later it never does."""

    def __init__(self, own: str, targets: Iterable[str] = ()) -> None:
        self._own = own
        self._is_first = True
        self.targets = list(targets)
        """What the port was connected to, by this stage or one before it."""
        self.breaks = 0

    def __call__(self, name: str) -> tuple[OutPort | None, str]:
        """The port of a name, or None; the text tells which."""
        if self._is_first:
            self._is_first = False
            return open_now(name, self._own, self.targets)
        return open_out(name, self._own, self.targets, on_frames=self.breaks < MAX_BREAKS)


class MidiPorts:
    """The way out and the way in, and how much was sent in good faith."""

    def __init__(self, out: str, in_: str, receive: Receive, before: Before = NOTHING_BEFORE) -> None:
        own_out, own_in = virtual_name(out), virtual_name(in_)
        self._opener = OutOpener(own_in, before.targets)
        self.out: Way[OutPort] = Way("MIDI out", out, self._opener, own_in, waits=before.is_stuck)
        self.in_: Way[MidiIn] = Way(
            "MIDI in", in_, lambda name: open_in(name, receive, own_out), own_out, waits=before.is_stuck
        )
        self.links = before.links
        """The connections of our virtual inputs, or what they were last, as in `messages.Ports`."""
        self.unsent = 0
        """Messages that found no port, or a system that may have died."""
        self._unconfirmed = 0
        self._is_cut = False

    @property
    def targets(self) -> tuple[str, ...]:
        """What the way out is connected to, or was last, where that can be told."""
        return tuple(self.out.port.targets if self.out.is_ready and self.out.port else self._opener.targets)

    @property
    def lead_s(self) -> float:
        """How long before its time a message should be sent, for the port to let it leave on its time."""
        return self.out.port.lead_s if self.out.port else 0.0

    def send(self, message: bytes, at_s: float = AT_ONCE_S) -> None:
        """Send one message for its time; where there is nobody to take it, it is counted."""
        limit = MAX_UNCONFIRMED_NOTES if _is_about_notes(message) else MAX_UNCONFIRMED
        if self.out.port is None or not self.out.is_ready or self._unconfirmed >= limit:
            self.unsent += 1
            self._is_cut = True
            return
        self._unconfirmed += 1
        self.out.port.send(message, at_s)

    def confirm(self) -> bool:
        """The systems were seen at work; whether messages were held back since they were last seen."""
        return self._make_room(self._unconfirmed)

    def on_unwatched_second(self) -> bool:
        """A second has passed in which nobody saw the systems at work; whether messages were held back."""
        return self._make_room(UNCONFIRMED_PER_S)

    def on_ports(self, ports: Ports) -> list[str]:
        """Let go of what is gone and open what is back; lines for people."""
        systems = frozenset(ports.systems.split("\n")) - {""}
        self.links = ports.links
        outputs, inputs = frozenset(ports.outputs.split("\n")), frozenset(ports.inputs.split("\n"))
        return self._changed(lambda: self.out.on_ports(systems, outputs), lambda: self.in_.on_ports(systems, inputs))

    def look(self) -> list[str]:
        """Hear how the ports themselves fare; lines for people."""
        return self._changed(self.out.look, self.in_.look)

    def close(self) -> None:
        """Close what is open."""
        for port in (self.out.port, self.in_.port):
            if port:
                port.close()

    def _changed(self, look_out: Callable[[], str], look_in: Callable[[], str]) -> list[str]:
        was_ready, unsent = self.out.is_ready, self.unsent
        lines = [look_out(), look_in()]
        self._opener.breaks = self.out.breaks
        if self.out.is_ready and self.out.port:
            self._opener.targets = self.out.port.targets
        if self.out.is_ready and not was_ready:
            self._send_all_notes_off()
            lines[0] += f"; {unsent} messages were not sent" if unsent and lines[0].endswith("again") else ""
        return [line for line in lines if line]

    def _make_room(self, messages: int) -> bool:
        is_cut, self._is_cut = self._is_cut, False
        self._unconfirmed = max(0, self._unconfirmed - messages)
        return is_cut and self.out.is_ready

    def _send_all_notes_off(self) -> None:
        """End the notes that were sounding at the receiver when the connection was lost."""
        self.unsent, self._is_cut = 0, True
        for message in all_off():
            self.send(message)


def _nothing() -> None:
    """A callback that does nothing."""


def _is_about_notes(message: bytes) -> bool:
    kind = message[0] & KIND_BITS
    return kind in (NOTE_OFF, NOTE_ON) or (kind == CONTROL_CHANGE and message[1] >= FIRST_CHANNEL_MODE)
