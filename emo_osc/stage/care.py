"""What the stage does for the processes around it: it notices who is not well, and has it started again.

Knows no socket; whoever reads the lines of the studio and of the watch over the ports hands them on.
"""

from emo_osc.messages import AnyMessage, Ports, Restart
from emo_osc.stage.desk import Desk
from emo_osc.stage.ports import MidiPorts


class Care:
    """Looks once a second; complaints go to the door."""

    def __init__(self, desk: Desk, ports: MidiPorts) -> None:
        self._desk = desk
        self._instrument, self._restock = desk.instrument, desk.instrument.restock
        self._ports = ports
        self._studio_told = self._restock.state

    def on_second(self, now_s: float, *, is_watched: bool) -> None:
        """Look after the studio and, where it `is_watched`, the watch over the MIDI ports."""
        complaint = self._restock.complaint(now_s)
        if complaint:
            self._restart("studio", complaint)
        if self._restock.state is not self._studio_told:
            self._studio_told = self._restock.state
            self._desk.studio_changed(now_s)
        if self._ports.is_unwatched(now_s, is_watched=is_watched):
            self._restart("watch", "no sign of life")

    def receive_watch(self, message: AnyMessage, now_s: float) -> None:
        """The MIDI systems were just seen at work, where a change comes with what ports there are."""
        if isinstance(message, Ports):
            lines = self._ports.on_ports(message)
            self._desk.ports_changed(self._ports.out.text, self._ports.in_.text, lines, now_s)
        if self._ports.confirm(now_s):
            self._instrument.performer.introduce()

    def on_garbage(self, role: str) -> None:
        """Whoever sends nonsense is not well; a stranger without a role only goes."""
        if role:
            self._restart(role, "it sent what is no message")

    def _restart(self, role: str, reason: str) -> None:
        self._instrument.for_the_door.append(Restart(role, reason))
