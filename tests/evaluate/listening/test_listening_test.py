"""The state of a listening test: questions in order, none twice, no hint of the right answer."""

from typing import Any

import pytest

from emo_osc.evaluate.listening.answers import Answer
from emo_osc.evaluate.listening.listening_test import ListeningTest, RefusalError, Submission
from emo_osc.evaluate.listening.trials import CHOICES, FIVE, TWO, Trial, trial_order

TRIALS = (
    *(Trial(FIVE, "feeling", "made", (f"f{n}",), CHOICES[FIVE][n]) for n in range(5)),
    Trial(FIVE, "feeling", "unmoved", ("floor",), "Anger"),
    *(Trial(TWO, "valence", "made", (f"l{n}", f"h{n}")) for n in range(4)),
)


def answer_all(listening_test: ListeningTest, rater: str, count: int = 99) -> list[Answer]:
    taken: list[Answer] = []
    while not (question := listening_test.next(rater))["is_done"] and len(taken) < count:
        taken.append(listening_test.check(rater, Submission(question["place"], question["choices"][0], 1500.0, 1)))
        listening_test.record(taken[-1])
    return taken


def test_a_rater_answers_everything_once_in_their_order() -> None:
    listening_test = ListeningTest(TRIALS)

    taken = answer_all(listening_test, "ann")

    shown = trial_order(TRIALS, "ann")
    assert [(a.order, a.clip, a.target, a.repeat) for a in taken] == [
        (each.place, "+".join(each.clips), each.target, each.is_repeat) for each in shown
    ]
    assert listening_test.next("ann") == {"is_done": True, "total": len(shown)}
    assert listening_test.next("bo")["place"] == 1


def test_a_question_gives_nothing_away() -> None:
    listening_test = ListeningTest(TRIALS)
    question: dict[str, Any] = listening_test.next("ann")

    assert set(question) == {"is_done", "place", "total", "form", "question", "choices", "clips"}
    assert question["choices"] == CHOICES[question["form"]]


def test_what_was_written_down_before_is_not_asked_again() -> None:
    written = answer_all(ListeningTest(TRIALS), "ann", 4)

    assert ListeningTest(TRIALS, written).next("ann")["place"] == 5
    assert ListeningTest(TRIALS[1:], written).next("ann")["place"] == 1  # another test


def test_what_is_taken_counts_only_once_it_is_written_down() -> None:
    listening_test = ListeningTest(TRIALS)

    listening_test.check("ann", Submission(1, "first", 10.0, 2))

    assert listening_test.next("ann")["place"] == 1


@pytest.mark.parametrize(
    "submission",
    [
        Submission(2, "first", 10.0, 1),
        Submission(0, "first", 10.0, 1),
        Submission(1, "third", 10.0, 1),
        Submission(1, "Anger", 10.0, 1),
        Submission(1, "first", -1.0, 1),
        Submission(1, "first", float("nan"), 1),
    ],
)
def test_what_is_no_answer_is_refused(submission: Submission) -> None:
    with pytest.raises(RefusalError):
        ListeningTest(TRIALS).check("ann", submission)


@pytest.mark.parametrize("rater", ["", "  ", "x" * 41, "a\nb", "\x00"])
def test_what_is_no_name_is_refused(rater: str) -> None:
    with pytest.raises(RefusalError, match="a name has"):
        ListeningTest(TRIALS).next(rater)


def test_a_flood_of_names_is_stopped() -> None:
    listening_test = ListeningTest(TRIALS)
    for number in range(500):
        listening_test.next(f"rater {number}")

    with pytest.raises(RefusalError, match="too many"):
        listening_test.next("one more")
    assert listening_test.next("rater 7")["place"] == 1
