"""The bar VAE: its shapes, its loss against a second computation, and its decoder against the fast path."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from emo_osc.studio.decoding.decode import decode
from emo_osc.studio.decoding.noise import gumbel
from emo_osc.studio.nets.bar_vae import CLASSES, STEPS, BarVAE, BarVAEConfig, bar_loss

pytestmark = pytest.mark.torch
SMALL = BarVAEConfig(latent=6, token_width=5, encoder=24, hidden=12)


def small_net(seed: int = 0) -> BarVAE:
    torch.manual_seed(seed)
    return BarVAE(SMALL).eval()


def some_bars(count: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).integers(0, CLASSES, (count, STEPS)))


def test_a_bar_becomes_a_gaussian_over_its_slot() -> None:
    mean, spread = small_net().encode(some_bars(3))
    assert mean.shape == spread.shape == (3, 6)
    assert bool((spread > 0).all())


def test_the_loss_is_the_cross_entropy_plus_beta_times_the_kl() -> None:
    net, bars = small_net(), some_bars(4)
    loss, nats, kl = bar_loss(net, bars, 0.2, torch.Generator().manual_seed(5))
    mean, spread = net.encode(bars)
    z = mean + spread * torch.randn(mean.shape, generator=torch.Generator().manual_seed(5))
    chances = torch.log_softmax(net.teach(z, bars), -1).gather(-1, bars[..., None])
    gaussians = torch.distributions.Normal(mean, spread)
    prior = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    expected_kl = torch.distributions.kl_divergence(gaussians, prior).sum(-1).mean()
    assert torch.allclose(nats, -chances.sum((1, 2)).mean(), atol=1e-3)
    assert torch.allclose(kl, expected_kl, atol=1e-4)
    assert torch.allclose(loss, nats + 0.2 * kl)


def test_teaching_a_bar_what_it_samples_gives_that_bar() -> None:
    net = small_net()
    z = torch.randn(5, 6, generator=torch.Generator().manual_seed(1))
    bars = net.sample(z)
    assert torch.equal(net.teach(z, bars).argmax(-1), bars)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0.3, 1.5), st.floats(0.0, 1.0))
def test_the_fast_decoder_draws_what_the_plain_one_draws(seed: int, temperature: float, share: float) -> None:
    net = small_net(seed % 3)
    seeds = [seed, seed + 1]
    z = torch.randn(2, 16, 6, generator=torch.Generator().manual_seed(seed))
    noise = gumbel(seeds, share)
    with torch.no_grad():
        fast = decode(net.fused(), net.embed(z), temperature, noise)
        plain = net.sample(z.flatten(0, 1), temperature, noise.flatten(0, 1))
    assert torch.equal(fast, plain.view(2, 256))


def test_a_bar_decodes_from_its_own_slot_alone() -> None:
    net = small_net()
    z = torch.randn(1, 16, 6, generator=torch.Generator().manual_seed(2))
    changed = z.clone()
    changed[0, 4] += 3.0
    with torch.no_grad():
        before, after = (decode(net.fused(), net.embed(slots), 1.0).view(16, 16) for slots in (z, changed))
    assert [bar for bar in range(16) if not torch.equal(before[bar], after[bar])] in ([4], [])
    assert torch.equal(before[:4], after[:4])
    assert torch.equal(before[5:], after[5:])
