"""All bars of a melody at once: embeddings to tokens, for any bar decoder made of LSTM layers. Knows no network.

Bars that are linked by a token across the bar line are decoded under a guess of it and again where the guess was wrong,
until nothing changes: the same tokens as one step after another, given the same noise, in fewer sequential steps.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from emo_osc.studio.graphs import replay
from emo_osc.studio.products import Adder, Precision, Product, adder, product

# B melodies, K bars, S steps a bar, V vocabulary, E embedding size, H width, L layers, R rows: bars of all melodies

HOLD = 0
BAR_STEPS = 16


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class BarDecoderWeights:
    """A bar decoder, fused: built by `fuse`, read by `decode`.

    Gates come in the order i, f, o, g; all biases are in `token_gates` (first layer) and `biases` (the others).
    """

    token_gates: Tensor  # (V + 1, 4 H): what a token before adds to the first layer's gates; the last row begins
    embedding_gates: Product  # (R, E) -> (R, 4 H)
    start: Product  # (R, E) -> (R, 2 L H): each layer's cell, then its hidden state, before tanh
    recurrent: tuple[Adder, ...]  # to (R, 4 H) gates; the first of (R, H), the others of (R, 2 H) [below, own]
    biases: tuple[Tensor, ...]  # (4 H,) of each layer above the first
    logits: Product  # (R, H) -> (R, V)
    is_linked: bool  # whether a bar's first step follows the token before the bar line, or begins afresh

    @property
    def begin(self) -> int:
        """The row of `token_gates` that nothing comes before."""
        return len(self.token_gates) - 1


@dataclass(frozen=True, slots=True)
class LstmLayer:
    """One layer in torch's layout: weight (4 H, K + H) of [input, own], bias (4 H,), gates in the order i, f, g, o."""

    weight: Tensor
    bias: Tensor


def fuse(
    token_gates: Tensor,
    embedding_gates: Tensor,
    start: tuple[Tensor, Tensor],
    recurrent: Tensor,
    above: tuple[LstmLayer, ...],
    logits: tuple[Tensor, Tensor],
    is_linked: bool,
    precision: Precision = "float32",
) -> BarDecoderWeights:
    """Packs a bar decoder's weights for `decode`; all gates in torch's order i, f, g, o, all tensors on one device.

    token_gates: (V + 1, 4 H), per token before, all of the first layer's biases included; row V begins a bar (a melody,
    when linked). embedding_gates: (4 H, E), no bias. start: weight (2 L H, E) and bias of the first states, cell before
    hidden, layer after layer, before tanh. recurrent: (4 H, H) of the first layer. above: the layers above it, each
    reading [below, own]. logits: weight (V, H), bias (V,).
    """
    return BarDecoderWeights(
        token_gates=gate_order(token_gates, 1),
        embedding_gates=product(gate_order(embedding_gates)),
        start=product(*(tensor.detach() for tensor in start)),
        recurrent=tuple(
            adder(gate_order(weight), precision) for weight in (recurrent, *(layer.weight for layer in above))
        ),
        biases=tuple(gate_order(layer.bias) for layer in above),
        logits=product(*(tensor.detach() for tensor in logits)),
        is_linked=is_linked,
    )


@torch.no_grad()
def decode(weights: BarDecoderWeights, embeddings: Tensor, temperature: float, noise: Tensor | None = None) -> Tensor:
    """Melodies of given embeddings. embeddings: (B, K, E) -> (B, K S) int64; any K >= 1, so one bar may come first.

    noise: (B, K, S, V) Gumbel, see `noise.gumbel`, or None for the likeliest tokens whatever the temperature > 0.
    """
    melodies, bars = embeddings.shape[:2]
    rows = embeddings.flatten(0, 1)  # (R, E)
    scaled = rows.new_zeros(()).expand(len(rows), BAR_STEPS, 1)  # argmax of logits / t + noise = of logits + t noise
    if noise is not None:
        scaled = (noise.to(rows) * temperature).flatten(0, 1)  # (R, S, V)
    inputs = (weights.embedding_gates(rows), torch.tanh(weights.start(rows)), scaled)
    before = torch.full((melodies, bars), HOLD if weights.is_linked else weights.begin, device=rows.device)
    before[:, 0] = weights.begin
    tokens = _bars(weights, before.flatten(), *inputs)  # (R, S)
    while weights.is_linked:
        ends = tokens.view(melodies, bars, -1)[:, :-1, -1]
        truly_before = torch.cat((before[:, :1], ends), 1)
        stale = (truly_before != before).flatten().nonzero().squeeze(1)
        if not len(stale):
            break
        before = truly_before
        tokens[stale] = _bars(weights, before.flatten()[stale], *(each[stale] for each in inputs))
    return tokens.view(melodies, -1)


def clean(tokens: Tensor) -> Tensor:
    """Tokens without note-offs (1) where nothing sounds: those become holds (0). (B, T) -> (B, T)."""
    steps = torch.arange(tokens.shape[1], device=tokens.device)
    last_event = torch.where(tokens > 0, steps, -1).cummax(1).values  # (B, T)
    before = last_event.roll(1, 1)
    before[:, 0] = -1
    is_sounding = (before >= 0) & (tokens.gather(1, before.clamp(min=0)) > 1)
    return torch.where((tokens == 1) & ~is_sounding, 0, tokens)


class Gates(NamedTuple):
    """One layer's gates as i, f, o, g side by side, with views of its parts that are made once."""

    whole: Tensor  # (R, 4 H)
    sigmoids: Tensor  # i, f, o: (R, 3 H)
    i: Tensor
    f: Tensor
    o: Tensor
    g: Tensor

    @classmethod
    def of(cls, whole: Tensor) -> "Gates":
        """Views of a (R, 4 H) buffer."""
        width = whole.shape[1] // 4
        return cls(whole, whole[:, : 3 * width], *torch.split(whole, width, 1))


@contextmanager
def no_denormals() -> Iterator[None]:
    """Numbers too small to matter count as 0: an LSTM that fades out is full of them, each a hundred times as slow.

    The processor keeps this for a whole thread, so it is given back.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def lstm_step(gates: Gates, cell: Tensor, hidden: Tensor) -> None:
    """One step of a layer, in place: from its gates before their nonlinearities and its cell. cell, hidden: (R, H)."""
    gates.sigmoids.sigmoid_()
    gates.g.tanh_()
    cell.mul_(gates.f).addcmul_(gates.i, gates.g)
    torch.tanh(cell, out=hidden).mul_(gates.o)


def lstm_start(start: Tensor, layers: int) -> list[tuple[Tensor, Tensor]]:
    """Cell and hidden state of each layer, to be changed in place. start: (R, L 2 H) -> L pairs of (R, H)."""
    parts = [part.clone(memory_format=torch.contiguous_format) for part in start.chunk(2 * layers, 1)]
    return list(zip(parts[::2], parts[1::2], strict=True))


def gate_order(tensor: Tensor, dim: int = 0) -> Tensor:
    """Torch's gates (i, f, g, o) with the tanh gate moved last (i, f, o, g), so one sigmoid serves three in a row."""
    i, f, g, o = tensor.detach().chunk(4, dim)
    return torch.cat((i, f, o, g), dim)


def _bars(weights: BarDecoderWeights, before: Tensor, *inputs: Tensor) -> Tensor:
    run = partial(_run, weights)
    return replay(weights, run, (before, *inputs)) if before.is_cuda else run(before, *inputs)


def _run(weights: BarDecoderWeights, before: Tensor, bar_gates: Tensor, start: Tensor, noise: Tensor) -> Tensor:
    """Sixteen steps of every row. before: (R,), bar_gates: (R, 4 H), start: (R, L 2 H), noise: (R, S, V) -> (R, S)."""
    states = lstm_start(start, len(weights.recurrent))
    gates = Gates.of(torch.empty_like(bar_gates))
    tokens = before.new_empty(len(before), BAR_STEPS)
    for step in range(BAR_STEPS):
        torch.index_select(weights.token_gates, 0, before, out=gates.whole)
        weights.recurrent[0](gates.whole.add_(bar_gates), states[0][1])
        lstm_step(gates, *states[0])
        for add, bias, (_, below), state in zip(
            weights.recurrent[1:], weights.biases, states, states[1:], strict=False
        ):
            add(gates.whole.copy_(bias), torch.cat((below, state[1]), 1))
            lstm_step(gates, *state)
        before = torch.argmax(weights.logits(states[-1][1]).add_(noise[:, step]), 1)
        tokens[:, step] = before
    return tokens
