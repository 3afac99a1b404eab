"""Proposers of latents: the learned prior, or the normal prior of an imported MusicVAE.

With an actor, latents drawn before are moved to new targets in one pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, pi, sin
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from emo_osc.core.affect import Affect
from emo_osc.studio.attributes import Aim, Floats, targets
from emo_osc.studio.decoding.bar_cache import BarCache
from emo_osc.studio.decoding.choose_precision import decoding_choice
from emo_osc.studio.decoding.decode import BarDecoderWeights, decode
from emo_osc.studio.decoding.fast_hierdec import fuse_hierdec
from emo_osc.studio.forms import BARS, drawn_forms
from emo_osc.studio.likeness import Likeness
from emo_osc.studio.nets.actor import ActorCritic
from emo_osc.studio.nets.bar_prior import ATTRIBUTES, BarPrior, Condition, nearest_code, normalised_attributes
from emo_osc.studio.nets.bar_vae import BarVAE
from emo_osc.studio.nets.hierdec import Hierdec
from emo_osc.studio.pool.latents import Latent, rounded
from emo_osc.studio.variations import Moves

# B melodies, E embedding size, Z latent size

PERIOD = tuple(bar % 4 for bar in range(16))


@dataclass(frozen=True, slots=True)
class SamplingParameters:
    """Parameters of sampling.

    `temperature` > 0, relative to the tuned value; `share`: shared noise of bars of one letter of the form, 0..1;
    `head_steps`: evaluations of the prior's head per bar; `losses`: the preset's weights in ranking; `aim`: the targets
    of an affect.
    """

    temperature: float = 1.0
    share: float = 1.0
    head_steps: int = 12
    losses: Mapping[str, float] = field(default_factory=dict)
    aim: Aim = targets


@dataclass(frozen=True, slots=True)
class Proposal:
    """B melodies to decode: latents (B, ..), bar embeddings (B, 16, E), and for each the form whose bars
    share noise.
    """

    latents: Tensor
    embeddings: Tensor
    forms: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """A melody to vary: its latent, the targets of its variations (3,), and the amount of change in (0, 1)."""

    latent: Tensor
    wanted: Floats
    amount: float


class Proposer(Protocol):
    """Turns seeds and an affect into bar embeddings.

    `shape`: shape of one melody's latent; `candidates`: draws per requested melody; `is_in_c`: melodies are in C;
    `sharpness`: the decoder's temperature at a sampling temperature of 1; `likeness`: the likeness model, if trained;
    `bar_cache`: decodes without noise, where bars are independent.
    """

    shape: tuple[int, ...]
    weights: BarDecoderWeights
    device: torch.device
    candidates: int
    is_in_c: bool
    sharpness: float
    likeness: Likeness | None
    bar_cache: BarCache | None

    def propose(self, affect: Affect | None, seeds: Sequence[int], sampling: SamplingParameters) -> Proposal:
        """One melody per seed; `affect` None leaves the attributes open."""

    def near(
        self, theme: Theme, moved: Sequence[Moves], seeds: Sequence[int], sampling: SamplingParameters
    ) -> Proposal:
        """One variation per seed, each with its own changed bars; the other bars of the proposal are to be ignored."""

    def moved(self, sources: Sequence[Latent], wanted: Floats) -> Proposal:
        """Each source moved towards its targets (B, 3), see `attributes.targets`; unchanged without an actor."""

    def read(self, tokens: Tensor) -> Tensor:
        """The latents (B, ..) of melodies (B, 256)."""

    def embed(self, latents: Tensor) -> Tensor:
        """The bar embeddings (B, 16, E) of latents (B, ..)."""


class PriorProposer:
    """The prior over bars, conditioned on the targets, so that few candidates are enough."""

    candidates = 16
    is_in_c = True
    sharpness = 0.5  # slots determine bars; more decoder noise mostly adds errors
    least_freedom = 0.5  # noise of a changed bar: with less it mostly does not change

    def __init__(
        self,
        vae: BarVAE,
        prior: BarPrior,
        forms: Tensor,
        device: torch.device,
        actor: ActorCritic | None = None,
        codebook: Tensor | None = None,
        likeness: Likeness | None = None,
        is_repeatable: bool = False,
    ) -> None:
        self.forms = forms.to(device)
        self.likeness = likeness
        self.codebook = None if codebook is None else codebook.to(device)
        self.spread = 0.75 if codebook is None else 0.9  # scale of the prior's noise: its rare bars are worse
        self.actor = None if actor is None else actor.to(device).eval()
        self.vae = vae.to(device).eval()
        self.shape: tuple[int, ...] = (BARS, vae.config.latent)
        self.prior = prior.to(device).eval()
        self.device = device
        self.weights = vae.fused(decoding_choice(device, vae.config.hidden, 1, is_repeatable).precision)
        self.bar_cache: BarCache | None = BarCache(self._bars)

    @torch.no_grad()
    def propose(self, affect: Affect | None, seeds: Sequence[int], sampling: SamplingParameters) -> Proposal:
        """Slots drawn from the prior in forms of human melodies; bars that repeat share their noise."""
        form = drawn_forms(self.forms, seeds)
        slots = rounded(self.slots(affect, seeds, form, sampling))
        return Proposal(slots, self.embed(slots), tuple(tuple(row) for row in form.tolist()))

    @torch.no_grad()
    def near(
        self, theme: Theme, moved: Sequence[Moves], seeds: Sequence[int], sampling: SamplingParameters
    ) -> Proposal:
        """Changed bars are drawn from the prior near their own slots; the distance grows with the amount."""
        forms = tuple(tuple(bars.get(bar, bar) for bar in range(BARS)) for bars in moved)
        freedom = torch.tensor([[float(bar in bars) for bar in range(BARS)] for bars in moved]).to(self.device)
        freedom *= self.least_freedom + (1.0 - self.least_freedom) * theme.amount
        source = theme.latent.to(self.device).expand(len(seeds), -1, -1)
        condition, form = self.condition(theme.wanted, seeds), torch.tensor(forms, device=self.device)
        slots = rounded(
            self.prior.vary(
                source, freedom, self.noise(seeds, sampling), condition, form, sampling.head_steps, self.codebook
            )
        )
        return Proposal(slots, self.embed(slots), forms)

    @torch.no_grad()
    def moved(self, sources: Sequence[Latent], wanted: Floats) -> Proposal:
        """The actor's output for each source; forms are kept."""
        slots, forms = torch.stack([source.numbers for source in sources]).to(self.device), [s.form for s in sources]
        if self.actor is not None:
            condition = normalised_attributes(torch.from_numpy(wanted)).to(self.device)
            form = torch.tensor(forms, device=self.device)
            moved = self.actor.actor(self.prior.normalise(slots), form, condition)
            slots = rounded(self.prior.denormalise(nearest_code(moved, self.codebook)))
        return Proposal(slots, self.embed(slots), tuple(forms))

    @torch.no_grad()
    def read(self, tokens: Tensor) -> Tensor:
        """The mean of each bar's slot."""
        bars = tokens.to(self.device).view(len(tokens) * BARS, -1)
        return rounded(self.vae.encode(bars)[0]).view(len(tokens), *self.shape)

    @torch.no_grad()
    def embed(self, latents: Tensor) -> Tensor:
        """Each slot as its bar's embedding."""
        return self.vae.embed(latents.to(self.device))

    @torch.no_grad()
    def slots(
        self, affect: Affect | None, seeds: Sequence[int], form: Tensor | None, sampling: SamplingParameters
    ) -> Tensor:
        """Slots (B, 16, Z), one melody per seed."""
        wanted = None if affect is None else sampling.aim(affect)
        noise, condition = self.noise(seeds, sampling), self.condition(wanted, seeds)
        return self.prior.sample(noise, condition, form, sampling.head_steps, codebook=self.codebook)

    def _bars(self, slots: Tensor) -> Tensor:
        """The likeliest tokens of bars (M, Z), (M, 16)."""
        return decode(self.weights, self.embed(slots)[:, None], self.sharpness)

    def noise(self, seeds: Sequence[int], sampling: SamplingParameters) -> Tensor:
        """The prior's noise (B, 16, A), one melody per seed."""
        shape = (BARS, self.prior.config.active)
        noise = torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
        return noise.to(self.device) * (self.spread * sampling.temperature)

    def condition(self, targeted: Floats | None, seeds: Sequence[int]) -> Condition:
        """The prior's condition, one row per seed: targets (3,) or None, with a random mode; the start of a period."""
        size = len(seeds)
        attributes = torch.full((size, ATTRIBUTES), float("nan"))
        if targeted is not None:
            wanted = torch.from_numpy(targeted).float().repeat(size, 1)
            uniform = torch.tensor([np.random.default_rng(seed).random() for seed in seeds])
            wanted[:, 2] = (uniform < wanted[:, 2]).float() * 0.9 + 0.05  # one melody is major or minor
            attributes = normalised_attributes(wanted)
        start, any_source = torch.zeros(size, dtype=torch.long), torch.full((size,), self.prior.config.sources)
        return Condition(start.to(self.device), any_source.to(self.device), attributes.to(self.device))


class HierdecProposer:
    """The normal prior of `hierdec-mel_16bar`, without condition: the nearest of many candidates is used."""

    candidates = 64
    likeness: Likeness | None = None
    bar_cache: BarCache | None = None
    is_in_c = False
    sharpness = 1.0

    def __init__(self, net: Hierdec, device: torch.device, is_repeatable: bool = False) -> None:
        self.device = device
        self.shape: tuple[int, ...] = (net.config.z_size,)
        self.net = net.to(device).eval()
        sizes = net.config.decoder_width, net.config.layers
        self.fast = fuse_hierdec(self.net, decoding_choice(device, *sizes, is_repeatable).precision)
        self.weights = self.fast.bar_decoder

    def propose(self, affect: Affect | None, seeds: Sequence[int], sampling: SamplingParameters) -> Proposal:
        """Latents z ~ N(0, I); affect and sampling parameters are not used. Bars four apart share their noise."""
        z = rounded(self.noise(seeds))
        return Proposal(z, self.embed(z), (PERIOD,) * len(seeds))

    def near(
        self, theme: Theme, moved: Sequence[Moves], seeds: Sequence[int], sampling: SamplingParameters
    ) -> Proposal:
        """Latents rotated from the theme's towards random ones, by 90 degrees for an amount of 1."""
        angle = theme.amount * pi / 2
        z = rounded(cos(angle) * theme.latent.to(self.device) + sin(angle) * self.noise(seeds))
        forms = tuple(tuple(bars.get(bar, bar) for bar in range(BARS)) for bars in moved)
        return Proposal(z, self.embed(z), forms)

    def moved(self, sources: Sequence[Latent], wanted: Floats) -> Proposal:
        """The sources unchanged; ranking selects among them."""
        z = torch.stack([source.numbers for source in sources]).to(self.device)
        return Proposal(z, self.embed(z), tuple(source.form for source in sources))

    @torch.no_grad()
    def read(self, tokens: Tensor) -> Tensor:
        """The mean of each melody's latent."""
        return rounded(self.net.encode(tokens.to(self.device))[0])

    def embed(self, latents: Tensor) -> Tensor:
        """The conductor's embeddings of each latent."""
        return self.fast.conduct(latents.to(self.device))

    def noise(self, seeds: Sequence[int]) -> Tensor:
        """Latents z ~ N(0, I), one per seed."""
        z = [torch.randn(self.shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
        return torch.stack(z).to(self.device)
