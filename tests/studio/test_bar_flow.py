"""The flow prior: it learns a distribution, follows wishes, and leaves open what is left open."""

import pytest
import torch

from emo_osc.studio.nets.bar_flow import BARS, PHASES, BarFlow, BarFlowConfig, Wish, flow_loss, normalised_attributes

pytestmark = pytest.mark.torch
CONFIG = BarFlowConfig(latent=2, width=24, layers=2, heads=2, sources=1)


def wish(size: int, density: float) -> Wish:
    attributes = torch.full((size, 3), float("nan"))
    attributes[:, 0] = density
    return Wish(torch.full((size,), PHASES), torch.ones(size, dtype=torch.long), attributes)


@pytest.fixture(scope="module")
def trained() -> BarFlow:
    """A prior of melodies whose slots all equal their first attribute: +1 or -1."""
    torch.manual_seed(0)
    net = BarFlow(CONFIG)
    optimiser = torch.optim.Adam(net.parameters(), 4e-3)
    generator = torch.Generator().manual_seed(0)
    for _ in range(300):
        signs = torch.randint(0, 2, (64,), generator=generator) * 2.0 - 1.0
        asked = wish(64, 0.0)
        asked.attributes[:, 0] = signs.masked_fill(torch.rand(64, generator=generator) < 0.3, float("nan"))
        loss = flow_loss(net, signs[:, None, None].expand(64, BARS, 2), asked, generator)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    return net.eval()


def drawn(net: BarFlow, density: float, size: int = 64) -> torch.Tensor:
    noise = torch.randn(size, BARS, 2, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        return net.sample(noise, wish(size, density), steps=8)


@pytest.mark.parametrize("asked", [1.0, -1.0])
def test_it_gives_what_is_wished(trained: BarFlow, asked: float) -> None:
    slots = drawn(trained, asked)
    assert float((slots - asked).abs().mean()) < 0.35


def test_left_open_it_gives_both_kinds_and_melodies_that_agree_within(trained: BarFlow) -> None:
    slots = drawn(trained, float("nan"))
    sides = (slots.mean((1, 2)) > 0).double().mean()
    assert 0.1 < float(sides) < 0.9
    assert float(slots.std((1, 2)).mean()) < 0.6  # independent bars would stand near 1


def test_an_untrained_network_moves_nothing() -> None:
    torch.manual_seed(1)
    net = BarFlow(CONFIG)
    with torch.no_grad():
        net.velocity.bias.zero_()
        noise = torch.randn(2, BARS, 2)
        assert torch.allclose(net.sample(noise, wish(2, 0.0)), noise, atol=1e-6)


def test_slots_come_back_on_the_scale_of_the_vae() -> None:
    net = BarFlow(CONFIG)
    net.centre.fill_(2.0)
    net.scale.fill_(3.0)
    z = torch.tensor([[[5.0, 2.0]]])
    assert net.normalise(z).tolist() == [[[1.0, 0.0]]]


def test_attributes_are_read_on_a_common_scale() -> None:
    people = torch.tensor([[3.0, 62.7, 0.0], [7.94, 79.4, 1.0]])  # 5th and 95th percentile, emotion reference 6.1
    assert bool((normalised_attributes(people).abs() < 2.1).all())
