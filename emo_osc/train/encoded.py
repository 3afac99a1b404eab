"""Training melodies as latents: what the encoders make of them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from emo_osc.studio.line.beats import beats_of
from emo_osc.studio.line.places import BARS
from emo_osc.studio.line.sample import LineNets
from emo_osc.train.lines import Lines

PART = 4_096


@dataclass(frozen=True, slots=True)
class Encoded:
    """Posteriors of N melodies: means and deviations, (N, 16, Z) each."""

    mean: Tensor
    deviation: Tensor

    @classmethod
    @torch.no_grad()
    def of(cls, lines: Lines, nets: LineNets) -> "Encoded":
        """Every melody, on the CPU."""
        beats = torch.from_numpy(beats_of(lines.tokens)).view(len(lines.tokens), BARS, -1)
        tokens = torch.from_numpy(lines.tokens).view(len(lines.tokens), BARS, -1)
        halves = [
            [encoder(part) for part in torch.split(bars, PART)]
            for encoder, bars in ((nets.rhythm.encoder, beats), (nets.notes.encoder, tokens))
        ]
        mean, log_variance = (torch.cat([torch.cat([part[k] for part in half]) for half in halves], -1) for k in (0, 1))
        return cls(mean, (log_variance / 2).exp())

    @property
    def spread(self) -> Tensor:
        """The mean posterior deviation of each number of a bar, (Z,)."""
        return self.deviation.mean((0, 1))

    def drawn(self, rows: Tensor, generator: torch.Generator) -> Tensor:
        """Latents of some rows out of their posterior, (n,) -> (n, 16, Z)."""
        mean = self.mean[rows]
        return mean + self.deviation[rows] * torch.randn(mean.shape, generator=generator)
