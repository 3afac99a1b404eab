"""Where latents come from: the learned prior, or the normal prior of an imported MusicVAE.

Where an actor was trained, it re-trains latents that were drawn before for what is wanted of them now, in one pass.
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
from emo_osc.studio.nets.bar_prior import ATTRIBUTES, BarPrior, Wish, nearest_word, normalised_attributes
from emo_osc.studio.nets.bar_vae import BarVAE
from emo_osc.studio.nets.hierdec import Hierdec
from emo_osc.studio.pool.latents import Latent, rounded
from emo_osc.studio.variations import Moves

# B melodies, E embedding size, Z latent size

PERIOD = tuple(bar % 4 for bar in range(16))


@dataclass(frozen=True, slots=True)
class SamplingParameters:
    """How melodies are drawn.

    `temperature` > 0, 1 for what was found best, more for bolder melodies; `share` of the noise that bars of one letter
    of the form have in common; `looks` at the prior's head for each bar; `losses` are a preset's weights in ranking;
    `aim` says what an affect asks for.
    """

    temperature: float = 1.0
    share: float = 1.0
    looks: int = 12
    losses: Mapping[str, float] = field(default_factory=dict)
    aim: Aim = targets


@dataclass(frozen=True, slots=True)
class Proposal:
    """B melodies to decode: latents (B, ..), bar embeddings (B, 16, E), and for each which bars share their noise."""

    latents: Tensor
    embeddings: Tensor
    forms: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """What to vary: a melody's latent, what its variations should measure (3,), and how far they go, in (0, 1)."""

    latent: Tensor
    wanted: Floats
    amount: float


class Proposer(Protocol):
    """Whatever turns seeds and an affect into bar embeddings.

    `shape` is that of one melody's latent; `candidates` is how many to draw for each melody asked; `is_in_c` says
    whether melodies come in C; `sharpness` is the decoder's temperature at a taste of 1; `likeness` tells how like
    people's its melodies are, where that was learned; `book` reads bars without noise, where bars can be read alone.
    """

    shape: tuple[int, ...]
    weights: BarDecoderWeights
    device: torch.device
    candidates: int
    is_in_c: bool
    sharpness: float
    likeness: Likeness | None
    book: BarCache | None

    def propose(self, affect: Affect | None, seeds: Sequence[int], taste: SamplingParameters) -> Proposal:
        """A melody a seed; `affect` None leaves the feeling open."""

    def near(self, theme: Theme, moved: Sequence[Moves], seeds: Sequence[int], taste: SamplingParameters) -> Proposal:
        """A variation a seed, each with its own bars moved; what comes for the other bars is not to be used."""

    def moved(self, sources: Sequence[Latent], wanted: Floats) -> Proposal:
        """Each source moved towards what is wanted of it, (B, 3) as `attributes.targets`; as it is without an actor."""

    def read(self, tokens: Tensor) -> Tensor:
        """The latents (B, ..) of melodies (B, 256)."""

    def embed(self, latents: Tensor) -> Tensor:
        """The bar embeddings (B, 16, E) of latents (B, ..)."""


class PriorProposer:
    """The prior over bars, told what an affect asks for, so a few candidates do."""

    candidates = 16
    is_in_c = True
    sharpness = 0.5  # a slot says which bar is meant; what the decoder adds to it is mostly mistakes
    least_freedom = 0.5  # of a bar that moves: with less it mostly stays where it is

    def __init__(
        self,
        vae: BarVAE,
        prior: BarPrior,
        forms: Tensor,
        device: torch.device,
        actor: ActorCritic | None = None,
        words: Tensor | None = None,
        likeness: Likeness | None = None,
        is_repeatable: bool = False,
    ) -> None:
        self.forms = forms.to(device)
        self.likeness = likeness
        self.words = None if words is None else words.to(device)
        self.spread = 0.75 if words is None else 0.9  # of the prior's noise: its rarer bars are its worse ones
        self.actor = None if actor is None else actor.to(device).eval()
        self.vae = vae.to(device).eval()
        self.shape: tuple[int, ...] = (BARS, vae.config.latent)
        self.prior = prior.to(device).eval()
        self.device = device
        self.weights = vae.fused(decoding_choice(device, vae.config.hidden, 1, is_repeatable).precision)
        self.book: BarCache | None = BarCache(self._bars)

    @torch.no_grad()
    def propose(self, affect: Affect | None, seeds: Sequence[int], taste: SamplingParameters) -> Proposal:
        """Slots drawn from the prior in human forms; bars that repeat one another share their noise."""
        form = drawn_forms(self.forms, seeds)
        slots = rounded(self.slots(affect, seeds, form, taste))
        return Proposal(slots, self.embed(slots), tuple(tuple(row) for row in form.tolist()))

    @torch.no_grad()
    def near(self, theme: Theme, moved: Sequence[Moves], seeds: Sequence[int], taste: SamplingParameters) -> Proposal:
        """Moved bars drawn from the prior in their own neighbourhood, which grows with the amount."""
        forms = tuple(tuple(bars.get(bar, bar) for bar in range(BARS)) for bars in moved)
        freedom = torch.tensor([[float(bar in bars) for bar in range(BARS)] for bars in moved]).to(self.device)
        freedom *= self.least_freedom + (1.0 - self.least_freedom) * theme.amount
        source = theme.latent.to(self.device).expand(len(seeds), -1, -1)
        wish, form = self.wish(theme.wanted, seeds), torch.tensor(forms, device=self.device)
        slots = rounded(self.prior.vary(source, freedom, self.noise(seeds, taste), wish, form, taste.looks, self.words))
        return Proposal(slots, self.embed(slots), forms)

    @torch.no_grad()
    def moved(self, sources: Sequence[Latent], wanted: Floats) -> Proposal:
        """The actor's answer to each source; its form stays."""
        slots, forms = torch.stack([source.numbers for source in sources]).to(self.device), [s.form for s in sources]
        if self.actor is not None:
            wish = normalised_attributes(torch.from_numpy(wanted)).to(self.device)
            form = torch.tensor(forms, device=self.device)
            moved = self.actor.actor(self.prior.normalise(slots), form, wish)
            slots = rounded(self.prior.denormalise(nearest_word(moved, self.words)))
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
        self, affect: Affect | None, seeds: Sequence[int], form: Tensor | None, taste: SamplingParameters
    ) -> Tensor:
        """Slots (B, 16, Z), a melody a seed."""
        wanted = None if affect is None else taste.aim(affect)
        noise, wish = self.noise(seeds, taste), self.wish(wanted, seeds)
        return self.prior.sample(noise, wish, form, taste.looks, words=self.words)

    def _bars(self, slots: Tensor) -> Tensor:
        """The likeliest tokens of bars (M, Z), (M, 16)."""
        return decode(self.weights, self.embed(slots)[:, None], self.sharpness)

    def noise(self, seeds: Sequence[int], taste: SamplingParameters) -> Tensor:
        """The prior's noise (B, 16, A), a melody a seed."""
        shape = (BARS, self.prior.config.active)
        noise = torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
        return noise.to(self.device) * (self.spread * taste.temperature)

    def wish(self, targeted: Floats | None, seeds: Sequence[int]) -> Wish:
        """What the prior is told, a row a seed: targets (3,), if any, the mode by lot; the start of a period."""
        size = len(seeds)
        attributes = torch.full((size, ATTRIBUTES), float("nan"))
        if targeted is not None:
            wanted = torch.from_numpy(targeted).float().repeat(size, 1)
            luck = torch.tensor([np.random.default_rng(seed).random() for seed in seeds])
            wanted[:, 2] = (luck < wanted[:, 2]).float() * 0.9 + 0.05  # one melody is in one mode
            attributes = normalised_attributes(wanted)
        start, any_source = torch.zeros(size, dtype=torch.long), torch.full((size,), self.prior.config.sources)
        return Wish(start.to(self.device), any_source.to(self.device), attributes.to(self.device))


class HierdecProposer:
    """The normal prior of `hierdec-mel_16bar`, which knows no affect: many candidates, and the nearest is kept."""

    candidates = 64
    likeness: Likeness | None = None
    book: BarCache | None = None
    is_in_c = False
    sharpness = 1.0

    def __init__(self, net: Hierdec, device: torch.device, is_repeatable: bool = False) -> None:
        self.device = device
        self.shape: tuple[int, ...] = (net.config.z_size,)
        self.net = net.to(device).eval()
        sizes = net.config.decoder_width, net.config.layers
        self.fast = fuse_hierdec(self.net, decoding_choice(device, *sizes, is_repeatable).precision)
        self.weights = self.fast.bar_decoder

    def propose(self, affect: Affect | None, seeds: Sequence[int], taste: SamplingParameters) -> Proposal:
        """Latents z ~ N(0, I); neither the affect nor the taste plays a part. Bars four apart share their noise."""
        z = rounded(self.noise(seeds))
        return Proposal(z, self.embed(z), (PERIOD,) * len(seeds))

    def near(self, theme: Theme, moved: Sequence[Moves], seeds: Sequence[int], taste: SamplingParameters) -> Proposal:
        """Latents turned away from the theme's: a quarter of a circle for an amount of 1 ends at a stranger's."""
        angle = theme.amount * pi / 2
        z = rounded(cos(angle) * theme.latent.to(self.device) + sin(angle) * self.noise(seeds))
        forms = tuple(tuple(bars.get(bar, bar) for bar in range(BARS)) for bars in moved)
        return Proposal(z, self.embed(z), forms)

    def moved(self, sources: Sequence[Latent], wanted: Floats) -> Proposal:
        """The sources as they are: of many, the nearest is kept."""
        z = torch.stack([source.numbers for source in sources]).to(self.device)
        return Proposal(z, self.embed(z), tuple(source.form for source in sources))

    @torch.no_grad()
    def read(self, tokens: Tensor) -> Tensor:
        """The mean of each melody's latent."""
        return rounded(self.net.encode(tokens.to(self.device))[0])

    def embed(self, latents: Tensor) -> Tensor:
        """What the conductor makes of each latent."""
        return self.fast.conduct(latents.to(self.device))

    def noise(self, seeds: Sequence[int]) -> Tensor:
        """Latents z ~ N(0, I), one a seed."""
        z = [torch.randn(self.shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
        return torch.stack(z).to(self.device)
