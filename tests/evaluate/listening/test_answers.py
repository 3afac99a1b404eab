"""Answers: a line each, there and back; files together, each answer once; broken lines told and passed over."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.listening.answers import Answer, AnswerFile, read_answers

SAD = Answer("t1", "five", "feeling", "made", "abc", "Sadness", "Anger", 1234.5, "민수", 3)


def test_an_answer_is_a_line_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "answers.jsonl"
    file = AnswerFile(path)

    file.append(SAD)
    file.append(replace(SAD, order=4, repeat=True))

    assert read_answers([path], print) == [SAD, replace(SAD, order=4, repeat=True)]
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert {"clip", "target", "choice", "ms", "rater", "order"} <= first.keys()
    assert (first["clip"], first["rater"], first["ms"]) == ("abc", "민수", 1234.5)


def test_what_somebody_said_elsewhere_counts_too_and_once(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    other = replace(SAD, rater="ann", choice="Sadness")
    one.write_text(SAD.line())
    two.write_text(replace(SAD, choice="Sadness").line() + other.line())

    assert read_answers([one, two], print) == [SAD, other]
    assert [answer.is_right for answer in read_answers([two, one], print)] == [True, True]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "{}",
        SAD.line().replace("1234.5", "NaN"),
        SAD.line().replace("1234.5", '"soon"'),
        SAD.line().replace("Anger", "Boredom"),
        SAD.line().replace('"made"', '"found"'),
        SAD.line().replace('"order": 3', '"order": 0'),
        SAD.line().replace('"order": 3', '"order": "3"'),
        SAD.line().replace("민수", ""),
        SAD.line().replace('"plays": 1', '"plays": -1'),
        SAD.line().replace('"repeat": false', '"repeat": 0'),
    ],
)
def test_a_line_that_is_no_answer_is_told_and_passed_over(tmp_path: Path, line: str) -> None:
    path, told = tmp_path / "answers.jsonl", list[str]()
    path.write_text(line.rstrip("\n") + "\n\n" + SAD.line(), encoding="utf-8")

    assert read_answers([path], told.append) == [SAD]
    assert [text.split(":")[0] for text in told] == ["left out"]
    assert "line 1" in told[0]


def test_bytes_that_are_no_text_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b"\xff\xfe\n" + SAD.line().encode())

    assert read_answers([path], lambda _: None) == [SAD]


def test_half_a_line_left_by_a_crash_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text(SAD.line() + SAD.line()[:40], encoding="utf-8")

    AnswerFile(path).append(replace(SAD, order=9))

    assert [answer.order for answer in read_answers([path], lambda _: None)] == [3, 9]


def test_files_that_cannot_be_had_are_told(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match="name a file of answers"):
        read_answers([tmp_path / "none.jsonl"], print)
    with pytest.raises(EmoOscError, match="choose another with --out"):
        AnswerFile(tmp_path)
