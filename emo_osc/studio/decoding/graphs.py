"""CUDA graphs: record a fixed sequence of small kernels once and replay it without single launches."""

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

Run = Callable[..., Tensor]
WARM_UPS = 3  # as torch's documentation asks before a capture: libraries allocate on their first calls


@dataclass(frozen=True, slots=True)
class _Graph:
    inputs: tuple[Tensor, ...]
    output: Tensor
    graph: torch.cuda.CUDAGraph


_GRAPHS: WeakKeyDictionary[object, dict[tuple[torch.Size, ...], _Graph]] = WeakKeyDictionary()


def replay(owner: object, run: Run, inputs: tuple[Tensor, ...]) -> Tensor:
    """`run(*inputs)` on a GPU, by a graph cached per `owner` and shapes. Rows are the first dimension.

    Row counts are rounded up to a power of two, so that few graphs serve all of them; `run` must treat rows
    independently.
    """
    rows = len(inputs[0])
    padded = tuple(_padded(tensor, 1 << max(4, (rows - 1).bit_length())) for tensor in inputs)
    graphs = _GRAPHS.setdefault(owner, {})
    shapes = tuple(tensor.shape for tensor in padded)
    if shapes not in graphs:
        graphs[shapes] = _capture(run, padded)
    graph = graphs[shapes]
    for kept, fresh in zip(graph.inputs, padded, strict=True):
        kept.copy_(fresh)
    graph.graph.replay()
    return graph.output[:rows].clone()


def _capture(run: Run, inputs: tuple[Tensor, ...]) -> _Graph:
    kept = tuple(tensor.clone() for tensor in inputs)
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UPS):
            run(*kept)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        output = run(*kept)
    return _Graph(kept, output, graph)


def _padded(tensor: Tensor, rows: int) -> Tensor:
    missing = rows - len(tensor)
    return tensor if not missing else torch.cat((tensor, tensor[-1:].expand(missing, *tensor.shape[1:])))
