"""The clock that others follow, on a virtual clock: counted, timed, and followed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.score import TICKS_PER_BAR, TICKS_PER_STEP
from emo_osc.stage.clock.clock import InternalClock, Move
from emo_osc.stage.clock.midi_clock_out import ClockOut
from emo_osc.stage.clock.midi_slave import MidiSlave

CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"
PERIOD_S = 60.0 / 24  # of a clock, times beats per minute
Sent = list[tuple[float, bytes]]


@dataclass
class Master:
    """A clock, its way out, and the time we make it."""

    clock: InternalClock = field(default_factory=lambda: InternalClock(120.0))
    out: ClockOut = field(default_factory=lambda: ClockOut(runs_free=True))
    now_s: float = 100.0
    latency_s: float = 0.0
    sent: Sent = field(default_factory=list)

    def run_until(self, end_s: float) -> Sent:
        before = len(self.sent)
        while (due_s := max(self.now_s, self.out.next_s(self.time_of, self.clock.tempo))) <= end_s:
            self.now_s = due_s
            self.sent += self.out.on_time(due_s, self.time_of, self.clock.tempo)
        self.now_s = end_s
        return self.sent[before:]

    def run_for(self, span_s: float) -> Sent:
        return self.run_until(self.now_s + span_s)

    def move(self, how: Callable[[float], Move | None]) -> list[bytes]:
        move = how(self.now_s)
        if move:
            self.out.follow(move)
        return [message for _, message in self.run_for(0.0)]

    def time_of(self, tick: float) -> float:
        return self.clock.time_of(tick) - self.latency_s


@pytest.fixture
def master() -> Master:
    one = Master()
    one.run_for(1.0)
    return one


def clocks(sent: Sent) -> list[float]:
    return [at_s for at_s, message in sent if message == CLOCK]


def gaps(sent: Sent) -> list[float]:
    times = clocks(sent)
    return [after - before for before, after in pairwise(times)]


def test_clocks_tell_the_tempo_before_anything_plays(master: Master) -> None:
    assert gaps(master.sent) == pytest.approx([PERIOD_S / 120] * (len(master.sent) - 1))
    assert {message for _, message in master.sent} == {CLOCK}


def test_no_clock_is_sent_while_nothing_runs_unless_asked() -> None:
    master = Master(out=ClockOut())
    silent = master.run_for(1.0)
    master.move(master.clock.play)
    played = master.run_for(1.0)
    master.clock.set_tempo(60.0, master.now_s)
    master.run_for(0.0)
    stopped = master.move(master.clock.stop)

    assert silent == []
    assert gaps(played) == pytest.approx([PERIOD_S / 120] * (len(clocks(played)) - 1))
    assert stopped[0] == STOP
    assert master.run_for(10.0) == []
    assert master.out.next_s(master.time_of, 60.0) == inf
    assert CONTINUE in master.move(master.clock.resume) + [message for _, message in master.run_for(0.2)]


def test_the_first_clock_after_start_is_the_downbeat_and_a_phrase_is_1536_clocks(master: Master) -> None:
    started_s = master.now_s
    at_once = master.move(master.clock.play)
    sent = [(started_s, CLOCK), *master.run_until(master.clock.time_of(16 * TICKS_PER_BAR) - 1e-6)]

    assert at_once == [START, CLOCK]
    assert len(clocks(sent)) == 1536
    assert clocks(sent) == pytest.approx([started_s + n * PERIOD_S / 120 for n in range(1536)], abs=1e-9)


def test_clocks_run_on_while_stopped_without_a_gap(master: Master) -> None:
    master.move(master.clock.play)
    master.run_for(1.234)
    stopped = master.move(master.clock.stop)
    master.run_for(1.0)

    since = master.sent[master.sent.index((101.0, START)) :]
    assert stopped[0] == STOP
    assert gaps(since) == pytest.approx([PERIOD_S / 120] * (len(clocks(since)) - 1))


def test_continue_names_the_16th_and_comes_with_its_clock(master: Master) -> None:
    master.move(master.clock.play)
    master.run_for(1.234)  # beat 2.468: in the second 16th of the third beat
    master.move(master.clock.stop)
    master.run_for(0.5)

    assert master.move(master.clock.resume) == [bytes((0xF2, 9, 0)), CONTINUE, CLOCK]


def test_a_position_that_moves_while_stopped_is_told() -> None:
    out = ClockOut()
    out.follow(Move(3 * TICKS_PER_BAR, is_running=False))
    out.follow(Move(3 * TICKS_PER_BAR, is_running=False))

    assert out.on_time(0.0, lambda _: inf, 120.0) == [(0.0, bytes((0xF2, 48, 0)))]


def test_a_jump_while_running_is_stop_position_and_continue_on_the_next_16th(master: Master) -> None:
    master.move(master.clock.play)
    master.run_for(0.7)
    master.out.follow(Move(1000, is_running=True))  # between the 8th and the 9th 16th
    sent = master.run_until(master.clock.time_of(1200))

    assert [message for _, message in sent[:2]] == [STOP, bytes((0xF2, 9, 0))]
    opened = next(at_s for at_s, message in sent if message == CONTINUE)
    assert opened == pytest.approx(master.clock.time_of(9 * TICKS_PER_STEP))
    assert [at_s for at_s in clocks(sent) if at_s >= opened] == pytest.approx(
        [master.clock.time_of(tick) for tick in range(1080, 1201, 20)]
    )


def test_a_downbeat_that_is_still_to_come_is_waited_for() -> None:
    master = Master()
    master.run_for(1.0)
    master.clock.play(master.now_s + 0.6)
    master.out.follow(Move(0, is_running=True))
    sent = master.run_for(1.0)
    (at_s,) = [at_s for at_s, message in sent if message == START]

    assert at_s == pytest.approx(101.6)
    assert [message for _, message in sent].count(START) == 1
    assert min(gaps(sent)) > 0.49 * PERIOD_S / 120


def test_the_longest_song_position_goes_round_in_whole_phrases() -> None:
    out = ClockOut()
    out.follow(Move(1024 * TICKS_PER_BAR + TICKS_PER_STEP, is_running=True))

    assert out.on_time(0.0, lambda _: inf, 120.0) == [(0.0, bytes((0xF2, 1, 0)))]


def test_latency_sends_clocks_earlier_and_loses_none(master: Master) -> None:
    master.move(master.clock.play)
    started_s = master.now_s
    master.run_for(1.0)
    master.latency_s = 0.1
    after = master.run_for(1.0)

    assert count(master.sent) == (1 + int(2.1 * 48), True)
    assert clocks(after)[-1] == pytest.approx(started_s + 100 / 48 - 0.1)


def test_no_clock_of_a_short_gap_is_left_out(master: Master) -> None:
    master.move(master.clock.play)
    master.run_for(1.0)
    master.now_s += 0.2
    late = master.out.on_time(master.now_s, master.time_of, 120.0)

    assert [message for _, message in late] == [CLOCK] * len(late)
    assert gaps(late) == pytest.approx([PERIOD_S / 120] * (len(late) - 1)), "each with the time it was due"
    assert len(late) in (9, 10), "0.2 s of 48 clocks a second"


@pytest.mark.parametrize("asleep_s", [0.5, 30.0])
def test_after_a_sleep_of_the_machine_followers_are_told_the_place(asleep_s: float, master: Master) -> None:
    master.move(master.clock.play)
    master.run_for(1.0)
    master.now_s += asleep_s + 0.01
    place = 1 + int(8 * (1.01 + asleep_s))  # the next 16th
    now = master.out.on_time(master.now_s, master.time_of, 120.0)
    sent = master.run_for(1.0)

    assert [message for _, message in now] == [STOP, bytes((0xF2, place & 0x7F, place >> 7))]
    assert CONTINUE in {message for _, message in sent}
    assert 47 <= len(clocks(sent)) <= 49


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tempo"), st.floats(20.0, 300.0)),
        st.tuples(st.sampled_from(["play", "stop", "resume"]), st.just(0.0)),
        st.tuples(st.just("run"), st.floats(0.0, 3.0)),
    ),
    max_size=25,
)


def do(master: Master, step: tuple[str, float]) -> None:
    name, number = step
    if name == "tempo":
        master.clock.set_tempo(number, master.now_s)
    elif name == "run":
        master.run_for(number)
    else:
        master.move({"play": master.clock.play, "stop": master.clock.stop, "resume": master.clock.resume}[name])


@given(STEPS)
def test_whatever_happens_a_follower_counts_24_clocks_a_beat(steps: list[tuple[str, float]]) -> None:
    master = Master()
    for step in [("run", 1.0), *steps, ("run", 1.0)]:
        do(master, step)
        master.run_for(0.0)
        clocks_on, is_running = count(master.sent)
        assert is_running == master.clock.is_running
        assert not is_running or -1e-6 < master.clock.tick_at(master.now_s) - (clocks_on - 1) * 20 < 20 + 1e-6


def count(sent: Sent) -> tuple[int, bool]:
    """How many clocks a device that only counts has heard since the first downbeat, and whether it runs."""
    counted, is_running = 0, False
    for _, message in sent:
        if message == START:
            counted, is_running = 0, True
        elif message == CONTINUE:
            is_running = True
        elif message == STOP:
            is_running = False
        elif message[0] == 0xF2:
            counted = 6 * (message[1] + 128 * message[2])
        elif is_running:
            counted += 1
    return counted, is_running


@given(st.lists(st.tuples(st.floats(20.0, 300.0), st.floats(0.05, 2.0)), max_size=20), st.booleans())
def test_tempo_changes_leave_no_gap_and_no_double(changes: list[tuple[float, float]], is_running: bool) -> None:
    master = Master()
    master.run_for(1.0)
    if is_running:
        master.move(master.clock.play)
    tempos = [120.0]
    begin = len(master.sent) + 1
    for tempo, span_s in changes:
        master.clock.set_tempo(tempo, master.now_s)
        tempos.append(tempo)
        master.run_for(span_s)
    shortest, longest = PERIOD_S / max(tempos), PERIOD_S / min(tempos)

    assert all(shortest - 1e-6 <= gap <= longest + 1e-6 for gap in gaps(master.sent[begin:]))


@pytest.mark.parametrize("tempo", [40.0, 97.3, 240.0])
def test_our_follower_stays_in_phase_with_our_master(tempo: float) -> None:
    master, follower = Master(InternalClock(tempo)), MidiSlave()
    master.run_for(2.0)
    master.move(master.clock.play)
    master.run_for(8.0)
    master.move(master.clock.stop)
    master.run_for(1.0)
    master.move(master.clock.resume)
    master.run_for(8.0)
    for at_s, message in master.sent:
        follower.receive(message, at_s)

    apart_s = (follower.tick_at(master.now_s) - master.clock.tick_at(master.now_s)) / (8 * tempo)
    assert follower.is_running
    assert abs(apart_s) < 0.0005
