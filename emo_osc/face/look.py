"""Detects and classifies the faces of one picture."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from emo_osc.face.boxes import MARGIN, Box, Grey, cut
from emo_osc.face.drawn import Picture
from emo_osc.face.estimate import Estimator, Probabilities
from emo_osc.face.feeling import strongest

MOST_FACES = 4
"""Most faces classified in one picture."""
CHOICES: dict[str, Callable[[tuple[Box, ...]], tuple[Box, ...]]] = {
    "largest": lambda boxes: tuple(sorted(boxes, key=lambda box: -box.side)[:1]),
    "mean": lambda boxes: tuple(sorted(boxes, key=lambda box: -box.side)[:MOST_FACES]),
}
"""Name of `--faces` -> which of several faces count."""

Find = Callable[[Picture, Grey], tuple[Box, ...]]
"""A way to find the faces of a picture, given in colour and in grey."""


@dataclass(frozen=True, slots=True)
class Look:
    """The faces that count in a picture, and their probabilities (N, 7) in the network's order."""

    boxes: tuple[Box, ...]
    probabilities: Probabilities

    @property
    def faces(self) -> list[list[float]]:
        """The probabilities as plain numbers."""
        rows: list[list[float]] = self.probabilities.astype(float).tolist()
        return rows

    def __str__(self) -> str:
        """The result as a line of text."""
        return ", ".join(f"{name} {share:.2f}" for name, share in map(strongest, self.faces)) or "nobody"


class Looker:
    """Finds the faces of pictures, crops those that count, and classifies them."""

    def __init__(self, find: Find, estimator: Estimator, faces: str = "largest") -> None:
        self._find, self._estimator, self._choose = find, estimator, CHOICES[faces]

    def look(self, picture: Picture) -> Look:
        """What a picture shows, uint8 (height, width, 3) in blue, green, red."""
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8)
        boxes = self._choose(self._find(picture, grey))
        crops = np.stack([cut(grey, box.grown(MARGIN)) for box in boxes]) if boxes else np.zeros((0, 48, 48), np.uint8)
        return Look(boxes, self._estimator.probabilities(crops))
