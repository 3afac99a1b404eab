"""Messages placed in the cycles of a sound server that is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.midi.frame_times import LATE_S, ClockGap, Cycle, Queue

PERIOD_S = 1024 / 48000
ON, OFF = b"\x90\x3c\x50", b"\x80\x3c\x40"


def cycle(number: int) -> Cycle:
    return Cycle(100 + number * PERIOD_S, 100 + (number + 1) * PERIOD_S, 1024)


def test_a_message_leaves_in_the_cycle_and_at_the_frame_of_its_time() -> None:
    queue = Queue()
    queue.put(100 + 2.5 * PERIOD_S, ON)

    assert [queue.take(cycle(number)) for number in range(4)] == [[], [], [(512, ON)], []]


@given(st.lists(st.floats(0.0, 0.2), max_size=40))
def test_none_is_lost_none_overtakes_and_every_one_is_on_its_frame_or_behind_another(delays_s: list[float]) -> None:
    queue, sent = Queue(), [bytes((0x80, number, 0)) for number in range(len(delays_s))]
    for delay_s, message in zip(delays_s, sent, strict=True):
        queue.put(100 + delay_s, message)
    taken = [(number * 1024 + frame, message) for number in range(12) for frame, message in queue.take(cycle(number))]
    latest = [max(delays_s[: number + 1]) for number in range(len(delays_s))]

    assert [message for _, message in taken] == sent
    assert [frame for frame, _ in taken] == pytest.approx([delay_s * 48000 for delay_s in latest], abs=1)


def test_what_is_late_leaves_at_once_but_a_note_that_is_very_late_does_not() -> None:
    queue = Queue()
    for at_s, message in ((100.0 - 2 * LATE_S, ON), (100.0 - 2 * LATE_S, OFF), (100.0 - LATE_S / 2, ON)):
        queue.put(at_s, message)

    assert queue.take(cycle(0)) == [(0, OFF), (0, ON)]
    assert queue.left_out == 1


def test_what_finds_no_room_leaves_first_in_the_next_cycle() -> None:
    queue = Queue()
    queue.put(100.0 + PERIOD_S, OFF)
    queue.put_back([ON, OFF])

    assert queue.take(cycle(1)) == [(0, ON), (0, OFF), (0, OFF)]


def test_the_gap_between_two_clocks_is_smoothed_and_follows_a_clock_that_is_set() -> None:
    gap = ClockGap()
    for number in range(200):
        believed_s = gap.seen(5.0 + (1e-5 if number % 2 else -1e-5))

    assert believed_s == pytest.approx(5.0, abs=1e-6)
    assert gap.seen(7.0) == 7.0
