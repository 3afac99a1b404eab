"""Answers of raters on disk: one JSON object a line."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from math import isfinite
from pathlib import Path
from typing import BinaryIO

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.listening.trials import CHOICES, KINDS, QUESTIONS

MOST_MS = 24 * 3600 * 1000.0
MOST_PLAYS = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """One rater's answer to one trial.

    `clip` is the hash of the clip, or two hashes joined by `+` in playing order; `target` the right choice; `order` the
    trial's place, from 1; `ms` the time from the first sound to the answer, 0 to one day; `plays` how often clips were
    started, 0 to 10,000; `test` the name of the test.

    Raises:
        ValueError: a value is out of range or unknown.
    """

    test: str
    form: str
    question: str
    kind: str
    clip: str
    target: str
    choice: str
    ms: float
    rater: str
    order: int
    plays: int = 1
    repeat: bool = False

    def __post_init__(self) -> None:
        if self.form not in CHOICES or self.kind not in KINDS or self.question not in QUESTIONS:
            raise ValueError(f"no such trial: {self.form!r}, {self.kind!r}, {self.question!r}")
        if not {self.target, self.choice} <= set(CHOICES[self.form]):
            raise ValueError(f"{self.choice!r} for {self.target!r} is no answer to {self.form}")
        if not isinstance(self.ms, int | float) or not isfinite(self.ms) or not 0 <= self.ms <= MOST_MS:
            raise ValueError(f"ms: {self.ms!r}")
        if not isinstance(self.order, int) or self.order < 1 or not isinstance(self.rater, str) or not self.rater:
            raise ValueError(f"rater and order: {self.rater!r}, {self.order!r}")
        if not isinstance(self.plays, int) or not 0 <= self.plays <= MOST_PLAYS or not isinstance(self.repeat, bool):
            raise ValueError(f"plays and repeat: {self.plays!r}, {self.repeat!r}")

    @property
    def is_right(self) -> bool:
        """Whether the choice is the target."""
        return self.choice == self.target

    def line(self) -> str:
        """The answer as a line of JSON, with its line end."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"

    @classmethod
    def of_line(cls, line: str) -> "Answer":
        """Parse a line of the file.

        Raises:
            ValueError: the line is not an answer.
        """
        values = json.loads(line)
        names = {field.name for field in fields(cls)}
        if not isinstance(values, dict) or not names - {"plays", "repeat"} <= values.keys():
            raise ValueError("not an answer")
        return cls(**{name: values[name] for name in values.keys() & names})


class AnswerFile:
    """A file that answers are appended to; each line is synced to disk before the next question is shown."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab+") as file:
                _end_line(file)
        except OSError as error:
            raise EmoOscError(f"{path}: cannot be written ({error.strerror}); choose another with --out") from None

    def append(self, answer: Answer) -> None:
        """Append an answer and sync it to disk.

        Raises:
            OSError: the file cannot be written.
        """
        with self.path.open("ab") as file:
            file.write(answer.line().encode())
            file.flush()
            os.fsync(file.fileno())


def read_answers(paths: Sequence[Path], report: Callable[[str], None]) -> list[Answer]:
    """The answers of all files; of several by one rater to one trial the first counts.

    `report` is called with a line for each line that is not an answer.

    Raises:
        EmoOscError: a file cannot be opened.
    """
    found: dict[tuple[str, str, int], Answer] = {}
    for path in paths:
        try:
            lines = path.read_bytes().split(b"\n")
        except OSError as error:
            raise EmoOscError(f"{path}: cannot be read ({error.strerror}); name a file of answers") from None
        for answer in _read(path, lines, report):
            found.setdefault((answer.test, answer.rater, answer.order), answer)
    return list(found.values())


def _read(path: Path, lines: Iterable[bytes], report: Callable[[str], None]) -> Iterable[Answer]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield Answer.of_line(line.decode())
        except (ValueError, TypeError) as error:
            report(f"left out: {path}, line {number}: {error}")


def _end_line(file: BinaryIO) -> None:
    """End an incomplete last line, left by a crash, so that the next answer starts on a line of its own."""
    if file.seek(0, os.SEEK_END):
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.write(b"\n")
