"""Where raters stand: which question comes next, and whether an answer is one. Knows no browser and no network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from emo_osc.evaluate.listening.answers import Answer
from emo_osc.evaluate.listening.trials import CHOICES, Shown, Trial, name_of, sitting

MOST_RATERS = 500
LONGEST_NAME = 40


class RefusalError(ValueError):
    """What a browser sent cannot be taken: the reason, for whoever reads the log."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a browser says was answered: to the question at that place (from 1), after so many ms and plays."""

    place: int
    choice: str
    ms: float
    plays: int


class Desk:
    """One test, and what each rater has answered so far; answers that were written down before count."""

    def __init__(self, trials: Sequence[Trial], known: Iterable[Answer] = ()) -> None:
        self.test = name_of(trials)
        self.clips = frozenset(clip for trial in trials for clip in trial.clips)
        self._trials = tuple(trials)
        self._sittings: dict[str, tuple[Shown, ...]] = {}
        self._answered: dict[str, set[int]] = {}
        for answer in known:
            if answer.test == self.test:
                self._answered.setdefault(answer.rater, set()).add(answer.order)

    def next(self, rater: str) -> dict[str, Any]:
        """The next question for a rater, with nothing in it that says what is meant.

        Raises:
            RefusalError: that is no name, or there are too many raters.
        """
        shown = self._next(rater)
        total = len(self._sitting(rater))
        if shown is None:
            return {"is_done": True, "total": total}
        return {
            "is_done": False,
            "place": shown.place,
            "total": total,
            "form": shown.trial.form,
            "question": shown.trial.question,
            "choices": CHOICES[shown.trial.form],
            "clips": [f"/clips/{clip}.wav" for clip in shown.clips],
        }

    def taken(self, rater: str, given: Given) -> Answer:
        """What is to be written down; it is `answered` once it is.

        Raises:
            RefusalError: it is no answer to this rater's next question.
        """
        shown = self._next(rater)
        if shown is None or given.place != shown.place:
            raise RefusalError(f"question {given.place} is not the next one")
        trial = shown.trial
        try:
            return Answer(
                test=self.test,
                form=trial.form,
                question=trial.question,
                kind=trial.kind,
                clip="+".join(shown.clips),
                target=shown.target,
                choice=given.choice,
                ms=given.ms,
                rater=rater,
                order=shown.place,
                plays=given.plays,
                repeat=shown.is_repeat,
            )
        except ValueError as error:
            raise RefusalError(str(error)) from None

    def answered(self, answer: Answer) -> None:
        """An answer is on the disk: the next question may come."""
        self._answered.setdefault(answer.rater, set()).add(answer.order)

    def _next(self, rater: str) -> Shown | None:
        done = self._answered.get(rater, set())
        return next((shown for shown in self._sitting(rater) if shown.place not in done), None)

    def _sitting(self, rater: str) -> tuple[Shown, ...]:
        if not rater.strip() or len(rater) > LONGEST_NAME or not rater.isprintable():
            raise RefusalError(f"a name has 1 to {LONGEST_NAME} letters")
        if rater not in self._sittings:
            if len(self._sittings) >= MOST_RATERS:
                raise RefusalError("too many raters")
            self._sittings[rater] = sitting(self._trials, rater)
        return self._sittings[rater]
