"""Views of a face for test-time augmentation: original, mirrored, shifted and zoomed."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class View:
    """One look at a face: drawn `zoom` times as large and moved to the `right` and `down` by shares of its side."""

    zoom: float = 1.0
    right: float = 0.0
    down: float = 0.0
    is_mirrored: bool = False

    def rows(self) -> list[list[float]]:
        """Where a place of the view lies in the face, as the two rows of `affine_grid`, both in [-1, 1]."""
        across = -1 / self.zoom if self.is_mirrored else 1 / self.zoom
        return [[across, 0.0, -2 * self.right], [0.0, 1 / self.zoom, -2 * self.down]]


_PLACES = (
    (1.0, 0.0, 0.0),
    (0.93, 0.0, 0.0),
    (1.07, 0.0, 0.0),
    (1.0, 0.03, 0.0),
    (1.0, -0.03, 0.0),
    (1.0, 0.0, -0.03),
    (1.0, 0.0, 0.03),
)
VIEWS = tuple(View(*place, is_mirrored) for place in _PLACES for is_mirrored in (False, True))
"""Looks in the order they are taken: the first is the face as it is, the second that in a mirror."""


def seen(faces: Tensor, views: tuple[View, ...]) -> Tensor:
    """Faces (N, 1, H, W), each from every view, as (N * V, 1, H, W): all views of the first face come first.

    >>> seen(torch.tensor([[[[1.0, 2.0]]]]), VIEWS[:2]).flatten(1)
    tensor([[1., 2.],
            [2., 1.]])
    """
    count, size = len(faces), len(views)
    if views == VIEWS[:1]:
        return faces
    rows = torch.tensor([view.rows() for view in views], dtype=faces.dtype, device=faces.device)
    shape = [size * count, *faces.shape[1:]]
    grid = functional.affine_grid(rows.repeat(count, 1, 1), shape, align_corners=False)
    return functional.grid_sample(
        faces.repeat_interleave(size, dim=0), grid, padding_mode="border", align_corners=False
    )
