"""What outlasts an evening, or changes during one: phrases, presets, recordings; by real daemons."""

import resource
import sys
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import mido
import pytest

from tests.serving import Daemon, Listener, next_note

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="data folders and limits as Linux has them"),
]


def phrase_from(one: Daemon, heard: Listener) -> list[bytes]:
    """The note-ons of sixteen bars, from the next phrase on."""
    one.send("/emo/stop")
    one.receive_until(lambda message: message.arguments[:1] == ("/emo/stop",))
    one.send("/emo/ping", "empty")
    one.receive_until(lambda message: message.address == "/emo/pong")
    while not heard.empty():
        heard.get()
    one.send("/emo/start_listen/bar")
    one.send("/emo/play")
    one.receive_until(lambda message: message.address == "/emo/bar" and message.arguments == (17,))
    found = [heard.get() for _ in range(heard.qsize())]
    ons = [(at_s, message) for at_s, message in found if message[0] & 0xF0 == 0x90]
    end_s = ons[0][0] + 16 * 0.8 - 0.05
    return [message for _, message in takewhile(lambda event: event[0] < end_s, ons)]


def test_a_kept_phrase_is_there_another_evening_and_sounds_the_same_to_the_byte(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener], tmp_path: Path
) -> None:
    one = daemon("--tempo", "300", "--seed", "1")
    one.wait_for_line("generator ready")
    heard = hear(one.name)
    one.send("/emo/start_listen/bar")
    one.send("/emo/mood", "lively")
    ack = one.receive_until(lambda message: message.arguments[:1] == ("/emo/mood",))
    one.receive_until(lambda message: message.address == "/emo/bar" and message.arguments[0] == ack.arguments[1])
    one.send("/emo/keep", "코러스 1")
    one.receive_until(lambda message: message.arguments[:1] == ("/emo/keep",))
    first = phrase_from(one, heard)
    assert one.close() == 0

    two = daemon("--tempo", "300", "--seed", "2")
    two.wait_for_line("generator ready")
    heard = hear(two.name)
    two.send("/emo/recall", "코러스 1")
    two.receive_until(lambda message: message.arguments[:1] == ("/emo/recall",))
    again = phrase_from(two, heard)

    assert len(first) > 20
    assert again[: len(first) - 1] == first[:-1], "what the last notes were depends on how late this machine is"
    music = tmp_path / "data" / "emo_osc" / "phrases" / "코러스 1.mid"
    written = [message.note for message in mido.MidiFile(music).tracks[0] if message.type == "note_on"]
    assert written[: len(first) - 1] == [message[1] for message in first[:-1]]


def test_a_disk_that_fills_up_loses_nothing_and_says_so(daemon: Callable[..., Daemon], tmp_path: Path) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (200, resource.RLIM_INFINITY))

    one.send("/emo/keep", "x")
    refused = one.receive_until(lambda message: message.address in ("/emo/ack", "/emo/error"))
    line = one.wait_for_line("cannot be saved")
    resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    one.send("/emo/keep", "x")
    kept = one.receive_until(lambda message: message.address in ("/emo/ack", "/emo/error"))
    one.send("/emo/start_listen/note")

    assert refused.arguments[0] == 4
    assert "'x' cannot be saved (File too large); it loops on; free space, keep it again" in line
    assert kept.arguments[0] == "/emo/keep"
    assert sorted(path.name for path in (tmp_path / "data" / "emo_osc" / "phrases").iterdir()) == ["x.json", "x.mid"]
    assert one.receive_until(lambda message: message.address == "/emo/note")


def test_a_preset_is_read_again_and_a_broken_one_changes_nothing(daemon: Callable[..., Daemon], tmp_path: Path) -> None:
    folder = tmp_path / "config" / "emo_osc" / "presets"
    folder.mkdir(parents=True)
    mine = folder / "mine.yaml"
    mine.write_text("clock: {tempo: 100}")
    one = daemon()
    one.wait_for_line("generator ready")
    for tempo in (100.0, 77.0):
        if tempo == 77.0:
            mine.write_text("clock: {tempo: 77}")
            one.wait_for_line("preset mine: read again")
        one.send("/emo/preset", "mine")
        one.receive_until(lambda message: message.arguments[:1] == ("/emo/preset",))
        one.send("/emo/get/tempo")
        assert one.receive_until(lambda message: message.address == "/emo/state/tempo").arguments == (tempo,)

    mine.write_text("clock: {tmepo: 77}")
    line = one.wait_for_line("preset mine: wrong")
    one.send("/emo/preset", "mine")
    refused = one.receive_until(lambda message: message.address == "/emo/error")
    one.send("/emo/start_listen/note")
    one.send("/emo/mood", "밝음")
    ack = one.receive_until(lambda message: message.arguments[:1] == ("/emo/mood",))

    assert "what was loaded stays: mine.clock.tmepo: unknown key, did you mean 'tempo'?" in line
    assert refused.arguments[0] == 4
    assert "did you mean 'tempo'?" in str(refused.arguments[1])
    assert ack.address == "/emo/ack", "its moods are still there"
    assert one.receive_until(lambda message: message.address == "/emo/note")


def test_what_was_played_is_written_down(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener], tmp_path: Path
) -> None:
    one = daemon("--record", str(tmp_path / "evening.mid"))
    one.wait_for_line("MIDI out")
    heard = hear(one.name)
    pitches = [next_note(heard)[1][1] for _ in range(12)]
    assert one.close() == 0

    sounding: set[int] = set()
    written, tick = [], 0
    for message in mido.MidiFile(tmp_path / "evening.mid").tracks[0]:
        tick += message.time
        if message.type == "note_on":
            written.append((tick, message.note))
            sounding.add(message.note)
        elif message.type == "note_off":
            sounding.discard(message.note)
    assert not sounding
    assert ",".join(map(str, pitches)) in ",".join(str(pitch) for _, pitch in written)
    steps = [(tick - written[0][0]) / 120 for tick, _ in written]
    assert max(abs(step - round(step)) for step in steps) < 20 / 120 + 0.05, "on the grid, but for a player's delays"
