"""Where latents come from: the learned prior, or the normal prior of an imported MusicVAE.

This is the seam where the actor of the emotion reference (section 4) will stand: it too turns seeds and an affect into
bar embeddings.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from emo_osc.affect import Affect
from emo_osc.studio.attributes import targets
from emo_osc.studio.decode import BarDecoderWeights
from emo_osc.studio.fast_hierdec import fuse_hierdec
from emo_osc.studio.nets.bar_prior import ATTRIBUTES, BARS, BarPrior, Wish, normalised_attributes
from emo_osc.studio.nets.bar_vae import BarVAE
from emo_osc.studio.nets.hierdec import Hierdec
from emo_osc.studio.products import best_precision

# B melodies, E embedding size, Z latent size


class Proposer(Protocol):
    """Whatever turns seeds and an affect into bar embeddings.

    `candidates` is how many to draw for each melody asked; `is_in_c` says whether melodies come in C.
    """

    weights: BarDecoderWeights
    device: torch.device
    candidates: int
    is_in_c: bool

    def embeddings(self, affect: Affect | None, seeds: Sequence[int], looks: int) -> Tensor:
        """Bar embeddings (B, 16, E) for B seeds; `affect` None leaves the feeling open."""


class PriorProposer:
    """The prior over bars, told what an affect asks for; so few candidates are needed."""

    candidates = 8
    is_in_c = True

    def __init__(self, vae: BarVAE, prior: BarPrior, device: torch.device) -> None:
        self.vae = vae.to(device).eval()
        self.prior = prior.to(device).eval()
        self.device = device
        self.weights = vae.fused(best_precision(device, vae.config.hidden))

    @torch.no_grad()
    def embeddings(self, affect: Affect | None, seeds: Sequence[int], looks: int) -> Tensor:
        """Bar embeddings (B, 16, H) of slots drawn from the prior."""
        slots = self.slots(self.wish(affect, seeds), seeds, looks)
        return self.vae.embed(slots)

    @torch.no_grad()
    def slots(self, wish: Wish, seeds: Sequence[int], looks: int) -> Tensor:
        """Slots (B, 16, Z) for a wish of B rows."""
        shape = (BARS, self.prior.config.active)
        noise = torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
        return self.prior.sample(noise.to(self.device), wish, looks)

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

    def __init__(self, net: Hierdec, device: torch.device) -> None:
        self.device = device
        self.latent = net.config.z_size
        precision = best_precision(device, net.config.decoder_width)
        self.fast = fuse_hierdec(net.to(device).eval(), precision)
        self.weights = self.fast.bar_decoder

    def embeddings(self, affect: Affect | None, seeds: Sequence[int], looks: int) -> Tensor:
        """Bar embeddings (B, 16, E) of z ~ N(0, I); neither the affect nor `looks` plays a part."""
        z = torch.stack([torch.randn(self.latent, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
        return self.fast.conduct(z.to(self.device))
