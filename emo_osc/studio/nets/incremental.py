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

    The melodies that are still computed are the first n; their number may only become smaller. Keys and values are read
    whole at every place, which takes longer than the products where they lie far apart. So the room is small at first,
    and larger every `GROWTH` places.
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
        until = at + count
        kept = self._with_room(melodies, at, until)[:, :, :melodies]
        new = kept[..., at:until, :].permute(0, 4, 2, 1, 3, 5).unbind()  # each (k, n, 2, H, d)
        flat = kept.flatten(2, 3)  # (layers, 2, n H, T, d)
        keys = flat[:, 0, :, :until].transpose(-1, -2).unbind()
        values = flat[:, 1, :, :until].unbind()
        hidden = None if count == 1 else torch.full((count, count), NOWHERE, device=h.device).triu(1)
        for block, *places in zip(self._blocks, new, keys, values, strict=True):
            h = self._block(block, h, *places, hidden)
        return self._norm(h[-melodies:])

    def _with_room(self, melodies: int, at: int, until: int) -> Tensor:
        """The keys and values with room until a place; those before `at` are kept."""
        room = self._kept.shape[4]
        if until > room:
            # a multiple of GROWTH and one: else many blocks begin at the same place of a page, and displace each other
            larger = min(self._places, GROWTH * -(-until // GROWTH)) + 1
            wider = self._kept.new_empty(*self._kept.shape[:2], melodies, self._heads, larger, self._kept.shape[5])
            wider[..., :at, :] = self._kept[:, :, :melodies, :, :at]
            self._kept = wider
        return self._kept

    def _block(
        self, block: "_Products", h: Tensor, new: Tensor, key: Tensor, value: Tensor, hidden: Tensor | None
    ) -> Tensor:
        mixed = block.mix(self._norm(h))
        new.copy_(mixed[:, self._width :].view(new.shape))
        query = mixed[:, : self._width] * block.scale
        if hidden is None:
            shares = torch.softmax(torch.bmm(query.view(len(key), 1, -1), key), dim=-1)
            seen = torch.bmm(shares, value).view(query.shape)
        else:
            seen = self._seen(query, key, value, hidden)
        h = block.join(seen).add_(h)
        return block.narrow(block.widen(self._norm(h)).relu_()).add_(h)

    def _norm(self, h: Tensor) -> Tensor:
        return torch.layer_norm(h, (self._width,))

    def _seen(self, query: Tensor, key: Tensor, value: Tensor, hidden: Tensor) -> Tensor:
        """The attention of k > 1 places. query: (k n, D) -> (k n, D)."""
        count = len(hidden)
        by_head = query.view(count, -1, self._heads, key.shape[1]).permute(1, 2, 0, 3)
        scores = torch.bmm(by_head.reshape(len(key), count, -1), key)
        scores[..., -count:] += hidden
        seen = torch.bmm(torch.softmax(scores, dim=-1), value)  # (n H, k, d)
        return seen.view(-1, self._heads, *seen.shape[1:]).permute(2, 0, 1, 3).reshape(query.shape)


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
