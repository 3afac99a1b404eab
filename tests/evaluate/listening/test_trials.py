"""Orders of hearing: everything once, one thing twice, nobody like the next, and always the same for one."""

from collections import Counter

import pytest

from emo_osc.evaluate.listening.trials import CHOICES, FIVE, REPEAT_GAP, TWO, Trial, name_of, trial_order

FEELINGS = [Trial(FIVE, "feeling", "made", (f"f{n}",), CHOICES[FIVE][n % 5]) for n in range(10)]
PAIRS = [Trial(TWO, "valence", "made", (f"l{n}", f"h{n}")) for n in range(6)]
OTHERS = [Trial(FIVE, "feeling", "human", ("x",), "Anger"), Trial(TWO, "arousal", "unmoved", ("y", "z"))]
TRIALS = [*FEELINGS, *PAIRS, *OTHERS]


def test_every_trial_comes_once_and_one_of_each_form_again() -> None:
    for rater in ("ann", "bo", "민수"):
        shown = trial_order(TRIALS, rater)

        assert {each.trial for each in shown} == set(TRIALS)
        assert [each.place for each in shown] == list(range(1, len(TRIALS) + 3))
        assert Counter((each.trial.form, each.is_repeat) for each in shown if each.is_repeat) == {
            (TWO, True): 1,
            (FIVE, True): 1,
        }


def test_a_repeat_comes_after_its_first_with_others_between_and_is_one_of_ours() -> None:
    for number in range(50):
        shown = trial_order(TRIALS, f"rater {number}")
        for again in (each for each in shown if each.is_repeat):
            (first,) = (each for each in shown if each.trial == again.trial and not each.is_repeat)

            assert again.trial.kind == "made"
            assert again.place - first.place > REPEAT_GAP


def test_pairs_come_before_feelings() -> None:
    forms = [each.trial.form for each in trial_order(TRIALS, "ann")]

    assert forms == sorted(forms, reverse=True)


def test_one_rater_has_one_order_and_two_have_two() -> None:
    assert trial_order(TRIALS, "ann") == trial_order(TRIALS, "ann")
    assert [each.trial for each in trial_order(TRIALS, "ann")] != [each.trial for each in trial_order(TRIALS, "bo")]


def test_the_higher_of_two_is_first_as_often_as_second_and_is_the_target() -> None:
    pairs = [each for number in range(100) for each in trial_order(PAIRS, f"rater {number}")]

    for each in pairs:
        assert each.clips[CHOICES[TWO].index(each.target)] == each.trial.clips[1]
        assert sorted(each.clips) == sorted(each.trial.clips)
    assert 0.4 < sum(each.target == "first" for each in pairs) / len(pairs) < 0.6


def test_a_small_test_still_has_its_repeat_and_one_without_ours_has_none() -> None:
    assert [each.is_repeat for each in trial_order(FEELINGS[:1], "ann")] == [False, True]
    assert not any(each.is_repeat for each in trial_order(OTHERS, "ann"))
    assert trial_order([], "ann") == ()


def test_a_test_is_named_by_what_is_in_it() -> None:
    assert name_of(TRIALS) == name_of(TRIALS[::-1]) != name_of(TRIALS[1:])


@pytest.mark.parametrize(
    "told",
    [
        ("three", "feeling", "made", ("a",), "Anger"),
        (FIVE, "feeling", "made", ("a", "b"), "Anger"),
        (FIVE, "feeling", "made", ("a",), "Joy"),
        (FIVE, "valence", "made", ("a",), "Anger"),
        (FIVE, "feeling", "found", ("a",), "Anger"),
        (TWO, "feeling", "made", ("a", "b"), ""),
        (TWO, "valence", "made", ("a",), ""),
        (TWO, "valence", "made", ("a", "b"), "Anger"),
    ],
)
def test_what_is_no_trial_is_refused(told: tuple[str, str, str, tuple[str, ...], str]) -> None:
    with pytest.raises(ValueError, match=r"no such trial|clips and|no target"):
        Trial(*told)
