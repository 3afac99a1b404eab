"""What raters are asked: clips with what is meant by them, and the order in which one rater hears them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random

FIVE, TWO = "five", "two"
CHOICES = {FIVE: ("Happiness", "Anger", "Surprise", "Sadness", "Others"), TWO: ("first", "second")}
"""Form -> what may be answered, in the order in which it is shown. The five are those of Yoon et al."""

QUESTIONS = ("feeling", "valence", "arousal")
KINDS = ("made", "unmoved", "human")
REPEAT_GAP = 3  # trials at least between a trial and its repeat, where there are so many


@dataclass(frozen=True, slots=True)
class Trial:
    """One question: which feeling is it (`five`), or which of two is higher on an axis (`two`).

    `clips` are hashes of what sounds: one, or the lower and the higher. `target` is the feeling that was meant; of two
    it is always the higher. `kind`: *made* for the target; *unmoved*, the same latent as it was drawn; *human*.

    Raises:
        ValueError: form, question, kind, target and clips do not go together.
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
class Shown:
    """A trial as one rater meets it: at which place, its clips in the order of hearing, and whether it was met before.

    `target` is the right one of the form's choices.
    """

    place: int
    trial: Trial
    clips: tuple[str, ...]
    target: str
    is_repeat: bool = False


def name_of(trials: Sequence[Trial]) -> str:
    """A name for a test that only the same trials have: answers of different tests are not counted together by chance.

    >>> name_of([Trial("five", "feeling", "made", ("abc",), "Anger")])
    'bd156c99'
    """
    return sha256(repr(sorted(map(repr, trials))).encode()).hexdigest()[:8]


def sitting(trials: Sequence[Trial], rater: str) -> tuple[Shown, ...]:
    """The trials in one rater's own order, always the same: first all pairs, then all feelings, each with one repeat.

    Pairs come first since they are the easier question, and since five names would colour it.
    """
    shown: list[Shown] = []
    for form in (TWO, FIVE):
        luck = Random(f"{name_of(trials)} {form} {rater}")
        some = [trial for trial in trials if trial.form == form]
        luck.shuffle(some)
        for trial, is_repeat in _with_repeat(some, luck):
            shown.append(_shown(len(shown) + 1, trial, is_repeat, luck))
    return tuple(shown)


def _with_repeat(trials: list[Trial], luck: Random) -> list[tuple[Trial, bool]]:
    """One of the made ones comes twice, the second time some way after the first."""
    order = [(trial, False) for trial in trials]
    made = [place for place, trial in enumerate(trials) if trial.kind == "made"]
    if not made:
        return order
    early = [place for place in made if place + REPEAT_GAP < len(trials)] or made[:1]
    first = luck.choice(early)
    order.insert(luck.randint(min(first + REPEAT_GAP + 1, len(order)), len(order)), (trials[first], True))
    return order


def _shown(place: int, trial: Trial, is_repeat: bool, luck: Random) -> Shown:
    if trial.form == FIVE:
        return Shown(place, trial, trial.clips, trial.target, is_repeat)
    is_higher_first = luck.random() < 0.5
    clips = trial.clips[::-1] if is_higher_first else trial.clips
    return Shown(place, trial, clips, CHOICES[TWO][0 if is_higher_first else 1], is_repeat)
