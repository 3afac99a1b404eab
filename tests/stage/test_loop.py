"""The stage as a real process; the test stands in the place of the door, the studio and the synth."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from time import sleep

import pytest

from emo_osc.core.affect import MOODS, Affect
from emo_osc.core.score import BARS, TICKS_PER_BAR, Melody, Note
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import ComposeRequest, Failed, Loaded, LogLine, Ready
from emo_osc.protocol.osc import Message, OscValue
from emo_osc.protocol.osc import decode as decode_osc
from emo_osc.protocol.osc import encode as encode_osc
from emo_osc.protocol.stage_setup import Report, Setup, StagePreset
from emo_osc.stage.io.ipc_server import MAX_PEERS
from tests.serving import TIMEOUT_S, left_on

TOKENS = {"supervisor": "d" * 32, "studio": "s" * 32, "sound": "m" * 32}
MakeReady = Callable[..., Ready]
LOOP = ("-m", "emo_osc.stage.loop")
UNDER_A_FLOOD = (
    "-c",
    """
import sys, threading, time
from emo_osc.stage import loop
from emo_osc.protocol.stage_setup import Setup
loop._take_priority = lambda: False  # or the flood would hardly come to its turn
stage = loop.Stage(Setup.from_json(sys.stdin.read()))
sys.stdout.write(stage.report.to_json() + "\\n")
sys.stdout.flush()
def flood():
    while True:
        for position in range(128):
            stage._on_midi(time.perf_counter(), bytes((0xB0, 20, position)))
        time.sleep(0.005)
threading.Thread(target=flood, daemon=True).start()
stage.run()
""",
)
"""A stage, and a controller that is turned 20,000 times a second, as by a port that leads back to itself."""


class Stage:
    """A stage process with its door, and an OSC client."""

    def __init__(self, shelf: Path, is_playing: bool, program: tuple[str, ...]) -> None:
        preset = StagePreset({"tempo": 240.0, "humanize": 0.0}, MOODS, {"cc20": "valence"})
        setup = Setup("127.0.0.1", 1, "none", "", TOKENS, str(shelf), 1, is_playing, "current", {"current": preset})
        command = [sys.executable, *program]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(replace(setup, port=free_port()).to_json().encode())
        self.process.stdin.close()
        self.report = Report.from_json(self.process.stdout.readline())
        self.lines: list[socket.socket] = []
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.client.settimeout(TIMEOUT_S)
        self.door = self.join("supervisor")

    def join(self, role: str) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.report.hub), TIMEOUT_S)
        self.lines.append(line)
        line.sendall(TOKENS.get(role, role).encode() + b"\n")
        return line

    def ask(self, address: str, *arguments: float | str) -> tuple[OscValue, ...]:
        """Arguments of the first answer."""
        self.client.sendto(encode_osc(address, *arguments), ("127.0.0.1", self.report.osc_port))
        return self.receive().arguments

    def receive(self) -> Message:
        return decode_osc(self.client.recv(2048))[0]

    def close(self) -> int:
        self.door.close()
        code = self.process.wait(TIMEOUT_S)
        for line in (*self.lines, self.client):
            line.close()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def on_stage(tmp_path: Path, ready: MakeReady) -> Iterator[Callable[..., Stage]]:
    opened: list[Stage] = []
    shelf = tmp_path / "shelf.jsonl"
    shelf.write_bytes(encode(ready(60)) + encode(ready(72, 0.8, 0.35)))

    def open_stage(is_playing: bool = True, shelf: Path = shelf, program: tuple[str, ...] = LOOP) -> Stage:
        opened.append(Stage(shelf, is_playing, program))
        return opened[-1]

    yield open_stage
    for stage in opened:
        with suppress(ProcessLookupError):
            stage.close()


def read_midi(line: socket.socket, wanted: Callable[[bytes], bool]) -> list[bytes]:
    """Three-byte messages until the one that is wanted."""
    messages: list[bytes] = []
    while not (messages and wanted(messages[-1])):
        data = line.recv(3, socket.MSG_WAITALL)
        assert len(data) == 3, "the line was dropped"
        messages.append(data)
    return messages


def test_the_synth_hears_whole_messages_and_controllers_first(on_stage: Callable[..., Stage]) -> None:
    sound = on_stage().join("sound")
    messages = read_midi(sound, lambda message: message[0] == 0x90)

    assert messages[0] == bytes((0xB0, 74, 64))
    assert messages[-1][:2] == bytes((0x90, 60))


def test_the_stage_waits_for_play_where_it_should(on_stage: Callable[..., Stage]) -> None:
    stage = on_stage(is_playing=False)
    sound = stage.join("sound")
    before = stage.ask("/emo/get/playing")
    stage.ask("/emo/play")

    assert before == (0,)
    assert read_midi(sound, lambda message: message[0] == 0x90)[-1][1] == 60


def test_all_is_off_when_the_door_goes(on_stage: Callable[..., Stage]) -> None:
    stage = on_stage()
    sound = stage.join("sound")
    note = read_midi(sound, lambda message: message[0] == 0x90)[-1]
    stage.door.close()
    rest = b"".join(iter(lambda: sound.recv(1 << 16), b""))

    assert bytes((0x80, note[1], 64)) in rest
    assert bytes((0xB0, 123, 0)) in rest
    assert stage.process.wait(TIMEOUT_S) == 0


def test_a_line_of_the_doors_that_is_no_message_ends_nothing(on_stage: Callable[..., Stage]) -> None:
    stage = on_stage()
    sound = stage.join("sound")

    stage.door.sendall(b"nonsense\n" + b'{"kind": "PresetRead", "name": "x", "text": "{"}\n' + b"[" * 100_000 + b"\n")

    with stage.door.makefile("rb") as told:
        said = [decode(next(line for line in told if b"was ignored" in line)) for _ in range(3)]
    assert all(isinstance(message, LogLine) and len(message.text) < 300 for message in said)
    assert stage.ask("/emo/ping", "x") == ("x",)
    assert read_midi(sound, lambda message: message[0] == 0x90)


def test_a_flood_of_midi_leaves_time_for_everybody_else_and_for_the_end(
    on_stage: Callable[..., Stage], ready: MakeReady, tmp_path: Path
) -> None:
    full = tmp_path / "full.jsonl"  # so many take long to look through
    full.write_bytes(b"".join(encode(ready(60, x / 10, y / 7)) for x in range(-10, 10) for y in range(-6, 6)))
    stage = on_stage(shelf=full, program=UNDER_A_FLOOD)
    sound = stage.join("sound")
    read_midi(sound, lambda message: message[0] == 0x90)

    assert stage.ask("/emo/ping", "x") == ("x",)
    stage.door.close()
    rest = b"".join(iter(lambda: sound.recv(1 << 16), b""))
    assert bytes((0xB0, 123, 0)) in rest
    assert stage.process.wait(TIMEOUT_S) == 0


def test_a_synth_that_goes_and_comes_back_is_played_again(on_stage: Callable[..., Stage]) -> None:
    stage = on_stage()
    first = stage.join("sound")
    read_midi(first, lambda message: message[0] == 0x90)
    first.close()
    second = stage.join("sound")

    assert read_midi(second, lambda message: message[0] == 0x90)


def test_the_studio_is_asked_for_the_affect_and_its_answer_is_played(
    on_stage: Callable[..., Stage], ready: MakeReady
) -> None:
    stage = on_stage()
    sound, studio = stage.join("sound"), stage.join("studio")
    lines = studio.makefile("rb")
    studio.sendall(encode(Loaded("canned", "cpu")))
    stage.ask("/emo/va", -0.5, -0.5)
    want = next(message for line in lines if (message := decode(line)) and is_for(message, Affect(-0.5, -0.5), studio))
    assert isinstance(want, ComposeRequest)
    studio.sendall(encode(ready(90, -0.5, -0.5, ticket=want.ticket)))

    assert read_midi(sound, lambda message: message[:2] == bytes((0x90, 90)))
    lines.close()


def is_for(message: object, affect: Affect, studio: socket.socket) -> bool:
    """Whether an order is for this affect; any other is answered as failed, so that the next can come."""
    assert isinstance(message, ComposeRequest)
    if message.affect.distance(affect) < 1e-6:
        return True
    studio.sendall(encode(Failed("not this one", message.ticket)))
    return False


@pytest.mark.parametrize("garbage", [b"nonsense\n", b"{}\n", b"\xff" * 3_000_000])
def test_a_mad_studio_is_shown_out_and_the_music_goes_on(garbage: bytes, on_stage: Callable[..., Stage]) -> None:
    stage = on_stage()
    sound, studio = stage.join("sound"), stage.join("studio")
    with suppress(ConnectionError, TimeoutError):
        studio.sendall(garbage)
    with suppress(ConnectionError):
        while studio.recv(1 << 16):
            continue

    assert read_midi(sound, lambda message: message[0] == 0x90)
    assert str(stage.ask("/emo/get/studio")[0]).startswith("absent")


def test_a_stranger_is_shown_out(on_stage: Callable[..., Stage]) -> None:
    stranger = on_stage().join("a stranger's token")

    with suppress(ConnectionError):
        assert stranger.recv(10) == b""


def test_strangers_that_say_nothing_keep_nobody_of_ours_out(on_stage: Callable[..., Stage]) -> None:
    stage = on_stage()
    strangers = [socket.create_connection(("127.0.0.1", stage.report.hub), TIMEOUT_S) for _ in range(3 * MAX_PEERS)]
    synth = stage.join("sound")

    assert read_midi(synth, lambda message: message[0] & 0xF0 == 0x90)
    for stranger in strangers:
        stranger.close()


def test_of_a_bundle_all_that_can_be_read_is_done_and_the_rest_is_counted_and_answered(
    on_stage: Callable[..., Stage],
) -> None:
    stage = on_stage()
    unknown = b"/scene/x\0\0\0\0,Q\0\0"
    in_cp949 = b"/emo/mood\0\0\0,s\0\0" + "밝음".encode("cp949") + bytes(4)
    parts = (encode_osc("/emo/va", 0.5, 0.25), unknown, unknown, in_cp949)
    elements = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    stage.client.sendto(b"#bundle\0" + (1).to_bytes(8, "big") + elements, ("127.0.0.1", stage.report.osc_port))
    error, *acks = (stage.receive() for _ in range(3))

    assert error.arguments == (2, "type tag 'Q' is unknown; send i f d h s b T F", "/scene/x")
    assert [ack.arguments[0] for ack in acks] == ["/emo/va", "/emo/mood"]
    assert [round(float(str(value)), 2) for value in acks[1].arguments[3:]] == [0.8, 0.35]
    assert stage.ask("/emo/get/malformed") == (2,)


def test_what_is_no_osc_is_counted_and_never_answered(on_stage: Callable[..., Stage]) -> None:
    stage = on_stage()
    for packet in (b"junk", b"#bundle\0" + bytes(7), b"\xff" * 9000):
        stage.client.sendto(packet, ("127.0.0.1", stage.report.osc_port))

    assert stage.ask("/emo/get/malformed") == (3,)


def test_a_flood_is_answered_to_the_last_message_and_the_notes_keep_coming(on_stage: Callable[..., Stage]) -> None:
    stage = on_stage()
    sound = stage.join("sound")
    answers = [stage.ask("/emo/va", (n % 21 - 10) / 10, 0.0)[0] for n in range(1000)]

    assert answers == ["/emo/va"] * 1000
    assert read_midi(sound, lambda message: message[0] == 0x90)


def test_a_shelf_that_cannot_be_read_is_one_clear_line(tmp_path: Path, on_stage: Callable[..., Stage]) -> None:
    setup_of_nowhere = tmp_path / "nowhere.jsonl"
    preset = StagePreset({}, MOODS)
    setup = Setup(
        "127.0.0.1", free_port(), "none", "", TOKENS, str(setup_of_nowhere), 1, True, "current", {"current": preset}
    )
    command = [sys.executable, "-m", "emo_osc.stage.loop"]
    ended = subprocess.run(command, input=setup.to_json().encode(), capture_output=True, check=False, timeout=TIMEOUT_S)

    assert ended.returncode == 2
    assert "the shelf cannot be read" in Report.from_json(ended.stdout).fault


SCALE = range(30, 94)
"""Pitches of a melody that goes up a step with every note, 32 a bar: which notes are missing can be counted."""


@pytest.fixture
def run_of_notes(tmp_path: Path, ready: MakeReady) -> Path:
    length = TICKS_PER_BAR // 32
    starts = range(0, BARS * TICKS_PER_BAR, length)
    notes = tuple(Note(start, length, SCALE[n % len(SCALE)]) for n, start in enumerate(starts))
    path = tmp_path / "run.jsonl"
    path.write_bytes(encode(replace(ready(60), melody=Melody(notes))))
    return path


def steps(messages: list[bytes]) -> list[int]:
    """How far each note lies above the one before, round the scale."""
    pitches = [message[1] for message in messages if message[0] == 0x90]
    return [(after - before) % len(SCALE) for before, after in pairwise(pitches)]


@pytest.mark.parametrize("stopped_s", [0.6, 1.4])
def test_notes_of_a_time_that_was_slept_through_are_left_out_and_their_ends_are_not(
    stopped_s: float, on_stage: Callable[..., Stage], run_of_notes: Path
) -> None:
    stop, go_on = signal_of("SIGSTOP"), signal_of("SIGCONT")
    stage = on_stage(shelf=run_of_notes)
    sound = stage.join("sound")
    before = read_midi(sound, lambda message: message[:2] == bytes((0x90, SCALE[5])))
    os.kill(stage.process.pid, stop)
    sleep(stopped_s)
    os.kill(stage.process.pid, go_on)
    after = read_midi(sound, lambda message: message[:2] == bytes((0x90, SCALE[60])))
    stage.door.close()
    rest = read_midi(sound, lambda message: message == bytes((0xBF, 120, 0)))

    assert max(steps(before + after)) > 32 * (stopped_s - 0.1) / 2, "half of them at least: another gap may be ours"
    assert left_on(before + after + rest) == set()


def signal_of(name: str) -> signal.Signals:
    if name not in signal.Signals.__members__:
        pytest.skip(f"this system has no {name}")
    return signal.Signals[name]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"])
def test_a_signal_that_ends_the_stage_leaves_no_note_on(name: str, on_stage: Callable[..., Stage]) -> None:
    event = signal_of(name)
    stage = on_stage()
    sound = stage.join("sound")
    messages = read_midi(sound, lambda message: message[0] == 0x90)
    os.kill(stage.process.pid, event)
    messages += read_midi(sound, lambda message: message == bytes((0xBF, 120, 0)))

    assert left_on(messages) == set()
    assert stage.process.wait(TIMEOUT_S) == 0


@pytest.mark.parametrize("name", ["SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGTSTP"])
def test_a_signal_that_means_nothing_to_the_stage_changes_nothing(name: str, on_stage: Callable[..., Stage]) -> None:
    event = signal_of(name)
    stage = on_stage()
    sound = stage.join("sound")
    os.kill(stage.process.pid, event)

    assert stage.ask("/emo/ping", "x") == ("x",)
    assert read_midi(sound, lambda message: message[0] == 0x90)
