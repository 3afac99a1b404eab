"""The interface of generators, and building one by name. Imports no torch until one is built."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from emo_osc.config.generators import find
from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody, Note
from emo_osc.protocol.messages import Measured

if TYPE_CHECKING:
    from emo_osc.studio.aims import Aims
    from emo_osc.studio.pool.latents import Latent


@dataclass(frozen=True, slots=True)
class Composed:
    """A melody made for an affect, with the measures of its notes and their distance from the targets.

    `distance` >= 0, in tolerances; `seed` reproduces it; `latent` is its latent as text in the generator's format, or
    empty; `chords` and `backing` as in `messages.Ready`.
    """

    melody: Melody
    measured: Measured
    distance: float
    seed: int
    latent: str = ""
    chords: tuple[int, ...] = ()
    backing: tuple[Note, ...] = ()


class Generator(Protocol):
    """Composes melodies for an affect."""

    @property
    def name(self) -> str:
        """The generator's name in `GENERATORS`."""

    @property
    def device(self) -> str:
        """The torch device: `cpu`, `cuda`, `mps`."""

    def compose(self, affect: Affect, count: int, seed: int) -> list[Composed]:
        """`count` >= 1 melodies, nearest to the targets first; the same seed gives the same melodies."""

    def vary(self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int) -> list[Composed]:
        """`count` >= 1 variations of a melody of 1..16 bars, moved towards an affect; same seed, same variations.

        `amount` in [0, 1]: 0 gives the melody itself, 1 an unrelated one; between, the form and about 1 - `amount` of
        the bars are kept. `latent` is the melody's own, or empty.
        """


@runtime_checkable
class Recomposing(Protocol):
    """A generator that may be able to go on from what sounded."""

    @property
    def can_recompose(self) -> bool:
        """Whether its weights can."""

    def recompose(self, melody: Melody, step: int, affect: Affect, sources: "Sequence[Latent]", seed: int) -> Composed:
        """A melody of sixteen new bars that enters at a 16th 0..255 of one that sounds, and continues it.

        It is made from one of the sources, from some that the seed draws where there are none.
        """


def build(section: GeneratorSection, aim: "Aims | None" = None) -> Generator:
    """Load the generator that a preset names; `aim` gives the targets of an affect, by default the formulas.

    Raises:
        EmoOscError: the generator is unknown, or cannot be loaded.
    """
    module, function = find(section.name).split(":")
    more = {"aim": aim} if aim else {}
    return cast(Generator, getattr(import_module(module), function)(section, **more))
