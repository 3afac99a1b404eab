"""One step of an LSTM layer with packed weights at a precision. Knows no network.

In float32 and int8 states are float32 and products are accumulated into the gates. In bf16 inputs, gates and states are
all bf16, without conversions; where only a bias is added, oneDNN fuses the nonlinearities into the product.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from emo_osc.studio.decoding.products import Adder, Pointwise, adder, pointwise
from emo_osc.weights.precision import Precision

# R rows, K inputs, H width, L layers


class Gates(NamedTuple):
    """The gates of one layer in the order i, f, o, g, with views of the parts."""

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


class State(NamedTuple):
    """A layer's cell and hidden state, (R, H) each, changed in place."""

    cell: Tensor
    hidden: Tensor


class Layer(Protocol):
    """A layer of H units that reads x (R, K): what is below it beside its own hidden state, or that alone."""

    @property
    def dtype(self) -> torch.dtype:
        """The type of x, the gates and the states."""

    def step(self, gates: Gates, x: Tensor, state: State) -> None:
        """Update `state` in place by one step. x: (R, K).

        `gates` holds the values added to the products where the layer has no bias; its content is overwritten.
        """


@dataclass(frozen=True, slots=True)
class LstmLayer:
    """One layer in torch's layout: weight (4 H, K + H) of [input, own], bias (4 H,), gates in the order i, f, g, o."""

    weight: Tensor
    bias: Tensor


def layer(weight: Tensor, bias: Tensor | None, precision: Precision) -> Layer:
    """A layer, packed. weight: (4 H, K), bias: (4 H,) or None where the gates hold it; both in torch's order."""
    weight, bias = gate_order(weight), None if bias is None else gate_order(bias)
    if precision != "bfloat16" or weight.dtype == torch.float64:
        return _Total(weight.dtype, adder(weight, precision), bias)
    weight, bias = weight.bfloat16(), None if bias is None else bias.bfloat16()
    if bias is None:
        return _Added(torch.bfloat16, pointwise(weight))
    cut = 3 * len(weight) // 4
    sigmoids = pointwise(weight[:cut], bias[:cut], "sigmoid")
    return _Fused(torch.bfloat16, sigmoids, pointwise(weight[cut:], bias[cut:], "tanh"))


def lstm_step(gates: Gates, cell: Tensor, hidden: Tensor) -> None:
    """One step of a layer, in place: from its gates before their nonlinearities and its cell. cell, hidden: (R, H)."""
    gates.sigmoids.sigmoid_()
    gates.g.tanh_()
    cell.mul_(gates.f).addcmul_(gates.i, gates.g)
    torch.tanh(cell, out=hidden).mul_(gates.o)


def lstm_start(start: Tensor, layers: int) -> list[State]:
    """Cell and hidden state of each layer, to be changed in place. start: (R, L 2 H) -> L pairs of (R, H)."""
    parts = [part.clone(memory_format=torch.contiguous_format) for part in start.chunk(2 * layers, 1)]
    return [State(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]


def gate_order(tensor: Tensor, dim: int = 0) -> Tensor:
    """Torch's gates (i, f, g, o) with the tanh gate moved last (i, f, o, g), so one sigmoid serves three in a row."""
    i, f, g, o = tensor.detach().chunk(4, dim)
    return torch.cat((i, f, o, g), dim)


@dataclass(frozen=True, slots=True)
class _Total:
    dtype: torch.dtype
    add: Adder
    bias: Tensor | None

    def step(self, gates: Gates, x: Tensor, state: State) -> None:
        if self.bias is not None:
            gates.whole.copy_(self.bias)
        self.add(gates.whole, x)
        lstm_step(gates, *state)


@dataclass(frozen=True, slots=True)
class _Added:
    dtype: torch.dtype
    multiply: Pointwise

    def step(self, gates: Gates, x: Tensor, state: State) -> None:
        lstm_step(Gates.of(self.multiply(x, gates.whole)), *state)


@dataclass(frozen=True, slots=True)
class _Fused:
    dtype: torch.dtype
    sigmoids: Pointwise
    tanh: Pointwise

    def step(self, gates: Gates, x: Tensor, state: State) -> None:
        i, f, o = self.sigmoids(x, None).chunk(3, 1)
        state.cell.mul_(f).addcmul_(i, self.tanh(x, None))
        torch.tanh(state.cell, out=state.hidden).mul_(o)
