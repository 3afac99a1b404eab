"""MusicVAE's `hierdec-mel_16bar`, at any size: a melody to a latent, and a latent to a melody, bar by bar.

Roberts et al., ICML 2018; faithful to the code of magenta/magenta at 526d3eb, which differs from the paper in two
places: the conductor's hidden state is the embedding, and one token crosses every bar line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot, softplus
from torch.nn.utils.rnn import pack_padded_sequence

from emo_osc.core.errors import EmoOscError

# B batch, T steps in all, K bars, S steps a bar, V vocabulary, Z latent size, E embedding size, H width, L layers

State = tuple[Tensor, Tensor]  # hidden states, cell states: (L, B, H) each


MAX_SIZE, MAX_REPEATS = 1 << 16, 64


@dataclass(frozen=True, slots=True)
class HierdecConfig:
    """Sizes; the defaults are those of the published checkpoint (176 M parameters).

    Raises:
        ValueError: a size is out of range.
    """

    z_size: int = 512
    encoder_width: int = 2048  # of each direction
    decoder_width: int = 1024  # of the conductor and of the bar decoder; also the embedding's size
    layers: int = 2
    bars: int = 16
    bar_steps: int = 16
    vocabulary: int = 90

    def __post_init__(self) -> None:
        for name in self.__slots__:
            most = MAX_REPEATS if name in ("layers", "bars", "bar_steps") else MAX_SIZE
            if not 1 <= getattr(self, name) <= most:
                raise ValueError(f"{name} must be in 1..{most}, got {getattr(self, name)!s:.80}")


class Hierdec(nn.Module):
    """Encoder, conductor and bar decoder. Works in evaluation and in training; has no dropout.

    Gates are torch's (i, f, g, o); the forget bias of 1 that TensorFlow adds at run time is part of `bias_ih`.
    """

    def __init__(self, config: HierdecConfig) -> None:
        super().__init__()
        self.config = c = config
        self.encoder = nn.LSTM(c.vocabulary, c.encoder_width, c.layers, batch_first=True, bidirectional=True)
        self.to_mu = nn.Linear(2 * c.encoder_width, c.z_size)
        self.to_sigma = nn.Linear(2 * c.encoder_width, c.z_size)
        state_size = 2 * c.layers * c.decoder_width
        self.conductor_start = nn.Linear(c.z_size, state_size)
        self.conductor = nn.LSTM(1, c.decoder_width, c.layers, batch_first=True)
        self.decoder_start = nn.Linear(c.decoder_width, state_size)
        self.decoder = nn.LSTM(c.vocabulary + c.decoder_width, c.decoder_width, c.layers, batch_first=True)
        self.to_logits = nn.Linear(c.decoder_width, c.vocabulary)
        self.apply(_initialise)

    def encode(self, tokens: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of the latents of melodies.

        tokens: (B, T) integers, ignored past `lengths` (B,), each 1..T -> (B, Z), (B, Z) > 0.
        """
        if lengths is None:
            lengths = torch.full((len(tokens),), tokens.shape[1])
        steps = one_hot(tokens.long().clamp(min=0), self.config.vocabulary).to(self.to_mu.weight.dtype)  # (B, T, V)
        packed = pack_padded_sequence(steps, lengths.cpu(), batch_first=True, enforce_sorted=False)
        _, (hidden, _) = self.encoder(packed)  # (2 L, B, H): layer by layer, forward then backward
        ends = torch.cat((hidden[-2], hidden[-1]), -1)  # (B, 2 H)
        return self.to_mu(ends), softplus(self.to_sigma(ends))

    def conduct(self, z: Tensor) -> Tensor:
        """One embedding a bar; they depend on the latent alone, never on notes. z: (B, Z) -> (B, K, E)."""
        silence = z.new_zeros(len(z), self.config.bars, 1)
        embeddings, _ = self.conductor(silence, self._state(self.conductor_start(z)))
        return torch.as_tensor(embeddings)

    def logits(self, embeddings: Tensor, tokens: Tensor) -> Tensor:
        """Logits of each step given the tokens before it (teacher forcing), all bars at once.

        embeddings: (B, K, E), tokens: (B, K S) -> (B, K S, V), before temperature.
        """
        c = self.config
        before = one_hot(tokens.long(), c.vocabulary).to(embeddings.dtype).roll(1, 1)  # (B, T, V)
        before[:, 0] = 0  # no start token: the first step sees zeros
        bars = before.reshape(-1, c.bar_steps, c.vocabulary)  # (B K, S, V)
        each = embeddings.flatten(0, 1)  # (B K, E)
        logits, _ = self._bar(bars, each, self._state(self.decoder_start(each)))
        return logits.reshape(len(tokens), -1, c.vocabulary)

    @torch.no_grad()
    def sample_sequential(self, embeddings: Tensor, temperature: float, noise: Tensor | None = None) -> Tensor:
        """Sequential decoding as published, 256 steps; `decode.decode` gives the same tokens faster.

        embeddings: (B, K, E); noise: (B, K, S, V) Gumbel, or None for the likeliest token -> (B, K S) int64.
        """
        c = self.config
        before = embeddings.new_zeros(len(embeddings), 1, c.vocabulary)
        tokens: list[Tensor] = []
        for bar in range(c.bars):
            state = self._state(self.decoder_start(embeddings[:, bar]))  # no state crosses a bar line
            for step in range(c.bar_steps):
                logits, state = self._bar(before, embeddings[:, bar], state)
                scores = logits[:, 0] if noise is None else logits[:, 0] / temperature + noise[:, bar, step]
                tokens.append(scores.argmax(-1))
                before = one_hot(tokens[-1][:, None], c.vocabulary).to(
                    embeddings.dtype
                )  # the last token crosses the bar line
        return torch.stack(tokens, 1)

    def _bar(self, before: Tensor, embedding: Tensor, state: State) -> tuple[Tensor, State]:
        """before: (B, S, V) one-hot, embedding: (B, E) -> logits (B, S, V) and the state after them."""
        steps = torch.cat((before, embedding[:, None].expand(-1, before.shape[1], -1)), -1)
        outputs, after = self.decoder(steps, state)
        return self.to_logits(outputs), after

    def _state(self, start: Tensor) -> State:
        """start: (B, L 2 H), each layer's cell before its hidden state -> the state an LSTM takes."""
        layers = start.tanh().reshape(len(start), self.config.layers, 2, -1).movedim(0, 2)  # (L, 2, B, H)
        return layers[:, 1].contiguous(), layers[:, 0].contiguous()


def build_hierdec(config: Mapping[str, object], tensors: Mapping[str, Tensor]) -> Hierdec:
    """A network with given weights, ready to play; config entries that are no sizes are ignored.

    Raises:
        EmoOscError: the config lacks a size, or the weights do not fit it.
    """
    try:
        sizes = {name: int(str(config[name])) for name in HierdecConfig.__slots__}
        with torch.device("meta"):  # the weights come from the file, so none are drawn
            net = Hierdec(HierdecConfig(**sizes))
        net.load_state_dict(dict(tensors), assign=True)
    except (KeyError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise EmoOscError(f"not the weights of a hierdec network ({reason}); import or train them again") from None
    return net.requires_grad_(False).eval()


def _initialise(module: nn.Module) -> None:
    """TensorFlow 1's defaults, as published: Glorot, biases 0, latents and first states near 0, forget bias 1."""
    if isinstance(module, nn.LSTM):
        for name, parameter in module.named_parameters():
            if name.startswith("weight"):
                continue
            nn.init.zeros_(parameter)
            if name.startswith("bias_ih"):
                nn.init.ones_(parameter.data[module.hidden_size : 2 * module.hidden_size])
        _glorot(module)
    elif isinstance(module, nn.Linear):
        nn.init.zeros_(module.bias)
        nn.init.normal_(module.weight, std=0.001)
    elif isinstance(module, Hierdec):
        nn.init.xavier_uniform_(module.to_logits.weight)


def _glorot(lstm: nn.LSTM) -> None:
    """One kernel [x, h] -> 4 H in TensorFlow, so both of its parts are drawn from the same range."""
    names = [name.removeprefix("weight_ih") for name, _ in lstm.named_parameters() if name.startswith("weight_ih")]
    for name in names:
        parts = [getattr(lstm, f"weight_{part}{name}") for part in ("ih", "hh")]
        bound = (6 / (sum(part.shape[1] for part in parts) + parts[0].shape[0])) ** 0.5
        for part in parts:
            nn.init.uniform_(part, -bound, bound)
