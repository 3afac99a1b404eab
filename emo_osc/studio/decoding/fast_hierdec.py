"""`hierdec-mel_16bar` for playing: latent to tokens with fused, packed weights."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from emo_osc.studio.decoding.decode import BarDecoderWeights, decode, fuse, usual_end
from emo_osc.studio.decoding.lstm import Gates, Layer, LstmLayer, layer, lstm_start
from emo_osc.studio.decoding.noise import gumbel
from emo_osc.studio.decoding.products import Product, product
from emo_osc.studio.nets.hierdec import Hierdec
from emo_osc.weights.precision import Precision

# B melodies, K bars, Z latent size, E embedding size, H width, L layers


@dataclass(frozen=True, slots=True, eq=False)
class FastHierdec:
    """A network's decoding half, packed by `fuse_hierdec`."""

    bars: int
    start: Product  # (B, Z) -> (B, L 2 H)
    conductor: tuple[Layer, ...]  # the first reads its own state (B, H), the others [below, own] (B, 2 H)
    bar_decoder: BarDecoderWeights

    @torch.no_grad()
    def conduct(self, z: Tensor) -> Tensor:
        """One embedding a bar. z: (B, Z) -> (B, K, E). The conductor's input is zero, so only its state is read."""
        states = lstm_start(torch.tanh(self.start(z)), len(self.conductor))
        cell, hidden = states[-1]
        gates = Gates.of(cell.new_empty(len(z), 4 * cell.shape[1]))
        embeddings = []
        for _ in range(self.bars):
            for each, below, state in zip(self.conductor, (None, *states), states, strict=False):
                x = state.hidden if below is None else torch.cat((below.hidden, state.hidden), 1)
                each.step(gates, x, state)
            embeddings.append(hidden.to(z, copy=True))
        return torch.stack(embeddings, 1)

    def decode(self, z: Tensor, temperature: float, noise: Tensor | None = None) -> Tensor:
        """Melodies of latents: see `decode.decode`. z: (B, Z) -> (B, K S)."""
        return decode(self.bar_decoder, self.conduct(z), temperature, noise)


def fuse_hierdec(net: Hierdec, precision: Precision = "float32") -> FastHierdec:
    """Packs a network's decoding half; the network itself is left as it was."""
    c, conductor = net.config, _layers(net.conductor)
    first, *above = _layers(net.decoder)
    token_rows = torch.cat((first.weight[:, : c.vocabulary], torch.zeros_like(first.bias)[:, None]), 1).T
    widths = [c.vocabulary, c.decoder_width, c.decoder_width]
    _, of_embedding, recurrent = torch.split(first.weight, widths, 1)
    bars = fuse(
        token_gates=token_rows + first.bias,
        embedding_gates=of_embedding,
        start=(net.decoder_start.weight, net.decoder_start.bias),
        recurrent=recurrent,
        above=tuple(above),
        logits=(net.to_logits.weight, net.to_logits.bias),
        is_linked=True,
        precision=precision,
    )
    weights = (conductor[0].weight[:, 1:], *(each.weight for each in conductor[1:]))
    fast = FastHierdec(
        bars=c.bars,
        start=product(net.conductor_start.weight.detach(), net.conductor_start.bias.detach(), precision),
        conductor=tuple(layer(weight, each.bias, precision) for weight, each in zip(weights, conductor, strict=True)),
        bar_decoder=bars,
    )
    z = torch.randn(1, c.z_size, generator=torch.Generator().manual_seed(0)).to(net.conductor_start.weight)
    noise = gumbel([0], form=tuple(range(c.bars)), vocabulary=c.vocabulary)
    return replace(fast, bar_decoder=replace(bars, end=usual_end(bars, fast.conduct(z), noise)))


def _layers(lstm: torch.nn.LSTM) -> list[LstmLayer]:
    """Each layer with its two matrices side by side and its two biases added."""
    parts = [{name: getattr(lstm, f"{name}_l{layer}") for name in _PARTS} for layer in range(lstm.num_layers)]
    return [
        LstmLayer(torch.cat((p["weight_ih"], p["weight_hh"]), 1).detach(), (p["bias_ih"] + p["bias_hh"]).detach())
        for p in parts
    ]


_PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
