"""The real-time loop: the only thread of the stage; only it waits, reads the clock and sends.

It sleeps until half a millisecond before the next note, makes it ready, and spins the rest; datagrams, the studio and
the synth are served as they come. Run as `python -m emo_osc.stage.loop` with a setup on standard input.
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
from time import perf_counter, sleep, time

from emo_osc.core.errors import EmoOscError
from emo_osc.midi.held_events import Held
from emo_osc.midi.rtmidi_ports import hush_drivers
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import Alive, Finish, Played, Ports, WorkersState
from emo_osc.protocol.osc import Message, Target
from emo_osc.protocol.stage_setup import Report, Setup
from emo_osc.stage.clock import sources
from emo_osc.stage.clock.clock import Move
from emo_osc.stage.clock.midi_clock_out import ClockOut
from emo_osc.stage.io.ipc_server import open_hub
from emo_osc.stage.io.midi_ports import MidiPorts
from emo_osc.stage.io.osc_server import OscServer
from emo_osc.stage.io.shelf_file import read_shelf
from emo_osc.stage.io.udp import OscSocket
from emo_osc.stage.player.late_notes import leave_out
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.shelf import Shelf
from emo_osc.stage.resume import Diary, left_by, resume
from emo_osc.stage.session.access import AccessList
from emo_osc.stage.session.dispatcher import Dispatcher
from emo_osc.stage.session.instrument import Instrument
from emo_osc.stage.session.preset_values import check_rules
from emo_osc.stage.session.studio_client import StudioClient
from emo_osc.stage.watchdog import Watchdog

SPIN_S = 0.0005  # a sleep may end this late, so the last half millisecond is spun
READY_S = 0.0003  # a note is made ready so long before it is due: that takes 0.1 ms, now and then 0.5
LOOK_S = 0.0008  # what looking for another melody takes; a note that is due within goes first
MIDI_AT_ONCE = 16  # messages that come in; the others wait until datagrams and our own processes were served
LATE_S = 0.1  # a note that is later than this is left out: it would come together with those that follow it
MAX_LATE_S = 1.0  # after a longer sleep of the machine the music goes on from now instead of catching up
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
        self._access = AccessList(setup.host, setup.allow)
        self._selector = selectors.SelectSelector()  # epoll would round every wait up to a millisecond
        self._heard_midi: deque[tuple[float, bytes]] = deque(maxlen=4096)
        self._sound: Held[bytes] = Held()
        self._is_ending = False
        self._next_second_s = self._next_beat_s = perf_counter()
        self._supervisor_until_s = perf_counter() + SUPERVISOR_PATIENCE_S
        self._studio_client = StudioClient()
        self._hub = open_hub(self._selector, setup.tokens, self._on_line, self._on_joined, self._on_left, setup.hub)
        self._open_waker()
        before = left_by(setup.resume, is_stuck=setup.is_stuck)
        self._ports = MidiPorts(setup.midi_out, setup.midi_in, self._on_midi, before)
        self._ports.out.before_opening = self._ports.in_.before_opening = self._ask_for_patience
        self._instrument = _instrument(setup, self._studio_client)
        self._instrument.counters.midi_out, self._instrument.counters.midi_in = (
            self._ports.out.text,
            self._ports.in_.text,
        )
        self._instrument.lead_s = self._ports.lead_s
        self._instrument.counters.is_realtime = _take_priority()
        self._dispatcher = Dispatcher(self._instrument, self._access)
        self._watchdog = Watchdog(self._dispatcher, self._ports)
        self._hub.on_garbage = self._watchdog.on_garbage
        self._osc_server = OscServer(
            self._udp, self._access, self._dispatcher, self._play_due, self._receive, self._do_scheduled
        )
        self._performer = self._instrument.performer
        self._received_s = perf_counter()
        self._instrument.send_now = self._send_touch
        self._lines = [f"OSC in    {setup.host}:{self._udp.port} (UDP)", f"MIDI out  {self._ports.out.text}"]
        self._lines += [f"OSC from  {self._access.summary}"] if self._access.summary else []
        self._lines += [f"MIDI in   {self._ports.in_.text}"] if self._ports.in_.text else []
        self._lines += [f"clock     {self._instrument.clock.summary}"] if self._instrument.clock.waits_for_start else []
        self._plays_at_once = setup.is_playing and not self._instrument.clock.waits_for_start
        self._is_recorded = setup.is_recorded
        self._diary = Diary(self._instrument, self._dispatcher.clients)
        self._resumed = setup.resume

    @property
    def report(self) -> Report:
        """What is open."""
        return Report(self._hub.port, self._udp.port, tuple(self._lines))

    def run(self) -> None:
        """Play until told to end; all notes are off afterwards, however it ended."""
        for event in _signals(ENDING_SIGNALS):
            signal.signal(event, self._on_signal)
        gc.collect()
        gc.freeze()
        gc.disable()  # a collection must not fall on a note; `_each_second` does it in a pause
        if self._resumed:
            resume(self._instrument, self._dispatcher.clients, self._resumed, perf_counter())
        elif self._plays_at_once:
            self._instrument.play(perf_counter())
        try:
            while not self._is_ending:
                self._turn()
        finally:
            self._end()

    def _turn(self) -> None:
        ready = self._wait()
        self._play_due()
        for serve in ready:
            serve()
        self._osc_server.serve_all()
        self._osc_server.serve_scheduled()
        now_s = self._received_s = perf_counter()
        self._dispatcher.on_time(now_s)
        self._send_midi(self._performer.take_bytes())
        self._play_sound()
        self._dispatcher.push_heard(now_s)
        self._order(now_s)
        if now_s >= self._next_second_s:
            self._each_second(now_s)
        if now_s >= self._next_beat_s:
            self._beat(now_s)
        self._tell_supervisor()
        self._osc_server.send_answers()

    def _wait(self) -> list[Callable[[], None]]:
        """Sleep, then spin, until something is to be read or due."""
        due_s = min(self._due_s() - READY_S, self._dispatcher.next_s, self._next_second_s, self._next_beat_s)
        due_s = min(due_s, self._sound.next_s, self._osc_server.next_s(perf_counter()))
        rest_s = self._osc_server.take_rest_s()
        if rest_s:
            sleep(max(0.0, min(rest_s, self._due_s() - READY_S - SPIN_S) - perf_counter()))
            due_s = min(due_s, rest_s)
        while True:
            left_s = due_s - perf_counter()
            ready = self._selector.select(max(0.0, left_s - SPIN_S))
            if ready or left_s <= 0.0:
                return [key.data for key, _ in ready]

    def _due_s(self) -> float:
        return min(self._note_due_s(), self._instrument.next_clock_s)

    def _note_due_s(self) -> float:
        return self._instrument.time_of(self._performer.next_tick)

    def _play_due(self, ahead_s: float = READY_S) -> None:
        """Send every clock and every note that is due within `ahead_s`, on its time, a clock before the notes."""
        while (due_s := self._due_s()) - ahead_s <= perf_counter():
            note_s = self._note_due_s()
            late_s = perf_counter() - note_s
            if late_s > MAX_LATE_S:
                self._performer.seek(int(self._instrument.tick_at(perf_counter())))
                continue
            if late_s > LATE_S:
                self._send_midi(leave_out(self._performer, int(self._performer.next_tick)), note_s)
                continue
            messages = self._performer.on_tick(int(self._performer.next_tick)) if note_s <= due_s else []
            while (now_s := perf_counter()) < due_s:
                continue
            self._send_clocks(now_s)
            if note_s <= due_s:
                self._send_midi(messages, note_s)
                self._dispatcher.delays["schedule"].add(perf_counter() - note_s)

    def _send_clocks(self, now_s: float) -> None:
        """To the port alone: the built-in sound follows notes."""
        for due_s, message in self._instrument.take_clocks(now_s):
            self._ports.send(message, due_s + self._instrument.lead_s)

    def _receive(self, message: Message, sender: Target, stamp_s: float) -> None:
        self._received_s = stamp_s
        self._dispatcher.receive(message, sender, perf_counter(), time())
        self._send_now()

    def _do_scheduled(self) -> bool:
        self._received_s = perf_counter()
        is_done = self._dispatcher.do_scheduled(self._received_s)
        self._send_midi(self._performer.take_bytes())
        return is_done

    def _send_now(self) -> None:
        """Send what a message caused at once: controllers, note-offs."""
        if self._send_midi(self._performer.take_bytes()):
            self._dispatcher.delays["datagram"].add(perf_counter() - self._received_s)

    def _send_touch(self) -> None:
        """Send the touch of an affect, and a note that would wait while a melody is looked for."""
        self._send_now()
        self._play_due(LOOK_S)

    def _send_midi(self, messages: list[bytes], at_s: float | None = None) -> bool:
        heard_s = perf_counter() if at_s is None else at_s + self._instrument.lead_s
        for message in messages:
            self._ports.send(message, heard_s)
            self._sound.put(heard_s, message)
        self._play_sound()
        if messages and self._is_recorded:
            self._instrument.for_supervisor.append(
                Played(perf_counter() if at_s is None else at_s, self._instrument.clock.tempo, b"".join(messages).hex())
            )
        return bool(messages)

    def _play_sound(self) -> None:
        """The built-in sound plays what it gets at once, where a port may be sent it a while before."""
        self._hub.write("sound", b"".join(self._sound.take(perf_counter())))

    def _order(self, now_s: float) -> None:
        if self._performer.wanted is not None:
            self._studio_client.want(self._performer.wanted)
            self._performer.wanted = None
        message = self._studio_client.due(now_s)
        if message:
            self._hub.write("studio", encode(message))

    def _each_second(self, now_s: float) -> None:
        self._next_second_s = now_s + 1.0
        self._dispatcher.each_second(now_s)
        self._watchdog.on_second(now_s, self._hub.has)
        if not self._hub.has("supervisor") and now_s > self._supervisor_until_s:
            self._is_ending = True
        if self._due_s() - now_s > PAUSE_S:
            gc.collect(1)

    def _beat(self, now_s: float) -> None:
        """Tell the supervisor that this stage is alive and where another one would go on; nothing while it does not
        read."""
        self._next_beat_s = now_s + BEAT_S
        if not self._hub.is_idle("supervisor"):
            return
        news = self._diary.news(now_s, has_time=self._due_s() - now_s > PAUSE_S)
        self._hub.write("supervisor", encode(news or Alive()))

    def _ask_for_patience(self) -> None:
        self._hub.write("supervisor", encode(Alive(PATIENCE_S)))

    def _open_waker(self) -> None:
        """A socket to ourselves, for whoever is not on this thread: the MIDI driver, a signal."""
        self._waking, self._wakes = socket.socketpair()
        self._waking.setblocking(False)
        self._wakes.setblocking(False)
        self._selector.register(self._udp.socket, selectors.EVENT_READ, _wake_up)
        self._selector.register(self._wakes, selectors.EVENT_READ, self._read_midi)

    def _on_line(self, role: str, line: bytes) -> None:
        if role == "studio":
            self._dispatcher.receive_studio(self._studio_client.receive(line), perf_counter())
            self._play_due()
        elif role == "supervisor":
            self._receive_supervisor(line)
        elif role == "port monitor":
            self._watchdog.receive_monitor(decode(line), perf_counter())
        else:
            self._watchdog.receive_sign(role, decode(line), perf_counter())

    def _receive_supervisor(self, line: bytes) -> None:
        """Leave out a malformed line: closing this connection would end the music."""
        try:
            message = decode(line)
            if isinstance(message, WorkersState):
                self._watchdog.receive_workers(message, perf_counter())
            else:
                self._dispatcher.receive_supervisor(message, perf_counter())
        except ValueError as error:
            self._instrument.say("stage", f"an invalid line from the supervisor was ignored: {error!s:.200}")

    def _on_joined(self, role: str) -> None:
        if role == "studio":
            self._studio_client.connected()
            self._dispatcher.studio_changed(perf_counter())
        if role == "sound":
            self._performer.resend_controllers()
        if role == "port monitor":
            self._hub.write("port monitor", encode(Ports("", "", "", self._ports.links)))

    def _on_left(self, role: str) -> None:
        """Without the supervisor the stage ends."""
        if role == "supervisor":
            self._is_ending = True
        if role == "studio":
            self._studio_client.lost()
            self._dispatcher.studio_changed(perf_counter())

    def _tell_supervisor(self) -> None:
        """Hand on what people should read, what is to be saved, and what is to be restarted."""
        if self._instrument.for_supervisor and self._hub.has("supervisor"):
            told, self._instrument.for_supervisor = self._instrument.for_supervisor, []
            self._hub.write("supervisor", b"".join(map(encode, told)))

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
            self._received_s, message = self._heard_midi.popleft()
            self._dispatcher.receive_midi(message, self._received_s)
            self._play_due()
        if self._heard_midi:
            self._wake()

    def _end(self) -> None:
        now_s = perf_counter()
        self._instrument.follow(Move(round(self._instrument.clock.tick_at(now_s)), is_running=False))
        self._send_clocks(now_s)
        self._performer.panic()
        self._send_midi(self._performer.take_bytes())
        self._hub.write("studio", encode(Finish()))
        self._instrument.clock.close()
        sleep(DRAIN_S + self._instrument.lead_s)
        self._play_sound()
        self._hub.close()
        self._ports.close()
        self._udp.close()


def main() -> int:
    """Play as the setup on standard input says; the exit code."""
    for event in _signals(IGNORED_SIGNALS):
        signal.signal(event, signal.SIG_IGN)
    hush_drivers()
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


def _instrument(setup: Setup, studio_client: StudioClient) -> Instrument:
    check_rules(setup.presets)
    random = Random(setup.seed)
    performer = Performer(Shelf(read_shelf(setup.shelf)), Settings(), random)
    instrument = Instrument(performer, sources.build(setup), studio_client, setup.presets, setup.preset, random)
    if setup.sends_clock and not instrument.clock.is_external:  # a clock that is followed is not sent back
        instrument.clock_out = ClockOut(runs_free=setup.clock_runs_free)
    return instrument


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
