"""What all tests share: repeatable property tests, a stage on a virtual clock, and a JACK server for real MIDI.

Hypothesis runs the same examples every time, without a stopwatch on a shared machine. `jack` starts `jackd` with a
dummy driver under a server name of its own, once a session, and points this process and its children to it; tests
that ask for it are skipped, with the reason, where jackd2 is not installed. `ready` makes melodies, `stage` a desk
without ports, clocks or processes; `daemon` is the real one, and `hear` listens to its port.
"""

import ctypes
import os
import queue
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter

import pytest
import rtmidi
from hypothesis import settings

from emo_osc.affect import MOODS, Affect
from emo_osc.messages import Kept, Measured, Ready
from emo_osc.score import BARS, TICKS_PER_BAR, Melody, Note
from emo_osc.stage.clock import InternalClock
from emo_osc.stage.desk import Desk
from emo_osc.stage.instrument import Instrument
from emo_osc.stage.osc import Message, OscValue, Target
from emo_osc.stage.performer import Performer
from emo_osc.stage.restock import Restock
from emo_osc.stage.settings import Settings
from emo_osc.stage.setup import StagePreset
from emo_osc.stage.shelf import Shelf
from tests.linking import Peer
from tests.serving import Daemon, Listener

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: threads that wait for each other slow small tensors down
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

CLONE_NEWNET = 0x40000000
JACKD = ("-d", "dummy", "-r", "48000", "-p", "64")


def started(name: str, *flags: str) -> subprocess.Popen[bytes] | None:
    """A JACK server that answers, or None where these flags are refused."""
    server = subprocess.Popen(["jackd", *flags, *JACKD], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    waited = subprocess.run(["jack_wait", "-s", name, "-w", "-t", "5"], capture_output=True, check=False)
    if server.poll() is None and b"available" in waited.stdout:
        return server
    server.kill()
    server.wait()
    return None


@pytest.fixture(scope="session")
def jack() -> Iterator[str]:
    """The name of a private JACK server; MIDI clients of this process and its children find it."""
    if not shutil.which("jackd") or not shutil.which("jack_wait"):
        pytest.skip("no jackd here: apt-get install jackd2")
    name = f"emo_osc_test_{os.getpid()}"
    mine = {"JACK_DEFAULT_SERVER": name, "JACK_NO_AUDIO_RESERVATION": "1", "JACK_NO_START_SERVER": "1"}
    before = {key: os.environ.get(key) for key in mine}
    os.environ.update(mine)
    server = started(name, "-S", "-R") or started(name, "-S", "-r")
    if server is None:
        pytest.skip("jackd does not start on this machine")
    try:
        yield name
    finally:
        server.terminate()
        server.wait(10)
        for key, value in before.items():
            os.environ.pop(key) if value is None else os.environ.update({key: value})


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    opened: list[Daemon] = []

    def open_daemon(*arguments: str, port: int = 0, generator: str = "{name: canned, seed: 1, pool: 1}") -> Daemon:
        opened.append(Daemon(tmp_path, port, generator, arguments))
        return opened[-1]

    yield open_daemon
    for one in opened:
        one.close()


@pytest.fixture
def hear(jack: str) -> Iterator[Callable[[str], Listener]]:
    """Listens to the JACK port of a name; what arrives comes with its time."""
    ports: list[rtmidi.MidiIn] = []

    def listen(name: str) -> Listener:
        heard: Listener = queue.Queue()
        port = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="listener")
        ports.append(port)
        index = next(index for index, found in enumerate(port.get_ports()) if name in found)
        port.ignore_types(timing=False)
        port.set_callback(lambda event, _: heard.put((perf_counter(), bytes(event[0]))))
        port.open_port(index)
        return heard

    yield listen
    for port in ports:
        port.cancel_callback()
        port.close_port()
        port.delete()


@pytest.fixture
def own_network() -> Iterator[None]:
    """A network namespace for this thread and its children, with nothing in it but a loopback that multicasts."""
    if not sys.platform.startswith("linux"):
        pytest.skip("network namespaces are Linux's")
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    if libc.unshare(CLONE_NEWNET):
        os.close(home)
        pytest.skip(f"no network namespace for tests: {os.strerror(ctypes.get_errno())}; root may make one")
    try:
        subprocess.run(["ip", "link", "set", "lo", "up", "multicast", "on"], check=True)
        subprocess.run(["ip", "route", "add", "224.0.0.0/4", "dev", "lo"], check=True)
        yield
    finally:
        assert libc.setns(home, CLONE_NEWNET) == 0
        os.close(home)


@pytest.fixture
def peer(own_network: None) -> Iterator[Callable[..., Peer]]:
    peers: list[Peer] = []

    def open_peer(tempo: float = 97.0, is_transport_shared: bool = False) -> Peer:
        peers.append(Peer(tempo, is_transport_shared))
        while peers[-1].receive() != "settled":
            continue
        return peers[-1]

    yield open_peer
    for one in peers:
        one.close()


MakeReady = Callable[..., Ready]
PAD = ("127.0.0.1", 50_000)


def make_ready(pitch: int, valence: float = 0.0, arousal: float = 0.0, notes_a_bar: int = 4, ticket: int = -1) -> Ready:
    """A melody on one pitch, so that what sounds tells which melody plays."""
    length = TICKS_PER_BAR // notes_a_bar
    notes = tuple(Note(start, length, pitch) for start in range(0, BARS * TICKS_PER_BAR, length))
    return Ready(Melody(notes), Affect(valence, arousal), Measured(notes_a_bar, pitch, 0.5), 0.0, pitch, ticket)


@dataclass
class VirtualStage:
    """A desk, and the loop's work done by hand at times of our choosing."""

    desk: Desk
    now_s: float = 0.0

    @property
    def instrument(self) -> Instrument:
        return self.desk.instrument

    @property
    def performer(self) -> Performer:
        return self.desk.instrument.performer

    def ask(self, address: str, *arguments: OscValue, sender: Target = PAD) -> list[tuple[object, ...]]:
        """Send one message now; what is answered, address first."""
        self.desk.receive(Message(address, arguments), sender, self.now_s, self.now_s)
        self.serve_door()
        return [(answer.address, *answer.arguments) for answer in self.desk.take_answers()]

    def serve_door(self) -> None:
        """Save what is to be kept, as the door does."""
        told, self.instrument.for_the_door = self.instrument.for_the_door, []
        for message in told:
            if isinstance(message, Kept):
                self.desk.receive_door(message, self.now_s)

    def run_until(self, end_s: float) -> list[tuple[float, bytes]]:
        """Play on; every MIDI message with the time it was sent."""
        sent = [(self.now_s, message) for message in self.performer.take_bytes()]
        while (due_s := self.instrument.time_of(self.performer.next_tick)) <= end_s:
            sent += [(due_s, message) for message in self.performer.on_tick(int(self.performer.next_tick))]
        self.now_s = end_s
        return sent


def make_stage(seeds: tuple[Ready, ...], settings: Settings | None = None) -> VirtualStage:
    presets = {"current": StagePreset({}, MOODS), "other": StagePreset({"tempo": 90.0, "mood": "bright"}, MOODS)}
    presets["broken"] = StagePreset({}, fault="broken.osc.prot: unknown key, did you mean 'port'?")
    performer = Performer(Shelf(seeds), settings or Settings(humanize=0.0), Random(1))
    return VirtualStage(Desk(Instrument(performer, InternalClock(120.0), Restock(), presets, "current", Random(1))))


@pytest.fixture(scope="session")
def ready() -> MakeReady:
    return make_ready


@pytest.fixture(scope="session")
def stage() -> Callable[..., VirtualStage]:
    return make_stage
