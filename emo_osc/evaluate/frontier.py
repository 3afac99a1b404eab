"""Error against distance from the source, for the actor and four baselines: `emo-osc bench frontier`.

The baselines (emotion reference, section 4): rejection; attribute vectors (Roberts et al. 2018);
ascent on the attribute critic's gradient; MidiMe (Dinculescu, Engel and Roberts 2019), a small VAE of latents. All
start from the same sources, quantise each bar to the nearest codebook entry and decode alike.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from emo_osc.core.affect import MOODS
from emo_osc.core.errors import EmoOscError
from emo_osc.studio import losses
from emo_osc.studio.attributes import distances, flaws, measure_table, targets
from emo_osc.studio.decoding.decode import no_denormals
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.nets.actor import ActorCritic
from emo_osc.studio.nets.bar_prior import nearest_code, normalised_attributes
from emo_osc.studio.outline import Outline
from emo_osc.studio.proposers import PriorProposer
from emo_osc.train.actor import Store, decoded

# B melodies, K = 16 bars, A active numbers of a slot

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)  # interpolation between the source (0) and the method's output (1)
DRAWS = (1, 4, 16, 64, 256)
ASCENT_STEPS = (0, 5, 10, 20, 40)
ASCENT_RATE = 0.1
CONTROL = {"density": 10.0, "register": 10.0, "mode": 4.0}
MIDIME_LATENTS, MIDIME_LIKE, MIDIME_EPOCHS = 4, 128, 10
CLEAR = {True: 0.95, False: 0.05}


@dataclass(frozen=True, slots=True)
class Point:
    """Figures of one method at one strength: `error`, RMS distance from the targets in tolerances; `moved`, RMS
    distance from the source in standard deviations of the prior's slots; `rhythm`, overlap of onsets with the source;
    `flaws`, see `attributes.flaws`.
    """

    method: str
    strength: float
    error: float
    moved: float
    rhythm: float
    flaws: float


@dataclass(frozen=True, slots=True)
class Start:
    """The common start of all methods: sources, their targets (B, 3), a pool to choose from, and seeds of the noise."""

    store: Store
    wanted: Tensor
    pool: Store
    seeds: list[int]


Mover = Callable[[float], Tensor]
"""Strength -> latents (B, K, A) that a method computes from the sources."""


def frontier(generator: MusicVAE, sources: int = 64, pool: int = 512) -> list[Point]:
    """Figures of every method at every strength, for `sources` melodies over the moods and a pool of `pool` draws.

    Raises:
        EmoOscError: the generator has no actor.
    """
    proposer = generator.proposer
    if not isinstance(proposer, PriorProposer) or proposer.actor is None:
        raise EmoOscError("generator.checkpoint: has no actor; name a checkpoint of emo-osc train actor")
    net = proposer.actor
    with no_denormals():
        whole, seeds = _drawn(generator, sources + pool)
        store, others = _part(whole, 0, sources), _part(whole, sources, sources + pool)
        start = Start(store, _wanted(sources), others, seeds[:sources])
        movers: dict[str, tuple[Mover, Iterable[float]]] = {
            "actor": (partial(_by_actor, net, start), STRENGTHS),
            "rejection": (partial(_by_rejection, start), DRAWS),
            "attribute vectors": (partial(_by_vectors, start), STRENGTHS),
            "gradient": (partial(_by_gradient, net, start), ASCENT_STEPS),
            "MidiMe": (partial(_by_midime, start), (1.0,)),
        }
        return list(_points(generator, proposer, start, movers))


def _points(
    generator: MusicVAE, proposer: PriorProposer, start: Start, movers: dict[str, tuple[Mover, Iterable[float]]]
) -> Iterator[Point]:
    store, source = start.store, Outline.of(start.store.tokens)
    for method, (mover, strengths) in movers.items():
        for strength in strengths:
            slots = nearest_code(mover(strength), proposer.codebook)
            tokens = decoded(generator, slots, store.forms, start.seeds)
            case = losses.Case(Outline.of(tokens), start.wanted, torch.zeros(len(slots), 32, dtype=torch.long), source)
            errors = [
                float(distances(row[None], wanted)[0])
                for row, wanted in zip(measure_table(tokens), start.wanted.double().numpy(), strict=True)
            ]
            yield Point(
                method,
                float(strength),
                float(np.sqrt(np.mean(np.square(errors)))),
                float((slots - store.slots).square().mean().sqrt()),
                1.0 - float(losses.rhythm(case).mean()),
                float(flaws(tokens).mean()),
            )


def _by_actor(net: ActorCritic, start: Start, strength: float) -> Tensor:
    store = start.store
    with torch.no_grad():
        moved = net.actor(store.slots, store.forms, normalised_attributes(start.wanted))
    return torch.lerp(store.slots, moved, strength)


def _by_rejection(start: Start, draws: float) -> Tensor:
    """The nearest of `draws` random melodies of the pool, independent of the source."""
    measured = measure_table(start.pool.tokens)
    rng, chosen = np.random.default_rng(0), []
    for wanted in start.wanted.double().numpy():
        rows = rng.choice(len(measured), min(len(measured), int(draws)), replace=False)
        chosen.append(int(rows[distances(measured[rows], wanted).argmin()]))
    return start.pool.slots[chosen]


def _by_vectors(start: Start, strength: float) -> Tensor:
    """z + sum c_k v_k: v_k is the difference of the means of the pool's highest and lowest quarter in attribute k, and
    c_k the missing amount of that attribute in units of v_k.
    """
    condition = start.pool.condition
    order = condition.argsort(dim=0)
    quarter = len(condition) // 4
    low, high = order[:quarter], order[-quarter:]
    moved = start.store.slots.clone()
    lacking = normalised_attributes(start.wanted) - start.store.condition
    for kind in range(condition.shape[1]):
        vector = start.pool.slots[high[:, kind]].mean(0) - start.pool.slots[low[:, kind]].mean(0)
        unit = condition[high[:, kind], kind].mean() - condition[low[:, kind], kind].mean()
        moved += strength * (lacking[:, kind] / unit).clamp(-1.5, 1.5)[:, None, None] * vector
    return moved


def _by_gradient(net: ActorCritic, start: Start, count: float) -> Tensor:
    """`count` Adam steps on the attribute critic's estimate of the error; repeated bars move together."""
    slots = start.store.slots.clone().requires_grad_()
    steps = torch.optim.Adam([slots], ASCENT_RATE)
    chords = torch.zeros(len(slots), 32, dtype=torch.long)
    for _ in range(int(count)):
        formed = slots.gather(1, start.store.forms[..., None].expand_as(slots))
        cost = losses.total(losses.Case(net.attributes(formed), start.wanted, chords), CONTROL).sum()
        steps.zero_grad()
        torch.autograd.backward(cost)
        steps.step()
    return slots.detach().gather(1, start.store.forms[..., None].expand_as(slots))


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
            nearest = distances(measured, wanted).argsort()[:MIDIME_LIKE].copy()
            made[key] = _trained(start.pool.slots[nearest].flatten(1))
        noise = torch.randn(1, MIDIME_LATENTS, generator=torch.Generator().manual_seed(row))
        drawn.append(made[key].draw(noise).view(start.pool.slots.shape[1:]))
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


def _drawn(generator: MusicVAE, count: int) -> tuple[Store, list[int]]:
    """Draws of the prior without an affect, and the seed of each."""
    proposer = generator.proposer
    assert isinstance(proposer, PriorProposer)  # checked by `frontier`
    parts = [range(first, min(count, first + 64)) for first in range(0, count, 64)]
    latents = [latent for part in parts for latent in generator.sources(part)]
    slots = proposer.prior.normalise(torch.stack([latent.numbers for latent in latents])).detach()
    forms = torch.tensor([latent.form for latent in latents])
    seeds = [latent.seed for latent in latents]
    tokens = decoded(generator, slots, forms, seeds)
    return Store(slots, forms, normalised_attributes(torch.from_numpy(measure_table(tokens))), tokens), seeds


def _part(store: Store, begin: int, end: int) -> Store:
    return Store(store.slots[begin:end], store.forms[begin:end], store.condition[begin:end], store.tokens[begin:end])


def _wanted(count: int) -> Tensor:
    """Targets (B, 3) of the moods in turn, each in its more frequent mode."""
    each = [targets(MOODS[row % len(MOODS)].affect) for row in range(count)]
    return torch.tensor([[density, pitch, CLEAR[bool(major > 0.5)]] for density, pitch, major in each]).float()
