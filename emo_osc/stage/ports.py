"""The stage's MIDI ports through an evening: where they lead, whether they are still there, and their return.

Opens ports through `midi`; whoever watches the system says what there is. Opening takes some milliseconds, in which
no note can be sent: it happens only after a port was lost.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from emo_osc.messages import Ports
from emo_osc.stage.midi import MidiIn, MidiOut, Receive, open_in, open_out
from emo_osc.stage.port_names import Offered, find, virtual_name

P = TypeVar("P", MidiOut, MidiIn)
ALL_NOTES_OFF = 123


MAX_UNCONFIRMED = 1500
"""Messages sent before somebody has seen the system at work. A JACK server that has died leaves room for 2,340 in
rtmidi's buffer, and then whoever sends waits for ever; of the rest, notes and their ends have the first call."""
MAX_UNCONFIRMED_NOTES = 2000
UNCONFIRMED_PER_S = 400
"""Messages that are let through each second while nobody sees the system at work: more than any music has. Should the
system have died too, its buffer is full after some minutes, and the door ends a stage that hangs."""
FIRST_MODE_CONTROLLER = 120  # from here on controllers switch things off


class Way(Generic[P]):
    """One direction: a port, or the wait for it to come, or to come back."""

    def __init__(self, label: str, name: str, open_port: Callable[[str], tuple[P | None, str]], own: str = "") -> None:
        self.port: P | None
        self._label, self._name, self._own = label, name, own
        self._open_port: Callable[[str], tuple[P | None, str]] = open_port
        self.port, self.text = open_port(name) if name else (None, "")
        self.is_lost = False
        self._place = self.port.place if self.port else None

    def on_ports(self, systems: frozenset[str], offered: frozenset[str]) -> str:
        """Take in what there is now; a line for people where that changes anything, else an empty one."""
        if not self._name:
            return ""
        place = self._place
        if self.port and place and place.system not in systems:
            self.port.abandon()
            self.port = None
            return "" if self.is_lost else self._lose(f"{place.system} has stopped")
        if self.port and place and place.name and place.id not in offered and not self.is_lost:
            return self._lose(f"{place.name!r} has gone")
        if (self.port is None or self.is_lost) and self._is_hopeful(systems, offered):
            return self._return()
        return ""

    def _lose(self, reason: str) -> str:
        self.is_lost, self.text = True, f"lost: {reason}; waiting for it"
        return f"{self._label} {self.text}, the music goes on"

    def _is_hopeful(self, systems: frozenset[str], offered: frozenset[str]) -> bool:
        """Whether there is a system, and in it the port that is wanted."""
        if not virtual_name(self._name):
            return find(self._name, map(Offered.parse, offered), (self._own,)) is not None
        if self._place is None:
            return bool(systems)
        return self._place.system in systems

    def _return(self) -> str:
        if self.port:
            self.port.close()
        was_open, before = self._place is not None, self.text
        self.port, self.text = self._open_port(self._name)
        if self.port is None:
            return f"{self._label} {self.text}" if self.text != before else ""
        self.is_lost, self._place = False, self.port.place
        return f"{self._label} {self.text} is open again" if was_open else f"{self._label} {self.text} is there now"


class MidiPorts:
    """The way out and the way in, and how much was sent in good faith."""

    def __init__(self, out: str, in_: str, receive: Receive) -> None:
        own_out, own_in = virtual_name(out), virtual_name(in_)
        self.out: Way[MidiOut] = Way("MIDI out", out, lambda name: open_out(name, own_in), own_in)
        self.in_: Way[MidiIn] = Way("MIDI in", in_, lambda name: open_in(name, receive, own_out), own_out)
        self.unsent = 0
        """Messages that found no port, or a system that may have died."""
        self._unconfirmed = 0
        self._is_cut = False

    def send(self, message: bytes) -> None:
        """Send one message; where there is nobody to take it, it is counted."""
        limit = MAX_UNCONFIRMED_NOTES if _is_about_notes(message) else MAX_UNCONFIRMED
        if self.out.port is None or self.out.is_lost or self._unconfirmed >= limit:
            self.unsent += 1
            self._is_cut = True
            return
        self._unconfirmed += 1
        self.out.port.send(message)

    def confirm(self) -> bool:
        """The systems were seen at work; whether messages were held back since they were last seen."""
        return self._make_room(self._unconfirmed)

    def on_unwatched_second(self) -> bool:
        """A second has passed in which nobody saw the systems at work; whether messages were held back."""
        return self._make_room(UNCONFIRMED_PER_S)

    def on_ports(self, ports: Ports) -> list[str]:
        """Let go of what is gone and open what is back; lines for people."""
        systems = frozenset(ports.systems.split("\n")) - {""}
        was_lost, unsent = self.out.is_lost or self.out.port is None, self.unsent
        lines = [
            self.out.on_ports(systems, frozenset(ports.outputs.split("\n"))),
            self.in_.on_ports(systems, frozenset(ports.inputs.split("\n"))),
        ]
        if was_lost and self.out.port and not self.out.is_lost:
            self._hush()
            lines[0] += f"; {unsent} messages were not sent" if unsent and lines[0].endswith("again") else ""
        return [line for line in lines if line]

    def close(self) -> None:
        """Close what is open."""
        for port in (self.out.port, self.in_.port):
            if port:
                port.close()

    def _make_room(self, messages: int) -> bool:
        is_cut, self._is_cut = self._is_cut, False
        self._unconfirmed = max(0, self._unconfirmed - messages)
        return is_cut and self.out.port is not None and not self.out.is_lost

    def _hush(self) -> None:
        """Whoever listens may still hold the note that sounded when the line was cut."""
        self.unsent, self._is_cut = 0, True
        for channel in range(16):
            self.send(bytes((0xB0 | channel, ALL_NOTES_OFF, 0)))


def _is_about_notes(message: bytes) -> bool:
    kind = message[0] & 0xF0
    return kind in (0x80, 0x90) or (kind == 0xB0 and message[1] >= FIRST_MODE_CONTROLLER)
