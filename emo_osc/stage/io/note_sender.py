"""Sends MIDI on its time: notes and clocks when they are due, and at once what the session asks for.

It makes a note ready a little before it is due and spins the rest. The port is sent each message as early as it wants
it; the built-in sound is sent it when it should be heard.
"""

from collections.abc import Iterable
from time import perf_counter

from emo_osc.midi.held_events import Held
from emo_osc.protocol.messages import Played
from emo_osc.stage.io.ipc_server import Hub
from emo_osc.stage.io.midi_ports import MidiPorts
from emo_osc.stage.io.supervisor_line import SupervisorLine
from emo_osc.stage.player.late_notes import leave_out
from emo_osc.stage.session.session import Session

READY_S = 0.0003  # a note is made ready so long before it is due: that takes 0.1 ms, now and then 0.5
LATE_S = 0.1  # a note that is later than this is left out: it would come together with those that follow it
MAX_LATE_S = 1.0  # after a longer sleep of the machine the music goes on from now instead of catching up


class NoteSender:
    """The way out, to the port and to the built-in sound; a `recorder` is told what was played."""

    def __init__(self, session: Session, ports: MidiPorts, hub: Hub, recorder: SupervisorLine | None) -> None:
        self._session, self._instrument = session, session.instrument
        self._performer = session.instrument.performer
        self._ports, self._hub, self._recorder = ports, hub, recorder
        self._sound: Held[bytes] = Held()

    @property
    def due_s(self) -> float:
        """When the next note or clock must be sent."""
        return min(self._note_s, self._instrument.transport.next_clock_s)

    @property
    def next_s(self) -> float:
        """When to work: a note is to be made ready, or the built-in sound is due."""
        return min(self.due_s - READY_S, self._sound.next_s)

    def play_due(self, ahead_s: float = READY_S) -> None:
        """Send every clock and every note that is due within `ahead_s`, on its time, a clock before the notes."""
        while (due_s := self.due_s) - ahead_s <= perf_counter():
            note_s = self._note_s
            late_s = perf_counter() - note_s
            if late_s > MAX_LATE_S:
                self._performer.seek(int(self._instrument.transport.tick_at(perf_counter())))
                continue
            if late_s > LATE_S:
                self._send_at(leave_out(self._performer, int(self._performer.next_tick)), note_s)
                continue
            messages = self._performer.on_tick(int(self._performer.next_tick)) if note_s <= due_s else []
            while (now_s := perf_counter()) < due_s:
                continue
            self.send_clocks(now_s)
            if note_s <= due_s:
                self._send_at(messages, note_s)
                self._session.delays["schedule"].add(perf_counter() - note_s)

    def send_clocks(self, now_s: float) -> None:
        """Send clocks to the port alone: the built-in sound follows notes."""
        for due_s, message in self._instrument.transport.take_clocks(now_s):
            self._ports.send(message, due_s + self._instrument.transport.lead_s)

    def send(self, messages: Iterable[bytes]) -> None:
        """Send messages at once."""
        now_s = perf_counter()
        self._send(messages, now_s, now_s)

    def play_sound(self) -> None:
        """Let the built-in sound play what it gets at once, where a port may be sent it a while before."""
        self._hub.write("sound", b"".join(self._sound.take(perf_counter())))

    @property
    def _note_s(self) -> float:
        return self._instrument.transport.time_of(self._performer.next_tick)

    def _send_at(self, messages: list[bytes], at_s: float) -> None:
        self._send(messages, at_s + self._instrument.transport.lead_s, at_s)

    def _send(self, messages: Iterable[bytes], heard_s: float, at_s: float) -> None:
        for message in messages:
            self._ports.send(message, heard_s)
            self._sound.put(heard_s, message)
        self.play_sound()
        if messages and self._recorder:
            self._recorder.tell(Played(at_s, self._instrument.transport.clock.tempo, b"".join(messages).hex()))
