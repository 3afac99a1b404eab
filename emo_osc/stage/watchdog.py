"""Notices processes that hang and has the supervisor restart them.

Knows no socket; the loop hands it the lines of the port monitor and of those who only listen, and applies its effects.
"""

from collections.abc import Callable

from emo_osc.protocol.messages import Alive, AnyMessage, LogLine, Ports, Restart, WorkersState
from emo_osc.stage.io.listener_presence import Signs
from emo_osc.stage.io.midi_ports import MidiPorts
from emo_osc.stage.io.monitor_presence import Watching
from emo_osc.stage.session.effects import Effect, Effects, TellSupervisor
from emo_osc.stage.session.events import InstrumentJoined, PortsChanged, ValueChanged
from emo_osc.stage.session.session import Session


class Watchdog:
    """Looks once a second; complaints go to the supervisor."""

    def __init__(self, session: Session, ports: MidiPorts) -> None:
        self._session = session
        self._instrument, self._studio_client = session.instrument, session.instrument.studio_client
        self._ports = ports
        self._watching, self._signs = Watching(), Signs()
        self._studio_told = self._studio_client.state

    def on_second(self, now_s: float, is_there: Callable[[str], bool]) -> Effects:
        """Look after the studio, the port monitor, and those who only listen."""
        complaints = {
            "studio": self._studio_client.complaint(now_s),
            "port monitor": self._watching.complaint(now_s, is_there=is_there("port monitor")),
            **self._signs.complaints(now_s, is_there),
        }
        effects = [_restart(role, complaint) for role, complaint in complaints.items() if complaint]
        if self._studio_client.state is not self._studio_told:
            self._studio_told = self._studio_client.state
            effects += self._session.handle(ValueChanged("studio"), now_s)
        effects += self._ports_told(self._ports.look(), now_s)
        if self._watching.is_blind(now_s) and self._ports.on_unwatched_second():
            effects += self._session.handle(InstrumentJoined(), now_s)
        return effects + self._watching_told(now_s)

    def receive_monitor(self, message: AnyMessage, now_s: float) -> Effects:
        """The MIDI systems were just seen at work, where a change comes with what ports there are."""
        self._watching.seen(now_s)
        lines = self._ports.on_ports(message) if isinstance(message, Ports) else self._ports.look()
        effects = self._ports_told(lines, now_s)
        if self._ports.confirm():
            effects += self._session.handle(InstrumentJoined(), now_s)
        return effects + self._watching_told(now_s)

    def receive_sign(self, role: str, message: AnyMessage, now_s: float) -> None:
        """One of those who only listen is alive.

        Raises:
            ValueError: it has said anything else.
        """
        if not isinstance(message, Alive):
            raise ValueError(f"{type(message).__name__} is no message for the stage")
        self._signs.heard(role, now_s)

    def receive_workers(self, message: WorkersState, now_s: float) -> Effects:
        """The supervisor says which of the processes do not run."""
        self._instrument.counters.workers = message.text
        return self._session.handle(ValueChanged("workers"), now_s)

    def on_garbage(self, role: str) -> Effects:
        """Restart a child that sends malformed messages; drop unauthenticated peers."""
        return [_restart(role, "it sent what is no message")] if role else []

    def _ports_told(self, lines: list[str], now_s: float) -> Effects:
        """Tell what has happened to the ports, and go by how far ahead the way out wants its messages."""
        counters, ports = self._instrument.counters, self._ports
        self._instrument.transport.lead_s = ports.lead_s
        counters.targets, counters.links = ports.targets, ports.links
        if not lines:
            return []
        return self._session.handle(PortsChanged(ports.out.text, ports.in_.text, tuple(lines)), now_s)

    def _watching_told(self, now_s: float) -> Effects:
        text, counters = self._watching.text(now_s), self._instrument.counters
        if text == counters.unwatched:
            return []
        counters.unwatched = text
        line = LogLine("midi", text or "port monitor: running again")
        return [TellSupervisor(line), *self._session.handle(ValueChanged("workers"), now_s)]


def _restart(role: str, reason: str) -> Effect:
    return TellSupervisor(Restart(role, reason))
