"""A small causal transformer whose inputs are classes: what the rhythm and the note network share."""

# B melodies, T places, F classes told at each place, D width, H heads, Z latent numbers of a bar

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

NOWHERE = -1e4  # what is added where attention must not look


class ClassSum(nn.Module):
    """The sum of one embedding for each of F classes, all in one table.

    In training each is left out in a share `dropout` of the places, so that none is leaned on alone.
    """

    offsets: Tensor

    def __init__(self, sizes: Sequence[int], width: int, dropout: float) -> None:
        super().__init__()
        starts = [sum(sizes[:place]) for place in range(len(sizes))]
        self.register_buffer("offsets", torch.tensor(starts), persistent=False)
        self.dropout = dropout
        self.table = nn.EmbeddingBag(sum(sizes), width, mode="sum")
        nn.init.normal_(self.table.weight, 0.0, 0.3 / len(sizes) ** 0.5 * 2)

    def forward(self, classes: Tensor) -> Tensor:
        """(B, T, F) int -> (B, T, D)."""
        rows = (classes.long() + self.offsets).flatten(0, -2)
        weights = None
        if self.training and self.dropout:
            weights = (torch.rand(rows.shape, device=rows.device) >= self.dropout) / (1.0 - self.dropout)
        summed: Tensor = self.table(rows, per_sample_weights=weights)
        return summed.view(*classes.shape[:-1], -1)

    def part(self, classes: Tensor, columns: slice) -> Tensor:
        """The same of some of the F classes, without dropout."""
        rows = (classes.long() + self.offsets[columns]).flatten(0, -2)
        return fn.embedding_bag(rows, self.table.weight, mode="sum").view(*classes.shape[:-1], -1)


class CausalStack(nn.Module):
    """Blocks of attention over the places before, and of a small network at each place."""

    def __init__(self, width: int, layers: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.width, self.layers, self.heads = width, layers, heads

    def forward(self, h: Tensor) -> Tensor:
        """(B, T, D) -> (B, T, D)."""
        for block in self.blocks:
            h = block(h)
        return norm(h)


class Block(nn.Module):
    """Attention, and a small network at each place."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.scale = (width // heads) ** -0.5
        self.drop = nn.Dropout(dropout)
        self.mix = nn.Linear(width, 3 * width)
        self.join = nn.Linear(width, width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)

    def forward(self, h: Tensor) -> Tensor:
        """(B, T, D) -> (B, T, D)."""
        query, key, value = self._heads(h)
        scores = (query * self.scale) @ key.transpose(-1, -2)
        places = h.shape[1]
        future = torch.full((places, places), NOWHERE, device=h.device, dtype=scores.dtype).triu(1)
        shares = torch.softmax(scores + future, dim=-1, dtype=scores.dtype)
        return self._finish(h, shares @ value)

    def _heads(self, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        parts: Tensor = self.mix(norm(h))
        query, key, value = parts.view(*h.shape[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        return query, key, value

    def _finish(self, h: Tensor, seen: Tensor) -> Tensor:
        h = h + self.drop(self.join(seen.transpose(1, 2).flatten(2)))
        finished: Tensor = h + self.drop(self.narrow(fn.relu(self.widen(norm(h)))))
        return finished


class BarEncoder(nn.Module):
    """Each bar's classes to a Gaussian over its latent numbers."""

    def __init__(self, classes: int, places: int, width: int, latent: int, embedding: int = 16) -> None:
        super().__init__()
        self.read = nn.Embedding(classes, embedding)
        self.think = nn.Sequential(
            nn.Linear(places * embedding, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, 2 * latent),
        )

    def forward(self, bars: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance. bars: (B, 16, places) int -> (B, 16, Z), (B, 16, Z)."""
        mean, log_variance = self.think(self.read(bars.long()).flatten(2)).float().chunk(2, dim=-1)
        return mean, log_variance.clamp(-8.0, 2.0)


def norm(h: Tensor) -> Tensor:
    """Zero mean and unit variance over the last axis."""
    return fn.layer_norm(h, h.shape[-1:])


def told_nats(mean: Tensor, log_variance: Tensor, is_free: Tensor) -> Tensor:
    """What the latents of the bars that count say: mean KL from N(0, I) in nats. (B, 16, Z), .., (B, 16) -> scalar."""
    return kl_nats(mean, (log_variance / 2).exp())[is_free].mean()


def kl_nats(mean: Tensor, deviation: Tensor) -> Tensor:
    """The divergence of Gaussians from N(0, I) in nats, (.., Z), (.., Z) -> (..)."""
    return 0.5 * (deviation**2 + mean**2 - 1 - 2 * deviation.log()).sum(-1)
