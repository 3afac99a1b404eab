"""Recognises faces from picture to picture by their place, and keeps what each showed last. Knows no picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.face.boxes import Box

COUNTS = {"largest": 1, "mean": 4}
"""Name of `--faces` -> most faces that count in one picture."""
_SAME = 0.2  # overlap, by area, of a face with its place in the picture before
_LARGER = 1.25  # times the side of a face that counts, before another takes its place
_AT_REST, _IN_MOTION = 0.3, 5.0  # share of the way to a new place, and how much it rises with the way, in sides


@dataclass(slots=True)
class Track:
    """A face from picture to picture: its place, pictures it was found in, pictures since, and what it showed last.

    `square` is what to classify, without the jitter of the finder. `shares` are seven probabilities, None until the
    face was classified.
    """

    box: Box
    square: Box
    found: int = 1
    missed: int = 0
    counts: bool = False
    shares: NDArray[np.float32] | None = None


class Tracks:
    """The faces of a film, at most `count` of which are chosen; one is forgotten after more than `patience` pictures
    in which it was not found.
    """

    def __init__(self, count: int = 1, patience: int = 2) -> None:
        self._count, self._patience = count, patience
        self._known: list[Track] = []

    def chosen(self, boxes: Sequence[Box]) -> tuple[Track, ...]:
        """The faces that count, the largest first, given those found in the next picture.

        A face that was not found (`missed` above 0) still counts for a moment, so that another does not take its place.
        One that comes to others counts from the second picture on.
        """
        self._match(boxes)
        are_old = any(track.found > 1 for track in self._known)
        trusted = [track for track in self._known if track.found > 1 or not are_old]
        ranked = sorted(trusted, key=lambda track: -track.box.side * (_LARGER if track.counts else 1.0))
        chosen = tuple(ranked[: self._count])
        for track in self._known:
            track.counts = any(track is one for one in chosen)
        return chosen

    def _match(self, boxes: Sequence[Box]) -> None:
        left = list(boxes)
        for track in self._known:
            near = max(left, key=track.box.overlap, default=None)
            if near is None or near.overlap(track.box) < _SAME:
                track.missed += 1
                continue
            left.remove(near)
            track.box, track.square, track.found, track.missed = near, eased(track.square, near), track.found + 1, 0
        kept = [track for track in self._known if track.missed <= self._patience]
        self._known = kept + [Track(box, box) for box in left]


def eased(before: Box, found: Box) -> Box:
    """A square on the way from one place to the next: hardly moved by the finder's jitter, there at once in motion.

    >>> eased(Box(0, 0, 100), Box(2, 0, 100))  # two fifths of the way
    Box(left=0.8, top=0.0, side=100.0)
    >>> eased(Box(0, 0, 100), Box(30, 0, 100))
    Box(left=30.0, top=0.0, side=100.0)
    """
    larger = (found.side - before.side) / 2
    ways = (found.left - before.left + larger, found.top - before.top + larger, 2 * larger)
    share = min(1.0, _AT_REST + _IN_MOTION * max(map(abs, ways)) / before.side)
    return Box(*(now + share * (then - now) for now, then in zip(_sides(before), _sides(found), strict=True)))


def _sides(box: Box) -> tuple[float, float, float]:
    return box.left, box.top, box.side
