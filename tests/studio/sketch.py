"""A small generator that refines: a latent is three numbers, refined it keeps two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody
from emo_osc.protocol.messages import Measured
from emo_osc.studio.attributes import Aim, Floats, Tokens, distances, measure_table, targets
from emo_osc.studio.generators import Composed
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.pool.refining import Refinement
from emo_osc.studio.tokens import melody_of

SHAPE = (3,)
FORM = (0,) * 16
SCALE = (0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19)


@dataclass
class _Shaped:
    shape: tuple[int, ...] = SHAPE
    tried: int = 24


class Sketch:
    """Latents are (notes in all, lowest pitch up to `highest`, a luck of their own); refined, density alone is set."""

    name = "sketch"
    device = "cpu"

    def __init__(self, highest: int = 80, aim: Aim = targets) -> None:
        self.aim = aim
        self.proposer = _Shaped()
        self._highest = highest
        self.drawn: list[int] = []
        self.composed: list[Affect] = []
        self.refined: list[list[int]] = []
        self.calls: list[str] = []

    def sources(self, seeds: Sequence[int]) -> list[Latent]:
        self.drawn += seeds
        self.calls.append("sources")
        return [Latent(_numbers(seed, self._highest), FORM, seed) for seed in seeds]

    def again(self, latent: Latent) -> Tokens:
        return _tokens(*map(int, latent.numbers.tolist()))

    def decoded(self, latents: Sequence[Latent]) -> Tokens:
        self.calls.append("decoded")
        return np.stack([self.again(latent) for latent in latents])

    def refine(self, sources: Sequence[Latent], affect: Affect, count: int) -> list[Composed]:
        self.refined.append([source.seed for source in sources])
        self.calls.append("refine")
        notes = round(16 * float(self.aim(affect)[0]))
        lines = [_tokens(notes, *map(int, source.numbers.tolist()[1:])) for source in sources]
        order = np.argsort(distances(measure_table(np.array(lines)), self.aim(affect)), kind="stable")
        return [_composed(lines[row], self.aim(affect), sources[row]) for row in order[:count]]

    def refine_each(self, orders: Sequence[Refinement[Latent]]) -> list[list[Composed]]:
        return [self.refine(order.sources, order.affect, order.count) for order in orders]

    def compose(self, affect: Affect, count: int, seed: int) -> list[Composed]:
        self.composed.append(affect)
        wanted = self.aim(affect)
        latents = [
            Latent(torch.tensor([16 * wanted[0], wanted[1] - 9, (seed + each) % 2048]), FORM, seed + each)
            for each in range(count)
        ]
        return [_composed(self.again(latent), wanted, latent) for latent in latents]

    def vary(self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int) -> list[Composed]:
        return [Composed(melody, Measured(4.0, 60.0, 0.5), amount, seed, latent)] * count


def _numbers(seed: int, highest: int) -> torch.Tensor:
    random = Random(seed)
    return torch.tensor([random.randint(16, 160), random.randint(40, highest), random.randint(0, 2048)]).float()


def _tokens(notes: int, lowest: int, luck: int) -> Tokens:
    """So many notes spread evenly over sixteen bars, within the scale of C for an octave and a half, drawn by lot."""
    tokens = np.zeros(256, np.int64)
    at = np.linspace(0, 255, max(1, notes)).round().astype(int)
    tokens[at] = lowest - 19 + np.random.default_rng(luck).choice(SCALE, len(at))
    return tokens


def _composed(tokens: Tokens, wanted: Floats, latent: Latent) -> Composed:
    measured = measure_table(tokens[None])
    apart = float(distances(measured, wanted)[0])
    return Composed(melody_of(tokens.tolist()), Measured(*measured[0].tolist()), apart, latent.seed, latent.to_text())


def build(_: GeneratorSection, aim: Aim = targets) -> Sketch:
    """As `generators.GENERATORS` names it."""
    return Sketch(aim=aim)
