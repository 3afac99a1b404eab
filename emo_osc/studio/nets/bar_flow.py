"""A prior over melodies: how sixteen bar slots belong together, learned by flow matching.

Noise is carried to latents along learned straight lines (Lipman et al. 2023; Liu et al. 2023) by a transformer whose
sixteen tokens are the bars (Peebles and Xie 2023). A bar that repeats another is one attention away, so form, which a
single Gaussian prior cannot hold, is learned here. The prior may be told where in an eight-bar period the melody
starts, which repertoire it should resemble, and what is to be measured on it; each may be left open.
"""

# B melodies, S = 16 bars, Z latent size of a bar, D width, A attributes

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

BARS = 16
PHASES = 8
ATTRIBUTES = 3  # as `attributes.measure_table`: notes per bar, mean pitch, belief in major


@dataclass(frozen=True, slots=True)
class BarFlowConfig:
    """Sizes of the network; `sources` is how many repertoires it was trained on."""

    latent: int = 32
    width: int = 192
    layers: int = 6
    heads: int = 6
    sources: int = 3

    def as_dict(self) -> dict[str, int]:
        """The sizes as they are kept beside the weights."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Wish:
    """What melodies should be like. All have B rows.

    `phase` (B,) int in 0..7, 8 for open; `source` (B,) int, `sources` for open; `attributes` (B, A) as
    `normalised_attributes`, NaN for open.
    """

    phase: Tensor
    source: Tensor
    attributes: Tensor


def normalised_attributes(measured: Tensor) -> Tensor:
    """Attributes on the scale the network reads, about -2..2. measured: (B, A) as measured -> (B, A).

    >>> normalised_attributes(torch.tensor([[5.0, 71.5, 1.0]])).tolist()
    [[0.0, 0.0, 1.0]]
    """
    density, pitch, major = measured.float().unbind(-1)
    return torch.stack([torch.log(density.clamp_min(0.05) / 5.0) * 2.5, (pitch - 71.5) / 4.5, major * 2 - 1], dim=-1)


class BarFlow(nn.Module):
    """Noise to the slots of a melody."""

    centre: Tensor  # what is taken off a slot of the VAE before `scale` divides it: (Z,) and ()
    scale: Tensor

    def __init__(self, config: BarFlowConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.read = nn.Linear(config.latent, width)
        self.place = nn.Parameter(torch.randn(BARS, width) * 0.02)
        self.phase = nn.Embedding(PHASES + 1, width)
        self.source = nn.Embedding(config.sources + 1, width)
        self.measured = nn.Linear(2 * ATTRIBUTES, width)
        self.time = nn.Sequential(nn.Linear(64, width), nn.SiLU(), nn.Linear(width, width))
        self.blocks = nn.ModuleList(_Block(width, config.heads) for _ in range(config.layers))
        self.final = nn.Linear(width, 2 * width)
        self.velocity = nn.Linear(width, config.latent)
        self.register_buffer("centre", torch.zeros(config.latent))
        self.register_buffer("scale", torch.ones(()))
        for layer in (self.final, self.velocity):
            nn.init.zeros_(layer.weight)

    def forward(self, x: Tensor, time: Tensor, wish: Wish) -> Tensor:
        """Where latents should move. x: (B, S, Z) normalised, time: (B,) in [0, 1] -> (B, S, Z)."""
        condition = fn.silu(self.time(_waves(time)) + self._of(wish))  # (B, D)
        h = self.read(x) + self.place
        for block in self.blocks:
            h = block(h, condition)
        shift, scale = self.final(condition)[:, None].chunk(2, dim=-1)
        velocity: Tensor = self.velocity(_norm(h) * (1 + scale) + shift)
        return velocity

    def sample(self, noise: Tensor, wish: Wish, steps: int = 12) -> Tensor:
        """Slots for noise, by the midpoint rule, `steps` looks at the network. noise: (B, S, Z) -> slots (B, S, Z)."""
        x, strides = noise, max(1, steps // 2)
        for k in range(strides):
            now = torch.full((len(x),), k / strides, device=x.device)
            middle = x + self(x, now, wish) * (0.5 / strides)
            x = x + self(middle, now + 0.5 / strides, wish) / strides
        return x * self.scale + self.centre

    def normalise(self, z: Tensor) -> Tensor:
        """Slots of the VAE on the scale of this network. z: (B, S, Z) -> (B, S, Z)."""
        return (z - self.centre) / self.scale

    def _of(self, wish: Wish) -> Tensor:
        is_open = torch.isnan(wish.attributes)
        values = torch.cat([wish.attributes.nan_to_num(0.0), is_open.to(wish.attributes.dtype)], dim=-1)
        condition: Tensor = self.phase(wish.phase) + self.source(wish.source) + self.measured(values)
        return condition


class _Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.modulate = nn.Linear(width, 6 * width)
        self.mix = nn.Linear(width, 3 * width)
        self.join = nn.Linear(width, width)
        self.think = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width)
        )
        nn.init.zeros_(self.modulate.weight)  # every block starts as the identity
        nn.init.zeros_(self.modulate.bias)

    def forward(self, h: Tensor, condition: Tensor) -> Tensor:
        shift, scale, gate, shift2, scale2, gate2 = self.modulate(condition)[:, None].chunk(6, dim=-1)
        h = h + gate * self._attend(_norm(h) * (1 + scale) + shift)
        changed: Tensor = h + gate2 * self.think(_norm(h) * (1 + scale2) + shift2)
        return changed

    def _attend(self, h: Tensor) -> Tensor:
        parts: Tensor = self.mix(h)
        query, key, value = parts.view(*h.shape[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4)  # (B, heads, S, .)
        heard = fn.scaled_dot_product_attention(query, key, value)
        joined: Tensor = self.join(torch.flatten(heard.transpose(1, 2), 2))
        return joined


def flow_loss(net: BarFlow, z: Tensor, wish: Wish, generator: torch.Generator) -> Tensor:
    """Mean squared error of the velocity at random times (logit-normal, Esser et al. 2024). z: (B, S, Z) -> scalar."""
    x = net.normalise(z)
    noise = torch.randn(x.shape, generator=generator, device=x.device)
    time = torch.sigmoid(torch.randn(len(x), generator=generator, device=x.device))
    along = time[:, None, None]
    guess = net((1 - along) * noise + along * x, time, wish)
    return fn.mse_loss(guess.float(), x - noise)


def _norm(h: Tensor) -> Tensor:
    return fn.layer_norm(h, h.shape[-1:])


def _waves(time: Tensor) -> Tensor:
    frequency = torch.exp(torch.linspace(0.0, 6.0, 32, device=time.device))
    angle = time[:, None] * frequency
    return torch.cat([angle.sin(), angle.cos()], dim=-1)  # (B, 64)
