"""What draws, moves and decodes latents, and the proposer of an imported MusicVAE.

The shipped model's is `line/proposer.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, pi, sin
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.core.affect import Affect
from emo_osc.studio.attributes import Aim, Floats, targets
from emo_osc.studio.decoding.choose_precision import decoding_choice
from emo_osc.studio.decoding.decode import clean, decode
from emo_osc.studio.decoding.fast_hierdec import fuse_hierdec
from emo_osc.studio.decoding.noise import gumbel
from emo_osc.studio.likeness import Likeness
from emo_osc.studio.nets.hierdec import Hierdec
from emo_osc.studio.pool.latents import Latent, rounded
from emo_osc.studio.variations import Moves

# B melodies, E embedding size, Z latent size

BARS = 16
PERIOD = tuple(bar % 4 for bar in range(16))


@dataclass(frozen=True, slots=True)
class SamplingParameters:
    """How melodies are drawn.

    `temperature` > 0, 1 for what was found best, more for bolder melodies; `share` of the noise that bars of one letter
    of the form have in common; `losses` are a preset's weights in ranking; `aim` says what an affect asks for.
    """

    temperature: float = 1.0
    share: float = 1.0
    losses: Mapping[str, float] = field(default_factory=dict)
    aim: Aim = targets


@dataclass(frozen=True, slots=True)
class Proposal:
    """B melodies to decode: latents (B, ..), the seed of each one's noise, and for each which bars are alike.

    `given` (B, 256) are tokens that stay, 255 where free, for a proposer that goes on from what is there.
    """

    latents: Tensor
    seeds: tuple[int, ...]
    forms: tuple[tuple[int, ...], ...]
    given: NDArray[np.uint8] | None = None


def joined(proposals: Sequence[Proposal]) -> Proposal:
    """All melodies of one or more proposals in turn, none of which goes on from tokens."""
    assert all(proposal.given is None for proposal in proposals)
    seeds = tuple(seed for proposal in proposals for seed in proposal.seeds)
    forms = tuple(form for proposal in proposals for form in proposal.forms)
    return Proposal(torch.cat([proposal.latents for proposal in proposals]), seeds, forms)


@dataclass(frozen=True, slots=True)
class Theme:
    """What to vary: a melody's latent and its tokens (256,), what its variations should measure (3,), and how far they
    go, in (0, 1).
    """

    latent: Tensor
    tokens: NDArray[np.int64]
    wanted: Floats
    amount: float


class Proposer(Protocol):
    """Turns seeds and an affect into latents, and latents into melodies.

    `shape` is that of one melody's latent; `candidates` is how many to draw for each melody asked, `tried` how many
    sources to refine for it, `is_in_c` says whether
    melodies come in C; `likeness` tells how like people's its melodies are, where that was learned.
    """

    shape: tuple[int, ...]
    device: torch.device
    candidates: int
    tried: int
    is_in_c: bool
    likeness: Likeness | None

    def propose(self, affect: Affect | None, seeds: Sequence[int], sampling: SamplingParameters) -> Proposal:
        """A melody a seed; `affect` None leaves the feeling open."""

    def near(
        self, theme: Theme, moved: Sequence[Moves], seeds: Sequence[int], sampling: SamplingParameters
    ) -> Proposal:
        """A variation a seed, each with its own bars moved; what comes for the other bars is not to be used."""

    def moved(self, sources: Sequence[Latent], wanted: Floats) -> Proposal:
        """Each source moved towards what is wanted of it, (B, 3) as measured; as it is without an actor."""

    def read(self, tokens: Tensor) -> Tensor:
        """The latents (B, ..) of melodies (B, 256)."""

    def until(self, latents: Tensor) -> NDArray[np.int64]:
        """Bars from each bar to the last one of its phrase as the latents' plans say, -1 where none does, (B, 16)."""

    def play(self, proposal: Proposal, sampling: SamplingParameters) -> NDArray[np.int64]:
        """The tokens (B, 256) that a proposal is decoded to."""


@runtime_checkable
class Continuing(Protocol):
    """A proposer that can go on from what sounded."""

    def moved(self, sources: Sequence[Latent], wanted: Floats) -> Proposal:
        """As a `Proposer`."""

    def continued(
        self, tokens: NDArray[np.int64], step: int, proposal: Proposal, sampling: SamplingParameters
    ) -> NDArray[np.int64]:
        """The tokens (B, 256) of phrases that enter at a 16th of the one that sounds, (256,), and continue it."""


class HierdecProposer:
    """The normal prior of `hierdec-mel_16bar`, which knows no affect: many candidates, and the nearest is kept."""

    candidates = 64
    tried = 24
    likeness: Likeness | None = None
    is_in_c = False

    def __init__(self, net: Hierdec, device: torch.device, is_repeatable: bool = False) -> None:
        self.device = device
        self.shape: tuple[int, ...] = (net.config.z_size,)
        self.net = net.to(device).eval()
        sizes = net.config.decoder_width, net.config.layers
        self.fast = fuse_hierdec(self.net, decoding_choice(device, *sizes, is_repeatable).precision)
        self.weights = self.fast.bar_decoder

    def propose(self, affect: Affect | None, seeds: Sequence[int], sampling: SamplingParameters) -> Proposal:
        """Latents z ~ N(0, I); neither the affect nor the sampling plays a part. Bars four apart share their noise."""
        z = rounded(self.noise(seeds))
        return Proposal(z, tuple(seeds), (PERIOD,) * len(seeds))

    def near(
        self, theme: Theme, moved: Sequence[Moves], seeds: Sequence[int], sampling: SamplingParameters
    ) -> Proposal:
        """Latents turned away from the theme's: a quarter of a circle for an amount of 1 ends at a stranger's."""
        angle = theme.amount * pi / 2
        z = rounded(cos(angle) * theme.latent.to(self.device) + sin(angle) * self.noise(seeds))
        forms = tuple(tuple(bars.get(bar, bar) for bar in range(BARS)) for bars in moved)
        return Proposal(z, tuple(seeds), forms)

    def moved(self, sources: Sequence[Latent], wanted: Floats) -> Proposal:
        """The sources as they are: of many, the nearest is kept."""
        z = torch.stack([source.numbers for source in sources]).to(self.device)
        return Proposal(z, tuple(source.seed for source in sources), tuple(source.form for source in sources))

    @torch.no_grad()
    def read(self, tokens: Tensor) -> Tensor:
        """The mean of each melody's latent."""
        return rounded(self.net.encode(tokens.to(self.device))[0])

    def until(self, latents: Tensor) -> NDArray[np.int64]:
        """Nothing is planned."""
        return np.full((len(latents), BARS), -1)

    def play(self, proposal: Proposal, sampling: SamplingParameters) -> NDArray[np.int64]:
        """The tokens of latents under the noise of their seeds, in whatever key comes."""
        tokens = clean(self.decoded(self.embed(proposal.latents), self.noise_of(proposal, sampling), sampling))
        played: NDArray[np.int64] = tokens.cpu().numpy()
        return played

    def noise_of(self, proposal: Proposal, sampling: SamplingParameters) -> Tensor:
        """The noise (B, 16, 16, 90) under which a proposal is decoded."""
        each = (gumbel([seed], sampling.share, form) for seed, form in zip(proposal.seeds, proposal.forms, strict=True))
        return torch.cat(list(each))

    def decoded(self, embeddings: Tensor, noise: Tensor, sampling: SamplingParameters) -> Tensor:
        """Tokens (B, 256) of bar embeddings (B, 16, E) under noise (B, 16, 16, 90)."""
        return decode(self.weights, embeddings, sampling.temperature, noise)

    def embed(self, latents: Tensor) -> Tensor:
        """What the conductor makes of each latent."""
        return self.fast.conduct(latents.to(self.device))

    def noise(self, seeds: Sequence[int]) -> Tensor:
        """Latents z ~ N(0, I), one a seed."""
        z = [torch.randn(self.shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
        return torch.stack(z).to(self.device)
