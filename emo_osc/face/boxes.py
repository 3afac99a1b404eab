"""Boxes of faces in pictures, and the crop that the network reads."""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from emo_osc.face.vgg16 import SIZE

Grey = NDArray[np.uint8]
"""A grey picture, uint8 (height, width)."""

MARGIN = 1.0
"""Side of a crop by side of OpenCV's own square: FER2013's faces are those squares (measured in docs/face_model.md)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A square in a picture, in pixels from its upper left corner; it may reach beyond the picture's edge.

    >>> Box(10, 20, 40).grown(1.5)
    Box(left=0.0, top=10.0, side=60.0)

    Raises:
        ValueError: the side is below one pixel.
    """

    left: float
    top: float
    side: float

    def __post_init__(self) -> None:
        if not self.side >= 1:
            raise ValueError(f"side must be at least one pixel, got {self.side!r}")

    def grown(self, times: float) -> "Box":
        """The square of `times` the side around the same middle."""
        more = self.side * (times - 1) / 2
        return Box(self.left - more, self.top - more, self.side * times)

    def overlap(self, other: "Box") -> float:
        """The shared area by the area of the smaller square, 0 to 1."""
        across = min(self.left + self.side, other.left + other.side) - max(self.left, other.left)
        down = min(self.top + self.side, other.top + other.side) - max(self.top, other.top)
        return max(0.0, across) * max(0.0, down) / min(self.side, other.side) ** 2


def apart(boxes: Iterable[Box], share: float = 0.3) -> tuple[Box, ...]:
    """The boxes without those that overlap an earlier one by more than `share`.

    >>> apart([Box(0, 0, 10), Box(2, 2, 10), Box(20, 0, 10)])
    (Box(left=0, top=0, side=10), Box(left=20, top=0, side=10))
    """
    kept: list[Box] = []
    for box in boxes:
        if all(box.overlap(other) <= share for other in kept):
            kept.append(box)
    return tuple(kept)


def cut(grey: Grey, box: Box) -> Grey:
    """What is inside a box, as the network reads it: uint8 (48, 48); pixels beyond the picture's edge repeat the edge.

    Raises:
        ValueError: the box lies outside the picture.
    """
    height, width = grey.shape
    left, top, side = round(box.left), round(box.top), max(1, round(box.side))
    right, bottom = left + side, top + side
    inside = grey[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if not inside.size:
        raise ValueError(f"{box} lies outside a picture of {width} x {height}")
    edges = (max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0))
    if any(edges):
        inside = cv2.copyMakeBorder(inside, *edges, cv2.BORDER_REPLICATE).astype(np.uint8)
    way = cv2.INTER_AREA if side > SIZE else cv2.INTER_LINEAR  # area averaging has nothing to average when it enlarges
    return cv2.resize(inside, (SIZE, SIZE), interpolation=way).astype(np.uint8)
