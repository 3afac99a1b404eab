"""Filters the affects of faces over time: smoothing, a confidence threshold, and return to neutral without faces.

Pure: time is an argument.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from emo_osc.core.affect import NEUTRAL, Affect
from emo_osc.face.feeling import affect_of, strongest
from emo_osc.face.smoothing import Smooth

_ARRIVED = 0.005  # nearer to neutral than this is neutral


@dataclass(frozen=True, slots=True)
class Manners:
    """Settings: `sure`, the least probability 0..1 of the likeliest expression for a face to count.

    Without a face the last point is held for `hold_s` seconds, then drifts to neutral, two thirds of the way in
    `drift_s` seconds.

    Raises:
        ValueError: a value is out of range.
    """

    sure: float = 0.35
    hold_s: float = 1.0
    drift_s: float = 2.0

    def __post_init__(self) -> None:
        if not (0 <= self.sure <= 1 and self.hold_s >= 0 and self.drift_s > 0):
            raise ValueError(f"sure must be in 0..1, hold_s at least 0, drift_s above 0, got {self}")


class Follower:
    """Follows one affect for all faces in front of the camera."""

    def __init__(self, manners: Manners | None = None) -> None:
        self._manners = manners or Manners()
        self._axes = (Smooth(), Smooth())
        self._here: Affect | None = None
        self._left_from = NEUTRAL
        self._seen_s = 0.0

    def follow(self, faces: Sequence[Sequence[float]], at_s: float) -> Affect | None:
        """The affect to send at `at_s` seconds, given each face's seven probabilities; None to send nothing.

        Nothing is sent before the first face, nor after neutral was reached without faces.
        """
        if not faces:
            return self._alone(at_s)
        believed = [affect_of(face) for face in faces if strongest(face)[1] >= self._manners.sure]
        self._seen_s = at_s
        if believed:
            self._here = self._moved(mean_of(believed), at_s)
        elif self._here is not None:
            self._rest(self._here, at_s)
        self._left_from = self._here or NEUTRAL
        return self._here

    def _moved(self, affect: Affect, at_s: float) -> Affect:
        axes = zip(self._axes, (affect.valence, affect.arousal), strict=True)
        return Affect.clamped(*(axis.step(value, at_s) for axis, value in axes))

    def _rest(self, affect: Affect, at_s: float) -> None:
        """Begin anew from a point, so that the time that passed meanwhile is no motion."""
        for axis, value in zip(self._axes, (affect.valence, affect.arousal), strict=True):
            axis.start(value, at_s)

    def _alone(self, at_s: float) -> Affect | None:
        if self._here is None:
            return None
        drifting_s = max(0.0, at_s - self._seen_s - self._manners.hold_s)
        here = self._left_from.scaled(exp(-drifting_s / self._manners.drift_s))
        self._rest(here, at_s)
        if self._here == NEUTRAL:
            self._here = None
        else:
            self._here = NEUTRAL if here.distance(NEUTRAL) < _ARRIVED else here
        return self._here


def mean_of(affects: Sequence[Affect]) -> Affect:
    """The point in the middle of one or more.

    >>> mean_of([Affect(1.0, 0.0), Affect(0.0, 0.5)])
    Affect(valence=0.5, arousal=0.25)
    """
    count = len(affects)
    return Affect.clamped(sum(a.valence for a in affects) / count, sum(a.arousal for a in affects) / count)
