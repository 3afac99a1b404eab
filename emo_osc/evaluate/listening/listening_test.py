"""The state of one listening test: each rater's next question, and checks on answers. Knows no HTTP."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from emo_osc.evaluate.listening.answers import Answer
from emo_osc.evaluate.listening.trials import CHOICES, Presentation, Trial, name_of, trial_order

MOST_RATERS = 500
LONGEST_NAME = 40


class RefusalError(ValueError):
    """A submission is refused; the text says why."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An answer as the browser sends it: the question's place (from 1), the choice, milliseconds, and plays."""

    place: int
    choice: str
    ms: float
    plays: int


class ListeningTest:
    """One test and each rater's progress; `known` answers from disk count as given."""

    def __init__(self, trials: Sequence[Trial], known: Iterable[Answer] = ()) -> None:
        self.test = name_of(trials)
        self.clips = frozenset(clip for trial in trials for clip in trial.clips)
        self._trials = tuple(trials)
        self._trial_orders: dict[str, tuple[Presentation, ...]] = {}
        self._answered: dict[str, set[int]] = {}
        for answer in known:
            if answer.test == self.test:
                self._answered.setdefault(answer.rater, set()).add(answer.order)

    def next(self, rater: str) -> dict[str, Any]:
        """The next question for a rater as a JSON object, without the right answer.

        Raises:
            RefusalError: the rater's name is not valid, or there are too many raters.
        """
        shown = self._next(rater)
        total = len(self._trial_order(rater))
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

    def check(self, rater: str, submission: Submission) -> Answer:
        """The answer to write to disk; call `record` once it is written.

        Raises:
            RefusalError: this does not answer the rater's next question.
        """
        shown = self._next(rater)
        if shown is None or submission.place != shown.place:
            raise RefusalError(f"question {submission.place} is not the next one")
        trial = shown.trial
        try:
            return Answer(
                test=self.test,
                form=trial.form,
                question=trial.question,
                kind=trial.kind,
                clip="+".join(shown.clips),
                target=shown.target,
                choice=submission.choice,
                ms=submission.ms,
                rater=rater,
                order=shown.place,
                plays=submission.plays,
                repeat=shown.is_repeat,
            )
        except ValueError as error:
            raise RefusalError(str(error)) from None

    def record(self, answer: Answer) -> None:
        """Count an answer that has been written to disk; `next` then gives the following question."""
        self._answered.setdefault(answer.rater, set()).add(answer.order)

    def _next(self, rater: str) -> Presentation | None:
        done = self._answered.get(rater, set())
        return next((shown for shown in self._trial_order(rater) if shown.place not in done), None)

    def _trial_order(self, rater: str) -> tuple[Presentation, ...]:
        if not rater.strip() or len(rater) > LONGEST_NAME or not rater.isprintable():
            raise RefusalError(f"a name has 1 to {LONGEST_NAME} printable characters")
        if rater not in self._trial_orders:
            if len(self._trial_orders) >= MOST_RATERS:
                raise RefusalError("too many raters")
            self._trial_orders[rater] = trial_order(self._trials, rater)
        return self._trial_orders[rater]
