"""The latent actor-critic: an actor that moves a melody's slots towards target attributes, and its two critics.

After Engel, Hoffman and Roberts 2018 ("Latent Constraints"), whose gated actor and realism critic Jang, Son and Lee
take over. The actor's gate decides for each number of a slot how much to keep. The condition is the target
attributes (notes per bar, mean pitch, belief in major), so any affect, a preset's references and a held density take
one forward pass without retraining.
"""

# B melodies, K = 16 bars, A active numbers of a slot, W width, N rows

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from emo_osc.studio.forms import BARS
from emo_osc.studio.nets.bar_prior import ATTRIBUTES
from emo_osc.studio.outline import ESTIMATED, Outline

KEEP_BIAS = -2.0  # initial bias of the gate: an untrained actor keeps nearly everything


@dataclass(frozen=True, slots=True)
class ActorConfig:
    """Sizes; `active` numbers of a slot carry music."""

    active: int
    width: int = 192
    layers: int = 3
    heads: int = 6
    critic: int = 768
    guess: int = 256

    def as_dict(self) -> dict[str, int]:
        """The sizes for the checkpoint's config."""
        return asdict(self)


class Actor(nn.Module):
    """Maps slots to slots: a target for each number, and a gate that interpolates towards it."""

    def __init__(self, config: ActorConfig) -> None:
        super().__init__()
        width = config.width
        self.read = nn.Linear(config.active, width)
        self.place = nn.Parameter(torch.randn(BARS, width) * 0.02)
        self.told = nn.Sequential(nn.Linear(ATTRIBUTES, width), nn.SiLU(), nn.Linear(width, width))
        self.blocks = nn.ModuleList(_Block(width, config.heads) for _ in range(config.layers))
        self.write = nn.Linear(width, 2 * config.active)
        with torch.no_grad():
            self.write.bias[config.active :] = KEEP_BIAS

    def forward(self, slots: Tensor, form: Tensor, condition: Tensor) -> Tensor:
        """Moved slots. slots: (B, K, A) in the prior's scale, form: (B, K), wish: (B, 3) normalised -> (B, K, A).

        A bar that repeats another takes its moved slot, so the form is kept exactly.
        """
        h = self.read(slots) + self.place + self.told(condition)[:, None]
        for block in self.blocks:
            h = block(h)
        drawn, gate = self.write(_norm(h)).to(slots).chunk(2, dim=-1)  # lerp takes no bf16 beside float32
        moved = torch.lerp(slots, drawn, torch.sigmoid(gate))
        return moved.gather(1, form[..., None].expand_as(moved))


class RealismCritic(nn.Module):
    """Logits that slots are of a human melody: for the whole melody given its attributes, and for each two neighbouring
    bars, of which there are more training examples.
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

    def forward(self, slots: Tensor, condition: Tensor) -> Tensor:
        """slots: (B, K, A), wish: (B, 3) normalised -> (B, K), the whole melody first, then each bar with
        the one before.
        """
        h = fn.silu(self.read(slots.flatten(1)) + self.told(condition))
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
    """Estimates the outline of a bar's decoded notes from its slot and its neighbours', so that losses have gradients.
    (The neighbours determine where a held note ends and the interval into the bar.)

    It is independent of targets: new losses or weights need no new critic.
    """

    def __init__(self, config: ActorConfig) -> None:
        super().__init__()
        width = config.guess
        self.think = nn.Sequential(
            nn.Linear(3 * config.active, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, ESTIMATED),
        )

    def forward(self, slots: Tensor) -> Outline:
        """slots: (B, K, A) -> the outline of B melodies."""
        before, after = fn.pad(slots[:, :-1], (0, 0, 1, 0)), fn.pad(slots[:, 1:], (0, 0, 0, 1))
        return Outline.estimated(self.think(torch.cat([before, slots, after], dim=-1)).to(slots))


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
        attended = fn.scaled_dot_product_attention(query, key, value)
        return torch.flatten(attended.transpose(1, 2), 2)


def _norm(h: Tensor) -> Tensor:
    return fn.layer_norm(h, h.shape[-1:])
