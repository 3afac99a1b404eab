"""The prior over bars: it learns what follows what, grants wishes, and goes on from given bars."""

import pytest
import torch

from emo_osc.studio.forms import BARS
from emo_osc.studio.nets.bar_prior import PHASES, BarPrior, BarPriorConfig, Condition, normalised_attributes, prior_loss

pytestmark = pytest.mark.torch
CONFIG = BarPriorConfig(latent=3, active=2, width=24, layers=2, heads=2, head_layers=2, sources=1)


def condition(size: int, density: float) -> Condition:
    attributes = torch.full((size, 3), float("nan"))
    attributes[:, 0] = density
    return Condition(torch.full((size,), PHASES), torch.ones(size, dtype=torch.long), attributes)


def alternating(signs: torch.Tensor) -> torch.Tensor:
    """Melodies whose bars go up and down in turn, and begin as told: (B,) -> (B, 16, 3)."""
    turns = torch.tensor([1.0, -1.0]).repeat(BARS // 2)
    return (signs[:, None] * turns)[..., None].repeat(1, 1, 3)


@pytest.fixture(scope="module")
def trained() -> BarPrior:
    torch.manual_seed(0)
    net = BarPrior(CONFIG)
    optimiser = torch.optim.Adam(net.parameters(), 5e-3)
    generator = torch.Generator().manual_seed(0)
    for _ in range(200):
        signs = torch.randint(0, 2, (64,), generator=generator) * 2.0 - 1.0
        asked = condition(64, 0.0)
        asked.attributes[:, 0] = signs.masked_fill(torch.rand(64, generator=generator) < 0.3, float("nan"))
        z = alternating(signs)
        loss = prior_loss(net, z, z, asked, 2, generator)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    return net.eval()


def drawn(net: BarPrior, density: float, given: torch.Tensor | None = None) -> torch.Tensor:
    noise = torch.randn(64, BARS, 2, generator=torch.Generator().manual_seed(3))
    return net.sample(noise, condition(64, density), head_steps=8, given=given)


@pytest.mark.parametrize("asked", [1.0, -1.0])
def test_it_gives_what_is_wished_in_the_form_it_has_learned(trained: BarPrior, asked: float) -> None:
    expected = alternating(torch.full((64,), asked))
    assert float((drawn(trained, asked) - expected)[..., :2].abs().mean()) < 0.3


def test_left_open_it_gives_both_kinds(trained: BarPrior) -> None:
    begins_high = (drawn(trained, float("nan"))[:, 0, 0] > 0).double().mean()
    assert 0.2 < float(begins_high) < 0.8


def test_it_goes_on_from_given_bars_and_keeps_them(trained: BarPrior) -> None:
    given = alternating(-torch.ones(64))[:, :3]
    melodies = drawn(trained, float("nan"), given)
    assert torch.allclose(melodies[:, :3, :2], given[..., :2], atol=1e-6)
    assert float((melodies - alternating(-torch.ones(64)))[..., :2].abs().mean()) < 0.3


def test_a_bar_hears_only_the_bars_before_it() -> None:
    torch.manual_seed(1)
    net = BarPrior(CONFIG).eval()
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    slots = torch.randn(1, BARS - 1, 2)
    changed = slots.clone()
    changed[0, 6] += 1.0
    differs = (net(slots, condition(1, 0.0)) - net(changed, condition(1, 0.0))).abs().amax(-1)[0] > 1e-6
    assert differs.tolist() == [False] * 7 + [True] * 9


def test_slots_are_read_and_written_on_the_scale_of_the_vae() -> None:
    net = BarPrior(CONFIG)
    net.which.copy_(torch.tensor([0, 2]))
    net.centre.copy_(torch.tensor([1.0, 5.0, 2.0]))
    net.scale.copy_(torch.tensor([2.0, 4.0]))
    z = torch.tensor([[[3.0, 9.0, -2.0]]])
    assert net.normalise(z).tolist() == [[[1.0, -1.0]]]
    assert net.denormalise(net.normalise(z)).tolist() == [[[3.0, 5.0, -2.0]]]


def test_attributes_are_read_on_a_common_scale() -> None:
    people = torch.tensor([[3.0, 62.7, 0.0], [7.94, 79.4, 1.0]])  # 5th and 95th percentile, emotion reference 6.1
    assert bool((normalised_attributes(people).abs() < 2.1).all())


def test_bars_without_freedom_stay_and_the_others_hear_them(trained: BarPrior) -> None:
    source = alternating(torch.ones(8))
    freedom = torch.zeros(8, BARS)
    freedom[:, 5:7] = 1.0
    noise = torch.randn(8, BARS, 2, generator=torch.Generator().manual_seed(3))
    forms = torch.arange(BARS).repeat(8, 1)
    varied = trained.vary(source, freedom, noise, condition(8, 0.0), forms)

    kept = freedom == 0.0
    assert torch.allclose(varied[..., :2][kept], source[..., :2][kept], atol=1e-5)
    assert (varied[:, 5:7, :2].sign() == source[:, 5:7, :2].sign()).float().mean() > 0.9


def test_more_freedom_leads_further(trained: BarPrior) -> None:
    source = 0.4 * alternating(torch.ones(8))
    noise = torch.randn(8, BARS, 2, generator=torch.Generator().manual_seed(3))
    forms = torch.arange(BARS).repeat(8, 1)
    moved = [
        float((trained.vary(source, torch.full((8, BARS), freedom), noise, condition(8, 0.0), forms) - source).norm())
        for freedom in (0.1, 0.4, 1.0)
    ]

    assert moved == sorted(moved)
