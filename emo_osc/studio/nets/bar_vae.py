"""A variational autoencoder of bars: the latent of a melody is sixteen slots, one per bar.

Derived from MusicVAE (Roberts et al. 2018), with its latent of 512 numbers, its 90 melody classes, and a decoder that
starts each bar from that bar's embedding. Two differences: each bar has its own slice of the latent, so bars decode
independently, can be exchanged, and repeat where their slices do; and there is no conductor: the joint distribution of
the slots is learned by the prior (`bar_prior.py`).
"""

# B bars, T = 16 steps, V = 90 classes, W token width, H hidden size, Z latent size of a bar

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from emo_osc.studio.decoding.decode import BarDecoderWeights, fuse
from emo_osc.weights.precision import Precision

STEPS = 16
CLASSES = 90


@dataclass(frozen=True, slots=True)
class BarVAEConfig:
    """Sizes of the network.

    32 numbers a bar give a melody the 512 of `hierdec-mel_16bar`; 256 hidden units decode 64 melodies in the time of a
    16th note on one core.
    """

    latent: int = 32
    token_width: int = 48
    encoder: int = 512
    hidden: int = 256

    def as_dict(self) -> dict[str, int]:
        """The sizes as they are kept beside the weights."""
        return asdict(self)


class BarVAE(nn.Module):
    """Bars to Gaussians over slots, and slots back to bars."""

    def __init__(self, config: BarVAEConfig) -> None:
        super().__init__()
        self.config = config
        self.read = nn.Embedding(CLASSES, config.token_width)
        self.encoder = nn.Sequential(
            nn.Linear(STEPS * config.token_width, config.encoder),
            nn.SiLU(),
            nn.Linear(config.encoder, config.encoder),
            nn.SiLU(),
            nn.Linear(config.encoder, 2 * config.latent),
        )
        self.embedding = nn.Sequential(nn.Linear(config.latent, config.hidden), nn.SiLU())
        self.start = nn.Linear(config.hidden, 2 * config.hidden)
        self.write = nn.Embedding(CLASSES + 1, config.token_width)  # the last row begins a bar
        self.token_gates = nn.Linear(config.token_width, 4 * config.hidden)
        self.bar_gates = nn.Linear(config.hidden, 4 * config.hidden, bias=False)
        self.recurrent = nn.Linear(config.hidden, 4 * config.hidden, bias=False)
        self.logits = nn.Linear(config.hidden, CLASSES)
        with torch.no_grad():
            self.token_gates.bias[config.hidden : 2 * config.hidden] = 1.0  # remember at first: gates are i, f, g, o

    def encode(self, bars: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of each bar's slot. bars: (B, T) int -> (B, Z), (B, Z)."""
        read = self.read(bars)  # (B, T, W)
        mean, log_variance = self.encoder(torch.flatten(read, 1)).to(read).chunk(2, dim=-1)
        return mean, torch.exp(0.5 * log_variance.clamp(-10.0, 4.0))

    def embed(self, z: Tensor) -> Tensor:
        """The embedding from which a bar is decoded. z: (B, Z) -> (B, H)."""
        embedding: Tensor = self.embedding(z)
        return embedding

    def teach(self, z: Tensor, bars: Tensor) -> Tensor:
        """Logits of every step, given the true steps before it. z: (B, Z), bars: (B, T) -> (B, T, V)."""
        embedding = self.embed(z)
        begin = torch.full_like(bars[:, :1], CLASSES)
        inputs = fn.embedding(torch.cat([begin, bars[:, :-1]], dim=1), self._token_table())
        inputs = inputs + self.bar_gates(embedding)[:, None]
        c, h = torch.tanh(self.start(embedding)).chunk(2, dim=-1)
        outputs = []
        for gates in inputs.unbind(1):  # (B, 4H)
            c, h = self._step(gates, c, h)
            outputs.append(h)
        logits: Tensor = self.logits(torch.stack(outputs, dim=1))
        return logits

    def sample(self, z: Tensor, temperature: float = 1.0, noise: Tensor | None = None) -> Tensor:
        """Sequential decoding of bars, the reference for the fast decoder. z: (B, Z) -> (B, T).

        `noise` (B, T, V) is Gumbel noise for sampling; without it the likeliest tokens are taken.
        """
        return self.sample_embedded(self.embed(z), temperature, noise)

    def sample_embedded(self, embedding: Tensor, temperature: float = 1.0, noise: Tensor | None = None) -> Tensor:
        """Sequential decoding of embeddings (B, H), see `sample`."""
        table, bar_gates = self._token_table(), self.bar_gates(embedding)
        c, h = torch.tanh(self.start(embedding)).chunk(2, dim=-1)
        token = torch.full((len(embedding),), CLASSES, device=embedding.device)
        tokens = []
        for step in range(STEPS):
            c, h = self._step(table[token] + bar_gates, c, h)
            scores = self.logits(h) / temperature
            token = (scores if noise is None else scores + noise[:, step]).argmax(-1)
            tokens.append(token)
        return torch.stack(tokens, dim=1)

    def fused(self, precision: Precision = "float32") -> BarDecoderWeights:
        """The decoder as `decode.decode` reads it."""
        return fuse(
            token_gates=self._token_table(),
            embedding_gates=self.bar_gates.weight,
            start=(self.start.weight, self.start.bias),
            recurrent=self.recurrent.weight,
            above=(),
            logits=(self.logits.weight, self.logits.bias),
            is_linked=False,
            precision=precision,
        )

    def _token_table(self) -> Tensor:
        table: Tensor = self.token_gates(self.write.weight)  # (V + 1, 4H): one row a token, computed once a melody
        return table

    def _step(self, gates: Tensor, c: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        i, f, g, o = (gates + self.recurrent(h)).chunk(4, dim=-1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return c, torch.sigmoid(o) * torch.tanh(c)


def bar_loss(net: BarVAE, bars: Tensor, beta: float, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Reconstruction loss in nats plus beta times KL from N(0, I), and both terms. bars: (B, T) -> three scalars."""
    mean, scale = net.encode(bars)
    noise = torch.randn(mean.shape, generator=generator, device=mean.device)
    logits = net.teach(mean + scale * noise, bars)
    nats = fn.cross_entropy(logits.float().flatten(0, 1), bars.flatten(), reduction="sum") / len(bars)
    kl = kl_nats(mean, scale).mean()
    return nats + beta * kl, nats, kl


def kl_nats(mean: Tensor, scale: Tensor) -> Tensor:
    """How far a latent's distribution lies from the standard normal, in nats. (B, Z), (B, Z) -> (B,)."""
    return 0.5 * (scale**2 + mean**2 - 1 - 2 * scale.log()).sum(-1)
