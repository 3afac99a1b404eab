"""Counting: known answers give known tables; repeats and floors stand apart."""

from dataclasses import replace
from pathlib import Path

import pytest

from emo_osc.cli.main import main
from emo_osc.evaluate.listening.answers import Answer
from emo_osc.evaluate.listening.chance import wilson
from emo_osc.evaluate.listening.results import result_tables, size_tables

FIVE = Answer("t", "five", "feeling", "made", "c", "Anger", "Anger", 2000.0, "ann", 1)
TWO = Answer("t", "two", "valence", "made", "a+b", "first", "first", 4000.0, "ann", 1)


def many(one: Answer, right: int, total: int, wrong: str, rater: str = "ann", start: int = 1) -> list[Answer]:
    return [
        replace(
            one, choice=one.target if number < right else wrong, clip=f"c{number}", rater=rater, order=start + number
        )
        for number in range(total)
    ]


def test_shares_have_their_intervals_and_what_luck_would_give() -> None:
    answers = [*many(FIVE, 8, 10, "Sadness"), *many(FIVE, 6, 10, "Surprise", "bo")]

    row = result_tables(answers)["which feeling"]["made, Anger"]

    assert (row["share"], row["n"], row["luck"]) == (0.7, 20.0, 0.4)
    assert (row["low"], row["high"]) == pytest.approx(wilson(14, 20), abs=5e-4)
    assert 0.6 <= row["low r"] < row["high r"] <= 0.8


def test_one_rater_has_no_interval_over_raters() -> None:
    assert "low r" not in result_tables(many(FIVE, 3, 4, "Sadness"))["which feeling"]["made, all"]


def test_what_was_taken_for_what_is_counted_by_kind() -> None:
    answers = [*many(FIVE, 3, 5, "Sadness"), *many(replace(FIVE, kind="human"), 0, 2, "Others", start=6)]

    tables = result_tables(answers)

    assert tables["taken for, made"]["Anger"] == {
        "Happiness": 0.0,
        "Anger": 3.0,
        "Surprise": 0.0,
        "Sadness": 2.0,
        "Others": 0.0,
    }
    assert tables["taken for, human"]["Anger"]["Others"] == 2.0
    assert "taken for, unmoved" not in tables


def test_pairs_are_counted_by_axis_and_kind() -> None:
    aroused = replace(TWO, question="arousal", kind="unmoved")
    table = result_tables([*many(TWO, 16, 23, "second"), *many(aroused, 1, 2, "second", start=50)])["which is higher"]

    assert table["made, valence"]["share"] == table["made, valence"]["luck"] == round(16 / 23, 3)
    assert table["unmoved, arousal"]["share"] == 0.5
    assert set(table) == {"made, valence", "unmoved, arousal"}


@pytest.mark.parametrize(("choice", "share"), [("Anger", 1.0), ("Sadness", 0.0)])
def test_a_repeat_says_how_sure_a_rater_is_and_nothing_else(choice: str, share: float) -> None:
    tables = result_tables([FIVE, replace(FIVE, order=7, choice=choice, repeat=True)])

    assert tables["the same answer again"]["five"]["share"] == share
    assert tables["which feeling"]["made, all"]["n"] == 1.0


def test_a_pair_heard_the_other_way_round_is_the_same_pair() -> None:
    turned = replace(TWO, clip="b+a", target="second", order=5, repeat=True)

    same = result_tables([TWO, replace(turned, choice="second")])["the same answer again"]["two"]
    other = result_tables([TWO, replace(turned, choice="first")])["the same answer again"]["two"]

    assert (same["share"], other["share"]) == (1.0, 0.0)


def test_each_rater_has_a_row() -> None:
    table = result_tables([*many(FIVE, 2, 4, "Sadness"), *many(TWO, 3, 3, "second", "bo")])["raters"]

    assert table["ann"] == {"five": 0.5, "median s": 2.0, "n": 4.0}
    assert table["bo"] == {"two": 1.0, "median s": 4.0, "n": 3.0}


def test_no_answers_make_no_tables() -> None:
    assert result_tables([]) == {}


def test_sizes_are_those_of_the_reference() -> None:
    five, two, widths = size_tables().values()

    assert [five[truth]["answers"] for truth in ("0.6", "0.5", "0.4")] == [10.0, 17.0, 35.0]
    assert two["0.75"] == {"answers": 23.0, "right": 16.0}
    assert (widths["0.05"]["0.8"], widths["0.1"]["0.8"]) == (246.0, 62.0)


def test_files_are_counted_together_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, out = tmp_path / "one.jsonl", tmp_path / "two.jsonl", tmp_path / "out.json"
    one.write_text("".join(answer.line() for answer in many(FIVE, 1, 2, "Sadness")))
    two.write_text("".join(replace(answer, test="u").line() for answer in many(FIVE, 2, 2, "Sadness", "bo")) + "junk\n")

    assert main(["listen-test", "--report", str(one), str(two), "--json", str(out)]) == 0

    shown, told = capsys.readouterr()
    assert "made, Anger" in shown
    assert "junk" not in shown
    assert "left out" in told
    assert "2 tests (t, u)" in told
    assert '"share": 0.75' in out.read_text()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--report"], "name the files"),
        (["a.jsonl"], "name files with --report"),
        (["--report", "none.jsonl"], "cannot be read"),
    ],
)
def test_what_cannot_be_counted_is_told(
    arguments: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["listen-test", *arguments]) == 2
    assert reason in capsys.readouterr().err


def test_sizes_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["listen-test", "--sizes"]) == 0
    assert "246" in capsys.readouterr().out
