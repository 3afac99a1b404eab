"""What all tests share: repeatable property tests, a stage on a virtual clock, and a JACK server for real MIDI.

Hypothesis runs the same examples every time, without a stopwatch on a shared machine. `jack` starts `jackd` with a
dummy driver under a server name of its own, once a session, and points this process and its children to it; tests
that ask for it are skipped, with the reason, where jackd2 is not installed. `ready` makes melodies, `stage` a session
without ports, clocks or processes; `daemon` is the real one, and `hear` listens to its port; `shipped` composes;
`browser` is a headless Chromium.
"""

import ctypes
import os
import queue
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
import rtmidi
from hypothesis import settings

from emo_osc.midi.probe_port import close_input
from tests.linking import Peer
from tests.serving import TIMEOUT_S, Daemon, Listener
from tests.twin import MakeReady, VirtualStage, make_ready, make_stage

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from emo_osc.studio.music_vae import MusicVAE

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: threads that wait for each other slow small tensors down
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

LIVE = {"browser", "daemon", "hear", "jack", "own_network"}
"""Fixtures of tests against real time and real processes. On a shared machine those stand still now and then for longer
than a performer's would: such a test may fail once, which the summary tells, but not twice."""
CLONE_NEWNET = 0x40000000
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--window-size=1000,760",
)
JACKD = ("-d", "dummy", "-r", "48000", "-p")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if LIVE.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.flaky(reruns=1))


def started(name: str, *flags: str, period: int = 64) -> subprocess.Popen[bytes] | None:
    """A JACK server that answers, or None where these flags are refused."""
    server = _started(name, *flags, period=period)
    if server is None and _give_up_places_of_the_dead():
        server = _started(name, *flags, period=period)
    return server


def _started(name: str, *flags: str, period: int) -> subprocess.Popen[bytes] | None:
    environment = {**os.environ, "JACK_DEFAULT_SERVER": name}
    server = subprocess.Popen(
        ["jackd", *flags, *JACKD, str(period)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    wait = ["jack_wait", "-s", name, "-w", "-t", "1"]  # one that cannot start ends at once
    for _ in range(int(TIMEOUT_S)):
        if server.poll() is not None:
            break
        if b"server is available" in subprocess.run(wait, capture_output=True, check=False).stdout:
            return server
    server.kill()
    server.wait()
    return None


def _give_up_places_of_the_dead() -> bool:
    """Free JACK's list of servers from those of test runs that were killed; whether there were any.

    The list has eight places. A server that was killed keeps its place until one of its name starts and ends in order.
    """
    registry = Path("/dev/shm/jack-shm-registry")
    found = re.findall(rb"(emo_osc_[a-z]+_(\d+))", registry.read_bytes()) if registry.exists() else []
    names = {name.decode() for name, pid in found if not Path(f"/proc/{pid.decode()}").exists()}
    for name in names:
        server = _started(name, "-S", "-r", period=64)
        if server is not None:
            server.terminate()
            server.wait(TIMEOUT_S)
    return bool(names)


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
        server.wait(TIMEOUT_S)
        for key, value in before.items():
            os.environ.pop(key) if value is None else os.environ.update({key: value})


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    opened: list[Daemon] = []

    def open_daemon(
        *arguments: str, port: int = 0, generator: str = "{name: canned, seed: 1, pool: 1}", joins: bool = False
    ) -> Daemon:
        opened.append(Daemon(tmp_path, port, generator, arguments, joins=joins))
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
        close_input(port)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator["Chrome"]:
    """A headless Chromium with a profile of its own; it asks nobody but the pages it is sent to."""
    with chromium(tmp_path / "profile") as opened:
        yield opened


@contextmanager
def chromium(profile: Path) -> Iterator["Chrome"]:
    """A headless Chromium until it is no longer needed; tests are skipped where there is none."""
    driver, binary = shutil.which("chromedriver"), next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not driver or not binary:
        pytest.skip("no Chromium with its driver here: apt-get install chromium chromium-driver")
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService  # most tests do without

    options = ChromeOptions()
    options.binary_location = binary
    for flag in (*CHROMIUM_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    opened = Chrome(options, ChromeService(driver))
    try:
        yield opened
    finally:
        opened.quit()


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


@pytest.fixture(scope="session")
def ready() -> MakeReady:
    return make_ready


@pytest.fixture(scope="session")
def stage() -> Callable[..., VirtualStage]:
    return make_stage


@pytest.fixture(scope="session")
def shipped() -> "MusicVAE":
    """The generator that ships, with its default settings, on the CPU, in the precision that seeds have everywhere."""
    from emo_osc.config.preset import GeneratorSection  # torch, which most tests do without
    from emo_osc.studio.generators import build
    from emo_osc.studio.music_vae import MusicVAE

    generator = build(GeneratorSection(device="cpu", seed=0))
    assert isinstance(generator, MusicVAE)
    return generator
