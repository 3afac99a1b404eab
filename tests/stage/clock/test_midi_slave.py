from collections.abc import Callable
from math import inf
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.errors import CommandError
from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_CLOCK, TICKS_PER_STEP
from emo_osc.stage.clock.clock import Clock, Move
from emo_osc.stage.clock.midi_slave import MidiSlave

START, CONTINUE, STOP, CLOCK = b"\xfa", b"\xfb", b"\xfc", b"\xf8"
PERIOD_S = 60.0 / 120.0 / 24
MakeStage = Callable[..., Any]  # the fixtures of tests/conftest.py
MakeReady = Callable[..., Any]
TEMPOS = st.floats(20.0, 300.0)


def position(steps: int) -> bytes:
    """A Song Position Pointer, in 16ths."""
    return bytes((0xF2, steps & 0x7F, steps >> 7))


def feed(follower: MidiSlave, start_s: float, count: int, period_s: float = PERIOD_S) -> float:
    """Some clocks; the time at which the next one would come."""
    for number in range(count):
        follower.on_time(start_s + number * period_s)
        follower.receive(CLOCK, start_s + number * period_s)
    return start_s + count * period_s


def playing(clocks: int = 48, period_s: float = PERIOD_S) -> tuple[MidiSlave, float]:
    """A follower whose master has played for so many clocks, and the time of the next one."""
    follower = MidiSlave()
    follower.receive(START, 9.999)
    return follower, feed(follower, 10.0, clocks, period_s)


def test_it_is_a_clock() -> None:
    clock: Clock = MidiSlave(90.0)

    assert (clock.is_ours, clock.is_external, clock.waits_for_start) == (False, True, True)
    assert clock.summary == "midi: waiting for Start"
    assert clock.tempo == pytest.approx(90.0)
    assert (clock.is_running, clock.next_s, clock.tick_at(5.0), clock.time_of(0)) == (False, inf, 0.0, inf)


def test_start_tells_the_downbeat_and_the_first_clock_is_it() -> None:
    follower = MidiSlave()

    move = follower.receive(START, 1.0)

    assert (move, follower.is_running, follower.time_of(0), follower.tick_at(1.2)) == (Move(0, True), True, inf, 0.0)
    assert follower.summary == "midi: started, waiting for the first clock"
    assert follower.receive(CLOCK, 1.5) is None
    assert (follower.tick_at(1.5), follower.time_of(0)) == (0.0, 1.5)


@given(TEMPOS)
def test_each_clock_is_a_24th_of_a_beat(tempo: float) -> None:
    period_s = 60.0 / tempo / 24
    follower, next_s = playing(100, period_s)

    assert follower.tick_at(next_s) == pytest.approx(100 * TICKS_PER_CLOCK, abs=1e-3)
    assert follower.tick_at(next_s - 0.3 * period_s) == pytest.approx(99.7 * TICKS_PER_CLOCK, abs=1e-3)
    assert follower.time_of(480 * 5) == pytest.approx(10.0 + 5 * 60.0 / tempo, abs=1e-5)
    assert follower.tempo == pytest.approx(tempo)


def test_sixteen_bars_are_1536_clocks() -> None:
    follower, next_s = playing(1537)

    assert follower.tick_at(next_s - PERIOD_S) == pytest.approx(PHRASE_TICKS, abs=1e-3)


def test_until_the_second_clock_the_position_goes_no_further_than_one() -> None:
    follower, _ = playing(1)

    assert follower.tick_at(10.2) == TICKS_PER_CLOCK
    assert follower.time_of(TICKS_PER_CLOCK + 1) == inf
    follower.receive(CLOCK, 10.125)
    assert follower.tempo == pytest.approx(20.0)


@given(st.integers(0, 500), st.floats(0.0, 1.0))
def test_ticks_and_seconds_are_each_others_inverse(seed: int, share: float) -> None:
    random = Random(seed)
    follower, _ = playing(0)
    for number in range(60):
        follower.receive(CLOCK, 10.0 + number * PERIOD_S + random.uniform(-0.002, 0.002))
    last_s = follower._lag_s

    for now_s in (last_s + share * PERIOD_S, last_s + 10 * share):
        assert follower.time_of(follower.tick_at(now_s)) == pytest.approx(now_s, abs=1e-7)


@given(TEMPOS, st.integers(0, 500))
def test_under_jitter_the_position_never_goes_back(tempo: float, seed: int) -> None:
    random, period_s = Random(seed), 60.0 / tempo / 24
    follower, _ = playing(0)
    before = 0.0
    for number in range(120):
        stamp_s = 10.0 + number * period_s + random.uniform(-0.001, 0.001)
        for now_s in (stamp_s - 0.001, stamp_s):
            assert number < 12 or follower.tick_at(now_s) >= before - 1e-6
            before = follower.tick_at(now_s)
        follower.receive(CLOCK, stamp_s)
        assert number < 12 or follower.tick_at(stamp_s) == pytest.approx(before, abs=1e-6)


def test_a_clock_that_runs_while_stopped_keeps_the_tempo_and_plays_nothing() -> None:
    follower = MidiSlave()

    feed(follower, 0.0, 200, 60.0 / 140 / 24)

    assert (follower.is_running, follower.tick_at(9.0), follower.time_of(0)) == (False, 0.0, inf)
    assert follower.summary == "midi: waiting for Start, the clock runs at 140.0 bpm"


def test_where_the_clock_ran_already_the_downbeat_is_foretold() -> None:
    follower = MidiSlave()
    next_s = feed(follower, 0.0, 100)

    follower.receive(START, next_s - 0.01)

    assert follower.time_of(0) == pytest.approx(next_s, abs=1e-6)
    assert follower.time_of(480) == pytest.approx(next_s + 0.5, abs=1e-5)
    assert follower.tick_at(next_s - 0.01) == pytest.approx(-480 * 0.02, abs=1e-3)
    follower.receive(CLOCK, next_s)
    assert follower.tick_at(next_s) == pytest.approx(0.0, abs=1e-3)


def test_start_forgets_nothing_of_a_clock_that_runs() -> None:
    follower, random = MidiSlave(), Random(3)
    for number in range(300):
        follower.receive(CLOCK, number * PERIOD_S + random.uniform(-0.001, 0.001))

    follower.receive(START, 299.5 * PERIOD_S)
    follower.receive(CLOCK, 300 * PERIOD_S + 0.001)

    assert follower.time_of(480) == pytest.approx(324 * PERIOD_S, abs=0.0005)


def test_start_right_after_its_clock_was_due_foretells_that_clock() -> None:
    follower = MidiSlave()
    next_s = feed(follower, 0.0, 100)

    follower.receive(START, next_s + 0.0005)
    follower.receive(CLOCK, next_s + 0.0006)

    assert follower.tick_at(next_s + 0.0006) == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("late_s", [0.005, 0.009, 0.013, 0.2, 3.0])
def test_the_first_clock_is_the_downbeat_even_where_the_master_sets_its_clock_anew(late_s: float) -> None:
    follower = MidiSlave()
    next_s = feed(follower, 0.0, 100)
    follower.receive(START, next_s - 0.01)

    follower.on_time(next_s + late_s)
    end_s = feed(follower, next_s + late_s, 24)

    assert follower.tick_at(end_s) == pytest.approx(480.0, abs=0.5)


def test_a_downbeat_that_does_not_come_as_foretold_is_waited_for() -> None:
    follower = MidiSlave()
    next_s = feed(follower, 0.0, 100)
    follower.receive(START, next_s - 0.01)

    assert follower.next_s == pytest.approx(next_s + PERIOD_S / 2, abs=1e-6)
    assert follower.on_time(follower.next_s) is None

    assert (follower.time_of(0), follower.tick_at(next_s + 0.1), follower.is_running) == (inf, 0.0, True)


def test_stop_holds_the_position_while_the_clock_runs_on() -> None:
    follower, next_s = playing(48)

    move = follower.receive(STOP, next_s - 0.5 * PERIOD_S)
    feed(follower, next_s, 100)

    assert move == Move(950, False)
    assert follower.tick_at(next_s + 1.0) == pytest.approx(950.0, abs=0.01)
    assert (follower.is_running, follower.time_of(960)) == (False, inf)
    assert follower.summary == "midi: stopped, the clock runs at 120.0 bpm"
    assert follower.receive(STOP, next_s + 3.0) is None


@pytest.mark.parametrize("pause", [1, 7, 100])
def test_continue_goes_on_with_the_next_clock(pause: int) -> None:
    follower, next_s = playing(48)
    follower.receive(STOP, next_s - 0.5 * PERIOD_S)
    next_s = feed(follower, next_s, pause)

    move = follower.receive(CONTINUE, next_s - 0.002)
    feed(follower, next_s, 1)

    assert move == Move(960, True)
    assert follower.tick_at(next_s) == pytest.approx(960.0, abs=0.01)


def test_continue_after_a_silence_goes_on_with_the_first_clock() -> None:
    follower, next_s = playing(48)
    follower.receive(STOP, next_s - 0.5 * PERIOD_S)
    follower.on_time(20.0)

    assert follower.summary == "midi: stopped"
    assert follower.receive(CONTINUE, 30.0) == Move(960, True)
    assert follower.time_of(960) == inf
    end_s = feed(follower, 30.5, 12, 60.0 / 90 / 24)
    assert follower.tick_at(end_s) == pytest.approx(960 + 240, abs=0.01)
    assert follower.tempo == pytest.approx(90.0)


def test_continue_while_playing_changes_nothing() -> None:
    follower, next_s = playing(48)

    assert follower.receive(CONTINUE, next_s - 0.01) is None
    feed(follower, next_s, 1)
    assert follower.tick_at(next_s) == pytest.approx(960.0, abs=0.01)


def test_start_while_playing_begins_again() -> None:
    follower, next_s = playing(48)

    assert follower.receive(START, next_s - 0.01) == Move(0, True)
    feed(follower, next_s, 1)
    assert follower.tick_at(next_s) == pytest.approx(0.0, abs=0.01)


@given(st.integers(0, 16383))
def test_a_song_position_while_stopped_is_where_continue_goes_on(steps: int) -> None:
    follower, next_s = playing(48)
    follower.receive(STOP, next_s - 0.01)
    tick = steps * TICKS_PER_STEP

    assert follower.receive(position(steps), next_s - 0.005) == Move(tick, False)
    assert follower.tick_at(next_s) == tick
    assert follower.receive(CONTINUE, next_s - 0.002) == Move(tick, True)
    feed(follower, next_s, 7)
    assert follower.tick_at(next_s + 6 * PERIOD_S) == pytest.approx(tick + TICKS_PER_STEP, abs=0.01)


@given(st.integers(0, 16383).filter(lambda steps: steps != 8))
def test_a_song_position_while_playing_is_where_the_next_clock_is(steps: int) -> None:
    follower, next_s = playing(48)
    tick = steps * TICKS_PER_STEP

    assert follower.receive(position(steps), next_s - 0.005) == Move(tick, True)
    assert follower.time_of(tick) == pytest.approx(next_s, abs=1e-6)
    feed(follower, next_s, 2)
    assert follower.tick_at(next_s + PERIOD_S) == pytest.approx(tick + TICKS_PER_CLOCK, abs=0.01)


def test_a_song_position_that_is_true_anyway_moves_nothing() -> None:
    follower, next_s = playing(48)

    assert follower.receive(position(8), next_s - 0.005) is None


def test_a_song_position_between_start_and_its_clock_moves_the_downbeat() -> None:
    follower = MidiSlave()
    follower.receive(CONTINUE, 1.0)

    assert follower.receive(position(20), 1.001) == Move(2400, True)
    follower.receive(CLOCK, 1.01)
    assert follower.tick_at(1.01) == 2400.0


def test_a_start_before_the_song_position_is_forgotten_by_stop() -> None:
    follower = MidiSlave()
    follower.receive(START, 1.0)

    assert follower.receive(STOP, 1.1) == Move(0, False)
    assert follower.receive(CONTINUE, 2.0) == Move(0, True)


@pytest.mark.parametrize("message", [b"", b"\xf2", b"\xf2\x01", b"\xfe", b"\x90\x40\x40", b"\xf0\xf7"])
def test_other_messages_are_none_of_its_business(message: bytes) -> None:
    follower, next_s = playing(48)

    assert follower.receive(message, next_s) is None
    assert follower.tick_at(next_s) == pytest.approx(960.0, abs=0.01)


@pytest.mark.parametrize(("tempo", "patience_s"), [(120.0, 0.25), (300.0, 0.25), (60.0, 0.25), (20.0, 0.75)])
def test_a_clock_that_is_lost_is_played_over_at_the_last_tempo(tempo: float, patience_s: float) -> None:
    period_s = 60.0 / tempo / 24
    follower, next_s = playing(100, period_s)
    last_s = next_s - period_s

    assert follower.next_s == pytest.approx(last_s + patience_s, rel=1e-3)
    follower.on_time(follower.next_s - 0.001)
    assert follower.summary == f"midi: in time at {tempo:.1f} bpm"
    assert follower.on_time(follower.next_s + 0.001) is None

    assert (follower.is_running, follower.next_s) == (True, inf)
    assert follower.summary == f"midi: lost, free-running at {tempo:.1f} bpm"
    assert follower.tick_at(last_s + 20.0) == pytest.approx(99 * TICKS_PER_CLOCK + 8 * tempo * 20, rel=1e-4)


@given(st.floats(0.3, 20.0), st.floats(-0.3, 0.3))
def test_clocks_that_come_back_keep_the_position(silence_s: float, off: float) -> None:
    follower, next_s = playing(200)
    follower.on_time(follower.next_s)
    missed = round(silence_s / PERIOD_S)

    back_s = next_s + (missed + off) * PERIOD_S
    end_s = feed(follower, back_s, 30)

    assert follower.tick_at(end_s) == pytest.approx((230 + missed) * TICKS_PER_CLOCK, abs=0.5)
    assert follower.summary == "midi: in time at 120.0 bpm"


def test_clocks_that_come_back_at_another_tempo_are_followed() -> None:
    follower, next_s = playing(200)
    follower.on_time(11.0 + next_s)

    end_s = feed(follower, next_s + 48 * PERIOD_S, 30, 60.0 / 80 / 24)

    assert follower.tempo == pytest.approx(80.0, rel=0.01)
    assert follower.tick_at(end_s) == pytest.approx((248 + 30) * TICKS_PER_CLOCK, abs=2.0)


def test_a_single_clock_and_then_none_goes_on_at_the_assumed_tempo() -> None:
    follower = MidiSlave(100.0)
    follower.receive(START, 0.9)
    follower.receive(CLOCK, 1.0)

    follower.on_time(1.25)

    assert follower.summary == "midi: lost, free-running at 100.0 bpm"
    assert follower.tick_at(2.25) == pytest.approx(TICKS_PER_CLOCK + 800, abs=0.01)


def test_a_lost_master_can_be_stopped_and_started() -> None:
    follower, next_s = playing(96)
    follower.on_time(next_s + 1.0)

    move = follower.receive(STOP, next_s + 1.0)
    assert move is not None
    assert (move.is_running, move.tick) == (False, 1920 + 960)
    assert follower.receive(START, next_s + 2.0) == Move(0, True)
    assert follower.time_of(0) == inf
    feed(follower, next_s + 2.5, 1)
    assert follower.tick_at(next_s + 2.5) == 0.0


def test_a_third_of_the_tempo_is_recognised_and_the_position_mended() -> None:
    follower, next_s = playing(240, 60.0 / 180 / 24)
    slow_s = 60.0 / 60 / 24

    end_s = feed(follower, next_s - 60.0 / 180 / 24 + slow_s, 6, slow_s)

    assert follower.tempo == pytest.approx(60.0, rel=0.02)
    assert follower.tick_at(end_s) == pytest.approx(246 * TICKS_PER_CLOCK, abs=2.0)


def test_deviations_are_how_late_each_clock_was_and_are_given_once() -> None:
    follower, next_s = playing(100)
    follower.take_deviations()

    follower.receive(CLOCK, next_s + 0.0007)
    follower.receive(CLOCK, next_s + 0.0009)  # the same, doubled
    follower.receive(CLOCK, next_s + PERIOD_S - 0.0004)

    assert follower.take_deviations() == pytest.approx([0.0007, -0.0004], abs=1e-4)
    assert follower.take_deviations() == []


@pytest.mark.parametrize("ask", ["play", "resume", "stop"])
def test_the_transport_is_the_masters(ask: str) -> None:
    follower, next_s = playing(48)

    with pytest.raises(CommandError, match=r"MIDI master's: press .* there, or serve with --clock internal") as refused:
        getattr(follower, ask)(next_s)

    assert refused.value.code == CommandError.NOT_NOW
    assert follower.tick_at(next_s) == pytest.approx(960.0, abs=0.01)


def test_the_tempo_is_the_masters() -> None:
    follower, next_s = playing(48)

    with pytest.raises(CommandError, match="set the tempo there, or serve with --clock internal"):
        follower.set_tempo(90.0, next_s)

    assert follower.tempo == pytest.approx(120.0)


MESSAGES = st.one_of(st.sampled_from([START, CONTINUE, STOP]), st.integers(0, 16383).map(position))


@given(st.lists(st.tuples(st.one_of(st.just(CLOCK), MESSAGES), st.floats(0.0, 0.6)), max_size=60))
def test_whatever_comes_its_answers_stay_sane(messages: list[tuple[bytes, float]]) -> None:
    follower, now_s = MidiSlave(), 100.0
    for message, gap_s in messages:
        now_s += gap_s
        follower.on_time(now_s)
        move = follower.receive(message, now_s)

        assert move is None or move.is_running == follower.is_running
        assert 20.0 <= follower.tempo <= 300.0
        assert -2 * TICKS_PER_CLOCK <= follower.tick_at(now_s) < 1e7
        assert follower.time_of(follower.tick_at(now_s) + 1) > now_s - 0.2
        assert follower.is_running or follower.time_of(1e9) == inf


@pytest.mark.no_cover
def test_half_an_hour_of_jitter_and_loss_shifts_nothing() -> None:
    follower, random, count = MidiSlave(), Random(4), 1800 * 48
    follower.receive(START, 9.9)
    for number in range(count):
        if number == 0 or random.random() > 0.01:
            follower.receive(CLOCK, 10.0 + number * PERIOD_S + random.uniform(-0.001, 0.001))

    assert follower.tick_at(10.0 + count * PERIOD_S) == pytest.approx(count * TICKS_PER_CLOCK, abs=0.5)


def test_a_minute_with_a_master_that_jitters_and_loses_clocks_every_note_is_in_time(
    stage: MakeStage, ready: MakeReady
) -> None:
    band, follower, random = stage((ready(60),)), MidiSlave(), Random(8)
    band.instrument.transport.clock = follower
    sent: list[tuple[float, bytes]] = []
    band.instrument.transport.follow(follower.receive(START, 9.99))
    for number in range(60 * 48):
        stamp_s = 10.0 + number * PERIOD_S + random.uniform(-0.001, 0.001)
        sent += band.run_until(stamp_s)
        if number == 0 or random.random() > 0.01:
            follower.receive(CLOCK, stamp_s)
    sent += band.run_until(69.9)

    ons_s = [when_s for when_s, message in sent if message[0] == 0x90]

    assert len(ons_s) == 120
    assert ons_s[4:] == pytest.approx([10.0 + 0.5 * beat for beat in range(4, 120)], abs=0.001)


def test_a_run_of_ours_starts_with_the_next_bar_of_a_clock_without_start() -> None:
    follower = MidiSlave()
    next_s = feed(follower, 10.0, 30)

    assert follower.play(next_s - 0.01) == Move(0, True)
    assert follower.summary == "midi: starts with the next bar at 120.0 bpm"
    assert follower.time_of(0) == pytest.approx(12.0, abs=1e-5)
    assert follower.play(next_s - 0.005) is None
    end_s = feed(follower, next_s, 96)
    assert follower.tick_at(end_s) == pytest.approx(30 * TICKS_PER_CLOCK, abs=0.01)
    assert follower.summary == "midi: in time at 120.0 bpm"


def test_a_song_position_tells_where_the_bars_of_a_clock_without_start_lie() -> None:
    follower = MidiSlave()
    next_s = feed(follower, 10.0, 30)
    follower.receive(position(12), next_s - 0.01)

    follower.play(next_s - 0.005)

    assert follower.time_of(0) == pytest.approx(next_s + 0.5, abs=1e-5)


def test_a_run_of_ours_can_be_stopped_and_goes_on_in_its_place_of_the_bar() -> None:
    follower = MidiSlave()
    next_s = feed(follower, 10.0, 1)
    next_s = feed(follower, next_s, 95)
    follower.play(next_s - 0.01)
    next_s = feed(follower, next_s, 30)

    assert follower.stop(next_s - 0.5 * PERIOD_S) == Move(590, False)
    next_s = feed(follower, next_s, 100)
    assert follower.resume(next_s - 0.01) == Move(480, True)
    assert follower.time_of(480) == pytest.approx(next_s + 86 * PERIOD_S, abs=1e-4)


def test_start_of_the_master_takes_a_run_of_ours_over() -> None:
    follower = MidiSlave()
    next_s = feed(follower, 10.0, 96)
    follower.play(next_s - 0.01)
    next_s = feed(follower, next_s, 50)

    assert follower.receive(START, next_s - 0.01) == Move(0, True)
    feed(follower, next_s, 1)
    assert follower.tick_at(next_s) == pytest.approx(0.0, abs=0.01)
    with pytest.raises(CommandError, match="press stop there"):
        follower.stop(next_s)


def test_a_follower_that_starts_itself_takes_the_first_clock_for_the_downbeat_and_ends_with_the_clocks() -> None:
    follower = MidiSlave(starts_itself=True)

    moves = [follower.receive(CLOCK, 10.0 + number * PERIOD_S) for number in range(48)]

    assert moves == [Move(0, True)] + [None] * 47
    assert follower.tick_at(11.0) == pytest.approx(960.0, abs=0.01)
    assert follower.on_time(follower.next_s + 0.001) == Move(960 + 460 // 2, False) or not follower.is_running
    assert not follower.is_running
    assert follower.receive(CLOCK, 20.0) == Move(0, True)


def test_a_follower_that_starts_itself_stays_stopped_while_the_clock_runs_on() -> None:
    follower = MidiSlave(starts_itself=True)
    next_s = feed(follower, 10.0, 48)

    follower.stop(next_s - 0.01)
    feed(follower, next_s, 100)

    assert not follower.is_running


@pytest.mark.parametrize(
    ("ours", "other"), [(120.0, 108.0), (120.0, 121.0), (120.0, 60.0), (60.0, 170.0), (100.0, 140.0)]
)
@pytest.mark.parametrize("joins_s", [0.0071, 4.0071])
def test_of_two_masters_on_one_input_the_first_is_followed_and_that_is_told(
    ours: float, other: float, joins_s: float
) -> None:
    follower, random = MidiSlave(), Random(5)
    follower.receive(START, 9.99)
    rows = [(10.0, 60.0 / ours / 24), (10.0 + joins_s, 60.0 / other / 24)]
    stamps = sorted(
        first_s + n * period_s + random.uniform(-0.0005, 0.0005)
        for first_s, period_s in rows
        for n in range(int((20.0 - first_s) / period_s))
    )
    for stamp_s in stamps:
        follower.on_time(stamp_s)
        follower.receive(CLOCK, stamp_s)

    assert follower.tempo == pytest.approx(ours, rel=0.01)
    assert follower.tick_at(20.0) == pytest.approx((20.0 - 10.0) * ours * 8, abs=10.0)
    assert follower.summary.startswith("midi: two clocks come in, in time at ")
    assert follower.summary.endswith("is left out")

    end_s = feed(follower, 20.0 + 0.001, 100, 60.0 / ours / 24)
    assert follower.summary == f"midi: in time at {ours:.1f} bpm", end_s


@pytest.mark.parametrize("after", [60.0, 80.0, 100.0, 150.0, 180.0, 240.0])
def test_a_tempo_that_jumps_is_not_taken_for_a_second_master(after: float) -> None:
    follower, next_s = playing(100)

    end_s = feed(follower, next_s, 200, 60.0 / after / 24)

    assert follower.summary == f"midi: in time at {after:.1f} bpm"
    assert follower.tick_at(end_s) == pytest.approx(300 * TICKS_PER_CLOCK, abs=25.0)
