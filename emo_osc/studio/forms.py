"""Forms of melodies: which bar repeats which earlier one.

A form is sixteen indices: for each bar the first bar equal to it, so `0 1 2 3 0 1 6 7 ..` returns to its beginning in
bar five. Forms are drawn from those of human melodies, which are stored in the checkpoint.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

BARS = 16


def forms_of(tokens: NDArray[np.integer]) -> NDArray[np.uint8]:
    """The form of each melody (N, 256) -> (N, 16).

    >>> a, b = [43] + [0] * 15, [45] + [0] * 15
    >>> forms_of(np.array([(a + b) * 8]))[0, :4].tolist()
    [0, 1, 0, 1]
    """
    bars = np.asarray(tokens).reshape(len(tokens), BARS, -1)
    equal = (bars[:, :, None] == bars[:, None]).all(axis=-1)  # (N, 16, 16)
    return np.asarray(equal.argmax(axis=-1), dtype=np.uint8)


def drawn_forms(bank: Tensor, seeds: Sequence[int]) -> Tensor:
    """A form of the bank (F, 16) for each seed, (B, 16) int64 on the bank's device."""
    rows = [int(np.random.default_rng((seed, BARS)).integers(len(bank))) for seed in seeds]
    return bank[torch.tensor(rows)].long()


def repeating(slots: Tensor, bar: int, form: Tensor, drawn: Tensor) -> Tensor:
    """The slot of a bar: that of the bar it repeats, else the one just drawn.

    slots: (B, n, A) with n = `bar`, form: (B, 16), drawn: (B, A) -> (B, A).
    """
    if not bar:
        return drawn
    repeated = form[:, bar]
    earlier = slots[torch.arange(len(slots), device=slots.device), repeated.clamp(max=bar - 1)]
    return torch.where((repeated < bar)[:, None], earlier, drawn)
