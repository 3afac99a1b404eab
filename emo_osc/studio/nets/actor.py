"""The actor-critic of latents: an actor that moves a melody's slots towards what is wanted, and its two critics.

After Engel, Hoffman and Roberts 2018 ("Latent Constraints"), whose gated actor and realism critic Jang, Son and Lee
take over. The actor's gate says for each number of a slot whether to keep it. What is wanted is told as attributes
(notes per bar, mean pitch, belief in major), so any point of the plane, a preset's own reference values and a held
density all take one forward pass and no new training.
"""

# B melodies, K = 16 bars, A latent numbers of a bar, C numbers of its context, W width

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from emo_osc.studio.line.places import BARS
from emo_osc.studio.outline import ESTIMATED, Outline

ATTRIBUTES = 3  # as `attributes.measure_table`: notes per bar, mean pitch, belief in major
KEEPING = -2.0  # the gate's first bias: an actor that is new keeps nearly everything


@dataclass(frozen=True, slots=True)
class ActorConfig:
    """Sizes; `active` latent numbers a bar, `context` numbers that say where it stands."""

    active: int
    context: int
    width: int = 160
    layers: int = 3
    heads: int = 4
    critic: int = 512
    guess: int = 320

    def as_dict(self) -> dict[str, int]:
        """The sizes as they are kept beside the weights."""
        return asdict(self)


def normalised_attributes(measured: Tensor) -> Tensor:
    """Attributes on the scale the networks read, about -2..2. measured: (B, 3) as measured -> (B, 3).

    >>> normalised_attributes(torch.tensor([[5.0, 71.5, 1.0]])).tolist()
    [[0.0, 0.0, 1.0]]
    """
    density, pitch, major = measured.float().unbind(-1)
    return torch.stack([torch.log(density.clamp_min(0.05) / 5.0) * 2.5, (pitch - 71.5) / 4.5, major * 2 - 1], dim=-1)


class Actor(nn.Module):
    """Latents to latents: what to draw each number towards, and how much of the way."""

    def __init__(self, config: ActorConfig) -> None:
        super().__init__()
        width = config.width
        self.read = nn.Linear(config.active + config.context, width)
        self.place = nn.Parameter(torch.randn(BARS, width) * 0.02)
        self.told = nn.Sequential(nn.Linear(ATTRIBUTES, width), nn.SiLU(), nn.Linear(width, width))
        self.blocks = nn.ModuleList(_Block(width, config.heads) for _ in range(config.layers))
        self.write = nn.Linear(width, 2 * config.active)
        with torch.no_grad():
            self.write.bias[config.active :] = KEEPING

    def forward(self, slots: Tensor, context: Tensor, asked: Tensor) -> Tensor:
        """Moved latents. slots: (B, K, A), context: (B, K, C), asked: (B, 3) normalised -> (B, K, A)."""
        h = self.read(torch.cat([slots, context], dim=-1)) + self.place + self.told(asked)[:, None]
        for block in self.blocks:
            h = block(h)
        drawn, gate = self.write(_norm(h)).to(slots).chunk(2, dim=-1)  # lerp takes no bf16 beside float32
        return torch.lerp(slots, drawn, torch.sigmoid(gate))


class RealismCritic(nn.Module):
    """Logits that slots are those of a human melody: of the whole, which measures what is said of it, and of each two
    neighbouring bars, of which there are many more to learn from.
    """

    def __init__(self, config: ActorConfig) -> None:
        super().__init__()
        width, local = config.critic, config.guess
        self.read = nn.Linear(BARS * config.active, width)
        self.told = nn.Linear(ATTRIBUTES, width)
        self.think = nn.ModuleList(nn.Linear(width, width) for _ in range(2))
        self.judge = nn.Linear(width, 1)
        self.neighbours = nn.Sequential(
            nn.Linear(2 * config.active, local),
            nn.SiLU(),
            nn.Linear(local, local),
            nn.SiLU(),
            nn.Linear(local, local),
            nn.SiLU(),
            nn.Linear(local, 1),
        )

    def forward(self, slots: Tensor, wish: Tensor) -> Tensor:
        """slots: (B, K, A), wish: (B, 3) normalised -> (B, K), the whole first, then each bar with the one before."""
        h = fn.silu(self.read(slots.flatten(1)) + self.told(wish))
        for layer in self.think:
            h = fn.silu(layer(h)) + h
        return torch.cat([self.judge(h), self.neighbours(self.pairs(slots))[..., 0]], dim=1).to(slots)

    @staticmethod
    def pairs(slots: Tensor) -> Tensor:
        """Each bar with the one before, as `neighbours` reads them. (B, K, A) -> (B, K - 1, 2 A)."""
        return torch.cat([slots[:, :-1], slots[:, 1:]], dim=-1)

    @staticmethod
    def doubt(logits: Tensor) -> Tensor:
        """-ln D of the whole, plus twice its mean over neighbours. (B, K) -> (B,)."""
        doubts = fn.softplus(-logits)
        return doubts[:, 0] + 2.0 * doubts[:, 1:].mean(1)


class AttributeCritic(nn.Module):
    """What will be counted on a bar's decoded notes, estimated from its latent, its neighbours', its context and what
    the decoder is told: losses of it have gradients.
    """

    def __init__(self, config: ActorConfig) -> None:
        super().__init__()
        width = config.guess
        self.think = nn.Sequential(
            nn.Linear(3 * config.active + config.context + ATTRIBUTES, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, ESTIMATED),
        )

    def forward(self, slots: Tensor, context: Tensor, asked: Tensor) -> Outline:
        """slots: (B, K, A), context: (B, K, C), asked: (B, 3) normalised -> the outline of B melodies."""
        before, after = fn.pad(slots[:, :-1], (0, 0, 1, 0)), fn.pad(slots[:, 1:], (0, 0, 0, 1))
        told = asked[:, None].expand(*slots.shape[:2], ATTRIBUTES)
        return Outline.estimated(self.think(torch.cat([before, slots, after, context, told], dim=-1)).to(slots))


class ActorCritic(nn.Module):
    """The three networks that are trained together."""

    def __init__(self, config: ActorConfig) -> None:
        super().__init__()
        self.config = config
        self.actor = Actor(config)
        self.realism = RealismCritic(config)
        self.attributes = AttributeCritic(config)


class _Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.mix = nn.Linear(width, 3 * width)
        self.join = nn.Linear(width, width)
        self.widen = nn.Linear(width, 3 * width)
        self.narrow = nn.Linear(3 * width, width)
        for layer in (self.join, self.narrow):
            nn.init.zeros_(layer.weight)  # every block starts as the identity

    def forward(self, h: Tensor) -> Tensor:
        h = h + self.join(self._attend(_norm(h)))
        changed: Tensor = h + self.narrow(fn.gelu(self.widen(_norm(h)), approximate="tanh"))
        return changed

    def _attend(self, h: Tensor) -> Tensor:
        query, key, value = self.mix(h).view(*h.shape[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        heard = fn.scaled_dot_product_attention(query, key, value)
        return torch.flatten(heard.transpose(1, 2), 2)


def _norm(h: Tensor) -> Tensor:
    return fn.layer_norm(h, h.shape[-1:])
