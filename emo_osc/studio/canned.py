"""The torch-free generator: it chooses among the melodies that ship with emo_osc."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import Melody, tiled
from emo_osc.core.small_file import read_small, reason_of
from emo_osc.protocol.message_codec import decode
from emo_osc.protocol.messages import Ready
from emo_osc.studio.generators import Composed

SHELF = "shelf.jsonl"
MAX_SHELF_BYTES = 1 << 24  # the shipped one has 0.3 MB
MISS_WEIGHT = 0.25  # a melody's own miss of its targets beside its distance on the plane, as on the stage's shelf
CANDIDATES = 16  # variations made for each that is asked for
CHOICE = 8  # among how many of the nearest a seed chooses


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
    """Chooses among melodies that are ready: near the affect, by seed."""

    name = "canned"
    device = "cpu"

    def __init__(self, melodies: Iterable[Ready]) -> None:
        self._melodies = tuple(melodies)

    def compose(self, affect: Affect, count: int, seed: int) -> list[Composed]:
        """`count` melodies, the nearest first; fewer where fewer are there. Same seed, same melodies."""
        near = self._nearest(affect, max(count, CHOICE))
        chosen = Random(seed).sample(near, min(count, len(near)))
        return [
            Composed(
                ready.melody, ready.measured, _miss(ready, affect), seed, chords=ready.chords, backing=ready.backing
            )
            for ready in sorted(chosen, key=lambda ready: _miss(ready, affect))
        ]

    def vary(self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int) -> list[Composed]:
        """Variations that take the bars that move from melodies near the affect; `latent` plays no part."""
        from emo_osc.studio.attributes import targets
        from emo_osc.studio.variations import exchanged, ranked, unchanged  # numpy; whoever only reads shelves has none

        source = tiled(melody)
        if amount <= 0.0:
            return [unchanged(source, latent, targets(affect), seed)] * count
        if amount >= 1.0 or not source.notes:
            return self.compose(affect, count, seed)
        others = [ready.melody for ready in self._nearest(affect, CHOICE + 1) if ready.melody != source]
        seeds = [Random(f"{seed} {index}").getrandbits(62) for index in range(CANDIDATES * count)]
        varied = [exchanged(source, others[child % len(others)], amount, Random(child)) for child in seeds]
        return ranked(varied, seeds, source, targets(affect), amount)[:count]

    def _nearest(self, affect: Affect, count: int) -> list[Ready]:
        return sorted(self._melodies, key=lambda ready: _miss(ready, affect))[:count]


def build(section: GeneratorSection) -> Canned:
    """The canned generator over the shipped melodies, or over the shelf file that `generator.checkpoint` names.

    Raises:
        EmoOscError: there is no such file.
    """
    path = Path(section.checkpoint) if section.checkpoint else shelf_path()
    if path is None:
        raise EmoOscError(f"generator: checkpoints/{SHELF} is missing; install emo_osc again")
    return Canned(read_shelf(path))


def _miss(ready: Ready, affect: Affect) -> float:
    return ready.affect.distance(affect) + MISS_WEIGHT * ready.distance
