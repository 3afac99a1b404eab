"""Face detection with OpenCV's Haar cascade (Viola and Jones 2001; Lienhart and Maydt 2002).

Searching the whole picture is too slow for every frame. Known faces are searched near their last position; every second
frame a part of the picture is searched for others: the whole picture for large faces, in turn with a quarter for small
ones.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle
from math import ceil

import cv2
import cv2.data
import numpy as np

from emo_osc.face.boxes import Box, Grey, apart

CASCADE = "haarcascade_frontalface_alt2.xml"
"""The quickest of OpenCV's four on frontal faces, and the one that finds most faces of FER2013."""
_LEAST_PX = 24  # pixels of a face in the picture that is searched: 20 is what the cascade was taught
_TRACKED_PX = 40  # pixels of a face that is followed, in the picture around it
_STILL_PX = 240  # shorter side at which a single picture is searched


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a picture: where, in shares; the height the whole is reduced to; the largest face, in pixels."""

    left: float
    top: float
    size: float
    height_px: int
    most_px: int


_WHOLE = Part(0.0, 0.0, 1.0, 100, 100)
_QUARTERS = tuple(Part(left, top, 0.6, 240, 60) for left in (0.0, 0.4) for top in (0.0, 0.4))


class HaarFinder:
    """Faces from frame to frame; where a face was, it is searched for in `patience` more frames."""

    def __init__(self, patience: int = 2) -> None:
        self._cascade = cv2.CascadeClassifier(str(cv2.data.haarcascades) + CASCADE)
        self._patience = patience
        self._known: list[tuple[Box, int]] = []  # a face, and the frames since it was last found
        self._parts: Iterator[Part] = cycle(part for quarter in _QUARTERS for part in (_WHOLE, quarter))
        self._frame = 0

    def find(self, grey: Grey) -> tuple[Box, ...]:
        """The faces that the next frame of a film shows, those known longest first."""
        again = [self._again(grey, box, missed) for box, missed in self._known]
        kept = [(box, missed) for box, missed in again if missed <= self._patience]
        self._frame += 1
        count = self._frame % 2 if kept else 2  # without faces to classify there is more time to search
        parts = [next(self._parts) for _ in range(count)]
        found = apart([*(box for box, missed in kept if not missed), *self._new(grey, parts)])
        lost = [(box, missed) for box, missed in kept if missed and apart([*found, box]) != found]
        self._known = [(box, 0) for box in found] + lost
        return found

    def find_in_still(self, grey: Grey) -> tuple[Box, ...]:
        """The faces of a single picture, the largest first; also one that fills it to its edges."""
        scale = _STILL_PX / min(grey.shape)
        sized = _resized(grey, scale)
        edge = _STILL_PX // 3
        wide = cv2.copyMakeBorder(sized, edge, edge, edge, edge, cv2.BORDER_REPLICATE).astype(np.uint8)
        least = _STILL_PX // 8
        boxes = [Box(box.left - edge, box.top - edge, box.side) for box in self._detected(wide, 1.05, 3, least)]
        return apart(sorted((_scaled(box, 1 / scale) for box in boxes), key=lambda box: -box.side))

    def _again(self, grey: Grey, box: Box, missed: int) -> tuple[Box, int]:
        """A known face near its last place, or that place once more."""
        scale = _TRACKED_PX / box.side
        around = box.grown(1.6)
        left, top = max(0, round(around.left)), max(0, round(around.top))
        region = grey[top : round(around.top + around.side), left : round(around.left + around.side)]
        least, most = round(_TRACKED_PX * 0.75), round(_TRACKED_PX * 1.35)
        found = self._detected(_resized(region, scale), 1.08, 3, least, most)
        moved = [Box(left + near.left / scale, top + near.top / scale, near.side / scale) for near in found]
        if not moved:
            return box, missed + 1
        return max(moved, key=box.overlap), 0

    def _new(self, grey: Grey, parts: Iterable[Part]) -> Iterator[Box]:
        for part in parts:
            yield from self._searched(grey, part)

    def _searched(self, grey: Grey, part: Part) -> Iterator[Box]:
        height, width = grey.shape
        left, top = round(part.left * width), round(part.top * height)
        region = grey[top : top + ceil(part.size * height), left : left + ceil(part.size * width)]
        scale = min(1.0, part.height_px / height)
        for box in self._detected(_resized(region, scale), 1.25, 3, _LEAST_PX, part.most_px):
            yield Box(left + box.left / scale, top + box.top / scale, box.side / scale)

    def _detected(self, grey: Grey, step: float, votes: int, least_px: int, most_px: int = 0) -> list[Box]:
        if min(grey.shape) < least_px:
            return []
        found = self._cascade.detectMultiScale(
            grey, step, votes, minSize=(least_px, least_px), maxSize=(most_px, most_px)
        )
        return [Box(float(left), float(top), float(side)) for left, top, side, _ in found]


def _resized(grey: Grey, scale: float) -> Grey:
    if scale == 1.0 or not grey.size:
        return grey
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return cv2.resize(grey, size, interpolation=way).astype(np.uint8)


def _scaled(box: Box, times: float) -> Box:
    return Box(box.left * times, box.top * times, box.side * times)
