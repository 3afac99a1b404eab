"""Gumbel noise from seeds: sampling a token becomes an argmax, and a melody a function of its seed."""

from collections.abc import Sequence

import torch
from torch import Tensor

# B melodies, K bars, S steps a bar, V vocabulary

ALL_BARS_ALIKE = (0,) * 16


def gumbel(
    seeds: Sequence[int],
    share: float = 0.0,
    form: Sequence[int] = ALL_BARS_ALIKE,
    bar_steps: int = 16,
    vocabulary: int = 90,
) -> Tensor:
    """Noise for one melody per seed, independent of the batch. -> (B, K, S, V) float32 on the CPU.

    `form` has one letter (0, 1, ..) a bar. With probability `share` in [0, 1] a step of a bar takes the noise of its
    letter instead of its own, so bars of one letter with similar embeddings decode to similar bars.
    Every element is standard Gumbel for any `share`, and steps of one bar are independent.

    Raises:
        ValueError: `share` is outside [0, 1].
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"share must be in [0, 1], got {share}")
    return torch.stack([_of_seed(seed, share, tuple(form), bar_steps, vocabulary) for seed in seeds])


def _of_seed(seed: int, share: float, form: tuple[int, ...], bar_steps: int, vocabulary: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    uniform = torch.rand(len(form), bar_steps, vocabulary, generator=generator)
    if share > 0.0:  # drawn after the bars' own noise, so that a larger share changes single steps only
        is_shared = torch.rand(len(form), bar_steps, 1, generator=generator) < share
        letters = torch.rand(max(form) + 1, bar_steps, vocabulary, generator=generator)
        uniform = torch.where(is_shared, letters[torch.tensor(form)], uniform)
    return uniform.clamp_(min=1e-20).log_().neg_().log_().neg_()
