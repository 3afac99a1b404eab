"""Runs parts of a batch beside each other, each on a processor of its own.

The operators of torch release the interpreter, so that a second thread goes on while one computes. Many small operators
with one thread each are faster than each operator divided among the threads, which must then meet after every one.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from functools import partial
from itertools import pairwise
from typing import TypeVar

import torch

Part = TypeVar("Part")
Made = TypeVar("Made")


def in_threads(make: Callable[[Part], Made], parts: Sequence[Part]) -> list[Made]:
    """What `make` makes of each part, in their order, in as many threads as torch is set to use, each with the caller's
    context variables.

    Raises:
        Exception: what `make` raised.
    """
    threads = torch.get_num_threads()
    if threads == 1:
        return one_by_one(make, parts)
    try:
        with ThreadPoolExecutor(threads, initializer=_compute_alone) as pool:
            return list(pool.map(partial(_within, make), [copy_context() for _ in parts], parts))
    finally:
        torch.set_num_threads(threads)


def one_by_one(make: Callable[[Part], Made], parts: Sequence[Part]) -> list[Made]:
    """The same without threads, for a device that computes on its own."""
    return [make(part) for part in parts]


def divided(count: int, few: int, most: int) -> list[slice]:
    """The rows of a batch in equal parts of at most `most`; as many parts as threads, if each has `few` rows or more.

    >>> divided(5, 4, 8), divided(9, 4, 4)
    ([slice(0, 5, None)], [slice(0, 3, None), slice(3, 6, None), slice(6, 9, None)])
    """
    parts = max(1, min(torch.get_num_threads(), count // few), -(-count // most))
    edges = [count * part // parts for part in range(parts + 1)]
    return [slice(start, end) for start, end in pairwise(edges)]


def _within(make: Callable[[Part], Made], context: Context, part: Part) -> Made:
    """The same part made with the caller's variables, so that it can be interrupted as the caller can."""
    return context.run(make, part)


def _compute_alone() -> None:
    """Settings of a thread: the caller's are not inherited."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
