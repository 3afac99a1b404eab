"""What may break on an evening, broken for real: the notes go on, one line says what happened, and it heals."""

import json
import os
import pty
import queue
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import pytest
import rtmidi

from emo_osc.core.affect import MOODS
from emo_osc.core.midi_standard import all_off
from emo_osc.midi.probe_port import close_input
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import Loaded, LogLine, Ready, Restart
from emo_osc.protocol.osc import Message
from emo_osc.protocol.osc import decode as decode_osc
from emo_osc.protocol.osc import encode as encode_osc
from emo_osc.protocol.stage_setup import Report, Setup, StagePreset
from emo_osc.stage.io.midi_ports import MAX_UNCONFIRMED_NOTES
from emo_osc.stage.io.monitor_presence import UNWATCHED
from tests.conftest import started
from tests.serving import TIMEOUT_S, Daemon, Listener, drained, free_port, left_on, next_note

RECOVERY_S = 30.0  # three times what docs/faults.md promises: the machine may have other work
STUDIO, WATCH, STAGE = "emo_osc.studio.worker", "emo_osc.midi.port_monitor", "emo_osc.stage.loop"

if not Path("/proc/self/task").is_dir():
    pytest.skip("finds the daemon's processes in /proc", allow_module_level=True)


def is_of(name: str, part: str = "") -> Callable[[Message], bool]:
    """Whether a message is the push of a value that begins so."""
    return lambda message: message.address == f"/emo/state/{name}" and str(message.arguments[0]).startswith(part)


def notes_go_on(one: Daemon, count: int = 4) -> bool:
    """Waits for notes as an OSC client hears them."""
    one.send("/emo/start_listen/note")
    return all(one.receive_until(lambda message: message.address == "/emo/note") for _ in range(count))


def measured(what: str, took_s: float) -> None:
    """Let `pytest -s` show the figure that docs/faults.md quotes."""
    sys.stdout.write(f"{what} {took_s:.1f} s\n")


def until_quiet(heard: Listener) -> list[bytes]:
    """What a port says until all sound is off on the last channel."""
    messages = [heard.get(timeout=TIMEOUT_S)[1]]
    while messages[-1] != bytes((0xBF, 120, 0)):
        messages.append(heard.get(timeout=TIMEOUT_S)[1])
    return messages


def test_a_studio_that_is_stopped_is_started_again(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener]
) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    heard = hear(one.name)
    one.send("/emo/start_listen/studio")
    one.receive_until(is_of("studio", "ready"))

    stopped_s = perf_counter()
    os.kill(one.child(STUDIO), signal.SIGSTOP)
    one.receive_until(is_of("studio", "late"))
    one.receive_until(is_of("studio", "absent"))
    one.receive_until(is_of("studio", "ready"))
    took_s = perf_counter() - stopped_s
    notes_s = [next_note(heard)[0] for _ in range(8)]

    measured("studio stopped: back after", took_s)
    assert took_s < RECOVERY_S
    assert "no sign of life" in one.wait_for_line("studio: ")
    assert max(later - sooner for sooner, later in pairwise(notes_s)) < 10.0
    assert len(left_on(drained(heard))) <= 1, "one voice"


def test_a_studio_without_memory_dies_and_comes_back_and_the_music_goes_on(daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    one.send("/emo/start_listen/studio")
    one.receive_until(is_of("studio", "ready"))
    first = one.child(STUDIO)
    os.kill(first, signal.SIGKILL)
    one.receive_until(is_of("studio", "absent"))
    one.wait_for_line("studio has ended with code -9; starting it again in 0.5 s")

    resource.prlimit(newborn(one), resource.RLIMIT_AS, (16 << 20, 16 << 20))
    died = one.wait_for_line("studio has ended")
    starved_s = perf_counter()
    goes_on = notes_go_on(one)
    one.receive_until(is_of("studio", "ready"))

    measured("studio out of memory: back after", perf_counter() - starved_s)
    assert goes_on
    assert died.endswith("starting it again in 1 s, music goes on\n")
    assert perf_counter() - starved_s < RECOVERY_S


@contextmanager
def no_descriptors(one: Daemon) -> Iterator[None]:
    """The supervisor can open nothing meanwhile; what is open stays."""
    soft, hard = resource.prlimit(one.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(one.process.pid, resource.RLIMIT_NOFILE, (3, hard))
    yield
    resource.prlimit(one.process.pid, resource.RLIMIT_NOFILE, (soft, hard))


def test_a_studio_that_cannot_be_started_is_tried_again_and_said_to_be_missing(daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    one.send("/emo/start_listen/workers")
    one.receive_until(is_of("workers", "all running"))
    os.kill(one.child(STUDIO), signal.SIGKILL)
    with no_descriptors(one):
        line = one.wait_for_line("studio cannot be started (Too many open files)")
        one.receive_until(is_of("workers", "studio: cannot be started (Too many open files), trying again in"))
        goes_on = notes_go_on(one)

    assert "music goes on" in line
    assert goes_on
    assert one.receive_until(is_of("workers", "all running"))


def newborn(one: Daemon) -> int:
    """The studio's process as soon as there is one again, while it still loads."""
    until_s = perf_counter() + TIMEOUT_S
    while perf_counter() < until_s:
        with suppress(StopIteration, FileNotFoundError):
            return one.child(STUDIO)
    raise TimeoutError("no studio was started")


class LoneStage:
    """A stage whose supervisor and studio are played by the test."""

    def __init__(self, shelf: Path) -> None:
        tokens = {"supervisor": "d" * 32, "studio": "s" * 32}
        preset = StagePreset({"tempo": 240.0}, MOODS)
        setup = Setup("127.0.0.1", free_port(), "none", "", tokens, str(shelf), 1, True, "current", {"current": preset})
        self.process = subprocess.Popen([sys.executable, "-m", STAGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(setup.to_json().encode())
        self.process.stdin.close()
        self.report = Report.from_json(self.process.stdout.readline())
        self._tokens = tokens
        self.supervisor = self.join("supervisor")
        self.lines = self.supervisor.makefile("rb")
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.client.settimeout(TIMEOUT_S)

    def join(self, role: str) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.report.hub), TIMEOUT_S)
        line.sendall(self._tokens[role].encode() + b"\n")
        return line

    def ask(self, address: str, answer: str) -> Message:
        self.client.sendto(encode_osc(address), ("127.0.0.1", self.report.osc_port))
        while (message := decode_osc(self.client.recv(2048))[0]).address != answer:
            continue
        return message

    def close(self) -> int:
        self.lines.close()
        self.supervisor.close()
        code = self.process.wait(TIMEOUT_S)
        self.client.close()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture
def lone_stage(tmp_path: Path, ready: Callable[..., Ready]) -> Iterator[LoneStage]:
    shelf = tmp_path / "shelf.jsonl"
    shelf.write_bytes(encode(ready(60)))
    stage = LoneStage(shelf)
    yield stage
    assert stage.close() == 0


def melody_of(count: int) -> bytes:
    notes = [[3 * index, 3, 60, 80] for index in range(count)]
    fields = {
        "kind": "Ready",
        "melody": {"bars": 16, "notes": notes},
        "affect": {"valence": 0, "arousal": 0},
        "measured": {"notes_per_bar": 4, "mean_pitch": 60, "major_share": 0.5},
        "distance": 0,
        "seed": 1,
        "ticket": -1,
    }
    return json.dumps(fields).encode()


GOOD = melody_of(4)
GARBAGE = {
    "nonsense": b"\x00\xff nonsense",
    "a line of a megabyte": b"x" * (1 << 20) + b"x",
    "another kind": b'{"kind": "Restart", "role": "supervisor", "reason": "x"}',
    "ten thousand notes": melody_of(10_000),
    "half a pitch": GOOD.replace(b"[0, 3, 60, 80]", b"[0, 3, 60.5, 80]"),
    "a pitch past all": GOOD.replace(b"[0, 3, 60, 80]", b"[0, 3, 600, 80]"),
    "no number": GOOD.replace(b'"distance": 0', b'"distance": NaN'),
    "no affect": GOOD.replace(b'"valence": 0', b'"valence": Infinity'),
    "too deep": b'{"kind":' + b"[" * 100_000,
}


@pytest.mark.parametrize("name", GARBAGE)
def test_a_studio_that_answers_garbage_is_shown_out_and_reported(name: str, lone_stage: LoneStage) -> None:
    with closing(lone_stage.join("studio")) as studio:
        studio.sendall(encode(Loaded("mad", "cpu")))
        half = len(GARBAGE[name]) // 2
        with suppress(ConnectionError):
            studio.sendall(GARBAGE[name][:half])
            studio.sendall(GARBAGE[name][half:] + b"\n")
        with suppress(ConnectionError):
            while studio.recv(1 << 16):
                continue
    told = next(message for line in lone_stage.lines if isinstance(message := decode(line), Restart))
    lone_stage.client.sendto(encode_osc("/emo/start_listen/note"), ("127.0.0.1", lone_stage.report.osc_port))

    assert told == Restart("studio", "it sent what is no message")
    assert str(lone_stage.ask("/emo/get/studio", "/emo/state/studio").arguments[0]).startswith("absent")
    assert lone_stage.ask("/emo/ping", "/emo/note")


def test_half_a_line_harms_nobody(lone_stage: LoneStage) -> None:
    with closing(lone_stage.join("studio")) as studio:
        studio.sendall(encode(Loaded("slow", "cpu")) + GOOD[:100])
        said = next(message for line in lone_stage.lines if isinstance(message := decode(line), LogLine))
        state = lone_stage.ask("/emo/get/studio", "/emo/state/studio")

    assert said.text == "generator ready slow on cpu"
    assert state.arguments == ("ready slow on cpu",)


@pytest.fixture
def frail_jack(monkeypatch: pytest.MonkeyPatch) -> Iterator["FrailJack"]:
    server = FrailJack(monkeypatch)
    yield server
    server.close()


class FrailJack:
    """A JACK server of one test's own, to be killed and started again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._name = f"emo_osc_frail_{os.getpid()}"
        monkeypatch.setenv("JACK_DEFAULT_SERVER", self._name)
        monkeypatch.setenv("JACK_NO_AUDIO_RESERVATION", "1")
        monkeypatch.setenv("JACK_NO_START_SERVER", "1")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with suppress(FileNotFoundError):
            self.process = started(self._name, "-S", "-R") or started(self._name, "-S", "-r")
        if self.process is None:
            pytest.skip("jackd does not start on this machine")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(TIMEOUT_S)

    def close(self) -> None:
        """End it gently, for one that was killed keeps its place in the list of servers for ever."""
        if self.process is not None and self.process.poll() is not None:
            self.start()
        assert self.process is not None
        self.process.terminate()
        self.process.wait(TIMEOUT_S)


LISTENER = """
import queue, sys, rtmidi
port = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="listener")
heard = queue.Queue()
port.set_callback(lambda event, _: heard.put(bytes(event[0])))
port.open_port(next(index for index, name in enumerate(port.get_ports()) if sys.argv[1] in name))
for _ in range(int(sys.argv[2])):
    print(heard.get(timeout=100).hex(), flush=True)
import os; os._exit(0)
"""


def heard_elsewhere(name: str, count: int) -> list[bytes]:
    """Messages of a port, heard by a process of its own: a JACK server that dies takes its clients' peace with it."""
    command = [sys.executable, "-c", LISTENER, name, str(count)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    return [bytes.fromhex(line) for line in said.stdout.split()]


def test_jack_may_die_and_come_back(frail_jack: FrailJack, daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("MIDI out")
    one.wait_for_line("generator ready")
    assert heard_elsewhere(one.name, 3)
    one.send("/emo/start_listen/midi_out")
    one.receive_until(is_of("midi_out", "virtual"))

    died_s = perf_counter()
    frail_jack.kill()
    one.receive_until(is_of("midi_out", "lost: Jack has stopped"))
    noticed_s = perf_counter() - died_s
    line = one.wait_for_line("MIDI out lost")
    goes_on = notes_go_on(one)
    frail_jack.start()
    back_s = perf_counter()
    one.receive_until(is_of("midi_out", "virtual"))
    took_s = perf_counter() - back_s
    heard = heard_elsewhere(one.name, 8)

    measured("JACK killed: noticed after", noticed_s)
    measured("JACK back: open again after", took_s)
    assert "the music goes on" in line
    assert "were not sent" in one.wait_for_line("is open again")
    assert goes_on
    assert max(noticed_s, took_s) < RECOVERY_S
    assert any(message[0] == 0x90 for message in heard)


def test_jack_may_stand_still_and_go_on(frail_jack: FrailJack, daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    one.send("/emo/start_listen/midi_out")
    one.receive_until(is_of("midi_out", "virtual"))
    assert frail_jack.process is not None

    frail_jack.process.send_signal(signal.SIGSTOP)
    one.receive_until(is_of("midi_out", "lost: Jack has stopped"))
    goes_on = notes_go_on(one)
    frail_jack.process.send_signal(signal.SIGCONT)
    one.receive_until(is_of("midi_out", "virtual"))

    assert goes_on
    assert notes_go_on(one)


def test_a_flood_of_controllers_into_a_dead_jack_does_not_hang_the_stage(
    frail_jack: FrailJack, daemon: Callable[..., Daemon]
) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    frail_jack.kill()
    flood_with_controllers(one, 5000)

    assert notes_go_on(one)
    assert "lost: Jack has stopped" in one.wait_for_line("MIDI out lost")


def flood_with_controllers(one: Daemon, count: int) -> None:
    """As many messages, each of which changes a controller, from a client that reads no answer."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as other:
        for step in range(count):
            other.sendto(encode_osc("/emo/va", 0.0, (step % 100) / 50 - 1), ("127.0.0.1", one.port))


def test_a_port_that_was_joined_may_go_and_come_back(daemon: Callable[..., Daemon], jack: str) -> None:
    udp = free_port()
    first, _ = synthesiser(udp)
    one = daemon(port=udp, joins=True)
    assert f"'synthesiser:emo_{udp} in'" in one.wait_for_line("MIDI out")
    one.wait_for_line("generator ready")

    unplugged_s = perf_counter()
    unplug(first)
    gone = one.wait_for_line("MIDI out lost")
    noticed_s = perf_counter() - unplugged_s
    goes_on = notes_go_on(one)
    second, heard = synthesiser(udp)
    back_s = perf_counter()
    back = one.wait_for_line("is open again")
    took_s = perf_counter() - back_s
    messages = [heard.get(timeout=TIMEOUT_S)[1] for _ in range(40)]
    unplug(second)

    measured("port unplugged: noticed after", noticed_s)
    measured("port back: open again after", took_s)
    assert "has gone" in gone
    assert "were not sent" in back
    assert goes_on
    assert messages[:32] == all_off()
    assert any(message[0] & 0xF0 == 0x90 for message in messages)
    assert max(noticed_s, took_s) < RECOVERY_S


def synthesiser(udp: int) -> tuple[rtmidi.MidiIn, Listener]:
    heard: Listener = queue.Queue()
    port = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="synthesiser")
    port.set_callback(lambda event, _: heard.put((perf_counter(), bytes(event[0]))))
    port.open_virtual_port(f"emo_{udp} in")
    return port, heard


def unplug(port: rtmidi.MidiIn) -> None:
    close_input(port)


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
def test_the_watch_over_the_ports_is_watched_too(
    fault: signal.Signals, daemon: Callable[..., Daemon], hear: Callable[[str], Listener]
) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    heard = hear(one.name)
    os.kill(one.child(WATCH), fault)

    assert "starting it again in 0.5 s" in one.wait_for_line("port monitor has ended with code -9")
    assert [next_note(heard) for _ in range(4)]


def test_the_music_goes_on_when_no_watch_can_be_started(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener]
) -> None:
    one = daemon("--tempo", "300")
    one.wait_for_line("generator ready")
    one.send("/emo/start_listen/workers")
    one.receive_until(is_of("workers", "all running"))
    heard = hear(one.name)
    os.kill(one.child(WATCH), signal.SIGKILL)
    with no_descriptors(one):
        one.receive_until(lambda message: is_of("workers")(message) and UNWATCHED in str(message.arguments[0]))
        one.wait_for_line(UNWATCHED)
        flood_with_controllers(one, MAX_UNCONFIRMED_NOTES)
        goes_on = [next_note(heard) for _ in range(8)]

    assert goes_on
    assert one.wait_for_line("port monitor: running again")
    assert one.receive_until(is_of("workers", "all running"))


@pytest.mark.parametrize("event", [signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM])
def test_a_signal_that_means_nothing_to_us_changes_nothing(
    event: signal.Signals, daemon: Callable[..., Daemon]
) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    for pid in (one.process.pid, *one.children()):
        os.kill(pid, event)

    assert notes_go_on(one)
    assert [line for line in one.lines() if "has ended" in line] == []


@pytest.mark.parametrize("event", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_every_note_is_off_after_each_signal(
    event: signal.Signals, daemon: Callable[..., Daemon], hear: Callable[[str], Listener]
) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    heard = hear(one.name)
    before = [next_note(heard)[1]]
    one.process.send_signal(event)

    assert left_on(before + until_quiet(heard)) == set()
    assert one.process.wait(TIMEOUT_S) == 0


def test_every_note_is_off_when_the_terminal_is_closed(jack: str, hear: Callable[[str], Listener]) -> None:
    terminal, inside = pty.openpty()
    port = free_port()
    command = [sys.executable, "-c", IN_TERMINAL, "serve", "--osc-port", str(port), "--no-sound", "--midi-out"]
    command += [f"virtual:emo_{port}", "--generator", "canned", "--tempo", "240"]
    process = subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, start_new_session=True)
    os.close(inside)
    said = b""
    while b"MIDI out" not in said:
        said += os.read(terminal, 4096)
    heard = hear(f"emo_{port}")
    before = [next_note(heard)[1]]
    os.close(terminal)

    assert left_on(before + until_quiet(heard)) == set()
    assert process.wait(TIMEOUT_S) == 0


IN_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from emo_osc.cli.main import main
sys.argv[0] = "emo-osc"
main()
"""


def test_two_daemons_with_one_port_name_both_play(daemon: Callable[..., Daemon], jack: str) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    two = daemon("--midi-out", f"virtual:{one.name}")

    assert f"virtual port '{one.name}'" in two.wait_for_line("MIDI out")
    assert notes_go_on(one)
    assert notes_go_on(two)
