"""Trains the bar VAE: `emo-osc train vae`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emo_osc.studio.nets.bar_vae import BarVAE, BarVAEConfig, bar_loss
from emo_osc.train.corpora.corpus import Corpus, load_corpus, transposed, unique_bars
from emo_osc.train.corpora.scores import reconstruction
from emo_osc.train.loop import Recipe, Scores

RECIPE = Recipe(steps=5_000, batch=512, rate=3e-3, seed=1, validate_every=500)


@dataclass(frozen=True, slots=True)
class VAEChoices:
    """Settings of this training: the weight of the KL, and how bars are sampled.

    `beta` 0.2 is MusicVAE's; a bar is drawn by the root of how often it occurs, and in half of the cases moved by
    -5..+6 semitones, since a phrase in C borrows from other keys.
    """

    beta: float = 0.2
    move_share: float = 0.5


class VAETask:
    """Training task: reconstruction of bars of the licensed shards."""

    def __init__(self, folder: Path, config: BarVAEConfig, choices: VAEChoices, device: torch.device) -> None:
        self.config = config
        self.net: nn.Module = BarVAE(config)
        self.choices = choices
        self.device = device
        self.bars, counts = unique_bars(load_corpus(folder, "train").tokens)
        self.chances = torch.from_numpy(np.sqrt(counts))
        valid = load_corpus(folder, "valid")
        self.valid = valid.select(np.arange(0, len(valid.tokens), max(1, len(valid.tokens) // 400)))

    def loss(self, size: int, generator: torch.Generator, share: float) -> dict[str, Tensor]:
        """The bar loss of `size` bars drawn anew."""
        rows = torch.multinomial(self.chances, size, replacement=True, generator=generator).numpy()
        moves = torch.randint(-5, 7, (size,), generator=generator).numpy()
        is_moved = (torch.rand(size, generator=generator) < self.choices.move_share).numpy()
        bars = torch.from_numpy(transposed(self.bars[rows], moves * is_moved).astype(np.int64)).to(self.device)
        noise = torch.Generator(self.device).manual_seed(int(torch.randint(1 << 40, (1,), generator=generator)))
        assert isinstance(self.net, BarVAE)
        loss, nats, kl = bar_loss(self.net, bars, self.choices.beta, noise)
        return {"loss": loss, "nats": nats, "kl": kl}

    def validate(self, net: nn.Module) -> Scores:
        """Scores of rebuilding 400 validation melodies, from the mean and from a draw of the latent."""
        assert isinstance(net, BarVAE)
        mean, drawn = rebuild(net, self.valid, self.device)
        scores = {f"valid_{name}": value for name, value in reconstruction(self.valid.tokens, mean).items()}
        return scores | {"valid_note_f1_drawn": reconstruction(self.valid.tokens, drawn)["note_f1"]}


def rebuild(net: BarVAE, corpus: Corpus, device: torch.device) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Melodies decoded greedily from the latent's mean and from one draw of it, each (N, 256)."""
    bars = torch.from_numpy(corpus.tokens.reshape(-1, 16).astype(np.int64)).to(device)
    with torch.no_grad():
        mean, scale = net.encode(bars)
        noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(7)).to(device)
        both = [net.sample(z).cpu().numpy().reshape(-1, 256) for z in (mean, mean + scale * noise)]
    return both[0], both[1]
