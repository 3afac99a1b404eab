"""`hierdec-mel_16bar` for playing: latent to tokens with fused, packed weights."""

from dataclasses import dataclass

import torch
from torch import Tensor

from emo_osc.studio.decode import BarDecoderWeights, Gates, LstmLayer, decode, fuse, gate_order, lstm_start, lstm_step
from emo_osc.studio.nets.hierdec import Hierdec
from emo_osc.studio.products import Adder, Precision, Product, adder, product

# B melodies, K bars, Z latent size, E embedding size, H width, L layers


@dataclass(frozen=True, slots=True, eq=False)
class FastHierdec:
    """A network's decoding half, packed by `fuse_hierdec`."""

    bars: int
    start: Product  # (B, Z) -> (B, L 2 H)
    conductor: tuple[Adder, ...]  # to (B, 4 H) gates; the first of (B, H), the others of (B, 2 H)
    biases: tuple[Tensor, ...]  # (4 H,) each
    bar_decoder: BarDecoderWeights

    @torch.no_grad()
    def conduct(self, z: Tensor) -> Tensor:
        """One embedding a bar. z: (B, Z) -> (B, K, E). The conductor's input is zero, so only its state is read."""
        states = lstm_start(torch.tanh(self.start(z)), len(self.conductor))
        gates = Gates.of(z.new_empty(len(z), len(self.biases[0])))
        embeddings = []
        for _ in range(self.bars):
            for layer, (add, bias) in enumerate(zip(self.conductor, self.biases, strict=True)):
                own = states[layer][1]
                add(gates.whole.copy_(bias), torch.cat((states[layer - 1][1], own), 1) if layer else own)
                lstm_step(gates, *states[layer])
            embeddings.append(states[-1][1].clone())
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
    weights = (conductor[0].weight[:, 1:], *(layer.weight for layer in conductor[1:]))
    return FastHierdec(
        bars=c.bars,
        start=product(net.conductor_start.weight.detach(), net.conductor_start.bias.detach()),
        conductor=tuple(adder(gate_order(weight), precision) for weight in weights),
        biases=tuple(gate_order(layer.bias) for layer in conductor),
        bar_decoder=bars,
    )


def _layers(lstm: torch.nn.LSTM) -> list[LstmLayer]:
    """Each layer with its two matrices side by side and its two biases added."""
    parts = [{name: getattr(lstm, f"{name}_l{layer}") for name in _PARTS} for layer in range(lstm.num_layers)]
    return [
        LstmLayer(torch.cat((p["weight_ih"], p["weight_hh"]), 1).detach(), (p["bias_ih"] + p["bias_hh"]).detach())
        for p in parts
    ]


_PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
