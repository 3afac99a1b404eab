"""A causal stack computed place after place, for drawing: the same numbers as its `forward`, with what was computed of
earlier places kept.

Several places whose classes are all known are computed at once. Rows are in order of places: all melodies' first place,
all melodies' second.
"""

# n melodies, k places at once, D width, H heads, d = D / H

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from emo_osc.studio.nets.causal_blocks import NOWHERE, Block, CausalStack, norm

Product = Callable[[Tensor], Tensor]


class Incremental:
    """Room for the queries, keys and values of B melodies and T places, to be computed in the order of places.

    The melodies that are still computed are the first n; their number may only become smaller.
    """

    def __init__(self, stack: CausalStack, melodies: int, places: int) -> None:
        self._heads, self._width = stack.heads, stack.width
        self._blocks = [_Products.of(cast(Block, block)) for block in stack.blocks]
        shape = stack.layers, 3, melodies, stack.heads, places, stack.width // stack.heads
        device = next((each.device for each in stack.parameters()), torch.device("cpu"))  # a packed stack has none
        self._kept = torch.empty(shape, device=device)

    def go_on(self, h: Tensor, melodies: int, at: int) -> Tensor:
        """k places more, the first of them `at`: (k n, D) -> (n, D), what the stack says at the last of them."""
        until = at + len(h) // melodies
        kept = self._kept[:, :, :melodies]
        new = kept[..., at:until, :].permute(0, 4, 2, 1, 3, 5).unbind()  # each (k, n, 3, H, d)
        flat = kept.flatten(2, 3)  # (layers, 3, n H, T, d)
        queries = flat[:, 0, :, at:until].unbind()
        keys = flat[:, 1, :, :until].transpose(-1, -2).unbind()
        values = flat[:, 2, :, :until].unbind()
        for block, *places in zip(self._blocks, new, queries, keys, values, strict=True):
            h = self._block(block, h, *places)
        return norm(h[-melodies:])

    def _block(self, block: "_Products", h: Tensor, new: Tensor, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        new.copy_(block.mix(norm(h)).view(new.shape))
        scores = torch.bmm(query.mul_(block.scale), key)
        if (places := query.shape[1]) > 1:
            scores[..., -places:] += torch.full((places, places), NOWHERE, device=h.device).triu(1)
        seen = torch.bmm(torch.softmax(scores, dim=-1), value)  # (n H, k, d)
        by_place = seen.view(-1, self._heads, *seen.shape[1:]).permute(2, 0, 1, 3).reshape(-1, self._width)
        h = block.join(by_place).add_(h)
        return block.narrow(block.widen(norm(h)).relu_()).add_(h)


@dataclass(frozen=True, slots=True)
class _Products:
    """The linear layers of a block."""

    mix: Product
    join: Product
    widen: Product
    narrow: Product
    scale: float

    @classmethod
    def of(cls, block: Block) -> "_Products":
        mix, join, widen, narrow = (product(each) for each in (block.mix, block.join, block.widen, block.narrow))
        return cls(mix, join, widen, narrow, block.scale)


def product(layer: nn.Module) -> Product:
    """What a linear layer does to rows (N, in) -> (N, out), with less around it; other layers as they are."""
    if not isinstance(layer, nn.Linear):
        return layer
    weight, bias = layer.weight.t(), layer.bias
    return lambda rows: torch.addmm(bias, rows, weight)
