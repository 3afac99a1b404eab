"""The trials of a listening test, and the order in which each rater gets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random

FIVE, TWO = "five", "two"
CHOICES = {FIVE: ("Happiness", "Anger", "Surprise", "Sadness", "Others"), TWO: ("first", "second")}
"""Form -> possible answers in the order shown. The five emotions are those of Yoon et al."""

QUESTIONS = ("feeling", "valence", "arousal")
KINDS = ("made", "unmoved", "human")
REPEAT_GAP = 3  # fewest trials between a trial and its repeat, where there are enough


@dataclass(frozen=True, slots=True)
class Trial:
    """One question: which emotion a clip expresses (`five`), or which of two is higher on an axis (`two`).

    `clips` are hashes: one, or the lower and the higher. `target` is the intended emotion, empty for `two`, where the
    higher is right. `kind`: *made* for the target; *unmoved*, the same latent as it was drawn; *human*.

    Raises:
        ValueError: form, question, kind, target and clips do not match.
    """

    form: str
    question: str
    kind: str
    clips: tuple[str, ...]
    target: str = ""

    def __post_init__(self) -> None:
        is_five = self.form == FIVE
        if self.form not in CHOICES or self.kind not in KINDS or self.question not in QUESTIONS:
            raise ValueError(f"no such trial: {self.form} {self.kind} {self.question}")
        if len(self.clips) != (1 if is_five else 2) or (self.question == "feeling") != is_five:
            raise ValueError(f"{self.form}: {len(self.clips)} clips and the question of {self.question}")
        if (self.target in CHOICES[FIVE]) != is_five:
            raise ValueError(f"{self.form}: {self.target!r} is no target")


@dataclass(frozen=True, slots=True)
class Presentation:
    """A trial as one rater gets it: its place from 1, its clips in playing order, and whether it is a repeat.

    `target` is the right choice.
    """

    place: int
    trial: Trial
    clips: tuple[str, ...]
    target: str
    is_repeat: bool = False


def name_of(trials: Sequence[Trial]) -> str:
    """A name for a test, a hash of its trials, which keeps answers of different tests apart.

    >>> name_of([Trial("five", "feeling", "made", ("abc",), "Anger")])
    'bd156c99'
    """
    return sha256(repr(sorted(map(repr, trials))).encode()).hexdigest()[:8]


def trial_order(trials: Sequence[Trial], rater: str) -> tuple[Presentation, ...]:
    """The trials in the order of one rater, the same at every call: pairs, then emotions, each form with one repeat.

    Pairs come first: they are easier, and the five emotion names would bias them.
    """
    shown: list[Presentation] = []
    for form in (TWO, FIVE):
        rng = Random(f"{name_of(trials)} {form} {rater}")
        some = [trial for trial in trials if trial.form == form]
        rng.shuffle(some)
        for trial, is_repeat in _with_repeat(some, rng):
            shown.append(_shown(len(shown) + 1, trial, is_repeat, rng))
    return tuple(shown)


def _with_repeat(trials: list[Trial], rng: Random) -> list[tuple[Trial, bool]]:
    """The trials and whether each is a repeat; one *made* trial is repeated, `REPEAT_GAP` trials later or more."""
    order = [(trial, False) for trial in trials]
    made = [place for place, trial in enumerate(trials) if trial.kind == "made"]
    if not made:
        return order
    early = [place for place in made if place + REPEAT_GAP < len(trials)] or made[:1]
    first = rng.choice(early)
    order.insert(rng.randint(min(first + REPEAT_GAP + 1, len(order)), len(order)), (trials[first], True))
    return order


def _shown(place: int, trial: Trial, is_repeat: bool, rng: Random) -> Presentation:
    if trial.form == FIVE:
        return Presentation(place, trial, trial.clips, trial.target, is_repeat)
    is_higher_first = rng.random() < 0.5
    clips = trial.clips[::-1] if is_higher_first else trial.clips
    return Presentation(place, trial, clips, CHOICES[TWO][0 if is_higher_first else 1], is_repeat)
