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

from emo_osc.studio.nets.causal_blocks import NOWHERE, Block, CausalStack

GROWTH = 16  # places

Product = Callable[[Tensor], Tensor]


class Incremental:
    """Room for the keys and values of B melodies and T places, to be computed in the order of places.

    The melodies that are still computed are the first n; their number may only become smaller.

    All keys and values are read at every place, which of many melodies takes as long as all products, and four times as
    long where the processor must skip what lies between one melody's and the next. So the whole room is read (R places,
    of which those to come are hidden), and it grows with the melody, by `GROWTH` places.
    """

    def __init__(self, stack: CausalStack, melodies: int, places: int) -> None:
        self._heads, self._width = stack.heads, stack.width
        self._blocks = [_Products.of(cast(Block, block)) for block in stack.blocks]
        self._places = places
        device = next((each.device for each in stack.parameters()), torch.device("cpu"))  # a packed stack has none
        self._kept = torch.empty(stack.layers, 2, melodies, stack.heads, 0, stack.width // stack.heads, device=device)

    def go_on(self, h: Tensor, melodies: int, at: int) -> Tensor:
        """k places more, the first of them `at`: (k n, D) -> (n, D), what the stack says at the last of them."""
        count = len(h) // melodies
        kept = self._with_room(melodies, at, at + count)[:, :, :melodies]  # (layers, 2, n, H, R, d)
        new = kept[..., at : at + count, :].permute(0, 4, 2, 1, 3, 5).unbind()  # each (k, n, 2, H, d)
        flat = kept.flatten(2, 3)
        keys, values = flat[:, 0].transpose(-1, -2).unbind(), flat[:, 1].unbind()
        hidden = torch.full((count, kept.shape[4]), NOWHERE, device=h.device).triu(at + 1)
        for block, here, key, value in zip(self._blocks, new, keys, values, strict=True):
            h = self._block(block, h, here, key, value, hidden)
        return self._norm(h[-melodies:])

    def _with_room(self, melodies: int, at: int, until: int) -> Tensor:
        """The keys and values with room until a place; those before `at` are kept."""
        if until > self._kept.shape[4]:
            room = min(self._places, GROWTH * -(-until // GROWTH))
            wider = self._kept.new_empty(*self._kept.shape[:2], melodies, self._heads, room, self._kept.shape[5])
            wider[..., :at, :] = self._kept[:, :, :melodies, :, :at]
            wider[..., at:, :] = 0.0  # it is read, and must be a number
            self._kept = wider
        return self._kept

    def _block(self, block: "_Products", h: Tensor, new: Tensor, key: Tensor, value: Tensor, hidden: Tensor) -> Tensor:
        mixed = block.mix(self._norm(h))
        new.copy_(mixed[:, self._width :].view(new.shape))
        query, count = mixed[:, : self._width] * block.scale, len(hidden)
        if count > 1:
            query = query.view(count, -1, self._heads, value.shape[2]).permute(1, 2, 0, 3)
        scores = torch.bmm(query.reshape(len(value), count, -1), key).add_(hidden)
        seen = torch.bmm(torch.softmax(scores, dim=-1), value)  # (n H, k, d)
        if count > 1:
            seen = seen.view(-1, self._heads, *seen.shape[1:]).permute(2, 0, 1, 3)
        h = block.join(seen.reshape(h.shape)).add_(h)
        return block.narrow(block.widen(self._norm(h)).relu_()).add_(h)

    def _norm(self, h: Tensor) -> Tensor:
        return torch.layer_norm(h, (self._width,))


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
