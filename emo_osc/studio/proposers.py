"""Where latents come from: the learned prior, or the normal prior of an imported MusicVAE.

This is the seam where the actor of the emotion reference (section 4) will stand: it too turns seeds and an affect into
bar embeddings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from emo_osc.affect import Affect
from emo_osc.studio.attributes import targets
from emo_osc.studio.decode import BarDecoderWeights
from emo_osc.studio.fast_hierdec import fuse_hierdec
from emo_osc.studio.forms import BARS, drawn_forms
from emo_osc.studio.nets.bar_prior import ATTRIBUTES, BarPrior, Wish, normalised_attributes
from emo_osc.studio.nets.bar_vae import BarVAE
from emo_osc.studio.nets.hierdec import Hierdec
from emo_osc.studio.products import best_precision

# B melodies, E embedding size, Z latent size

PERIOD = tuple(bar % 4 for bar in range(16))


@dataclass(frozen=True, slots=True)
class Taste:
    """How melodies are drawn.

    `temperature` > 0, 1 for what was found best, more for bolder melodies; `share` of the noise that bars of one letter
    of the form have in common; `looks` at the prior's head for each bar.
    """

    temperature: float = 1.0
    share: float = 1.0
    looks: int = 12


@dataclass(frozen=True, slots=True)
class Proposal:
    """B melodies to decode: bar embeddings (B, 16, E), and for each melody which bars share their noise."""

    embeddings: Tensor
    forms: tuple[tuple[int, ...], ...]


class Proposer(Protocol):
    """Whatever turns seeds and an affect into bar embeddings.

    `candidates` is how many to draw for each melody asked; `is_in_c` says whether melodies come in C; `sharpness` is
    the decoder's temperature at a taste of 1.
    """

    weights: BarDecoderWeights
    device: torch.device
    candidates: int
    is_in_c: bool
    sharpness: float

    def propose(self, affect: Affect | None, seeds: Sequence[int], taste: Taste) -> Proposal:
        """A melody a seed; `affect` None leaves the feeling open."""


class PriorProposer:
    """The prior over bars, told what an affect asks for, so a few candidates do."""

    candidates = 24
    is_in_c = True
    sharpness = 0.5  # a slot says which bar is meant; what the decoder adds to it is mostly mistakes
    spread = 0.75  # of the prior's noise: its rarer bars are its worse ones

    def __init__(self, vae: BarVAE, prior: BarPrior, forms: Tensor, device: torch.device) -> None:
        self.forms = forms.to(device)
        self.vae = vae.to(device).eval()
        self.prior = prior.to(device).eval()
        self.device = device
        self.weights = vae.fused(best_precision(device, vae.config.hidden))

    @torch.no_grad()
    def propose(self, affect: Affect | None, seeds: Sequence[int], taste: Taste) -> Proposal:
        """Slots drawn from the prior in human forms; bars that repeat one another share their noise."""
        form = drawn_forms(self.forms, seeds)
        embeddings = self.vae.embed(self.slots(affect, seeds, form, taste))
        return Proposal(embeddings, tuple(tuple(row) for row in form.tolist()))

    @torch.no_grad()
    def slots(self, affect: Affect | None, seeds: Sequence[int], form: Tensor | None, taste: Taste) -> Tensor:
        """Slots (B, 16, Z), a melody a seed."""
        shape = (BARS, self.prior.config.active)
        noise = torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
        noise = noise.to(self.device) * (self.spread * taste.temperature)
        return self.prior.sample(noise, self.wish(affect, seeds), form, taste.looks)

    def wish(self, affect: Affect | None, seeds: Sequence[int]) -> Wish:
        """What the prior is told, a row a seed: an affect's targets, its mode by lot; the start of a period."""
        size = len(seeds)
        attributes = torch.full((size, ATTRIBUTES), float("nan"))
        if affect is not None:
            wanted = torch.from_numpy(targets(affect)).float().repeat(size, 1)
            luck = torch.tensor([np.random.default_rng(seed).random() for seed in seeds])
            wanted[:, 2] = (luck < wanted[:, 2]).float() * 0.9 + 0.05  # one melody is in one mode
            attributes = normalised_attributes(wanted)
        start, any_source = torch.zeros(size, dtype=torch.long), torch.full((size,), self.prior.config.sources)
        return Wish(start.to(self.device), any_source.to(self.device), attributes.to(self.device))


class HierdecProposer:
    """The normal prior of `hierdec-mel_16bar`, which knows no affect: many candidates, and the nearest is kept."""

    candidates = 64
    is_in_c = False
    sharpness = 1.0

    def __init__(self, net: Hierdec, device: torch.device) -> None:
        self.device = device
        self.latent = net.config.z_size
        precision = best_precision(device, net.config.decoder_width)
        self.fast = fuse_hierdec(net.to(device).eval(), precision)
        self.weights = self.fast.bar_decoder

    def propose(self, affect: Affect | None, seeds: Sequence[int], taste: Taste) -> Proposal:
        """Latents z ~ N(0, I); neither the affect nor the taste plays a part. Bars four apart share their noise."""
        z = torch.stack([torch.randn(self.latent, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
        return Proposal(self.fast.conduct(z.to(self.device)), (PERIOD,) * len(seeds))
