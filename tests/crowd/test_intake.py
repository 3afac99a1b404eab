"""What a client sends above its rate: all but the newest is dropped, and that counts as soon as the rate allows."""

from time import perf_counter

import pytest

from emo_osc.core.affect import MOODS, Affect, MoodBook
from emo_osc.crowd.run import ABOVE_RATE, NO_ROOM, Intake
from emo_osc.crowd.voices import Manners, Voices
from emo_osc.crowd.words import Words

BURST = 20


def intake_of(rate_hz: float = 1.0, most: int = 100) -> Intake:
    return Intake(Voices(Manners(rate_hz=rate_hz, burst=BURST, most=most)), Words(MoodBook(MOODS)))


def place(intake: Intake, now_s: float) -> Affect:
    opinion = intake.voices.opinion(now_s)
    assert opinion is not None
    return opinion.affect


def test_after_a_stall_the_last_place_counts_and_not_the_one_that_the_rate_let_in() -> None:
    intake = intake_of()
    for step in range(4 * BURST):
        intake.hear("va", "phone", f"0 {step / 100}".encode())
    now_s = perf_counter()
    before = place(intake, now_s)
    intake.catch_up(now_s + 1.5)

    assert before == Affect(0.0, (BURST - 1) / 100)
    assert place(intake, now_s + 1.5) == Affect(0.0, (4 * BURST - 1) / 100)
    assert (intake.read, intake.dropped) == (BURST + 1, {ABOVE_RATE: 3 * BURST - 1})


def test_what_waits_is_read_no_faster_than_the_rate_and_gives_way_to_what_comes_after() -> None:
    intake = intake_of(rate_hz=0.1)
    for step in range(BURST + 1):
        intake.hear("va", "phone", f"{step / 100} 0".encode())
    intake.catch_up(perf_counter())
    read = intake.read
    intake.catch_up(perf_counter() + 11.0)
    intake.catch_up(perf_counter() + 12.0)

    assert (read, intake.read) == (BURST, BURST + 1)
    assert not intake.dropped


@pytest.mark.parametrize("payload", [b"nan nan", b"", b"x" * 100_000])
def test_what_waits_and_is_no_word_changes_nothing(payload: bytes) -> None:
    intake = intake_of()
    for _ in range(BURST):
        intake.hear("va", "phone", b"0.5 0.5")
    intake.hear("va", "phone", payload)
    now_s = perf_counter() + 1.5
    intake.catch_up(now_s)

    assert place(intake, now_s) == Affect(0.5, 0.5)
    assert intake.dropped.total() == 1


def test_clients_for_whom_there_is_no_room_are_told_from_those_who_send_too_much() -> None:
    intake = intake_of(most=2)
    for name in "abc":
        intake.hear("va", name, b"0 0")

    assert intake.dropped == {NO_ROOM: 1}
