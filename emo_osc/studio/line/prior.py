"""The prior of a melody's latents: one Gaussian over all sixteen bars, for the bars of a melody are of one kind.

Each bar's latent is normal by itself, as the encoders were trained to make it; but a melody whose bars are drawn one by
one is of no style. So the covariance of whole melodies is measured on the encoded training melodies.
"""

# N melodies, 16 bars, Z latent numbers of a bar

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from emo_osc.studio.line.places import BARS

LEAST = 1e-4  # added to the covariance, so that it has a factor


@dataclass(frozen=True, slots=True)
class LatentPrior:
    """Mean (16 Z,) and the lower factor (16 Z, 16 Z) of the covariance."""

    mean: Tensor
    factor: Tensor

    @classmethod
    def fitted(cls, mean: Tensor, deviation: Tensor) -> "LatentPrior":
        """The Gaussian of melodies drawn from posteriors with means and deviations (N, 16, Z)."""
        centre = mean.flatten(1).double()
        variance = deviation.flatten(1).double().square().mean(0)
        covariance = torch.cov(centre.T) + torch.diag(variance + LEAST)
        return cls(centre.mean(0).float(), torch.linalg.cholesky(covariance).float())

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> "LatentPrior":
        """What `tensors` of a checkpoint hold."""
        return cls(tensors["prior.mean"].float(), tensors["prior.factor"].float())

    def tensors(self) -> dict[str, Tensor]:
        """The same for a checkpoint."""
        return {"prior.mean": self.mean, "prior.factor": self.factor}

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Latents of melodies, (count, 16, Z)."""
        noise = torch.randn((count, len(self.mean)), generator=generator)
        return (self.mean + noise @ self.factor.T).view(count, BARS, -1)
