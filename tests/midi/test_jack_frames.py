"""Notes and clocks on their frames, at a period of JACK at which everybody would hear its grid: 1,024 frames, 21 ms."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from threading import Event

import pytest

from emo_osc.midi.libjack import JackClient
from tests.conftest import started
from tests.serving import TIMEOUT_S, Daemon, left_on

pytestmark = pytest.mark.slow
PERIOD, RATE = 1024, 48000
PLAYER, STAGE = b"emo_osc.midi.jack_port", "emo_osc.stage.loop"
Stamped = list[tuple[int, bytes]]

if not Path("/proc/self/task").is_dir():
    pytest.skip("finds the daemon's processes in /proc", allow_module_level=True)


@pytest.fixture
def coarse_jack(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a server of one test's own with a long period."""
    name = f"emo_osc_coarse_{os.getpid()}"
    for key, value in {"DEFAULT_SERVER": name, "NO_AUDIO_RESERVATION": "1", "NO_START_SERVER": "1"}.items():
        monkeypatch.setenv(f"JACK_{key}", value)
    try:
        server = started(name, "-S", "-R", period=PERIOD) or started(name, "-S", "-r", period=PERIOD)
    except FileNotFoundError:
        server = None
    if server is None:
        pytest.skip("no jackd here that starts: apt-get install jackd2")
    yield name
    server.terminate()
    server.wait(TIMEOUT_S)


class Recorder:
    """A JACK client that notes what comes with its frame, which rtmidi leaves away."""

    def __init__(self) -> None:
        self.heard: Stamped = []
        self.client = JackClient("recorder")
        self._port = self.client.open_port("in", is_output=False)
        self.client.run(self._process, lambda: None)

    def join(self, client: str) -> None:
        source = next(name for name in self.client.ports(is_output=True) if name.startswith(f"{client}:"))
        assert self.client.connect(source, self.client.full_name(self._port))

    def messages(self) -> list[bytes]:
        return [message for _, message in self.heard]

    def wait(self, until: Callable[[], bool]) -> None:
        for _ in range(int(TIMEOUT_S / 0.05)):
            if until():
                return
            Event().wait(0.05)
        raise AssertionError(f"waited in vain; heard {self.heard[-5:]}")

    def _process(self, frames: int) -> None:
        first = self.client.first_frame
        self.heard += [(first + frame, message) for frame, message in self.client.read(self._port, frames)]


@pytest.fixture
def recorder(coarse_jack: str) -> Iterator[Recorder]:
    one = Recorder()
    yield one
    one.client.close()


def test_at_a_tiny_period_rtmidi_plays_and_the_start_says_so(daemon: Callable[..., Daemon], coarse_jack: str) -> None:
    subprocess.run(["jack_bufsize", "32"], capture_output=True, check=True, timeout=TIMEOUT_S)
    one = daemon()
    line = one.wait_for_line("MIDI out")
    one.send("/emo/start_listen/note")

    assert f"virtual port '{one.name}' (Jack; its period of 32 frames is too short" in line
    assert "notes leave with its periods only" in line
    assert one.receive_until(lambda message: message.address == "/emo/note")


def player_of(one: Daemon) -> int:
    """The process that plays the stage's port."""
    stage = one.child(STAGE)
    children = Path(f"/proc/{stage}/task/{stage}/children").read_text().split()
    return next(int(child) for child in children if PLAYER in Path(f"/proc/{child}/cmdline").read_bytes())


def is_note(message: bytes) -> bool:
    return message[0] & 0xF0 == 0x90


def test_notes_and_clocks_leave_on_their_frames(recorder: Recorder, daemon: Callable[..., Daemon]) -> None:
    one = daemon("--clock-out", "--no-play", "--tempo", "120")
    line = one.wait_for_line("MIDI out")
    one.wait_for_line("generator ready")
    recorder.join("emo_osc")
    for name, value in (("humanize", 0.0), ("swing", 0.0), ("density", 1.0)):
        one.send(f"/emo/set/{name}", value)
    one.send("/emo/play")
    recorder.wait(lambda: sum(map(is_note, recorder.messages())) > 20)

    clocks = [frame for frame, message in recorder.heard if message == b"\xf8"]
    gaps = [after - before for before, after in pairwise(clocks)]
    tick = RATE * 60 / 120 / 24
    notes = [frame for frame, message in recorder.heard if is_note(message)]
    off = [min(abs(frame - clock) for clock in clocks) for frame in notes if frame < clocks[-1]]
    assert f"period {PERIOD} at {RATE} Hz" in line
    assert "on the frame, 23.3 ms ahead" in line
    assert median(gaps) == pytest.approx(tick, rel=0.02), "a busy machine lets the server itself run unevenly"
    assert all(gap == pytest.approx(tick, rel=0.1) for gap in quantiles(gaps, n=10)), "not 0 or 1,024"
    assert all(abs(each) < PERIOD / 10 for each in quantiles(off, n=5)), off


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(signal.SIGKILL, "its process has ended with code -9"), (signal.SIGSTOP, "its process shows no sign of life")],
)
def test_a_player_that_stops_is_followed_by_another_with_its_connections(
    fault: signal.Signals, reason: str, recorder: Recorder, daemon: Callable[..., Daemon]
) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    recorder.join("emo_osc")
    recorder.wait(lambda: sum(map(is_note, recorder.messages())) > 2)
    Event().wait(1.0)  # until it has told what it is connected to
    os.kill(player_of(one), fault)
    lost, back = one.wait_for_line("MIDI out lost"), one.wait_for_line("is open again")
    before = len(recorder.heard)
    recorder.wait(lambda: any(map(is_note, recorder.messages()[before:])))

    assert reason in lost
    assert "virtual port" in back
    since = recorder.messages()[recorder.messages().index(b"\xbf\x7b\x00") :]
    assert len(left_on(since)) <= 1, "one voice"


def test_when_the_stage_is_killed_its_port_switches_its_notes_off_and_the_next_is_connected_alike(
    recorder: Recorder, daemon: Callable[..., Daemon]
) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    recorder.join("emo_osc")
    Event().wait(2.0)  # until what it is connected to was told
    recorder.wait(lambda: bool(recorder.heard) and is_note(recorder.messages()[-1]))
    os.kill(one.child(STAGE), signal.SIGKILL)
    recorder.wait(lambda: b"\xbf\x78\x00" in recorder.messages())

    before = len(recorder.heard)
    recorder.wait(lambda: any(map(is_note, recorder.messages()[before:])))

    assert left_on(recorder.messages()[:before]) == set() or b"\xb0\x7b\x00" in recorder.messages()[:before]
    assert recorder.client.ports(is_output=True) == [f"emo_osc:{one.name}"]


def test_a_period_that_changes_is_followed_and_told(recorder: Recorder, daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    subprocess.run(["jack_bufsize", "256"], capture_output=True, check=False, timeout=TIMEOUT_S)

    assert "7.3 ms ahead; period 256 at 48000 Hz" in one.wait_for_line("period 256")
