"""The interface of generators that refine latents, and their latents as text. Imports torch when used."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, runtime_checkable

from emo_osc.core.affect import Affect
from emo_osc.studio.attributes import Tokens, measure
from emo_osc.studio.generators import Composed
from emo_osc.studio.pool.pool import Source

if TYPE_CHECKING:
    from emo_osc.studio.pool.latents import Latent


Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Refinement(Generic[Kind]):
    """What to refine: sources, or their latents, the affect to move them to, and how many melodies to keep."""

    sources: Sequence[Kind]
    affect: Affect
    count: int


class Shaped(Protocol):
    """Has the shape of one melody's latent."""

    tried: int
    """How many sources to refine for each melody."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Such as (17, 16)."""


@runtime_checkable
class Refining(Protocol):
    """A generator whose melodies can start from latents drawn without an affect."""

    @property
    def proposer(self) -> Shaped:
        """What its latents come from."""

    def sources(self, seeds: Sequence[int]) -> "list[Latent]":
        """One latent per seed, without an affect."""

    def refine(self, sources: "Sequence[Latent]", affect: Affect, count: int) -> list[Composed]:
        """The `count` best melodies that sources give for an affect; fast."""

    def refine_each(self, orders: "Sequence[Refinement[Latent]]") -> list[list[Composed]]:
        """As `refine` for each of several orders, in less time than one by one."""

    def again(self, latent: "Latent") -> Tokens:
        """The tokens (256,) that a latent decodes to."""

    def decoded(self, latents: "Sequence[Latent]") -> Tokens:
        """The tokens (N, 256) that N >= 1 latents decode to; slow."""


class Refiner:
    """Adapter of a refining generator that passes latents as text."""

    def __init__(self, generator: Refining) -> None:
        self._generator = generator

    @property
    def tried(self) -> int:
        """How many sources to refine for each melody asked for."""
        return self._generator.proposer.tried

    def draw(self, seeds: Sequence[int]) -> list[Source]:
        """New sources, one per seed, measured before refining."""
        latents = self._generator.sources(seeds)
        melodies = self._generator.decoded(latents)
        return [
            Source(latent.to_text(), latent.seed, measure(melody[None]))
            for latent, melody in zip(latents, melodies, strict=True)
        ]

    def refine(self, sources: Sequence[Source], affect: Affect, count: int) -> list[Composed]:
        """The `count` best melodies for an affect, each with the seed of its source.

        Raises:
            ValueError: a source is of another generator.
        """
        return self._generator.refine(self.latents(sources), affect, count)

    def latents(self, sources: Sequence[Source]) -> "list[Latent]":
        """What sources hold.

        Raises:
            ValueError: one is of another generator.
        """
        return [self._latent(source.text) for source in sources]

    def refine_each(self, orders: Sequence[Refinement[Source]]) -> list[list[Composed]]:
        """As `refine` for each of several orders, in less time than one by one.

        Raises:
            ValueError: a source is of another generator.
        """
        each = [([self._latent(source.text) for source in order.sources], order) for order in orders]
        return self._generator.refine_each([Refinement(all_, order.affect, order.count) for all_, order in each])

    def reads(self, text: str) -> bool:
        """Whether a source's text is one of this generator's."""
        try:
            self._latent(text)
        except ValueError:
            return False
        return True

    def _latent(self, text: str) -> "Latent":
        from emo_osc.studio.pool.latents import Latent  # imports torch, which a refining generator has loaded

        return Latent.from_text(text, self._generator.proposer.shape)
