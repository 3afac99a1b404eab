"""Parallel decoding of all bars of a melody: embeddings to tokens, for any bar decoder of LSTM layers.

Theory of operation. In: packed weights (`fuse`), one embedding per bar (B, K, E), and Gumbel noise (B, K, S, V). Out:
tokens (B, K S). A bar decoder starts each bar from its embedding alone (MusicVAE, Roberts et al. 2018, section 3.1), so
all bars of all melodies are rows of one batch: 16 sequential steps instead of 256. Each step adds the gates of the
previous token (a table, so no embedding is multiplied) and of the bar (computed once) to the recurrent product, applies
the LSTM layers, and takes argmax(logits + temperature * noise), a sample by the Gumbel-max trick; noise is input, so
tokens depend on seeds only.

In `hierdec` one token crosses each bar line (`is_linked`), so bars are not independent. There the last token of every
bar is guessed from its usual logits under the noise of that step; all bars are decoded; bars whose true previous token
differs from the guess are decoded again, until none differs. At most one more bar is final after each pass, and the
result equals sequential decoding with the same noise. The shipped decoder has no such link and needs one pass.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import inf

import torch
from torch import Tensor

from emo_osc.studio.decoding.graphs import replay
from emo_osc.studio.decoding.lstm import Gates, Layer, LstmLayer, gate_order, layer, lstm_start
from emo_osc.studio.decoding.products import Product, product
from emo_osc.weights.precision import Precision

# B melodies, K bars, S steps a bar, V vocabulary, E embedding size, H width, L layers, R rows: bars of all melodies

HOLD = 0
BAR_STEPS = 16


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class BarDecoderWeights:
    """A bar decoder, fused: built by `fuse`, read by `decode`.

    Gates come in the order i, f, o, g; the first layer's biases are in `token_gates`, which has its layers' type.
    """

    token_gates: Tensor  # (V + 1, 4 H): gates of the first layer by previous token; the last row is the start
    embedding_gates: Product  # (R, E) -> (R, 4 H)
    start: Product  # (R, E) -> (R, 2 L H): each layer's cell, then its hidden state, before tanh
    layers: tuple[Layer, ...]  # the first reads its own state (R, H), the others [below, own] (R, 2 H)
    logits: Product  # (R, H) -> (R, V); never bf16, since the argmax decides tokens
    is_linked: bool  # whether a bar's first step takes the last token of the bar before
    end: Tensor  # (V,) usual logits of a bar's last step, for the guess of its last token

    @property
    def begin(self) -> int:
        """The row of `token_gates` for the start."""
        return len(self.token_gates) - 1


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
    """Pack a bar decoder's weights for `decode`; all gates in torch's order i, f, g, o, all tensors on one device.

    token_gates: (V + 1, 4 H), per token before, all of the first layer's biases included; row V begins a bar (a melody,
    when linked). embedding_gates: (4 H, E), no bias. start: weight (2 L H, E) and bias of the first states, cell before
    hidden, layer after layer, before tanh. recurrent: (4 H, H) of the first layer. above: the layers above it, each
    reading [below, own]. logits: weight (V, H), bias (V,).
    """
    layers = (layer(recurrent, None, precision), *(layer(each.weight, each.bias, precision) for each in above))
    return BarDecoderWeights(
        token_gates=gate_order(token_gates, 1).to(layers[0].dtype),
        embedding_gates=product(gate_order(embedding_gates), None, precision),
        start=product(start[0].detach(), start[1].detach(), precision),
        layers=layers,
        logits=product(logits[0].detach(), logits[1].detach()),
        is_linked=is_linked,
        end=torch.full_like(logits[1].detach(), -inf).index_fill_(0, torch.tensor(HOLD, device=logits[1].device), 0.0),
    )


@torch.no_grad()
def decode(weights: BarDecoderWeights, embeddings: Tensor, temperature: float, noise: Tensor | None = None) -> Tensor:
    """Decode embeddings (B, K, E) to tokens (B, K S) int64; any K >= 1, so the first bar can be decoded alone.

    noise: (B, K, S, V) Gumbel, see `noise.gumbel`, or None for the likeliest tokens; `temperature` > 0.
    """
    melodies, bars = embeddings.shape[:2]
    rows = embeddings.flatten(0, 1)  # (R, E)
    scaled = rows.new_zeros(()).expand(len(rows), BAR_STEPS, 1)  # argmax of logits / t + noise = of logits + t noise
    if noise is not None:
        scaled = (noise.to(rows) * temperature).flatten(0, 1)  # (R, S, V)
    inputs = (weights.embedding_gates(rows), torch.tanh(weights.start(rows)), scaled)
    before = torch.full((melodies, bars), weights.begin, device=rows.device)
    if weights.is_linked:
        last_noise = scaled[:, -1].view(melodies, bars, -1)[:, :-1]
        before[:, 1:] = torch.argmax(weights.end + last_noise, 2)
    tokens = _decode_bars(weights, before.flatten(), *inputs)  # (R, S)
    while weights.is_linked:
        ends = tokens.view(melodies, bars, -1)[:, :-1, -1]
        truly_before = torch.cat((before[:, :1], ends), 1)
        stale = (truly_before != before).flatten().nonzero().squeeze(1)
        if not len(stale):
            break
        before = truly_before
        tokens[stale] = _decode_bars(weights, before.flatten()[stale], *(each[stale] for each in inputs))
    return tokens.view(melodies, -1)


@torch.no_grad()
def usual_end(weights: BarDecoderWeights, embeddings: Tensor, noise: Tensor) -> Tensor:
    """The mean logits (V,) of the last step of bars. embeddings: (B, K, E), noise: (B, K, S, V)."""
    rows, each = embeddings.flatten(0, 1), noise.to(embeddings).flatten(0, 1)
    before = torch.full((len(rows),), HOLD, device=rows.device)
    _, scores = _decode_rows(weights, before, weights.embedding_gates(rows), torch.tanh(weights.start(rows)), each)
    return (scores - each[:, -1]).mean(0)


def clean(tokens: Tensor) -> Tensor:
    """Tokens without note-offs (1) where nothing sounds: those become holds (0). (B, T) -> (B, T)."""
    steps = torch.arange(tokens.shape[1], device=tokens.device)
    last_event = torch.where(tokens > 0, steps, -1).cummax(1).values  # (B, T)
    before = last_event.roll(1, 1)
    before[:, 0] = -1
    is_sounding = (before >= 0) & (tokens.gather(1, before.clamp(min=0)) > 1)
    return torch.where((tokens == 1) & ~is_sounding, 0, tokens)


@contextmanager
def no_denormals() -> Iterator[None]:
    """Flush denormal numbers to 0: decaying LSTM states hold many, and each operation is about 100 times slower.

    This is a setting of the thread and is restored at the end.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def _decode_bars(weights: BarDecoderWeights, before: Tensor, *inputs: Tensor) -> Tensor:
    run = partial(_run, weights)
    return replay(weights, run, (before, *inputs)) if before.is_cuda else run(before, *inputs)


def _run(weights: BarDecoderWeights, before: Tensor, bar_gates: Tensor, start: Tensor, noise: Tensor) -> Tensor:
    """Sixteen steps of every row. before: (R,), bar_gates: (R, 4 H), start: (R, L 2 H), noise: (R, S, V) -> (R, S)."""
    return _decode_rows(weights, before, bar_gates, start, noise)[0]


def _decode_rows(
    weights: BarDecoderWeights, before: Tensor, bar_gates: Tensor, start: Tensor, noise: Tensor
) -> tuple[Tensor, Tensor]:
    """Tokens as of `_run`, and the scores of the last step, (R, V)."""
    first, *above = weights.layers
    states = lstm_start(start, len(weights.layers))
    gates = Gates.of(torch.empty_like(bar_gates))
    tokens = before.new_empty(len(before), BAR_STEPS)
    for step in range(BAR_STEPS):
        torch.index_select(weights.token_gates, 0, before, out=gates.whole)
        gates.whole.add_(bar_gates)
        first.step(gates, states[0].hidden, states[0])
        for each, below, state in zip(above, states, states[1:], strict=False):
            each.step(gates, torch.cat((below.hidden, state.hidden), 1), state)
        scores = weights.logits(states[-1].hidden.to(noise)).add_(noise[:, step])
        before = torch.argmax(scores, 1)
        tokens[:, step] = before
    return tokens, scores
