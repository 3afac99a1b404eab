"""The desk: one question after another, nothing given away, nothing twice, on where a rater stood."""

from typing import Any

import pytest

from emo_osc.evaluate.listening.answers import Answer
from emo_osc.evaluate.listening.session import Desk, Given, RefusalError
from emo_osc.evaluate.listening.trials import CHOICES, FIVE, TWO, Trial, sitting

TRIALS = (
    *(Trial(FIVE, "feeling", "made", (f"f{n}",), CHOICES[FIVE][n]) for n in range(5)),
    Trial(FIVE, "feeling", "unmoved", ("floor",), "Anger"),
    *(Trial(TWO, "valence", "made", (f"l{n}", f"h{n}")) for n in range(4)),
)


def answer_all(desk: Desk, rater: str, count: int = 99) -> list[Answer]:
    taken: list[Answer] = []
    while not (question := desk.next(rater))["is_done"] and len(taken) < count:
        taken.append(desk.taken(rater, Given(question["place"], question["choices"][0], 1500.0, 1)))
        desk.answered(taken[-1])
    return taken


def test_a_rater_answers_everything_once_in_their_order() -> None:
    desk = Desk(TRIALS)

    taken = answer_all(desk, "ann")

    shown = sitting(TRIALS, "ann")
    assert [(a.order, a.clip, a.target, a.repeat) for a in taken] == [
        (each.place, "+".join(each.clips), each.target, each.is_repeat) for each in shown
    ]
    assert desk.next("ann") == {"is_done": True, "total": len(shown)}
    assert desk.next("bo")["place"] == 1


def test_a_question_gives_nothing_away() -> None:
    desk = Desk(TRIALS)
    question: dict[str, Any] = desk.next("ann")

    assert set(question) == {"is_done", "place", "total", "form", "question", "choices", "clips"}
    assert question["choices"] == CHOICES[question["form"]]


def test_what_was_written_down_before_is_not_asked_again() -> None:
    written = answer_all(Desk(TRIALS), "ann", 4)

    assert Desk(TRIALS, written).next("ann")["place"] == 5
    assert Desk(TRIALS[1:], written).next("ann")["place"] == 1  # another test


def test_what_is_taken_counts_only_once_it_is_written_down() -> None:
    desk = Desk(TRIALS)

    desk.taken("ann", Given(1, "first", 10.0, 2))

    assert desk.next("ann")["place"] == 1


@pytest.mark.parametrize(
    "given",
    [
        Given(2, "first", 10.0, 1),
        Given(0, "first", 10.0, 1),
        Given(1, "third", 10.0, 1),
        Given(1, "Anger", 10.0, 1),
        Given(1, "first", -1.0, 1),
        Given(1, "first", float("nan"), 1),
    ],
)
def test_what_is_no_answer_is_refused(given: Given) -> None:
    with pytest.raises(RefusalError):
        Desk(TRIALS).taken("ann", given)


@pytest.mark.parametrize("rater", ["", "  ", "x" * 41, "a\nb", "\x00"])
def test_what_is_no_name_is_refused(rater: str) -> None:
    with pytest.raises(RefusalError, match="a name has"):
        Desk(TRIALS).next(rater)


def test_a_flood_of_names_is_stopped() -> None:
    desk = Desk(TRIALS)
    for number in range(500):
        desk.next(f"rater {number}")

    with pytest.raises(RefusalError, match="too many"):
        desk.next("one more")
    assert desk.next("rater 7")["place"] == 1
