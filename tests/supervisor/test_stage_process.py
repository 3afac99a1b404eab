"""A stage that hangs, dies or does not come: notes off from outside, and another one goes on where it stood."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import perf_counter, sleep

import pytest

from emo_osc.core.affect import MOODS
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import Ready
from emo_osc.protocol.osc import OscValue
from emo_osc.protocol.stage_setup import Report, Setup, StagePreset
from emo_osc.supervisor import stage_process as stage_keeper
from emo_osc.supervisor.log import Log
from emo_osc.supervisor.stage_process import MAX_CRASHES, PROGRAM, StageKeeper
from tests.conftest import started
from tests.serving import TIMEOUT_S, Daemon, free_port, next_note
from tests.supervisor.test_faults import STAGE, is_of, measured, notes_go_on, synthesiser, unplug, until_quiet

if not hasattr(signal, "SIGSTOP") or not Path("/proc/self/task").is_dir():
    pytest.skip("stops processes, and finds them in /proc", allow_module_level=True)

RECOVERY_S = 10.0
ASKED: dict[str, tuple[float | str, ...]] = {
    "quantize": ("beat",),
    "tempo": (151.0,),
    "va": (0.25, -0.5),
    "key": ("F#",),
    "scale": ("dorian",),
    "velocity": (0.5,),
    "evolve": (0.0,),
}


def value_of(one: Daemon, name: str) -> tuple[OscValue, ...]:
    one.send(f"/emo/get/{name}")
    return one.receive_until(lambda message: message.address == f"/emo/state/{name}").arguments


@pytest.mark.parametrize("fault", [signal.SIGSTOP, signal.SIGKILL, signal.SIGTERM])
def test_a_stage_that_stops_is_silenced_from_outside_and_another_goes_on_where_it_stood(
    fault: signal.Signals, daemon: Callable[..., Daemon], jack: str
) -> None:
    udp = free_port()
    port, heard = synthesiser(udp)
    one = daemon(port=udp, joins=True)
    one.wait_for_line("generator ready")
    for name, values in ASKED.items():
        one.send(f"/emo/set/{name}", *values)
    one.send("/emo/start_listen/coming")
    one.receive_until(lambda message: (message.address, message.arguments) == ("/emo/state/coming", (0,)))
    one.send("/emo/keep", "mine")
    one.wait_for_line("kept 'mine'")
    one.send("/emo/start_listen/note")
    sleep(1.0)  # what was asked for is known outside within half a second
    (bar,), told_s = value_of(one, "bar"), perf_counter()
    before = [next_note(heard)[1]]

    stopped_s = perf_counter()
    os.kill(one.child(STAGE), fault)
    quiet = until_quiet(heard)
    quiet_s = perf_counter() - stopped_s
    line = one.wait_for_line("the stage runs again")
    next_note(heard)
    took_s = perf_counter() - stopped_s
    (after,), asked_s = value_of(one, "bar"), perf_counter()

    sys.stdout.write(line)
    measured(f"stage {fault.name}: all off after", quiet_s)
    measured(f"stage {fault.name}: the next note after", took_s)
    assert before
    assert {message for message in quiet if message[1] == 123} == {bytes((0xB0 | n, 123, 0)) for n in range(16)}
    assert took_s < RECOVERY_S
    assert "the music goes on" in line
    assert isinstance(bar, int)
    assert isinstance(after, int)
    assert after - bar == pytest.approx((asked_s - told_s) * 151.0 / 240, abs=1.5), "the bars went on meanwhile"
    assert {name: value_of(one, name) for name in ASKED} == {name: pytest.approx(v) for name, v in ASKED.items()}
    assert value_of(one, "pinned") == (1,)
    assert one.receive_until(lambda message: message.address == "/emo/note"), "who listened still does"
    one.send("/emo/start_listen/studio")
    assert one.receive_until(is_of("studio", "ready")), "the others have come back too"
    assert one.close() == 0
    unplug(port)


def test_a_daemon_that_was_stopped_as_a_whole_keeps_its_stage(daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    stage, everybody = one.child(STAGE), [one.process.pid, *one.children()]
    for pid in everybody:
        os.kill(pid, signal.SIGSTOP)
    sleep(3.0)
    for pid in reversed(everybody):
        os.kill(pid, signal.SIGCONT)

    assert notes_go_on(one, 8)
    assert one.child(STAGE) == stage


def test_a_stage_that_keeps_crashing_ends_the_daemon_with_code_1(daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    killed = {0}
    for _ in range(MAX_CRASHES + 1):
        stage = newborn(one, killed)
        killed.add(stage)
        os.kill(stage, signal.SIGKILL)

    assert one.wait_for_line("too many crashes, giving up")
    assert one.process.wait(TIMEOUT_S) == 1


def newborn(one: Daemon, known: set[int]) -> int:
    """The stage's process as soon as there is another one."""
    until_s = perf_counter() + TIMEOUT_S
    while perf_counter() < until_s:
        with suppress(StopIteration, OSError):
            if (pid := one.child(STAGE)) not in known:
                return pid
    raise TimeoutError("no stage was started")


class Evening:
    """What is around a stage, and what it was told."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.lines: list[str] = []
        self.losses = 0
        self.is_open = asyncio.Event()

    def opened(self, report: Report) -> None:
        self.reports.append(report)
        self.is_open.set()

    def heard(self, line: bytes) -> None:
        """Nothing is done about it."""

    def lost(self) -> None:
        self.losses += 1

    def renewed(self, setup: Setup) -> Setup:
        return setup


@pytest.fixture
def setup(tmp_path: Path, ready: Callable[..., Ready]) -> Setup:
    shelf = tmp_path / "shelf.jsonl"
    shelf.write_bytes(encode(ready(60)))
    presets, tokens = {"current": StagePreset({}, MOODS)}, {"supervisor": "d" * 32}
    return Setup("127.0.0.1", free_port(), "none", "", tokens, str(shelf), 1, True, "current", presets)


def lines_of(setup: Setup, program: tuple[str, ...]) -> list[str]:
    """What is said of a stage that keeps failing."""
    evening = Evening()
    keeper = StageKeeper(setup, Log(evening.lines.append), evening, program)
    asyncio.run(asyncio.wait_for(keeper.run(), TIMEOUT_S))
    return evening.lines


@pytest.mark.parametrize(
    ("program", "fate"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "has ended with code -9 before it had started"),
        ("print('good evening')", "sent an invalid report: b'good evening\\n'"),
        ("print('[]')", "sent an invalid report: b'[]\\n'"),
        (
            'print(\'{"hub": 1, "osc_port": 1, "lines": [], "fault": ""}\', flush=True); input()',
            "cannot be reached (",
        ),
    ],
)
def test_a_stage_that_does_not_come_is_said_to_and_given_up_after_a_while(
    program: str, fate: str, setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage_keeper, "BACK_OFF_S", (0.0, 0.01))
    monkeypatch.setattr(stage_keeper, "MAX_CRASHES", 2)
    lines = lines_of(setup, ("-c", program))

    assert [fate in line for line in lines] == [True] * 3
    assert [line.endswith("giving up") for line in lines] == [False, False, True]


@pytest.mark.parametrize(
    "program", ["import signal; signal.pause()", "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"]
)
def test_a_stage_that_opens_no_ports_is_tried_again_for_ever_without_them(
    program: str, setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage_keeper, "BACK_OFF_S", (0.0, 0.01))
    monkeypatch.setattr(stage_keeper, "MAX_CRASHES", 1)
    monkeypatch.setattr(stage_keeper, "START_S", 0.3)
    told = tmp_path / "told"
    note = f"import sys, pathlib; pathlib.Path({str(told)!r}).open('a').write(sys.stdin.read() + '\\n'); {program}"
    evening = Evening()

    async def scene() -> None:
        keeper = StageKeeper(setup, Log(evening.lines.append), evening, ("-c", note))
        keeping = asyncio.create_task(keeper.run())
        while len(evening.lines) < 4:
            await asyncio.sleep(0.01)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await keeper.close()

    monkeypatch.setattr("emo_osc.supervisor.log.REPEAT_S", 0.0)
    asyncio.run(asyncio.wait_for(scene(), TIMEOUT_S))

    assert all("has opened no ports within 0.3 s; does the MIDI system hang?" in line for line in evening.lines)
    setups = [Setup.from_json(line) for line in told.read_text().splitlines()]
    assert [each.is_stuck for each in setups[:3]] == [False, True, True]


def test_a_stage_that_is_killed_while_it_starts_is_started_again(setup: Setup, tmp_path: Path) -> None:
    once = f"""
import os, pathlib, signal, sys
been = pathlib.Path({str(tmp_path / "been")!r})
if not been.exists():
    been.touch()
    os.kill(os.getpid(), signal.SIGKILL)
os.execv(sys.executable, [sys.executable, *{PROGRAM!r}])
"""
    evening = Evening()

    async def scene() -> None:
        keeper = StageKeeper(setup, Log(evening.lines.append), evening, ("-c", once))
        keeping = asyncio.create_task(keeper.run())
        await evening.is_open.wait()
        keeping.cancel()
        await asyncio.gather(keeping, keeper.close(), return_exceptions=True)

    asyncio.run(asyncio.wait_for(scene(), TIMEOUT_S))

    assert len(evening.reports) == 1
    assert "has ended with code -9 before it had started; all notes off, starting it again at once" in evening.lines[0]


def test_the_first_stage_that_cannot_open_its_port_is_the_users_to_mend(setup: Setup) -> None:
    with pytest.raises(EmoOscError, match="shelf cannot be read"):
        lines_of(replace(setup, shelf="nowhere.jsonl"), PROGRAM)


def test_a_later_stage_that_cannot_open_its_port_is_tried_again(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage_keeper, "BACK_OFF_S", (0.0, 0.01))
    monkeypatch.setattr(stage_keeper, "MAX_CRASHES", 2)
    lines = lines_of(replace(setup, shelf="nowhere.jsonl", hub=free_port()), PROGRAM)

    assert all("could not begin (nowhere.jsonl: the shelf cannot be read" in line for line in lines)
    assert len(lines) == 3


def test_another_stage_listens_at_the_same_ports(setup: Setup) -> None:
    evening = Evening()

    async def scene() -> None:
        keeper = StageKeeper(setup, Log(evening.lines.append), evening)
        keeping = asyncio.create_task(keeper.run())
        for _ in range(2):
            await evening.is_open.wait()
            evening.is_open.clear()
            assert keeper._process is not None
            with suppress(ProcessLookupError):
                keeper._process.kill()
        await evening.is_open.wait()
        keeping.cancel()
        await asyncio.gather(keeping, keeper.close(), return_exceptions=True)

    asyncio.run(asyncio.wait_for(scene(), TIMEOUT_S))

    assert len({(report.hub, report.osc_port) for report in evening.reports}) == 1
    assert evening.losses == 2


@pytest.fixture
def free_jack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A JACK server as people run it: one in synchronous mode stands still when a client with an input is killed."""
    name = f"emo_osc_free_{os.getpid()}"
    for key, value in (("DEFAULT_SERVER", name), ("NO_AUDIO_RESERVATION", "1"), ("NO_START_SERVER", "1")):
        monkeypatch.setenv(f"JACK_{key}", value)
    server = started(name, "-R") or started(name, "-r") if shutil.which("jackd") else None
    if server is None:
        pytest.skip("jackd does not start on this machine")
    yield
    server.terminate()
    server.wait(TIMEOUT_S)
    heir = started(name, "-S", "-r")  # whose clients were killed leaves its place to one of its name
    if heir:
        heir.terminate()
        heir.wait(TIMEOUT_S)


LINKED = """
import sys, time, rtmidi
out, heard = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="keys"), rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="ear")
out.open_port(next(n for n, name in enumerate(out.get_ports()) if sys.argv[2] in name))
heard.set_callback(lambda event, _: print(bytes(event[0]).hex(), flush=True))
heard.open_port(next(n for n, name in enumerate(heard.get_ports()) if sys.argv[1] in name))
while True:
    out.send_message([0xB0, 20, int(time.time() * 8) % 128])
    time.sleep(0.1)
"""
"""Another program, connected to our virtual ports both ways: it turns controller 20 and prints what it hears."""


@pytest.mark.parametrize("fault", [signal.SIGSTOP, signal.SIGKILL])
def test_who_is_connected_to_our_virtual_ports_is_silenced_and_connected_again(
    fault: signal.Signals, daemon: Callable[..., Daemon], free_jack: None
) -> None:
    udp = free_port()
    one = daemon("--midi-in", f"virtual:emo_{udp} in", port=udp)
    one.wait_for_line("generator ready")
    one.send("/emo/midi/learn", "density")
    command = [sys.executable, "-c", LINKED, one.name, f"emo_{udp} in"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        one.wait_for_line("mapping saved")
        assert next(line for line in other.stdout if line.startswith("9"))
        sleep(1.5)  # who is connected is looked up twice a second
        os.kill(one.child(STAGE), fault)
        said = [next(other.stdout)]
        while said[-1].strip() != bytes((0xBF, 120, 0)).hex():
            said.append(next(other.stdout))
        one.wait_for_line("the stage runs again")
        again = next(line for line in other.stdout if line.startswith("9"))
        one.send("/emo/start_listen/density")
        turned = [one.receive_until(lambda message: message.address == "/emo/state/density") for _ in range(3)]
        other.kill()

    assert {f"b{channel:x}7b00\n" for channel in range(16)} <= set(said)
    assert again
    assert len({message.arguments for message in turned}) == 3, "the controller is heard again"
