"""Matrix products with fixed weights, packed once for this processor.

Where a packed kernel is missing, standard operators give the same result with the same rounding.
"""

from collections.abc import Callable
from functools import cache
from typing import Literal

import torch
from torch import Tensor

from emo_osc.weights.precision import Precision

# M rows, K inputs, N outputs

Product = Callable[[Tensor], Tensor]  # (M, K) -> (M, N)
Adder = Callable[[Tensor, Tensor], None]  # a total (M, N), changed in place, and (M, K)
Pointwise = Callable[[Tensor, Tensor | None], Tensor]  # (M, K) and what is added before the function (M, N) -> (M, N)
Function = Literal["none", "sigmoid", "tanh"]

PACK_FROM = 1 << 20  # elements; below, a plain product on a transposed copy is as fast
ROWS = 16  # that weights are packed for: the bars of one melody
_INT8 = 127.0
_MISSING = (RuntimeError, AttributeError, NotImplementedError)  # raised where a kernel is missing


def product(weight: Tensor, bias: Tensor | None = None, precision: Precision = "float32") -> Product:
    """`x @ weight.T + bias` for unbounded x. weight: (N, K), bias: (N,).

    In bf16 inputs are rounded to bf16, and outputs are bf16; int8 is computed in float32.
    """
    if precision == "bfloat16" and weight.dtype != torch.float64:
        multiply = pointwise(weight.bfloat16(), None if bias is None else bias.bfloat16())
        return lambda x: multiply(x.bfloat16(), None)
    transposed = weight.T.contiguous()
    if bias is None:
        return lambda x: x @ transposed
    return lambda x: torch.addmm(bias, x, transposed)


def linear(weight: Tensor, bias: Tensor, precision: Precision) -> Product:
    """As `product`, in any precision; int8 rounds x to 1/127 of its largest entry, so rows affect each
    other slightly.
    """
    if precision != "int8":
        return product(weight, bias, precision)
    add = adder(weight, "int8")

    def multiply(x: Tensor) -> Tensor:
        largest = x.abs().max().clamp(min=1e-12)
        total = torch.zeros(len(x), len(weight))
        add(total, x / largest)
        return total.mul_(largest).add_(bias)

    return multiply


def pointwise(weight: Tensor, bias: Tensor | None = None, function: Function = "none") -> Pointwise:
    """`function(x @ weight.T + bias + added)` in one operator, all of one type; `added` requires the function "none".

    weight: (N, K), bias: (N,).
    """
    assert function == "none" or bias is not None
    if weight.device.type == "cpu":
        try:
            fused = _fused(weight.contiguous(), bias, function)
            fused(weight.new_zeros(1, weight.shape[1]), None)
        except _MISSING:
            pass
        else:
            return fused
    return _unfused(weight.T.contiguous(), bias, function)


def adder(weight: Tensor, precision: Precision) -> Adder:
    """Adds `x @ weight.T` to a total in place, for x in [-1, 1].

    weight: (N, K). int8 rounds x to 1/127 and each row of the weight to 1/127 of its largest entry; sums are exact, so
    a row's result does not depend on the rows beside it.
    """
    if weight.dtype == torch.float64:
        return _plain(weight)
    packed, plain = (_int8, _rounded) if precision == "int8" else (_float32, _plain)
    if weight.device.type != "cpu" or (precision == "int8" and not _has_exact_int8()):
        return plain(weight)
    try:
        add = packed(weight)
        add(weight.new_zeros(1, weight.shape[0]), weight.new_zeros(1, weight.shape[1]))
    except _MISSING:
        return plain(weight)
    return add


def _fused(weight: Tensor, bias: Tensor | None, function: Function) -> Pointwise:
    blocked = torch.ops.mkldnn._reorder_linear_weight(weight, ROWS)
    whole, added_to = torch.ops.mkldnn._linear_pointwise, torch.ops.mkldnn._linear_pointwise.binary

    def multiply(x: Tensor, added: Tensor | None) -> Tensor:
        made: Tensor = (
            whole(x, blocked, bias, function, [], "") if added is None else added_to(x, added, blocked, bias, "add")
        )
        return made

    return multiply


def _unfused(transposed: Tensor, bias: Tensor | None, function: Function) -> Pointwise:
    apply = _FUNCTIONS[function]

    def multiply(x: Tensor, added: Tensor | None) -> Tensor:
        start = bias if added is None else added if bias is None else added + bias
        return apply(x @ transposed if start is None else torch.addmm(start, x, transposed))

    return multiply


def _plain(weight: Tensor) -> Adder:
    transposed = weight.T.contiguous()

    def add(total: Tensor, x: Tensor) -> None:
        total.addmm_(x, transposed)

    return add


def _float32(weight: Tensor) -> Adder:
    if weight.numel() < PACK_FROM:
        return _plain(weight)
    multiply = _fused(weight, None, "none")

    def add(total: Tensor, x: Tensor) -> None:
        total.add_(multiply(x, None))

    return add


def _int8(weight: Tensor) -> Adder:
    scale = _scale(weight)
    blocked = torch.ops.onednn.qlinear_prepack((weight / scale[:, None]).round().to(torch.int8), None)
    zeros = torch.zeros(len(weight), dtype=torch.int32)
    into: tuple[object, ...] = (None, 1.0, 0, torch.float32, 1.0, 0, "sum", 1.0, "none", [], "")  # the total itself

    def add(total: Tensor, x: Tensor) -> None:
        rounded = torch.add(128.5, x, alpha=_INT8).to(torch.uint8)  # truncation of x + 1/2 rounds
        torch.ops.onednn.qlinear_pointwise.binary(rounded, 1 / _INT8, 128, blocked, scale, zeros, total, *into)

    return add


@cache
def _has_exact_int8() -> bool:
    """Whether int8 products are exact on this processor: without VNNI, sums of pairs overflow 16 bits."""
    total = torch.zeros(ROWS, ROWS)
    try:
        _int8(torch.ones(ROWS, 64))(total, torch.ones(ROWS, 64))
    except _MISSING:
        return False
    return bool((total - 64).abs().max() < 0.01)


def _rounded(weight: Tensor) -> Adder:
    scale = _scale(weight)
    transposed = ((weight / scale[:, None]).round() * (scale[:, None] / _INT8)).T.contiguous()

    def add(total: Tensor, x: Tensor) -> None:
        total.addmm_(torch.add(0.5, x, alpha=_INT8).floor_(), transposed)

    return add


def _scale(weight: Tensor) -> Tensor:
    """The quantisation step of each row, (N,)."""
    return weight.abs().amax(1).clamp(min=1e-12) / _INT8


_FUNCTIONS: dict[Function, Callable[[Tensor], Tensor]] = {
    "none": lambda x: x,
    "sigmoid": torch.Tensor.sigmoid_,
    "tanh": torch.Tensor.tanh_,
}
