import json
import logging
from pathlib import Path

import pytest

from emo_osc.errors import EmoOscError
from emo_osc.log import Log, Repeats


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("emo_osc", logging.INFO, "", 0, text, None, None)


def test_lines_go_to_people_and_to_a_file(tmp_path: Path) -> None:
    said: list[str] = []
    log = Log(said.append, tmp_path / "log.jsonl")

    log.tell("midi", "the port 신스 has gone", logging.WARNING)
    log.close()

    (line,) = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert said == ["the port 신스 has gone"]
    assert (line["level"], line["part"], line["text"]) == ("warning", "midi", "the port 신스 has gone")
    assert line["time"].endswith("+00:00")


def test_a_line_that_comes_again_and_again_is_counted() -> None:
    now_s = [0.0]
    repeats = Repeats(lambda: now_s[0])
    told = []
    for tick in range(1000):
        now_s[0] = tick * 0.1
        again = record("late")
        if repeats.filter(again):
            told.append(again.getMessage())

    assert told[0] == "late"
    assert told[1:] == ["late (99 times more before)"] * 9


def test_other_lines_are_not_held_back() -> None:
    repeats = Repeats(lambda: 0.0)

    assert all(repeats.filter(record(f"line {number}")) for number in range(1000))
    assert not repeats.filter(record("line 999"))


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"--log: .*log\.jsonl cannot be written"):
        Log(None, tmp_path / "nowhere" / "log.jsonl")
