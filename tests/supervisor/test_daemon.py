"""The whole daemon as its players meet it: processes, a UDP port, and a real MIDI port where there is a JACK server."""

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
import rtmidi

from emo_osc.config import paths
from emo_osc.config.preset_loading import load_preset, parse_preset
from emo_osc.core.affect import MOODS, NEUTRAL, Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import BARS, TICKS_PER_BAR, Melody
from emo_osc.midi.probe_port import close_input
from emo_osc.protocol.parameters import VALUES
from emo_osc.protocol.stage_setup import Report
from emo_osc.studio.canned import read_shelf, shelf_path
from emo_osc.studio.setup import StudioSetup
from emo_osc.supervisor.child_setups import ROLES, stage_preset, stage_setup
from emo_osc.supervisor.daemon import _Supervisor
from emo_osc.supervisor.log import Log
from tests.serving import TIMEOUT_S, Daemon, Listener, drained, free_port, left_on, next_note


def test_a_mood_sent_by_liblo_is_heard_at_a_real_midi_port(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener]
) -> None:
    if not shutil.which("oscsend"):
        pytest.skip("no oscsend here: apt-get install liblo-tools")
    one = daemon()
    one.wait_for_line("MIDI out")
    heard = hear(one.name)
    _, before = next_note(heard)
    one.send("/emo/start_listen/note")

    subprocess.run(["oscsend", "127.0.0.1", str(one.port), "/emo/mood", "s", "격렬함"], check=True, timeout=TIMEOUT_S)
    louder = next_note(heard, lambda message: message[2] > before[2] + 5)

    assert louder[1][0] == 0x90
    one.send("/emo/get/mood")
    state = one.receive_until(lambda message: message.address == "/emo/state/mood")
    assert state.arguments == ("intense", 1.0)


def pitches_of(melody: Melody, first_bar: int) -> list[int]:
    return [note.pitch for note in melody.notes if note.start_tick >= first_bar * TICKS_PER_BAR]


@pytest.mark.slow
def test_the_melody_of_the_mood_comes_out_of_the_port_note_by_note(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener]
) -> None:
    one = daemon()
    one.wait_for_line("generator ready")  # one that answers after the bar line would change the melody once more
    heard = hear(one.name)
    one.send("/emo/tempo", 300)
    one.send("/emo/set/evolve", 0)
    one.send("/emo/mood", "밝음")
    ack = one.receive_until(lambda message: message.arguments[:1] == ("/emo/mood",))
    bar, ms = ack.arguments[1:3]
    assert isinstance(bar, int)
    assert isinstance(ms, float)
    first_bar = (bar - 1) % BARS
    ends_s = perf_counter() + ms / 1000 + (BARS - first_bar) * 0.8

    played = []
    while (note := next_note(heard))[0] < ends_s:
        played.append(note[1][1])

    path = shelf_path()
    assert path
    bright = [ready.melody for ready in read_shelf(path) if ready.affect.distance(Affect(0.8, 0.35)) < 0.35]
    expected = [pitches_of(melody, first_bar)[:-2] for melody in bright]  # a late machine may still owe the last ones
    assert all(expected)
    assert any(is_within(pitches, played) for pitches in expected)


def is_within(part: list[int], whole: list[int]) -> bool:
    return any(whole[start : start + len(part)] == part for start in range(len(whole)))


def test_an_ack_promises_the_next_bar(daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("MIDI out")
    one.send("/emo/start_listen/bar")
    bar = one.receive_until(lambda message: message.address == "/emo/bar").arguments[0]

    one.send("/emo/mood", "peaceful")
    ack = one.receive_until(lambda message: message.arguments[:1] == ("/emo/mood",))

    assert isinstance(bar, int)
    assert isinstance(ack.arguments[2], float)
    assert ack.arguments[1] == bar + 1
    assert 0.0 < ack.arguments[2] <= 1000.0, "a bar at 240 bpm takes one second"


def test_it_joins_a_port_that_is_there(daemon: Callable[..., Daemon], jack: str) -> None:
    heard: Listener = queue.Queue()
    port = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="synthesiser")
    port.set_callback(lambda event, _: heard.put((perf_counter(), bytes(event[0]))))
    udp = free_port()
    port.open_virtual_port(f"emo_{udp} in")
    one = daemon(port=udp, joins=True)
    line = one.wait_for_line("MIDI out")
    note = next_note(heard)
    close_input(port)

    assert f"port 'synthesiser:emo_{udp} in'" in line
    assert note


def test_a_generator_that_cannot_be_loaded_is_told_and_the_shelf_plays(daemon: Callable[..., Daemon]) -> None:
    one = daemon(generator="{name: canned, checkpoint: nowhere.jsonl}")
    line = one.wait_for_line("generator")
    one.send("/emo/start_listen/note")

    assert "nowhere.jsonl" in line
    assert "the shelf plays on" in line
    assert one.receive_until(lambda message: message.address == "/emo/note")


def test_the_music_goes_on_when_the_studio_is_killed_and_the_studio_comes_back(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener]
) -> None:
    if not Path("/proc/self/task").is_dir():
        pytest.skip("finds the studio's process in /proc")
    one = daemon()
    one.wait_for_line("generator ready")
    heard = hear(one.name)
    one.send("/emo/start_listen/studio")
    one.receive_until(lambda message: message.address == "/emo/state/studio")

    os.kill(one.child("emo_osc.studio.worker"), signal.SIGKILL)
    absent = one.receive_until(lambda message: message.address == "/emo/state/studio")
    back = one.receive_until(lambda message: "ready" in str(message.arguments))
    notes = [next_note(heard)[0] for _ in range(4)]

    assert str(absent.arguments[0]).startswith("absent")
    assert back.arguments == ("ready canned on cpu",)
    assert notes == sorted(notes)
    assert "music goes on" in one.wait_for_line("studio has ended")


def test_every_note_is_off_after_sigterm(daemon: Callable[..., Daemon], hear: Callable[[str], Listener]) -> None:
    one = daemon()
    one.wait_for_line("MIDI out")
    heard = hear(one.name)
    messages = [next_note(heard)[1]]

    code = one.close()
    messages += drained(heard)

    assert code == 0
    assert left_on(messages) == set()
    assert any(message[1] == 123 for message in messages if message[0] & 0xF0 == 0xB0)


def test_every_note_is_off_when_the_door_is_killed(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener]
) -> None:
    one = daemon()
    one.wait_for_line("MIDI out")
    heard = hear(one.name)
    messages = [next_note(heard)[1]]

    one.process.kill()
    while not any(message[0] & 0xF0 == 0xB0 and message[1] == 120 for message in messages[-1:]):
        messages.append(heard.get(timeout=TIMEOUT_S)[1])

    assert left_on(messages) == set()


def test_ctrl_c_ends_it_cleanly(daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("MIDI out")
    one.process.send_signal(signal.SIGINT)

    assert one.process.wait(TIMEOUT_S) == 0
    assert one.process.stderr is not None
    assert "Traceback" not in one.process.stderr.read()


def test_two_daemons_on_one_port_get_one_clear_line(daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("OSC in")

    two = daemon(port=one.port)

    assert two.process.wait(TIMEOUT_S) == 2
    assert two.process.stderr is not None
    (line,) = two.process.stderr.read().splitlines()
    assert f"127.0.0.1:{one.port}" in line
    assert "is another emo_osc running" in line


def test_without_a_midi_system_it_says_so_and_plays_on(
    daemon: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "emo_osc_no_such_server")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    one = daemon()
    line = one.wait_for_line("MIDI out")
    if "none" not in line:
        pytest.skip("this machine has a MIDI system")
    one.send("/emo/start_listen/note")

    assert "only the built-in sound can be heard" in line
    assert one.receive_until(lambda message: message.address == "/emo/note")


def test_without_the_link_library_the_line_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "link.py").write_text("raise ImportError", encoding="utf-8")  # stands before an installed one
    command = [sys.executable, "-m", "emo_osc", "serve", "--clock", "link", "--osc-port", str(free_port())]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        env=environment,
        cwd=Path(__file__).parents[2],
    )

    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert 'pip install ".[link]"' in ended.stderr


FAULTS = {
    "performance: {scale: dorien}": "did you mean 'dorian'?",
    "performance: {mood: brihgt}": "did you mean 'bright'?",
    "mapping: {20: densty}": "did you mean 'density'?",
    "mapping: {20: va}": "va",
    "generator: {name: nobody}": "nobody",
}


@pytest.mark.parametrize(("text", "remedy"), FAULTS.items())
def test_a_preset_that_names_nothing_is_refused(text: str, remedy: str) -> None:
    with pytest.raises(EmoOscError, match="preset") as raised:
        stage_preset(parse_preset(text, "preset"), "preset")

    assert remedy in str(raised.value)


def test_the_stage_takes_from_a_preset_what_it_plays_by() -> None:
    text = "{clock: {tempo: 90}, midi: {channel: 3, cc1: true}, performance: {mood: 밝음}, mapping: {20: density}}"
    preset = stage_preset(parse_preset(text, "preset"), "preset")

    assert (preset.values["tempo"], preset.values["channel"], preset.values["mood"]) == (90.0, 3, "bright")
    assert (preset.mapping, preset.cc1, preset.moods) == ({"20": "density"}, True, MOODS)


def test_every_number_that_can_be_set_can_stand_in_a_preset() -> None:
    for value in VALUES.values():
        if (
            value.is_settable
            and len(value.arguments) == 1
            and value.name not in ("mood", "preset", "valence", "arousal")
        ):
            top = value.arguments[0].at_share(1.0)
            preset = stage_preset(parse_preset(f"{value.section}: {{{value.name}: {top}}}", "preset"), "preset")

            assert preset.values[value.name] == top


def test_a_preset_that_leaves_the_latency_out_leaves_it_as_it_is() -> None:
    assert "latency_ms" not in stage_preset(parse_preset("", "preset"), "preset").values


def test_who_composes_is_the_presets_unless_the_command_line_said_who() -> None:
    canned = parse_preset("{generator: {name: canned, seed: 3, temperature: 0.5}}", "preset")
    free, kept = stage_setup(canned), stage_setup(canned, canned.generator.composer)

    assert free.presets["current"].composer == canned.generator.composer
    assert free.presets["duet"].composer == load_preset("duet").generator.composer != canned.generator.composer
    assert {preset.composer for preset in kept.presets.values()} == {canned.generator.composer}
    assert {preset.temperature for preset in kept.presets.values()} == {0.5}


def test_every_process_has_a_token_of_its_own() -> None:
    setup = stage_setup(parse_preset("{}", "preset"))

    assert len(set(setup.tokens.values())) == len(ROLES)


def test_a_file_called_current_does_not_take_the_place_of_the_preset_that_plays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "user_preset_folder", lambda: tmp_path)
    (tmp_path / "current.yaml").write_text("nonsense: 1", encoding="utf-8")
    setup = stage_setup(parse_preset("{clock: {tempo: 77}}", "preset"))

    assert next(iter(setup.presets)) == setup.preset == "current"
    assert setup.presets["current"].values["tempo"] == 77.0


SECRET = re.compile(rb"\b[0-9a-f]{32}\b")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_secret_stands_in_a_command_line_or_an_environment(daemon: Callable[..., Daemon]) -> None:
    one = daemon("--web", "--web-port", str(free_port()))
    one.wait_for_line("web pad")
    ours = set(SECRET.findall("\n".join(os.environ.values()).encode()))  # a test runner's, not the daemon's
    pids = [one.process.pid, *one.children()]
    shown = b"".join(Path(f"/proc/{pid}/{name}").read_bytes() for pid in pids for name in ("cmdline", "environ"))

    assert len(pids) > 3
    assert set(SECRET.findall(shown)) <= ours


def test_the_studio_begins_with_the_density_of_the_preset() -> None:
    preset = parse_preset("{performance: {density: 0.5}}", "preset")
    setup = stage_setup(preset)
    workers = _Supervisor(preset, setup, Log(print), None, lambda _: setup.presets["current"])._workers(Report(1, 7770))

    (studio,) = [worker for worker in workers if worker.name == "studio"]
    assert StudioSetup.from_json(studio.setup).aims(NEUTRAL)[0] == pytest.approx(4.6 * 2**0.5)


def test_every_worker_is_told_its_token_on_its_standard_input() -> None:
    preset = parse_preset("{live: {enabled: true}}", "preset")
    setup = stage_setup(preset)
    workers = _Supervisor(preset, setup, Log(print), None, lambda _: setup.presets["current"])._workers(Report(1, 7770))

    assert {worker.name for worker in workers} == {"studio", "port monitor", "sound", "web", "live"}
    for worker in workers:
        assert setup.tokens[worker.name] in worker.setup
        assert not SECRET.search(" ".join(worker.arguments).encode())
