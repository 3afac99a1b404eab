"""Replaces a network's linear layers by layers of lower precision; all else stays float32."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from emo_osc.studio.decoding.products import linear
from emo_osc.weights.precision import PRECISIONS, Choice, Precision, Run, fastest, settled


def pack(net: nn.Module, precision: Precision) -> None:
    """Replace every linear layer inside a network by one of this precision; the network then has no gradients."""
    if precision == "float32":
        return
    for name, child in net.named_children():
        if isinstance(child, nn.Linear):
            setattr(net, name, _Packed(child, precision))
        else:
            pack(child, precision)


def packing_choice(work: str, build: Callable[[], nn.Module], run: Callable[[nn.Module], Run], repeats: bool) -> Choice:
    """The precision in which `run` is fastest with a network of `build`; float32 where it `repeats`.

    Raises:
        EmoOscError: `EMO_OSC_PRECISION` is invalid.
    """
    if (choice := settled("cpu", repeats)) is not None:
        return choice

    def trial(precision: Precision) -> Callable[[], Run]:
        def prepare() -> Run:
            net = build()
            pack(net, precision)
            return run(net)

        return prepare

    return fastest(work, {precision: trial(precision) for precision in PRECISIONS})


class _Packed(nn.Module):
    def __init__(self, layer: nn.Linear, precision: Precision) -> None:
        super().__init__()
        bias = torch.zeros(layer.out_features) if layer.bias is None else layer.bias.detach()
        self._multiply = linear(layer.weight.detach(), bias, precision)

    def forward(self, x: Tensor) -> Tensor:
        made = self._multiply(x.flatten(0, -2)).to(x)
        return made.view(*x.shape[:-1], made.shape[-1])
