"""Trains the prior over bar slots on a trained bar VAE: `emo-osc train prior`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from emo_osc.studio.nets.bar_prior import ATTRIBUTES, PHASES, BarPrior, BarPriorConfig, Condition, prior_loss
from emo_osc.studio.nets.bar_prior import normalised_attributes as normalised
from emo_osc.studio.nets.bar_vae import BarVAE
from emo_osc.train.corpora.corpus import Corpus, load_corpus
from emo_osc.train.loop import Recipe, Scores

RECIPE = Recipe(steps=5_000, batch=64, rate=1e-3, seed=2, warmup=300, decay=0.05, validate_every=250)
UNUSED = 0.9
"""A number of a slot whose posterior is this wide on average carries no music: its prior is 1 wide."""


@dataclass(frozen=True, slots=True)
class PriorChoices:
    """Settings of this training.

    The bars before are read with `jitter` times the posterior's spread, as the network's own draws will be inexact.
    The head is asked at `draws` times a bar. Each wish is left open in `open_share` of the cases, so that any may be
    left open later.
    """

    jitter: float = 1.0
    draws: int = 2
    open_share: float = 0.3


@dataclass(frozen=True, slots=True)
class Slots:
    """Encoded melodies: `mean`, `spread` (N, 16, Z) of the posterior, and the wish each one would fulfil."""

    mean: Tensor
    spread: Tensor
    condition: Condition


class PriorTask:
    """Slots of the licensed melodies, out of noise."""

    def __init__(self, folder: Path, vae: BarVAE, choices: PriorChoices, device: torch.device) -> None:
        corpus = load_corpus(folder, "train")
        self.choices = choices
        self.device = device
        self.train = encode_corpus(vae, corpus)
        self.valid = encode_corpus(vae, load_corpus(folder, "valid"))
        self.net: nn.Module = _fitted(self.train, len(corpus.sources))

    def loss(self, size: int, generator: torch.Generator, share: float) -> dict[str, Tensor]:
        """The loss of `size` melodies drawn anew."""
        rows = torch.randint(len(self.train.mean), (size,), generator=generator)
        return {"loss": self._loss(self.net, self.train, rows, generator)}

    def validate(self, net: nn.Module) -> Scores:
        """The loss on the validation melodies, always with the same noise and wishes."""
        generator = torch.Generator().manual_seed(11)
        rows = torch.randperm(len(self.valid.mean), generator=generator)[:1024]
        losses = [float(self._loss(net, self.valid, part, generator)) for part in torch.tensor_split(rows, 4)]
        return {"valid_loss": float(np.mean(losses))}

    def _loss(self, net: nn.Module, slots: Slots, rows: Tensor, generator: torch.Generator) -> Tensor:
        assert isinstance(net, BarPrior)
        mean = slots.mean[rows]
        context_bars = mean + torch.randn(mean.shape, generator=generator) * self.choices.jitter * slots.spread[rows]
        condition = _partly_open(slots.condition, rows, net.config.sources, self.choices.open_share, generator)
        noise = torch.Generator(self.device).manual_seed(int(torch.randint(1 << 40, (1,), generator=generator)))
        here = Condition(*(part.to(self.device) for part in (condition.phase, condition.source, condition.attributes)))
        return prior_loss(net, context_bars.to(self.device), mean.to(self.device), here, self.choices.draws, noise)


def encode_corpus(vae: BarVAE, corpus: Corpus) -> Slots:
    """The posterior of every melody, on the CPU."""
    device = next(vae.parameters()).device
    bars, back = np.unique(corpus.tokens.reshape(-1, 16), axis=0, return_inverse=True)
    with torch.no_grad():
        parts = [vae.encode(chunk.long().to(device)) for chunk in torch.tensor_split(torch.from_numpy(bars), 16)]
    index = torch.from_numpy(back.reshape(-1, 16))
    mean, spread = (torch.cat([part[k].cpu() for part in parts])[index] for k in (0, 1))
    attributes = normalised(torch.from_numpy(corpus.attributes()))
    return Slots(mean, spread, Condition(torch.from_numpy(corpus.phase), torch.from_numpy(corpus.source), attributes))


def _fitted(slots: Slots, sources: int) -> BarPrior:
    """A network whose scales are those of the slots, and which reads only their numbers that carry music."""
    which = (slots.spread.mean(dim=(0, 1)) < UNUSED).nonzero().squeeze(1)
    net = BarPrior(BarPriorConfig(latent=slots.mean.shape[-1], active=len(which), sources=sources))
    net.which.copy_(which)
    net.centre.copy_(slots.mean.mean(dim=(0, 1)))
    net.scale.copy_(slots.mean.std(dim=(0, 1))[which])
    return net


def _partly_open(
    condition: Condition, rows: Tensor, sources: int, share: float, generator: torch.Generator
) -> Condition:
    is_open = torch.rand(len(rows), 2 + ATTRIBUTES, generator=generator) < share
    phase = condition.phase[rows].masked_fill(is_open[:, 0], PHASES)
    source = condition.source[rows].masked_fill(is_open[:, 1], sources)
    return Condition(phase, source, condition.attributes[rows].masked_fill(is_open[:, 2:], float("nan")))
