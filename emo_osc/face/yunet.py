"""Finds faces with YuNet (Wu, Peng and Yu 2023), whose ONNX file the user gives: it sees turned faces too."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.face.boxes import Box, apart
from emo_osc.face.drawn import Picture

SURE = 0.7
"""Least score of a face, 0 to 1."""
HEIGHT_PX = 240
"""A picture is reduced to this height before it is searched."""
EYES_APART, EYES_DOWN = 0.379, 0.382
"""Where eyes are in the faces of FER2013, by the side: their distance, and how far below the upper edge (medians of 187
faces in which OpenCV's eye cascade finds both)."""


class YuNetFinder:
    """Faces of every frame anew, the largest first.

    Raises:
        EmoOscError: the file is missing, or OpenCV cannot use it as YuNet.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise EmoOscError(f"{path}: not there; --yunet wants the ONNX file of YuNet, from OpenCV's model zoo")
        try:
            self._net = cv2.FaceDetectorYN.create(str(path), "", (320, HEIGHT_PX), SURE)
            self.find(np.zeros((HEIGHT_PX, 320, 3), np.uint8))
        except cv2.error as error:
            reason = str(error.err or error).strip()
            raise EmoOscError(f"{path}: OpenCV cannot use it as YuNet ({reason}); fetch the ONNX file again") from None

    def find(self, picture: Picture) -> tuple[Box, ...]:
        """The faces of a picture in colour, the largest first."""
        height, width = picture.shape[:2]
        scale = HEIGHT_PX / height
        size = (max(1, round(width * scale)), HEIGHT_PX)
        self._net.setInputSize(size)
        _, rows = self._net.detect(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
        boxes = [box_of(row / scale) for row in _rows(rows)]
        return apart(sorted(boxes, key=lambda box: -box.side))


def box_of(row: NDArray[np.float32]) -> Box:
    """The square that FER2013 would cut, from a row of YuNet: left, top, width, height, then eyes, nose and mouth.

    A face that turns away brings its eyes together, so the square is at least four fifths of YuNet's own rectangle.
    """
    left, _, width, height, *places = (float(value) for value in row[:8])
    (right_x, right_y), (left_x, left_y) = places[:2], places[2:]
    side = max(np.hypot(left_x - right_x, left_y - right_y) / EYES_APART, 0.8 * max(width, height), 1.0)
    middle_x = (left + width / 2 + (right_x + left_x) / 2) / 2
    return Box(middle_x - side / 2, (right_y + left_y) / 2 - EYES_DOWN * side, float(side))


def _rows(rows: Any) -> NDArray[np.float32]:
    """What YuNet answers is None where it sees nobody."""
    return np.zeros((0, 15), np.float32) if rows is None else np.asarray(rows, np.float32)
