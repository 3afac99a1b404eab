"""A network whose linear layers multiply in another precision than float32; what is between them stays float32."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from emo_osc.studio.decoding.products import linear
from emo_osc.weights.precision import PRECISIONS, Choice, Precision, Run, fastest, settled


def pack(net: nn.Module, precision: Precision) -> None:
    """Replaces every linear layer inside a network by one of that precision, for use without gradients."""
    if precision == "float32":
        return
    for name, child in net.named_children():
        if isinstance(child, nn.Linear):
            setattr(net, name, _Packed(child, precision))
        else:
            pack(child, precision)


def packing_choice(work: str, build: Callable[[], nn.Module], run: Callable[[nn.Module], Run], repeats: bool) -> Choice:
    """The precision in which a network that `build` makes anew does fastest what `run` does with it.

    Raises:
        EmoOscError: `EMO_OSC_PRECISION` asks for what is no precision.
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
