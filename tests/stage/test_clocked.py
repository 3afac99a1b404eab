"""The stage under a MIDI master's clock, on virtual time: notes lie on the master's grid, and its transport is ours."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from emo_osc.protocol.messages import Ready
from emo_osc.stage.clock.midi_slave import MidiSlave

MakeReady = Callable[..., Ready]
MakeStage = Callable[..., Any]
CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"
PERIOD_S = 60.0 / 120.0 / 24  # at 120 bpm a bar lasts two seconds


def position(sixteenth: int) -> bytes:
    """A Song Position Pointer."""
    return bytes((0xF2, sixteenth & 0x7F, sixteenth >> 7))


@pytest.fixture
def clocked(stage: MakeStage, ready: MakeReady) -> Any:
    """A stage that follows, with one melody of quarters."""
    playing = stage((ready(60),))
    playing.instrument.transport.clock = MidiSlave()
    return playing


def feed(playing: Any, messages: list[tuple[float, bytes]], end_s: float) -> list[tuple[float, bytes]]:
    """Let messages come in at their times, and play on; every MIDI message with the time it was sent."""
    sent: list[tuple[float, bytes]] = []
    for at_s, message in messages:
        sent += playing.run_until(at_s)
        playing.receive_midi(message, at_s)
        sent += playing.run_until(at_s)
    sent += playing.run_until(end_s)
    return sent


def clocks(first_s: float, count: int, jitter_s: float = 0.0, period_s: float = PERIOD_S) -> list[tuple[float, bytes]]:
    luck = Random(1)
    return [(first_s + n * period_s + luck.uniform(-jitter_s, jitter_s), CLOCK) for n in range(count)]


def notes_on(sent: list[tuple[float, bytes]]) -> list[float]:
    return [at_s for at_s, message in sent if message[0] & 0xF0 == 0x90]


def test_nothing_sounds_before_start(clocked: Any) -> None:
    sent = feed(clocked, clocks(0.0, 200), 5.0)

    assert notes_on(sent) == []
    assert clocked.ask("/emo/get/playing") == [("/emo/state/playing", 0)]
    assert clocked.ask("/emo/get/tempo")[0][1] == pytest.approx(120.0, abs=0.1)


def test_the_first_clock_after_start_is_the_downbeat(clocked: Any) -> None:
    sent = feed(clocked, [(0.99, START), *clocks(1.0, 24 * 16)], 8.9)

    assert notes_on(sent) == pytest.approx([1.0 + 0.5 * beat for beat in range(16)], abs=0.0005)


def test_notes_lie_on_the_masters_grid_though_its_clocks_jitter(clocked: Any) -> None:
    sent = feed(clocked, [(0.99, START), *clocks(1.0, 24 * 64, jitter_s=0.001)], 32.9)

    late = sorted(abs(at_s - 1.0 - 0.5 * beat) for beat, at_s in enumerate(notes_on(sent)))
    assert len(late) == 64
    assert late[len(late) * 9 // 10] < 0.0008


def test_an_ack_is_true_on_a_masters_clock(clocked: Any, ready: MakeReady) -> None:
    clocked.performer.shelf.add(ready(72, 0.0, 0.9))
    feed(clocked, [(0.99, START), *clocks(1.0, 50)], 2.03)
    answer = clocked.ask("/emo/va", 0.0, 0.9)[0]
    sent = feed(clocked, clocks(1.0 + 50 * PERIOD_S, 200), 6.0)

    first = next(at_s for at_s, message in sent if message[0] == 0x90 and message[1] == 72)
    assert answer[2] == 2
    assert first == pytest.approx(2.03 + answer[3] / 1000, abs=0.001)


def test_stop_silences_and_continue_goes_on_in_the_same_bar(clocked: Any) -> None:
    sent = feed(clocked, [(0.99, START), *clocks(1.0, 60)], 1.0 + 60 * PERIOD_S)
    stopped_s = 1.0 + 60 * PERIOD_S - 0.005
    sent += feed(clocked, [(stopped_s, STOP)], stopped_s + 2.0)
    at_rest = notes_on(sent)
    sounding = [m for _, m in sent if m[0] & 0xE0 == 0x80]

    later = feed(clocked, [(5.0, CONTINUE), *clocks(5.01, 96)], 6.9)

    assert at_rest == pytest.approx([1.0, 1.5, 2.0], abs=0.001)
    assert sounding[-1][0] & 0xF0 == 0x80
    assert notes_on(later) == pytest.approx([5.01 + n * PERIOD_S for n in (12, 36, 60, 84)], abs=0.002)
    assert clocked.ask("/emo/get/bar") == [("/emo/state/bar", 2)]


def test_a_song_position_seeks_inside_the_phrase(clocked: Any) -> None:
    feed(clocked, [(0.5, position(16 * 5 + 4)), (0.99, CONTINUE), *clocks(1.0, 24)], 1.1)

    assert clocked.ask("/emo/get/bar") == [("/emo/state/bar", 6)]
    assert clocked.ask("/emo/get/phrase_bar") == [("/emo/state/phrase_bar", 6)]

    feed(clocked, [(1.51, position(16 * 40)), *clocks(1.0 + 25 * PERIOD_S, 24)], 2.0)
    assert clocked.ask("/emo/get/bar") == [("/emo/state/bar", 41)]
    assert clocked.ask("/emo/get/phrase_bar") == [("/emo/state/phrase_bar", 9)]


def test_a_cable_that_is_pulled_leaves_the_tempo_and_is_told(clocked: Any) -> None:
    sent = feed(clocked, [(0.99, START), *clocks(1.0, 96)], 9.0)
    lines = [message.text for message in clocked.told]

    assert notes_on(sent) == pytest.approx([1.0 + 0.5 * beat for beat in range(17)], abs=0.003)
    assert "lost, free-running at 120.0 bpm" in clocked.ask("/emo/get/clock")[0][1]
    assert "clock midi: lost, free-running at 120.0 bpm" in lines


@pytest.mark.parametrize("address", ["/emo/play", "/emo/stop", "/emo/tempo 90", "/emo/tap"])
def test_the_transport_is_the_masters(address: str, clocked: Any) -> None:
    name, *arguments = address.split()
    answers = [clocked.ask(name, *arguments) for _ in range(2)][-1]

    assert answers[0][:2] == ("/emo/error", 4)
    assert "--clock internal" in str(answers[0][2])


def test_play_starts_with_the_next_bar_of_a_clock_that_sends_no_start_and_the_ack_says_when(clocked: Any) -> None:
    feed(clocked, clocks(1.0, 40), 1.0 + 39.5 * PERIOD_S)
    now_s = clocked.now_s
    answer = clocked.ask("/emo/play")[0]
    sent = feed(clocked, clocks(1.0 + 40 * PERIOD_S, 200), 5.9)

    assert answer[:3] == ("/emo/ack", "/emo/play", 1)
    assert notes_on(sent)[:4] == pytest.approx([3.0, 3.5, 4.0, 4.5], abs=0.0005)
    assert now_s + answer[3] / 1000 == pytest.approx(3.0, abs=0.0005)
    assert clocked.ask("/emo/stop")[0][:2] == ("/emo/ack", "/emo/stop")


def test_a_change_asked_for_before_the_downbeat_is_heard_with_it(clocked: Any, ready: MakeReady) -> None:
    clocked.performer.shelf.add(ready(72, 0.0, 0.9))
    feed(clocked, clocks(1.0, 40), 1.0 + 39.5 * PERIOD_S)
    clocked.ask("/emo/play")
    clocked.ask("/emo/quantize", "beat")
    clocked.ask("/emo/va", 0.0, 0.9)
    sent = feed(clocked, clocks(1.0 + 40 * PERIOD_S, 200), 5.9)

    assert [message[1] for at_s, message in sent if message[0] == 0x90][:2] == [72, 72]


def test_clocks_alone_start_the_music_where_that_is_asked_for(clocked: Any) -> None:
    clocked.instrument.transport.clock = MidiSlave(starts_itself=True)
    sent = feed(clocked, clocks(1.0, 97), 6.0)

    assert notes_on(sent) == pytest.approx([1.0, 1.5, 2.0, 2.5, 3.0], abs=0.0005)
    assert clocked.ask("/emo/get/playing")[0][1] == 0
    assert {message[:2] for _, message in sent if message[0] & 0xE0 == 0x80}, "every note has its end"


def test_a_second_master_is_told_and_left_out(clocked: Any) -> None:
    other = clocks(3.007, 85, period_s=60.0 / 108.0 / 24)
    feed(clocked, sorted([(0.99, START), *clocks(1.0, 192), *other]), 5.0)
    lines = [message.text for message in clocked.told]

    assert [line for line in lines if line.startswith("clock midi: two clocks come in, in time at ")]
    assert ", is left out" in clocked.ask("/emo/get/clock")[0][1]
    assert clocked.ask("/emo/get/tempo")[0][1] == pytest.approx(120.0, abs=0.5)


def test_a_preset_changes_all_but_the_masters_tempo(clocked: Any) -> None:
    feed(clocked, [(0.99, START), *clocks(1.0, 96)], 3.0)

    answers = clocked.ask("/emo/preset", "other")

    assert answers[0][:2] == ("/emo/ack", "/emo/preset")
    assert clocked.ask("/emo/get/mood")[0][1] == "bright"
    assert clocked.ask("/emo/get/tempo")[0][1] == pytest.approx(120.0, abs=0.1)
