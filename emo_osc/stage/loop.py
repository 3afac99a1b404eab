"""The real-time loop: the only thread of the stage; only it waits, and it applies all that the layers below return.

It sleeps until just before the next note is to be made ready, handles what has come as events, and does what the
session answers: the effects. Run as `python -m emo_osc.stage.loop` with a setup on standard input.
"""

import gc
import os
import selectors
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable
from random import Random
from time import perf_counter, sleep

from emo_osc.core.errors import EmoOscError
from emo_osc.midi.rtmidi_ports import silence_driver_output
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import Alive, Finish, LogLine, Ports, WorkersState
from emo_osc.protocol.stage_setup import Report, Setup
from emo_osc.stage.clock import sources
from emo_osc.stage.clock.midi_clock_out import ClockOut
from emo_osc.stage.io.ipc_server import open_hub
from emo_osc.stage.io.midi_ports import MidiPorts
from emo_osc.stage.io.note_sender import READY_S, NoteSender
from emo_osc.stage.io.osc_server import OscServer
from emo_osc.stage.io.shelf_file import read_shelf
from emo_osc.stage.io.supervisor_line import SupervisorLine
from emo_osc.stage.io.udp import OscSocket
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.shelf import Shelf
from emo_osc.stage.resume import Diary, left_by, resume
from emo_osc.stage.session import events
from emo_osc.stage.session.access import AccessList
from emo_osc.stage.session.effects import Continue, Effects, OrderFromStudio, SendMidi, SendOsc, TellSupervisor
from emo_osc.stage.session.instrument import Instrument
from emo_osc.stage.session.preset_values import check_rules
from emo_osc.stage.session.session import Session
from emo_osc.stage.session.studio_client import StudioClient
from emo_osc.stage.watchdog import Watchdog

SPIN_S = 0.0005  # a sleep may end this late, so the last half millisecond is spun
LOOK_S = 0.0008  # what looking for another melody takes; a note that is due within goes first
SCHEDULED_S = 0.001  # for messages that were scheduled, before the rest of the house is looked after
EFFECTS_A_TURN = 16  # then notes get their turn
MIDI_AT_ONCE = 16  # messages that come in; the others wait until datagrams and our own processes were served
ENDING_SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGBREAK")
IGNORED_SIGNALS = ("SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGTSTP")
"""By default each of these ends or stops a process at once, with its notes left on."""
PAUSE_S = 0.005  # so long before the next note there is time for what takes a millisecond
BEAT_S = 0.25  # the supervisor ends a stage that misses several
PATIENCE_S = 10.0  # what a driver may take to open a port
SUPERVISOR_PATIENCE_S = 10.0
PRIORITY = 5  # SCHED_FIFO, above every ordinary thread and below jackd's 10: the driver must win
DRAIN_S = 0.05  # what JACK needs to carry the last note-offs out before the port closes


class Stage:
    """Everything that is open on the stage, and the loop over it.

    Raises:
        EmoOscError: the OSC port or the shelf cannot be opened.
    """

    def __init__(self, setup: Setup) -> None:
        self._udp = OscSocket(setup.host, setup.port)
        access = AccessList(setup.host, setup.allow)
        self._selector = selectors.SelectSelector()  # epoll would round every wait up to a millisecond
        self._heard_midi: deque[tuple[float, bytes]] = deque(maxlen=4096)
        self._is_ending = False
        self._next_second_s = self._next_beat_s = perf_counter()
        self._supervisor_until_s = perf_counter() + SUPERVISOR_PATIENCE_S
        self._hub = open_hub(self._selector, setup.tokens, self._on_line, self._on_joined, self._on_left, setup.hub)
        self._supervisor = SupervisorLine(self._hub)
        self._open_waker()
        before = left_by(setup.resume, is_stuck=setup.is_stuck)
        self._ports = MidiPorts(setup.midi_out, setup.midi_in, self._on_midi, before)
        self._ports.out.before_opening = self._ports.in_.before_opening = self._ask_for_patience
        self._instrument = _instrument(setup, self._ports)
        self._studio_client = self._instrument.studio_client
        self._session = Session(self._instrument, access)
        recorder = self._supervisor if setup.is_recorded else None
        self._notes = NoteSender(self._session, self._ports, self._hub, recorder)
        self._watchdog = Watchdog(self._session, self._ports)
        self._hub.on_garbage = lambda role: self._apply(self._watchdog.on_garbage(role))
        self._osc_server = OscServer(self._udp, access, self._instrument.counters)
        self._lines = _lines(setup, self._udp.port, access, self._instrument)
        self._plays_at_once = setup.is_playing and not self._instrument.transport.clock.waits_for_start
        self._diary = Diary(self._instrument, self._session.clients)
        self._resumed = setup.resume

    @property
    def report(self) -> Report:
        """What is open."""
        return Report(self._hub.port, self._udp.port, self._lines)

    def run(self) -> None:
        """Play until told to end; all notes are off afterwards, however it ended."""
        for event in _signals(ENDING_SIGNALS):
            signal.signal(event, self._on_signal)
        gc.collect()
        gc.freeze()
        gc.disable()  # a collection must not fall on a note; `_each_second` does it in a pause
        if self._resumed:
            self._apply(resume(self._instrument, self._session.clients, self._resumed, perf_counter()))
        elif self._plays_at_once:
            self._instrument.transport.play(perf_counter())
        try:
            while not self._is_ending:
                self._turn()
        finally:
            self._end()

    def _turn(self) -> None:
        ready = self._wait()
        self._notes.play_due()
        for serve in ready:
            serve()
        self._serve_clients()
        self._serve_scheduled()
        self._handle(events.TimePassed())
        self._notes.play_sound()
        self._handle(events.TurnEnded())
        now_s = perf_counter()
        if now_s >= self._next_second_s:
            self._each_second(now_s)
        if now_s >= self._next_beat_s:
            self._beat(now_s)
        self._supervisor.flush()

    def _wait(self) -> list[Callable[[], None]]:
        """Sleep, then spin, until something is to be read or due."""
        session, notes = self._session, self._notes
        due_s = min(notes.next_s, session.next_s, session.scheduled_s, self._next_second_s, self._next_beat_s)
        due_s = min(due_s, self._osc_server.next_s(perf_counter()))
        rest_s = self._osc_server.take_rest_s()
        if rest_s:
            sleep(max(0.0, min(rest_s, notes.due_s - READY_S - SPIN_S) - perf_counter()))
            due_s = min(due_s, rest_s)
        while True:
            left_s = due_s - perf_counter()
            ready = self._selector.select(max(0.0, left_s - SPIN_S))
            if ready or left_s <= 0.0:
                return [key.data for key, _ in ready]

    def _handle(self, event: events.Event, received_s: float | None = None) -> None:
        """Have the session handle an event, and do what it answers; it came in at `received_s`, if it did."""
        self._apply(self._session.handle(event, perf_counter()), received_s)

    def _apply(self, effects: Effects, received_s: float | None = None) -> None:
        """Do what a layer below has returned, in its order, with the notes' turns in between."""
        for count, effect in enumerate(effects, 1):
            match effect:
                case SendMidi():
                    self._notes.send(effect.messages)
                    if received_s is not None:
                        self._session.delays["datagram"].add(perf_counter() - received_s)
                case SendOsc():
                    self._osc_server.send(effect)
                case Continue():
                    self._notes.play_due(LOOK_S)
                    self._handle(effect.event, received_s)
                case TellSupervisor():
                    self._supervisor.tell(effect.message)
                case OrderFromStudio():
                    self._hub.write("studio", encode(effect.message))
            if count % EFFECTS_A_TURN == 0:
                self._notes.play_due()

    def _serve_clients(self) -> None:
        """Handle what clients ask, with the notes' turns in between."""
        for event in self._osc_server.requests():
            if isinstance(event, events.OscReceived):
                self._handle(event, event.stamp_s)
            elif event:
                self._handle(event)
            self._notes.play_due()

    def _serve_scheduled(self) -> None:
        """Handle what was scheduled for now, for a while: datagrams that have come have their turn in between."""
        until_s = perf_counter() + SCHEDULED_S
        while self._session.scheduled_s <= (now_s := perf_counter()):
            self._handle(events.ScheduledDue(), now_s)
            self._notes.play_due()
            if perf_counter() > until_s:
                self._osc_server.rest()
                return

    def _each_second(self, now_s: float) -> None:
        self._next_second_s = now_s + 1.0
        self._handle(events.SecondPassed())
        self._apply(self._watchdog.on_second(now_s, self._hub.has))
        if not self._hub.has("supervisor") and now_s > self._supervisor_until_s:
            self._is_ending = True
        if self._notes.due_s - now_s > PAUSE_S:
            gc.collect(1)

    def _beat(self, now_s: float) -> None:
        """Tell the supervisor that this stage is alive and where another one would go on; nothing while it does not
        read."""
        self._next_beat_s = now_s + BEAT_S
        if not self._hub.is_idle("supervisor"):
            return
        news = self._diary.news(now_s, has_time=self._notes.due_s - now_s > PAUSE_S)
        self._hub.write("supervisor", encode(news or Alive()))

    def _ask_for_patience(self) -> None:
        self._hub.write("supervisor", encode(Alive(PATIENCE_S)))

    def _open_waker(self) -> None:
        """A socket that wakes the loop from other threads: the MIDI driver, a signal."""
        self._waking, self._wakes = socket.socketpair()
        self._waking.setblocking(False)
        self._wakes.setblocking(False)
        self._selector.register(self._udp.socket, selectors.EVENT_READ, _wake_up)
        self._selector.register(self._wakes, selectors.EVENT_READ, self._read_midi)

    def _on_line(self, role: str, line: bytes) -> None:
        if role == "studio":
            self._handle(events.StudioSaid(self._studio_client.receive(line)))
            self._notes.play_due()
        elif role == "supervisor":
            self._receive_supervisor(line)
        elif role == "port monitor":
            self._apply(self._watchdog.receive_monitor(decode(line), perf_counter()))
        else:
            self._watchdog.receive_sign(role, decode(line), perf_counter())

    def _receive_supervisor(self, line: bytes) -> None:
        """Leave out a malformed line: closing this connection would end the music."""
        try:
            message = decode(line)
            if isinstance(message, WorkersState):
                self._apply(self._watchdog.receive_workers(message, perf_counter()))
            else:
                self._handle(events.SupervisorSaid(message))
        except ValueError as error:
            text = f"an invalid line from the supervisor was ignored: {error!s:.200}"
            self._supervisor.tell(LogLine("stage", text))

    def _on_joined(self, role: str) -> None:
        if role == "studio":
            self._handle(events.StudioJoined())
        if role == "sound":
            self._handle(events.InstrumentJoined())
        if role == "port monitor":
            self._hub.write("port monitor", encode(Ports("", "", "", self._ports.links)))

    def _on_left(self, role: str) -> None:
        """Without the supervisor the stage ends."""
        if role == "supervisor":
            self._is_ending = True
        if role == "studio":
            self._handle(events.StudioLeft())

    def _on_midi(self, stamp_s: float, message: bytes) -> None:
        """On the driver's thread: note it and wake the loop."""
        self._heard_midi.append((stamp_s, message))
        self._wake()

    def _on_signal(self, *_: object) -> None:
        self._is_ending = True
        self._wake()

    def _wake(self) -> None:
        try:
            self._waking.send(b"\0")
        except BlockingIOError:  # it is being woken already
            return

    def _read_midi(self) -> None:
        self._wakes.recv(4096)
        for _ in range(min(MIDI_AT_ONCE, len(self._heard_midi))):
            stamp_s, message = self._heard_midi.popleft()
            self._apply(self._session.handle(events.MidiReceived(message), stamp_s), stamp_s)
            self._notes.play_due()
        if self._heard_midi:
            self._wake()

    def _end(self) -> None:
        now_s = perf_counter()
        effects = self._session.handle(events.Ended(), now_s)
        self._notes.send_clocks(now_s)
        self._apply(effects)
        self._hub.write("studio", encode(Finish()))
        self._instrument.transport.clock.close()
        sleep(DRAIN_S + self._instrument.transport.lead_s)
        self._notes.play_sound()
        self._hub.close()
        self._ports.close()
        self._udp.close()


def main() -> int:
    """Play as the setup on standard input says; the exit code."""
    for event in _signals(IGNORED_SIGNALS):
        signal.signal(event, signal.SIG_IGN)
    silence_driver_output()
    try:
        stage = Stage(Setup.read(sys.stdin.buffer))
    except EmoOscError as error:
        sys.stdout.write(Report(fault=str(error)).to_json() + "\n")
        return 2
    sys.stdout.write(stage.report.to_json() + "\n")
    sys.stdout.flush()
    stage.run()
    sys.stderr.flush()
    os._exit(0)  # the usual way out would close ports of a JACK server that has died, and wait for ever


def _signals(names: tuple[str, ...]) -> list[signal.Signals]:
    """Those of the names that this system has."""
    return [signal.Signals[name] for name in names if name in signal.Signals.__members__]


def _wake_up() -> None:
    """Clients are served in every turn anyway."""


def _instrument(setup: Setup, ports: MidiPorts) -> Instrument:
    check_rules(setup.presets)
    random = Random(setup.seed)
    performer = Performer(Shelf(read_shelf(setup.shelf)), Settings(), random)
    instrument = Instrument(performer, sources.build(setup), StudioClient(), setup.presets, setup.preset, random)
    if setup.sends_clock and not instrument.transport.clock.is_external:  # a clock that is followed is not sent back
        instrument.transport.clock_out = ClockOut(runs_free=setup.clock_runs_free)
    counters = instrument.counters
    counters.midi_out, counters.midi_in = ports.out.text, ports.in_.text
    counters.is_realtime = _take_priority()
    instrument.transport.lead_s = ports.lead_s
    return instrument


def _lines(setup: Setup, osc_port: int, access: AccessList, instrument: Instrument) -> tuple[str, ...]:
    """What is open, for people."""
    counters, clock = instrument.counters, instrument.transport.clock
    lines = [f"OSC in    {setup.host}:{osc_port} (UDP)", f"MIDI out  {counters.midi_out}"]
    lines += [f"OSC from  {access.summary}"] if access.summary else []
    lines += [f"MIDI in   {counters.midi_in}"] if counters.midi_in else []
    lines += [f"clock     {clock.summary}"] if clock.waits_for_start else []
    return tuple(lines)


def _take_priority() -> bool:
    """Ask for real-time priority; it is given to the audio group on most systems."""
    try:
        policy = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK  # a process of ours that starts later is an ordinary one
        os.sched_setscheduler(0, policy, os.sched_param(PRIORITY))
    except (AttributeError, OSError):  # Windows and macOS have no such call
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
