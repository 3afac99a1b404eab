"""Does orders of many stages with one generator. Knows no network; one thread calls it at a time.

With a seed an order's melodies are those of a local studio: `compose`, `vary` and `recompose` of the generator by that
seed. Without one, melodies are refined from a pool of sources that all stages share, those of a batch decoded together.
"""

from collections.abc import Sequence
from itertools import count
from random import SystemRandom

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Reference
from emo_osc.protocol.farm_wire import About, Order
from emo_osc.protocol.messages import ComposeRequest, Ready, Recompose, Vary
from emo_osc.studio.aims import Aims
from emo_osc.studio.composer import FEWEST_SOURCES, MOST_SOURCES
from emo_osc.studio.generators import Composed, Generator, Recomposing, build
from emo_osc.studio.pool.maker_key import maker_of
from emo_osc.studio.pool.pool import Pool, Source
from emo_osc.studio.pool.refining import Refinement, Refiner, Refining

DRAWN_AT_ONCE = 8
BATCH = 8
"""Orders that are done together, at most."""
Done = list[Ready] | str
"""The melodies of an order, or why it failed."""


class _OrdersAims(Aims):
    """What the order at work asks for."""

    def follow(self, order: Order) -> None:
        self.is_locked = order.is_locked
        self.bend(order.targets.references, order.targets.density)


class Maker:
    """A generator, its pool, and the melodies that orders get."""

    def __init__(self, section: GeneratorSection) -> None:
        """Loads the generator, and draws what it takes to do several orders together.

        Raises:
            EmoOscError: it cannot be loaded.
        """
        self._aims = _OrdersAims()
        section = section.repeatable()  # one precision, with seeds and without
        self._generator: Generator = build(section, self._aims)
        self._refiner = Refiner(self._generator) if isinstance(self._generator, Refining) else None
        self._pool = Pool(aim=self._aims)
        self._seeds = count(SystemRandom().randrange(1 << 31))
        generator = self._generator
        recomposes = isinstance(generator, Recomposing) and generator.can_recompose
        self.about = About(generator.name, generator.device, maker_of(section), recomposes)
        while self.has_room and self.drawn < FEWEST_SOURCES:  # later, orders without a rest would leave no time
            self.draw()

    @property
    def has_room(self) -> bool:
        """Whether the pool takes more sources."""
        return self._refiner is not None and not self._pool.is_full

    @property
    def drawn(self) -> int:
        """How many sources the pool holds."""
        return len(self._pool)

    def draw(self) -> None:
        """Draw some sources into the pool, which nobody waits for."""
        if self._refiner is not None:
            seeds = [SystemRandom().getrandbits(62) for _ in range(DRAWN_AT_ONCE)]
            self._pool.add(self._refiner.draw(seeds))

    def make(self, orders: Sequence[Order]) -> list[Done]:
        """What each of several orders gets; one that fails does not harm the others."""
        done: dict[int, Done] = {}
        for places in self._groups(orders):
            done |= self._together(orders, places)
        for place, order in enumerate(orders):
            if place not in done:
                done[place] = self._alone(order)
        return [done[place] for place in range(len(orders))]

    def _groups(self, orders: Sequence[Order]) -> list[list[int]]:
        """Places of orders that can be refined together: without a seed, and with the same targets."""
        if len(self._pool) < FEWEST_SOURCES or self._refiner is None:
            return []
        groups: dict[tuple[tuple[Reference, ...], float, bool], list[int]] = {}
        for place, order in enumerate(orders):
            if order.seed is None and isinstance(order.work, ComposeRequest):
                key = (order.targets.references, order.targets.density, order.is_locked)
                groups.setdefault(key, []).append(place)
        return list(groups.values())

    def _together(self, orders: Sequence[Order], places: list[int]) -> dict[int, Done]:
        refiner = self._refiner
        assert refiner is not None  # else there are no groups
        self._aims.follow(orders[places[0]])
        works = [work for place in places if isinstance(work := orders[place].work, ComposeRequest)]
        try:
            refinements = [self._refinement(refiner, work) for work in works]
            made = refiner.refine_each(refinements)
        except Exception as error:  # whatever a generator does, the others' orders and the service go on
            return dict.fromkeys(places, _failure(error))
        for melodies in made:
            for each in melodies:
                self._pool.spend(each.seed)
        return {place: self._ready(orders[place], each) for place, each in zip(places, made, strict=True)}

    def _refinement(self, refiner: Refiner, work: ComposeRequest) -> Refinement[Source]:
        sources = self._pool.choose(work.affect, min(MOST_SOURCES, refiner.tried * work.count))
        return Refinement(sources, work.affect, work.count)

    def _alone(self, order: Order) -> Done:
        self._aims.follow(order)
        seed = next(self._seeds) if order.seed is None else order.seed
        try:
            return self._ready(order, self._made(order, seed))
        except Exception as error:  # as above
            return _failure(error)

    def _made(self, order: Order, seed: int) -> list[Composed]:
        generator, work = self._generator, order.work
        if isinstance(work, ComposeRequest):
            return generator.compose(work.affect, work.count, seed)
        if isinstance(work, Vary):
            return generator.vary(work.melody, work.latent, work.affect, work.amount, work.count, seed)
        assert isinstance(work, Recompose)
        if not isinstance(generator, Recomposing) or not generator.can_recompose:
            return generator.compose(work.affect, 1, seed)
        return [generator.recompose(work.melody, work.step, work.affect, self._sources(order), seed)]

    def _sources(self, order: Order) -> list:  # type: ignore[type-arg]
        refiner = self._refiner
        if refiner is None or order.seed is not None or len(self._pool) < FEWEST_SOURCES:
            return []
        return refiner.latents(self._pool.choose(order.work.affect, min(MOST_SOURCES, refiner.tried)))

    def _ready(self, order: Order, made: Sequence[Composed]) -> list[Ready]:
        affect = order.work.affect
        asked_notes = float(self._aims(affect)[0])
        return [
            Ready(
                *(each.melody, affect, each.measured, each.distance, each.seed, 0),
                *(each.latent, each.chords, each.backing),
                asked_notes=asked_notes,
            )
            for each in made
        ]


def _failure(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
