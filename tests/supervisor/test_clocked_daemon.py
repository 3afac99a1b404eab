"""A daemon that follows, or leads, a real MIDI clock over JACK: what a sequencer beside it would hear and see."""

import re
import statistics
from collections.abc import Callable, Iterator
from itertools import pairwise
from time import perf_counter, sleep

import pytest
import rtmidi

from tests.serving import TIMEOUT_S, Daemon, Listener

pytestmark = pytest.mark.slow
BPM = 150.0
PERIOD_S = 60.0 / BPM / 24


class Master:
    """A sequencer's clock: what it sends goes out at its time, as well as this machine lets it."""

    def __init__(self, port: str) -> None:
        self._out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="master")
        index = next(n for n, found in enumerate(self._out.get_ports()) if port in found)
        self._out.open_port(index)

    def send(self, *status: int) -> float:
        sent_s = perf_counter()
        self._out.send_message(status)
        return sent_s

    def clocks(self, first_s: float, count: int) -> list[float]:
        """A row of clocks on a grid; when each was sent."""
        sent = []
        for number in range(count):
            sleep(max(0.0, first_s + number * PERIOD_S - perf_counter()))
            sent.append(self.send(0xF8))
        return sent

    def close(self) -> None:
        self._out.close_port()
        self._out.delete()


@pytest.fixture
def master(jack: str) -> Iterator[Callable[[str], Master]]:
    opened: list[Master] = []

    def open_master(port: str) -> Master:
        opened.append(Master(port))
        return opened[-1]

    yield open_master
    for one in opened:
        one.close()


def notes_on(heard: Listener) -> list[float]:
    found = [heard.get() for _ in range(heard.qsize())]
    return [at_s for at_s, message in found if message[0] & 0xF0 == 0x90]


def test_notes_lie_on_the_grid_of_a_sequencer(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener], master: Callable[[str], Master]
) -> None:
    one = daemon("--clock", "midi")
    assert "virtual port" in one.wait_for_line("MIDI in")
    heard = hear(one.name)
    one.send("/emo/mood", "lively")
    sequencer = master(f"{one.name} in")
    start_s = perf_counter() + 0.05
    sequencer.send(0xFA)
    sent = sequencer.clocks(start_s, 24 * 16)
    one.wait_for_line("clock midi: in time")
    sequencer.send(0xFC)
    one.wait_for_line("clock midi: stopped")

    onsets = notes_on(heard)

    step_s = PERIOD_S * 6
    offsets = [(at_s - start_s) / step_s for at_s in onsets]
    errors_ms = sorted(1000 * step_s * abs(step - round(step)) for step in offsets)
    master_ms = sorted(1000 * abs(at_s - start_s - n * PERIOD_S) for n, at_s in enumerate(sent))
    floor_ms = statistics.median(master_ms)
    assert len(onsets) > 20
    assert statistics.median(errors_ms) < 10.0 + 3.0 * floor_ms, (errors_ms, floor_ms)  # 25 ms without a grid
    assert all(after > before for before, after in pairwise(onsets))
    assert 0.0 <= min(onsets) - start_s < 4 * 24 * PERIOD_S


def test_a_clock_that_ceases_is_played_over_and_told(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener], master: Callable[[str], Master]
) -> None:
    one = daemon("--clock", "midi")
    one.wait_for_line("MIDI in")
    heard = hear(one.name)
    sequencer = master(f"{one.name} in")
    sequencer.send(0xFA)
    sequencer.clocks(perf_counter() + 0.01, 24 * 4)

    line = one.wait_for_line("lost, free-running at")
    before = len(notes_on(heard))
    one.send("/emo/start_listen/note")
    for _ in range(4):
        one.receive_until(lambda message: message.address == "/emo/note")

    assert before > 0
    assert float(re.findall(r"[\d.]+", line)[-1]) == pytest.approx(BPM, rel=0.05), line
    assert notes_on(heard)


def until(heard: Listener, status: int) -> list[tuple[float, bytes]]:
    """Everything that comes, up to a message of a status."""
    found = [heard.get(timeout=TIMEOUT_S)]
    while found[-1][1][0] != status:
        found.append(heard.get(timeout=TIMEOUT_S))
    return found


def test_a_sequencer_that_follows_us_counts_24_clocks_a_beat(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener]
) -> None:
    one = daemon("--clock-out", "--clock-always", "--no-play")
    one.wait_for_line("MIDI out")
    heard = hear(one.name)
    resting = [heard.get(timeout=TIMEOUT_S)[1] for _ in range(10)]
    one.send("/emo/set/humanize", 0.0)
    one.send("/emo/play")
    started = until(heard, 0xFA)
    one.send("/emo/start_listen/bar")
    one.receive_until(lambda message: message.address == "/emo/bar" and message.arguments == (4,))
    one.send("/emo/stop")
    playing = until(heard, 0xFC)
    one.send("/emo/continue")
    resumed = until(heard, 0xFB)

    assert set(resting) == {b"\xf8"}, "the tempo is told while it stands"
    assert {message[0] for _, message in started} <= {0xF8, 0xFA, 0xB0}
    clocks = [at_s for at_s, message in playing if message == b"\xf8"]
    ons = [(at_s, index) for index, (at_s, message) in enumerate(playing) if message[0] & 0xF0 == 0x90]
    assert playing[0][1] == b"\xf8", "the first clock after Start is the downbeat"
    assert len(clocks) >= 3 * 96
    steps = [sum(message == b"\xf8" for _, message in playing[:index]) for _, index in ons]
    assert all((count - 1) % 6 == 0 for count in steps), "a note follows the clock of its 16th"
    assert [message[0] for _, message in resumed][-2:] == [0xF2, 0xFB]
    sixteenth = resumed[-2][1][1] | resumed[-2][1][2] << 7
    assert sixteenth == (len(clocks) - 1) // 6, "it goes on in the 16th where it stopped"
    mean_s = (clocks[-1] - clocks[0]) / (len(clocks) - 1)
    assert mean_s == pytest.approx(60.0 / 240.0 / 24, rel=0.1)
