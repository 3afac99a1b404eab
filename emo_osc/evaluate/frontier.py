"""Error against distance from the source, for the actor and five baselines: `emo-osc bench frontier`.

The baselines (emotion reference, section 4): the decoder told what is wanted, its latents unmoved; rejection; attribute
vectors (Roberts et al. 2018); ascent on the attribute critic's gradient; MidiMe (Dinculescu, Engel and Roberts 2019), a
small VAE of latents. All start from the same sources, plans and noise; only the first and the actor tell the decoder.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as fn

from emo_osc.core.affect import MOODS
from emo_osc.core.errors import EmoOscError
from emo_osc.studio import losses
from emo_osc.studio.attributes import flaws, measure_table, misses, targets
from emo_osc.studio.decoding.decode import no_denormals
from emo_osc.studio.line.places import context
from emo_osc.studio.line.proposer import LineProposer
from emo_osc.studio.line.sample import Order, sample
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.nets.actor import ATTRIBUTES, ActorCritic, normalised_attributes
from emo_osc.studio.outline import Outline
from emo_osc.train.actor import Latents

# B melodies, K = 16 bars, A active numbers of a slot

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)  # interpolation between the source (0) and the method's output (1)
DRAWS = (1, 4, 16, 64, 256)
ASCENT_STEPS = (0, 5, 10, 20, 40)
ASCENT_RATE = 0.1
CONTROL = {"density": 10.0, "register": 10.0, "mode": 4.0}
MIDIME_LATENTS, MIDIME_LIKE, MIDIME_EPOCHS = 4, 128, 10
CLEAR = {True: 0.85, False: 0.15}
TOLD, ACTOR = "told alone", "actor"


@dataclass(frozen=True, slots=True)
class Point:
    """Figures of one method at one strength: `error`, RMS distance from the targets in tolerances; `moved`, RMS
    distance from the source in standard deviations of the prior; `rhythm`, overlap of onsets with the source;
    `flaws`, see `attributes.flaws`.
    """

    method: str
    strength: float
    error: float
    moved: float
    rhythm: float
    flaws: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """B melodies with nothing asked of them: latents, what they measure (B, 3) normalised, tokens (B, 256), seeds."""

    latents: Latents
    measured: Tensor
    tokens: NDArray[np.uint8]
    seeds: list[int]

    def part(self, begin: int, end: int) -> "Drawn":
        """Some of them in turn."""
        rows = np.arange(begin, end)
        latents = Latents(self.latents.z[begin:end], self.latents.plan.select(rows))
        return Drawn(latents, self.measured[begin:end], self.tokens[begin:end], self.seeds[begin:end])


@dataclass(frozen=True, slots=True)
class Start:
    """The common start of all methods: sources, their targets (B, 3), and a pool to choose from."""

    source: Drawn
    wanted: Tensor
    pool: Drawn


Mover = Callable[[float], Tensor]
"""Strength -> latents (B, K, A) that a method computes from the sources."""


def frontier(generator: MusicVAE, sources: int = 64, pool: int = 512) -> list[Point]:
    """Figures of every method at every strength, for `sources` melodies over the moods and a pool of `pool` draws.

    Raises:
        EmoOscError: the generator has no actor.
    """
    proposer = generator.proposer
    if not isinstance(proposer, LineProposer) or proposer.actor is None:
        raise EmoOscError("generator.checkpoint: has no actor; name a checkpoint of emo-osc train actor")
    net = proposer.actor
    with no_denormals():
        whole = _drawn(proposer, sources + pool)
        start = Start(whole.part(0, sources), _wanted(sources), whole.part(sources, sources + pool))
        movers: dict[str, tuple[Mover, Iterable[float]]] = {
            TOLD: (lambda _: start.source.latents.z, (1.0,)),
            ACTOR: (partial(_by_actor, net, start), STRENGTHS),
            "rejection": (partial(_by_rejection, start), DRAWS),
            "attribute vectors": (partial(_by_vectors, start), STRENGTHS),
            "gradient": (partial(_by_gradient, net, start), ASCENT_STEPS),
            "MidiMe": (partial(_by_midime, start), (1.0,)),
        }
        return list(_points(proposer, start, movers))


def _points(proposer: LineProposer, start: Start, movers: dict[str, tuple[Mover, Iterable[float]]]) -> Iterator[Point]:
    own, source = start.source, Outline.of(start.source.tokens)
    for method, (mover, strengths) in movers.items():
        for strength in strengths:
            z = mover(strength)
            is_told = method in (TOLD, ACTOR) and strength > 0.0
            plan = start.pool.latents.plan.select(_nearest(start, strength)) if method == "rejection" else None
            latents = Latents(z, own.latents.plan if plan is None else plan)
            seeds = own.seeds if plan is None else [start.pool.seeds[row] for row in _nearest(start, strength)]
            tokens = _decoded(proposer, latents, start.wanted if is_told else None, seeds)
            case = losses.Case(Outline.of(tokens), start.wanted, torch.zeros(len(z), 32, dtype=torch.long), source)
            errors = misses(measure_table(tokens), start.wanted.double().numpy())
            yield Point(
                method,
                float(strength),
                float(np.sqrt(np.mean(np.square(errors)))),
                float((z - own.latents.z).square().mean().sqrt()),
                1.0 - float(losses.rhythm(case).mean()),
                float(flaws(tokens).mean()),
            )


def _by_actor(net: ActorCritic, start: Start, strength: float) -> Tensor:
    latents = start.source.latents
    where = torch.from_numpy(context(latents.plan.places, latents.plan.source, _repertoires(net, latents)))
    with torch.no_grad():
        moved = net.actor(latents.z, where, normalised_attributes(start.wanted))
    return torch.lerp(latents.z, moved, strength)


def _nearest(start: Start, draws: float) -> NDArray[np.int64]:
    """For each target the nearest of `draws` random melodies of the pool, (B,)."""
    measured = measure_table(start.pool.tokens)
    rng, chosen = np.random.default_rng(0), []
    for wanted in start.wanted.double().numpy():
        rows = rng.choice(len(measured), min(len(measured), int(draws)), replace=False)
        chosen.append(int(rows[misses(measured[rows], wanted[None]).argmin()]))
    return np.array(chosen)


def _by_rejection(start: Start, draws: float) -> Tensor:
    """The latents of melodies chosen independently of the source."""
    return start.pool.latents.z[torch.from_numpy(_nearest(start, draws))]


def _by_vectors(start: Start, strength: float) -> Tensor:
    """z + sum c_k v_k: v_k is the difference of the means of the pool's highest and lowest quarter in attribute k, and
    c_k the missing amount of that attribute in units of v_k.
    """
    measured, z = start.pool.measured, start.pool.latents.z
    order = measured.argsort(dim=0)
    quarter = len(measured) // 4
    low, high = order[:quarter], order[-quarter:]
    moved = start.source.latents.z.clone()
    lacking = normalised_attributes(start.wanted) - start.source.measured
    for kind in range(measured.shape[1]):
        vector = z[high[:, kind]].mean(0) - z[low[:, kind]].mean(0)
        unit = measured[high[:, kind], kind].mean() - measured[low[:, kind], kind].mean()
        moved += strength * (lacking[:, kind] / unit).clamp(-1.5, 1.5)[:, None, None] * vector
    return moved


def _by_gradient(net: ActorCritic, start: Start, count: float) -> Tensor:
    """`count` Adam steps on the attribute critic's estimate of the error."""
    latents = start.source.latents
    where = torch.from_numpy(context(latents.plan.places, latents.plan.source, _repertoires(net, latents)))
    asked = normalised_attributes(start.wanted)
    z = latents.z.clone().requires_grad_()
    steps = torch.optim.Adam([z], ASCENT_RATE)
    chords = torch.zeros(len(z), 32, dtype=torch.long)
    for _ in range(int(count)):
        cost = losses.total(losses.Case(net.attributes(z, where, asked), start.wanted, chords), CONTROL).sum()
        steps.zero_grad()
        torch.autograd.backward(cost)
        steps.step()
    return z.detach()


def _repertoires(net: ActorCritic, latents: Latents) -> int:
    least: int = context(latents.plan.places[:1], np.zeros(1, dtype=np.int64), 0).shape[-1]
    return net.config.context - least


def _by_midime(start: Start, _: float) -> Tensor:
    """For each target a VAE with four latents, trained on the draws of the pool nearest to it; one sample
    per source.
    """
    measured = measure_table(start.pool.tokens)
    made: dict[tuple[float, ...], MidiMe] = {}
    drawn = []
    for row, wanted in enumerate(start.wanted.double().numpy()):
        key = tuple(wanted)
        if key not in made:
            nearest = misses(measured, wanted[None]).argsort()[:MIDIME_LIKE].copy()
            made[key] = _trained(start.pool.latents.z[nearest].flatten(1))
        noise = torch.randn(1, MIDIME_LATENTS, generator=torch.Generator().manual_seed(row))
        drawn.append(made[key].draw(noise).view(start.pool.latents.z.shape[1:]))
    return torch.stack(drawn)


class MidiMe(nn.Module):
    """A VAE over latents with hidden sizes 1024, 256 and 64 and four latent numbers."""

    def __init__(self, size: int) -> None:
        super().__init__()
        sizes = (size, 1024, 256, 64)
        down = [layer for a, b in itertools.pairwise(sizes) for layer in (nn.Linear(a, b), nn.ReLU())]
        back = (MIDIME_LATENTS, *reversed(sizes[1:]))
        up = [layer for a, b in itertools.pairwise(back) for layer in (nn.Linear(a, b), nn.ReLU())]
        self.encoder = nn.Sequential(*down, nn.Linear(sizes[-1], 2 * MIDIME_LATENTS))
        self.decoder = nn.Sequential(*up, nn.Linear(sizes[1], size))

    def forward(self, latents: Tensor) -> Tensor:
        """The loss of latents (N, Z): squared error plus KL, a scalar."""
        mean, log_variance = self.encoder(latents).chunk(2, dim=-1)
        drawn = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        kl = 0.5 * (log_variance.exp() + mean.square() - 1 - log_variance).sum(-1).mean()
        loss: Tensor = fn.mse_loss(self.decoder(drawn), latents, reduction="sum") / len(latents) + kl
        return loss

    @torch.no_grad()
    def draw(self, noise: Tensor) -> Tensor:
        """Decode noise (N, 4) to latents (N, Z)."""
        latents: Tensor = self.decoder(noise)
        return latents


def _trained(latents: Tensor) -> MidiMe:
    torch.manual_seed(0)
    net = MidiMe(latents.shape[1])
    steps = torch.optim.Adam(net.parameters(), 1e-3)
    for _ in range(MIDIME_EPOCHS):
        steps.zero_grad()
        torch.autograd.backward(net(latents))
        steps.step()
    return net


def _drawn(proposer: LineProposer, count: int) -> Drawn:
    """Draws of the prior with nothing asked."""
    plans = np.random.default_rng(1).integers(proposer.plans.open, size=count)
    z = proposer.prior.draw(count, torch.Generator().manual_seed(1))
    latents, seeds = Latents(z, proposer.plans.of(plans, proposer.repertoires)), list(range(count))
    tokens = _decoded(proposer, latents, None, seeds)
    return Drawn(latents, normalised_attributes(torch.from_numpy(measure_table(tokens))), tokens, seeds)


def _decoded(proposer: LineProposer, latents: Latents, wanted: Tensor | None, seeds: list[int]) -> NDArray[np.uint8]:
    """The melodies (B, 256) of latents, told what is wanted (B, 3) or nothing."""
    asked = np.full((len(seeds), ATTRIBUTES), np.nan) if wanted is None else wanted.double().numpy()
    parts = [np.arange(first, min(len(seeds), first + 128)) for first in range(0, len(seeds), 128)]
    orders = (Order(latents.plan.select(p), asked[p], latents.z[p], [seeds[row] for row in p]) for p in parts)
    return np.concatenate([sample(proposer.nets, order) for order in orders])


def _wanted(count: int) -> Tensor:
    """Targets (B, 3) of the moods in turn, each in its more frequent mode."""
    each = [targets(MOODS[row % len(MOODS)].affect) for row in range(count)]
    return torch.tensor([[density, pitch, CLEAR[bool(major > 0.5)]] for density, pitch, major in each]).float()
