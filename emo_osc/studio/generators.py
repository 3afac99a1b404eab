"""Generators by name: what may compose, and what each must offer. Imports no torch until one is built."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from emo_osc.config.generators import find
from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody, Note
from emo_osc.protocol.messages import Measured

if TYPE_CHECKING:
    from emo_osc.studio.aims import Aims


@dataclass(frozen=True, slots=True)
class Composed:
    """A melody made for an affect, with what was measured on its notes and how far that lies from the targets.

    `distance` >= 0, 0 is exact; `seed` makes it again; `latent` is what it was decoded from, as text only its generator
    reads, empty where there is none; `chords` fit the melody, and the `backing` accompanies it, as `messages.Ready` has
    them.
    """

    melody: Melody
    measured: Measured
    distance: float
    seed: int
    latent: str = ""
    chords: tuple[int, ...] = ()
    backing: tuple[Note, ...] = ()


class Generator(Protocol):
    """Whatever composes melodies for an affect."""

    @property
    def name(self) -> str:
        """The generator's name in `GENERATORS`."""

    @property
    def device(self) -> str:
        """What it runs on: `cpu`, `cuda`, `mps`."""

    def compose(self, affect: Affect, count: int, seed: int) -> list[Composed]:
        """`count` >= 1 melodies, the nearest to the affect's targets first; same seed, same melodies."""

    def vary(self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int) -> list[Composed]:
        """`count` >= 1 variations of a melody of 1..16 bars, moved towards an affect; same seed, same variations.

        `amount` in [0, 1]: 0 is the same, 1 a stranger; between, the melody keeps its form and about as many of its
        bars as `amount` leaves. `latent` is the melody's own, or empty.
        """


def build(section: GeneratorSection, aim: "Aims | None" = None) -> Generator:
    """The generator a preset names, loaded and ready; `aim` says what an affect asks for, else the formulas do.

    Raises:
        EmoOscError: there is no such generator, or it cannot be loaded.
    """
    module, function = find(section.name).split(":")
    more = {"aim": aim} if aim else {}
    return cast(Generator, getattr(import_module(module), function)(section, **more))
