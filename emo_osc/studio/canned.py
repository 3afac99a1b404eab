"""The `canned` generator: chooses among the melodies that ship with emo_osc. Imports no torch."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import Melody, tiled
from emo_osc.core.small_file import read_small, reason_of
from emo_osc.protocol.message_codec import decode
from emo_osc.protocol.messages import Ready
from emo_osc.studio.generators import Composed

if TYPE_CHECKING:
    from emo_osc.studio.attributes import Aim  # numpy, which is loaded where targets are bent or a melody is varied

SHELF = "shelf.jsonl"
MAX_SHELF_BYTES = 1 << 24  # the shipped one has 0.3 MB
MISS_WEIGHT = 0.25  # weight of the distance from targets against that on the plane, as on the stage's shelf
CANDIDATES = 16  # variations made for each one requested
CHOICE = 8  # a seed chooses among this many nearest melodies


def shelf_path() -> Path | None:
    """The file of shipped melodies, in a wheel or a checkout; None where neither has it."""
    package = Path(str(files("emo_osc")))
    places = (package / "checkpoints" / SHELF, package.parent / "checkpoints" / SHELF)
    return next((place for place in places if place.is_file()), None)


@cache
def read_shelf(path: Path) -> tuple[Ready, ...]:
    """The melodies of a shelf file.

    Raises:
        EmoOscError: the file cannot be read, or holds something else.
    """
    try:
        messages = [decode(line) for line in read_small(path, MAX_SHELF_BYTES).splitlines() if line]
    except OSError as error:
        raise EmoOscError(f"{path}: the shelf cannot be read ({reason_of(error)}); install emo_osc again") from None
    except ValueError as error:
        raise EmoOscError(f"{path}: the shelf cannot be read ({error!s:.200}); install emo_osc again") from None
    return tuple(message for message in messages if isinstance(message, Ready))


class Canned:
    """Chooses melodies near the affect, by seed."""

    name = "canned"
    device = "cpu"

    def __init__(self, melodies: Iterable[Ready], aim: "Aim | None" = None) -> None:
        """`aim` says what an affect asks for, else the formulas do, which the melodies were made for."""
        self._melodies, self._aim = tuple(melodies), aim

    def compose(self, affect: Affect, count: int, seed: int) -> list[Composed]:
        """Up to `count` melodies, nearest first; the same seed gives the same melodies."""
        near = self._nearest(affect, max(count, CHOICE))
        chosen = Random(seed).sample(near, min(count, len(near)))
        return [
            Composed(ready.melody, ready.measured, miss, seed, chords=ready.chords, backing=ready.backing)
            for miss, ready in sorted(chosen, key=lambda each: each[0])
        ]

    def vary(self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int) -> list[Composed]:
        """Variations whose changed bars come from melodies near the affect; `latent` is not used."""
        from emo_osc.studio.attributes import targets
        from emo_osc.studio.variations import exchanged, ranked, unchanged

        source, wanted = tiled(melody), (self._aim or targets)(affect)
        if amount <= 0.0:
            return [unchanged(source, latent, wanted, seed)] * count
        if amount >= 1.0 or not source.notes:
            return self.compose(affect, count, seed)
        others = [ready.melody for _, ready in self._nearest(affect, CHOICE + 1) if ready.melody != source]
        seeds = [Random(f"{seed} {index}").getrandbits(62) for index in range(CANDIDATES * count)]
        varied = [exchanged(source, others[child % len(others)], amount, Random(child)) for child in seeds]
        return ranked(varied, seeds, source, wanted, amount)[:count]

    def _nearest(self, affect: Affect, count: int) -> list[tuple[float, Ready]]:
        """The melodies that lie nearest, each with how far, the nearest first."""
        fars = [
            ready.affect.distance(affect) + MISS_WEIGHT * max(0.0, ready.distance + bent)
            for ready, bent in zip(self._melodies, self._bends(affect), strict=True)
        ]
        return sorted(zip(fars, self._melodies, strict=True), key=lambda each: each[0])[:count]

    def _bends(self, affect: Affect) -> list[float]:
        """How much farther each melody lies from what is asked for now than from the formulas, in tolerances."""
        if self._aim is None:
            return [0.0] * len(self._melodies)
        from emo_osc.studio.attributes import distances, measures_of, targets

        measured = measures_of(ready.measured for ready in self._melodies)
        bent: list[float] = (distances(measured, self._aim(affect)) - distances(measured, targets(affect))).tolist()
        return bent


def build(section: GeneratorSection, aim: "Aim | None" = None) -> Canned:
    """The canned generator over the shipped melodies, or over the shelf file that `generator.checkpoint` names.

    `aim` says what an affect asks for, else the formulas do.

    Raises:
        EmoOscError: there is no such file.
    """
    path = Path(section.checkpoint) if section.checkpoint else shelf_path()
    if path is None:
        raise EmoOscError(f"generator: checkpoints/{SHELF} is missing; install emo_osc again")
    return Canned(read_shelf(path), aim)
