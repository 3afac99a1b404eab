"""Composes with one generator: from its pool of sources, without one from new draws, or as variations of a theme.

Knows no stage and no file.
"""

from itertools import count
from random import Random, SystemRandom

from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody
from emo_osc.protocol.messages import ComposeBar, ComposeRequest, Recompose, Vary
from emo_osc.studio.bar_streaming import AtOnce, BarStreaming, Stepwise
from emo_osc.studio.generators import Composed, Generator, Recomposing
from emo_osc.studio.interruption import Steps, finished
from emo_osc.studio.pool.pool import Pool, Source
from emo_osc.studio.pool.refining import Refiner, Refining
from emo_osc.studio.variations import near_octave

FEWEST_NOTES = 3  # least notes of a melody to learn
AROUND = (0.25, 0.6)  # range of the amount of variation around a learned melody
MOST_SOURCES = 64
FEWEST_SOURCES = 32  # below this the pool gives too little choice
WITHIN = 1.0  # distance within the tolerances of the targets
PASSES = 2


class Composer:
    """Composes melodies for affects; with a seed the same ones in the same order, else new ones every time."""

    def __init__(self, generator: Generator, seed: int | None = None, pool: Pool | None = None) -> None:
        self.pool = Pool() if pool is None else pool  # an empty pool is falsy
        self._generator = generator
        self._refiner = Refiner(generator) if isinstance(generator, Refining) else None
        self._theme: Melody | None = None
        first = SystemRandom().randrange(1 << 31) if seed is None else seed
        self._seeds, self._rng = count(first), Random(first)
        self._stream = generator.bar_stream(first) if isinstance(generator, BarStreaming) else None
        self._steps = generator if isinstance(generator, Stepwise) else AtOnce(generator)

    @property
    def refines(self) -> bool:
        """Whether the generator refines sources."""
        return self._refiner is not None

    @property
    def has_few_sources(self) -> bool:
        """Whether the generator refines and the pool holds fewer than `FEWEST_SOURCES`."""
        return self.refines and len(self.pool) < FEWEST_SOURCES

    @property
    def has_room(self) -> bool:
        """Whether the generator refines and the pool is not full."""
        return self.refines and not self.pool.is_full

    def answer(self, affect: Affect, amount: int) -> list[Composed]:
        """`amount` >= 1 melodies for an affect as fast as possible, nearest to its targets first."""
        if self._refiner is None or self._theme is not None or self.has_few_sources:
            return self._compose_new(affect, amount)
        return self._refined(self._refiner, affect, amount)

    def compose(self, affect: Affect, amount: int) -> list[Composed]:
        """As `answer`, but slower: where refining misses the tolerances, melodies are also drawn for the affect."""
        made = self.answer(affect, amount)
        if not self.refines or self._theme is not None or all(each.distance < WITHIN for each in made):
            return made
        return sorted([*made, *self._compose_new(affect, amount)], key=lambda each: each.distance)[:amount]

    def vary(self, request: Vary, amount: int) -> list[Composed]:
        """`amount` >= 1 variations of the request's melody."""
        return finished(self.in_steps(request, amount))

    @property
    def goes_in_steps(self) -> bool:
        """Whether melodies take so long that `in_steps` lets other requests be served meanwhile."""
        return isinstance(self._generator, Stepwise)

    def in_steps(self, request: ComposeRequest | Vary, amount: int) -> Steps[list[Composed]]:
        """`amount` >= 1 melodies for a request, in steps."""
        if isinstance(request, ComposeRequest):
            return self._new_in_steps(request.affect, amount)
        moved, seed = max(0.0, min(1.0, request.amount)), next(self._seeds)
        return self._steps.vary_in_steps(request.melody, request.latent, request.affect, moved, amount, seed)

    @property
    def recomposes(self) -> bool:
        """Whether the generator can go on from what sounds."""
        return isinstance(self._generator, Recomposing) and self._generator.can_recompose

    def recompose(self, request: Recompose) -> list[Composed]:
        """A melody that continues the request's; around a learned melody, and where that is impossible, any melody."""
        generator = self._generator
        if not self.recomposes or not isinstance(generator, Recomposing) or self._theme is not None:
            return self.answer(request.affect, 1)
        refiner, count = self._refiner, 0 if self.has_few_sources else MOST_SOURCES
        chosen = self.pool.choose(request.affect, min(count, refiner.tried)) if refiner else []
        sources = refiner.latents(chosen) if refiner else []
        made = generator.recompose(request.melody, request.step, request.affect, sources, next(self._seeds))
        self.pool.spend(made.seed)
        return [made]

    @property
    def streams_bars(self) -> bool:
        """Whether the generator can compose bar by bar."""
        return self._stream is not None

    def go_on(self, request: ComposeBar) -> list[Composed]:
        """The requested bar in an empty phrase; an empty list where the generator cannot compose bar by bar."""
        return [self._stream.go_on(request.affect, request.bar, request.tempo_bpm)] if self._stream else []

    def learn(self, melody: Melody | None) -> None:
        """Compose variations of a melody from now on; None ends it.

        Raises:
            ValueError: the melody has too few notes; the previous one stays.
        """
        if melody is not None and len(melody.notes) < FEWEST_NOTES:
            raise ValueError(f"{len(melody.notes)} notes are too few to learn from; play {FEWEST_NOTES} or more")
        self._theme = melody

    def draw(self, amount: int) -> list[Source]:
        """Draw `amount` >= 1 sources into the pool and return them; nothing where the generator does not refine."""
        if self._refiner is None:
            return []
        sources = self._refiner.draw([self._rng.getrandbits(62) for _ in range(amount)])
        self.pool.add(sources)
        return sources

    def reads(self, text: str) -> bool:
        """Whether the generator can parse a source's text."""
        return self._refiner is not None and self._refiner.reads(text)

    def stop_refining(self) -> None:
        """Stop using sources."""
        self._refiner = None

    def _compose_new(self, affect: Affect, amount: int) -> list[Composed]:
        return finished(self._new_in_steps(affect, amount))

    def _new_in_steps(self, affect: Affect, amount: int) -> Steps[list[Composed]]:
        seed = next(self._seeds)
        if self._theme is None:
            return self._steps.compose_in_steps(affect, amount, seed)
        theme = near_octave(self._theme, float(self.pool.aim(affect)[1]))
        return self._steps.vary_in_steps(theme, "", affect, Random(seed).uniform(*AROUND), amount, seed)

    def _refined(self, refiner: Refiner, affect: Affect, amount: int) -> list[Composed]:
        """Refine sources; where too few are within tolerance, refine others once more."""
        made: list[Composed] = []
        for _ in range(PASSES):
            made += refiner.refine(self.pool.choose(affect, min(MOST_SOURCES, refiner.tried * amount)), affect, amount)
            if sum(each.distance < WITHIN for each in made) >= amount:
                break
        best = sorted(made, key=lambda each: each.distance)[:amount] if len(made) > amount else made
        for each in best:
            self.pool.spend(each.seed)
        return best
