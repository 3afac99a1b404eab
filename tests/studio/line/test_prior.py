"""The prior of latents: bars of one melody go together as those of people's melodies do."""

import pytest
import torch

from emo_osc.studio.line.prior import LatentPrior

pytestmark = pytest.mark.torch


def test_draws_have_the_mean_and_the_covariance_of_what_was_encoded() -> None:
    luck = torch.Generator().manual_seed(0)
    style = torch.randn(4_000, 1, 2, generator=luck) * 0.6
    mean = 0.5 + style + 0.3 * torch.randn(4_000, 16, 2, generator=luck)
    prior = LatentPrior.fitted(mean, torch.full_like(mean, 0.5))

    drawn = LatentPrior.from_tensors(prior.tensors()).draw(4_000, torch.Generator().manual_seed(1))

    assert drawn.shape == (4_000, 16, 2)
    assert drawn.mean((0, 1)).tolist() == pytest.approx([0.5, 0.5], abs=0.05)
    assert drawn.var((0, 1)).tolist() == pytest.approx([0.36 + 0.09 + 0.25] * 2, rel=0.05)
    across = ((drawn[:, 3] - 0.5) * (drawn[:, 12] - 0.5)).mean(0)
    assert across.tolist() == pytest.approx([0.36, 0.36], rel=0.1)
    between = ((drawn[:, 3, 0] - 0.5) * (drawn[:, 3, 1] - 0.5)).mean()
    assert float(between) == pytest.approx(0.0, abs=0.05)
