"""Notices processes that hang and has the supervisor restart them.

Knows no socket; whoever reads the lines of the studio and of the watch over the ports hands them on.
"""

from collections.abc import Callable

from emo_osc.protocol.messages import Alive, AnyMessage, Ports, Restart, WorkersState
from emo_osc.stage.io.listener_presence import Signs
from emo_osc.stage.io.midi_ports import MidiPorts
from emo_osc.stage.io.monitor_presence import Watching
from emo_osc.stage.session.dispatcher import Dispatcher


class Watchdog:
    """Looks once a second; complaints go to the supervisor."""

    def __init__(self, dispatcher: Dispatcher, ports: MidiPorts) -> None:
        self._dispatcher = dispatcher
        self._instrument, self._studio_client = dispatcher.instrument, dispatcher.instrument.studio_client
        self._ports = ports
        self._watching, self._signs = Watching(), Signs()
        self._studio_told = self._studio_client.state

    def on_second(self, now_s: float, is_there: Callable[[str], bool]) -> None:
        """Look after the studio, the watch over the MIDI ports, and those who only listen."""
        complaint = self._studio_client.complaint(now_s)
        if complaint:
            self._restart("studio", complaint)
        if self._studio_client.state is not self._studio_told:
            self._studio_told = self._studio_client.state
            self._dispatcher.studio_changed(now_s)
        complaint = self._watching.complaint(now_s, is_there=is_there("port monitor"))
        if complaint:
            self._restart("port monitor", complaint)
        for role, complaint in self._signs.complaints(now_s, is_there).items():
            self._restart(role, complaint)
        self._hear(self._ports.look(), now_s)
        if self._watching.is_blind(now_s) and self._ports.on_unwatched_second():
            self._instrument.performer.resend_controllers()
        self._tell_watching(now_s)

    def receive_monitor(self, message: AnyMessage, now_s: float) -> None:
        """The MIDI systems were just seen at work, where a change comes with what ports there are."""
        self._watching.seen(now_s)
        self._hear(self._ports.on_ports(message) if isinstance(message, Ports) else self._ports.look(), now_s)
        if self._ports.confirm():
            self._instrument.performer.resend_controllers()
        self._tell_watching(now_s)

    def receive_sign(self, role: str, message: AnyMessage, now_s: float) -> None:
        """One of those who only listen is alive.

        Raises:
            ValueError: it has said anything else.
        """
        if not isinstance(message, Alive):
            raise ValueError(f"{type(message).__name__} is no message for the stage")
        self._signs.heard(role, now_s)

    def receive_workers(self, message: WorkersState, now_s: float) -> None:
        """The supervisor says which of the processes do not run."""
        self._instrument.counters.workers = message.text
        self._dispatcher.push_value("workers", now_s)

    def _hear(self, lines: list[str], now_s: float) -> None:
        """Tell what has happened to the ports, and go by how far ahead the way out wants its messages."""
        counters = self._instrument.counters
        self._instrument.lead_s = self._ports.lead_s
        counters.targets, counters.links = self._ports.targets, self._ports.links
        if lines:
            self._dispatcher.ports_changed(self._ports.out.text, self._ports.in_.text, lines, now_s)

    def _tell_watching(self, now_s: float) -> None:
        text, counters = self._watching.text(now_s), self._instrument.counters
        if text != counters.unwatched:
            counters.unwatched = text
            self._instrument.say("midi", text or "port monitor: running again")
            self._dispatcher.push_value("workers", now_s)

    def on_garbage(self, role: str) -> None:
        """Restart a child that sends malformed messages; drop unauthenticated peers."""
        if role:
            self._restart(role, "it sent what is no message")

    def _restart(self, role: str, reason: str) -> None:
        self._instrument.for_supervisor.append(Restart(role, reason))
