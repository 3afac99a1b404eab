"""Detects and classifies the faces of one picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from emo_osc.face.boxes import MARGIN, Box, Grey, cut
from emo_osc.face.drawn import Picture
from emo_osc.face.estimate import Estimator, Probabilities
from emo_osc.face.feeling import strongest
from emo_osc.face.tracks import COUNTS, Track, Tracks
from emo_osc.face.vgg16 import EXPRESSIONS

NOBODY: Probabilities = np.zeros((0, len(EXPRESSIONS)), np.float32)
"""The probabilities where there is no face."""
Find = Callable[[Picture, Grey], tuple[Box, ...]]
"""A way to find the faces of a picture, given in colour and in grey."""


@dataclass(frozen=True, slots=True)
class Look:
    """The faces that count in a picture, and their probabilities (N, 7) in the network's order.

    A face that vanished a moment ago is still among them, as it was seen last; `is_new` where any is seen now.
    """

    boxes: tuple[Box, ...]
    probabilities: Probabilities
    is_new: bool

    @property
    def faces(self) -> list[list[float]]:
        """The probabilities as plain numbers."""
        rows: list[list[float]] = self.probabilities.astype(float).tolist()
        return rows

    def __str__(self) -> str:
        """The result as a line of text."""
        return ", ".join(f"{name} {share:.2f}" for name, share in map(strongest, self.faces)) or "nobody"


class Looker:
    """Finds the faces of one film's pictures, crops those that count, and classifies them.

    `faces` is a key of `COUNTS`. For pictures that have nothing to do with each other each takes its own.
    """

    def __init__(self, find: Find, estimator: Estimator, faces: str = "largest") -> None:
        self._find, self._estimator, self._tracks = find, estimator, Tracks(COUNTS[faces])

    def look(self, picture: Picture) -> Look:
        """What a picture shows, uint8 (height, width, 3) in blue, green, red."""
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8)
        chosen = self._tracks.chosen(self._find(picture, grey))
        here = [track for track in chosen if not track.missed]
        for track, shares in zip(here, self._judged(grey, here), strict=True):
            track.shares = shares
        known = [(track.box, track.shares) for track in chosen if track.shares is not None]
        shares = np.stack([shares for _, shares in known]) if known else NOBODY
        return Look(tuple(box for box, _ in known), shares, is_new=bool(here))

    def _judged(self, grey: Grey, tracks: Sequence[Track]) -> Probabilities:
        if not tracks:
            return NOBODY
        return self._estimator.probabilities(np.stack([cut(grey, track.square.grown(MARGIN)) for track in tracks]))
