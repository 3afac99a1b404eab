"""An autoregressive prior over melodies: each bar's slot is drawn given the bars before it.

A causal transformer reads the bars so far, and a small flow-matching head draws the next slot (the design of Li et al.
2024, "Autoregressive image generation without vector quantization"; flows as in Lipman et al. 2023). Each bar also
reads directly the bars 1, 2, 4 and 8 before it, where human melodies repeat, so that the prior learns form. The prior
is conditioned on the place of the start in an eight-bar period, the repertoire, and the measured attributes; each may
be left open.
"""

# B melodies, S = 16 bars, Z latent size of a bar, A active numbers of a slot, D width, M draws of a time a bar

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from emo_osc.studio.forms import BARS, repeating

PHASES = 8
LAGS = (1, 2, 4, 8)  # earlier bars that are read directly: where human melodies repeat (emotion reference, section 6.1)
NEAREST = 0.05  # least distance from time 1, where the velocity is computed from the end point
ATTRIBUTES = 3  # as `attributes.measure_table`: notes per bar, mean pitch, belief in major


@dataclass(frozen=True, slots=True)
class BarPriorConfig:
    """Sizes of the network; `active` of the `latent` numbers of a slot carry music; `sources` are repertoires."""

    latent: int = 32
    active: int = 32
    width: int = 192
    layers: int = 5
    heads: int = 6
    head_layers: int = 3
    sources: int = 3
    dropout: float = 0.1  # about two thousand pieces overfit soon

    def as_dict(self) -> dict[str, float]:
        """The sizes as they are kept beside the weights."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of B melodies.

    `phase` (B,) int in 0..7, 8 for open; `source` (B,) int, `sources` for open; `attributes` (B, 3) as
    `normalised_attributes`, NaN for open.
    """

    phase: Tensor
    source: Tensor
    attributes: Tensor

    def of(self, rows: Tensor) -> "Condition":
        """The condition of some of the melodies, by rows (n,) int."""
        return Condition(self.phase[rows], self.source[rows], self.attributes[rows])


def normalised_attributes(measured: Tensor) -> Tensor:
    """Attributes on the scale the network reads, about -2..2. measured: (B, 3) as measured -> (B, 3).

    >>> normalised_attributes(torch.tensor([[5.0, 71.5, 1.0]])).tolist()
    [[0.0, 0.0, 1.0]]
    """
    density, pitch, major = measured.float().unbind(-1)
    return torch.stack([torch.log(density.clamp_min(0.05) / 5.0) * 2.5, (pitch - 71.5) / 4.5, major * 2 - 1], dim=-1)


class BarPrior(nn.Module):
    """Predicts the next bar's slot from the bars before it."""

    which: Tensor  # the active numbers of a slot: (A,) int
    centre: Tensor  # the mean slot, (Z,)
    scale: Tensor  # the spread of the active numbers, (A,)

    def __init__(self, config: BarPriorConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.read = nn.Linear(len(LAGS) * config.active, width)
        self.place = nn.Parameter(torch.randn(BARS, width) * 0.02)
        self.phase = nn.Embedding(PHASES + 1, width)
        self.source = nn.Embedding(config.sources + 1, width)
        self.measured = nn.Sequential(nn.Linear(2 * ATTRIBUTES, width), nn.SiLU(), nn.Linear(width, width))
        self.blocks = nn.ModuleList(_Block(width, config.heads, config.dropout) for _ in range(config.layers))
        self.head = _Head(config.active, width, config.head_layers)
        self.register_buffer("which", torch.arange(config.active))
        self.register_buffer("centre", torch.zeros(config.latent))
        self.register_buffer("scale", torch.ones(config.active))

    def forward(self, slots: Tensor, condition: Condition) -> Tensor:
        """The context of each bar and of the next one. slots: (B, n, A) normalised, n < 16 -> (B, n + 1, D)."""
        bars = slots.shape[1] + 1
        before = fn.pad(slots, (0, 0, max(LAGS), 0))  # zeros before the first bar
        lagged = [before[:, max(LAGS) - lag :][:, :bars] for lag in LAGS]
        h = self.read(torch.cat(lagged, dim=-1)) + self.place[:bars] + self._of(condition)[:, None]
        for block in self.blocks:
            h = block(h)
        return _norm(h)

    @torch.no_grad()
    def sample(
        self,
        noise: Tensor,
        condition: Condition,
        form: Tensor | None = None,
        head_steps: int = 12,
        given: Tensor | None = None,
        codebook: Tensor | None = None,
    ) -> Tensor:
        """Slots of the VAE drawn one bar after another. noise: (B, S, A) -> (B, S, Z).

        `form` (B, S): the bar that each one repeats, itself for none; `given` (B, n, Z): bars to continue from;
        `head_steps`: evaluations of the head per bar. `codebook` (M, A): normalised slots of human bars; each bar is
        quantised to the nearest of them before the next is drawn.
        """
        slots = noise[:, :0] if given is None else self.normalise(given)
        for bar in range(slots.shape[1], BARS):
            drawn = nearest_code(self.head.sample(noise[:, bar], self(slots, condition)[:, -1], head_steps), codebook)
            drawn = drawn if form is None else repeating(slots, bar, form, drawn)
            slots = torch.cat([slots, drawn[:, None]], dim=1)
        return self.denormalise(slots)

    @torch.no_grad()
    def vary(
        self,
        source: Tensor,
        freedom: Tensor,
        noise: Tensor,
        condition: Condition,
        form: Tensor,
        head_steps: int = 12,
        codebook: Tensor | None = None,
    ) -> Tensor:
        """Variations of slots, each bar drawn given the bars before it. source: (B, S, Z) -> (B, S, Z).

        `freedom` (B, S): 0 keeps a bar, 1 draws a new one; between, the head starts from the bar with that amount of
        noise (SDEdit, Meng et al. 2022). The others as for `sample`.
        """
        own = self.normalise(source)
        slots = own[:, :0]
        for bar in range(BARS):
            bars = own[:, bar].clone()
            rows = torch.nonzero((freedom[:, bar] > 0.0) & (form[:, bar] == bar))[:, 0]
            if len(rows):  # the other bars are kept or repeated
                start = 1.0 - freedom[rows, bar]
                near = (1.0 - start)[:, None] * noise[rows, bar] + start[:, None] * bars[rows]
                moved = self.head.sample(near, self(slots[rows], condition.of(rows))[:, -1], head_steps, start)
                bars[rows] = nearest_code(moved, codebook)
            bars = torch.where(freedom[:, bar, None] > 0.0, repeating(slots, bar, form, bars), bars)
            slots = torch.cat([slots, bars[:, None]], dim=1)
        return self.denormalise(slots)

    def normalise(self, z: Tensor) -> Tensor:
        """Normalise slots of the VAE for this network. z: (B, S, Z) -> (B, S, A)."""
        return (z - self.centre)[..., self.which] / self.scale

    def denormalise(self, slots: Tensor) -> Tensor:
        """Slots of the VAE; inactive numbers are set to their mean. slots: (B, S, A) -> (B, S, Z)."""
        z = self.centre.repeat(*slots.shape[:2], 1)
        z[..., self.which] += slots * self.scale
        return z

    def _of(self, condition: Condition) -> Tensor:
        is_open = torch.isnan(condition.attributes)
        values = torch.cat([condition.attributes.nan_to_num(0.0), is_open.to(condition.attributes.dtype)], dim=-1)
        embedded: Tensor = self.phase(condition.phase) + self.source(condition.source) + self.measured(values)
        return embedded


def prior_loss(
    net: BarPrior, context_bars: Tensor, z: Tensor, condition: Condition, draws: int, generator: torch.Generator
) -> Tensor:
    """Mean squared error of the head's velocity at random times (logit-normal, Esser et al. 2024), `draws` a bar.

    context_bars: (B, S, Z), the input bars; z: (B, S, Z), the target bars -> scalar.
    """
    context = net(net.normalise(context_bars[:, :-1]), condition).repeat(draws, 1, 1)  # (M B, S, D)
    x = net.normalise(z).repeat(draws, 1, 1)
    noise = torch.randn(x.shape, generator=generator, device=x.device)
    time = torch.sigmoid(torch.randn(x.shape[:2], generator=generator, device=x.device))
    along = time[..., None]
    guess = net.head(((1 - along) * noise + along * x), context, time)
    return fn.mse_loss(guess.float(), x - noise)


def nearest_code(slots: Tensor, codebook: Tensor | None) -> Tensor:
    """Quantise slots to the nearest entry of a codebook (M, A); None leaves them. (.., A) -> (.., A)."""
    if codebook is None:
        return slots
    rows = slots.reshape(-1, slots.shape[-1])
    return codebook[torch.cdist(rows, codebook).argmin(1)].view(slots.shape)


class _Block(nn.Module):
    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.drop = nn.Dropout(dropout)
        self.mix = nn.Linear(width, 3 * width)
        self.join = nn.Linear(width, width)
        self.widen = nn.Linear(width, 3 * width)
        self.narrow = nn.Linear(3 * width, width)
        for layer in (self.join, self.narrow):
            nn.init.zeros_(layer.weight)  # every block starts as the identity

    def forward(self, h: Tensor) -> Tensor:
        h = h + self.drop(self._attend(_norm(h)))
        changed: Tensor = h + self.drop(self.narrow(fn.gelu(self.widen(_norm(h)), approximate="tanh")))
        return changed

    def _attend(self, h: Tensor) -> Tensor:
        parts: Tensor = self.mix(h)
        query, key, value = parts.view(*h.shape[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4)  # (B, heads, S, .)
        attended = fn.scaled_dot_product_attention(query, key, value, is_causal=True)
        joined: Tensor = self.join(torch.flatten(attended.transpose(1, 2), 2))
        return joined


class _Head(nn.Module):
    """The flow-matching head: maps noise to a slot along straight lines, given the context.

    It predicts the end point of the line rather than the velocity: a repeated bar is then a copy at every time.
    """

    def __init__(self, active: int, width: int, layers: int) -> None:
        super().__init__()
        self.read = nn.Linear(active, width)
        self.time = nn.Sequential(nn.Linear(32, width), nn.SiLU(), nn.Linear(width, width))
        self.told = nn.Linear(width, width)
        self.modulate = nn.ModuleList(nn.Linear(width, 3 * width) for _ in range(layers))
        self.think = nn.ModuleList(
            nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width)) for _ in range(layers)
        )
        self.plain = nn.Linear(width, active)
        self.fine = nn.Linear(width, active)
        for layer in (*self.modulate, self.fine):
            assert isinstance(layer, nn.Linear)
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor, context: Tensor, time: Tensor) -> Tensor:
        """The velocity of slots. x: (.., A), context: (.., D), time: (..) in [0, 1] -> (.., A)."""
        condition = fn.silu(self.told(context) + self.time(_waves(time)))
        h = self.read(x)
        for modulate, think in zip(self.modulate, self.think, strict=True):
            shift, scale, gate = modulate(condition).chunk(3, dim=-1)
            h = h + gate * think(_norm(h) * (1 + scale) + shift)
        end = self.plain(context) + self.fine(_norm(h))
        velocity: Tensor = (end - x) / (1 - time).clamp_min(NEAREST)[..., None]
        return velocity

    def sample(self, noise: Tensor, context: Tensor, head_steps: int, start: Tensor | None = None) -> Tensor:
        """Slots for noise by the midpoint rule. noise: (B, A), context: (B, D) -> (B, A).

        `start` (B,): the time in [0, 1] of each row of `noise` on its line, 0 for pure noise.
        """
        x, strides = noise, max(1, head_steps // 2)
        begin = torch.zeros(len(x), device=x.device) if start is None else start
        stride = (1.0 - begin) / strides
        for k in range(strides):
            now = begin + k * stride
            middle = x + self(x, context, now) * (0.5 * stride)[:, None]
            x = x + self(middle, context, now + 0.5 * stride) * stride[:, None]
        return x


def _norm(h: Tensor) -> Tensor:
    return fn.layer_norm(h, h.shape[-1:])


def _waves(time: Tensor) -> Tensor:
    frequency = torch.exp(torch.linspace(0.0, 5.0, 16, device=time.device))
    angle = time[..., None] * frequency
    return torch.cat([angle.sin(), angle.cos()], dim=-1)  # (.., 32)
