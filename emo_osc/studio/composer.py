"""One generator at work: quickly from its pool of sources where it refines, else afresh; around a theme if one is set.

Knows no stage and no file.
"""

from itertools import count
from random import Random, SystemRandom

from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody
from emo_osc.protocol.messages import ComposeBar, Vary
from emo_osc.studio.generators import Composed, Generator
from emo_osc.studio.improvising import Improvising
from emo_osc.studio.pool.pool import Pool, Source
from emo_osc.studio.pool.refining import Refiner, Refining
from emo_osc.studio.variations import near_octave

FEWEST_NOTES = 3  # of a melody to learn: fewer say nothing about what to play around them
AROUND = (0.25, 0.6)  # how far what is composed around a learned melody moves from it
TRIED = 24  # sources refined for each melody asked for
MOST_TRIED = 64
FEWEST = 32  # sources below which there is no choice to speak of
WITHIN = 1.0  # of distance: within tolerance of what the affect asks for
GOES = 2


class Composer:
    """Melodies for affects, never the same ones twice unless a seed says so."""

    def __init__(self, generator: Generator, seed: int | None = None, pool: Pool | None = None) -> None:
        self.pool = Pool() if pool is None else pool  # an empty one is no pool to python
        self._generator = generator
        self._refiner = Refiner(generator) if isinstance(generator, Refining) else None
        self._theme: Melody | None = None
        first = SystemRandom().randrange(1 << 31) if seed is None else seed
        self._seeds, self._luck = count(first), Random(first)
        self._piece = generator.piece(first) if isinstance(generator, Improvising) else None

    @property
    def refines(self) -> bool:
        """Whether it has a use for sources."""
        return self._refiner is not None

    @property
    def is_bare(self) -> bool:
        """Whether it has a use for sources and hardly any of them."""
        return self.refines and len(self.pool) < FEWEST

    @property
    def is_lacking(self) -> bool:
        """Whether it has a use for sources and room for more."""
        return self.refines and not self.pool.is_full

    def answer(self, affect: Affect, amount: int) -> list[Composed]:
        """`amount` >= 1 melodies for an affect as soon as can be, the nearest to its targets first."""
        if self._refiner is None or self._theme is not None or self.is_bare:
            return self._afresh(affect, amount)
        return self._refined(self._refiner, affect, amount)

    def compose(self, affect: Affect, amount: int) -> list[Composed]:
        """The same without haste: where refining did not come near enough, drawn for this very affect."""
        made = self.answer(affect, amount)
        if not self.refines or self._theme is not None or all(each.distance < WITHIN for each in made):
            return made
        return sorted([*made, *self._afresh(affect, amount)], key=lambda each: each.distance)[:amount]

    def vary(self, order: Vary, amount: int) -> list[Composed]:
        """`amount` >= 1 variations of the order's melody."""
        moved = max(0.0, min(1.0, order.amount))
        return self._generator.vary(order.melody, order.latent, order.affect, moved, amount, next(self._seeds))

    @property
    def goes_on(self) -> bool:
        """Whether it can compose bar by bar."""
        return self._piece is not None

    def go_on(self, order: ComposeBar) -> list[Composed]:
        """The bar that was asked for, in an empty phrase; none where the generator makes whole melodies alone."""
        return [self._piece.go_on(order.affect, order.bar, order.tempo_bpm)] if self._piece else []

    def learn(self, melody: Melody | None) -> None:
        """Compose around a melody from now on, or freely.

        Raises:
            ValueError: it has too few notes; what was learned before stays.
        """
        if melody is not None and len(melody.notes) < FEWEST_NOTES:
            raise ValueError(f"{len(melody.notes)} notes are too few to learn from; play {FEWEST_NOTES} or more")
        self._theme = melody

    def draw(self, amount: int) -> list[Source]:
        """Take `amount` >= 1 fresh sources into the pool, where it has a use for them; those."""
        if self._refiner is None:
            return []
        sources = self._refiner.draw([self._luck.getrandbits(62) for _ in range(amount)])
        self.pool.add(sources)
        return sources

    def reads(self, text: str) -> bool:
        """Whether a source's text is one of this generator's."""
        return self._refiner is not None and self._refiner.reads(text)

    def stop_refining(self) -> None:
        """Do without sources from now on."""
        self._refiner = None

    def _afresh(self, affect: Affect, amount: int) -> list[Composed]:
        seed = next(self._seeds)
        if self._theme is None:
            return self._generator.compose(affect, amount, seed)
        theme = near_octave(self._theme, float(self.pool.aim(affect)[1]))
        return self._generator.vary(theme, "", affect, Random(seed).uniform(*AROUND), amount, seed)

    def _refined(self, refiner: Refiner, affect: Affect, amount: int) -> list[Composed]:
        """One quick go; another, from other sources, where the first did not come near enough."""
        made: list[Composed] = []
        for _ in range(GOES):
            made += refiner.refine(self.pool.choose(affect, min(MOST_TRIED, TRIED * amount)), affect, amount)
            if sum(each.distance < WITHIN for each in made) >= amount:
                break
        best = sorted(made, key=lambda each: each.distance)[:amount] if len(made) > amount else made
        for each in best:
            self.pool.spend(each.seed)
        return best
