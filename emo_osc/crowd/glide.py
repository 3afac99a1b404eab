"""Smooths the crowd's point, which jumps when the crowd is divided. Pure: time is an argument."""

from dataclasses import replace
from math import exp

from emo_osc.core.affect import Affect
from emo_osc.crowd.voices import Opinion

ARRIVED = 1e-3


class Glide:
    """Follows an opinion's point, two thirds of the way in `glide_s` seconds; 0 follows at once.

    >>> glide, there = Glide(0.5), Opinion(Affect(1.0, 0.0), 0.0, 1)
    >>> [round(glide.step(opinion, at_s).affect.valence, 2) for opinion, at_s in
    ...     ((Opinion(Affect(0.0, 0.0), 0.0, 1), 0.0), (there, 0.5), (there, 1.0))]
    [0.0, 0.63, 0.86]
    """

    def __init__(self, glide_s: float) -> None:
        self._glide_s = glide_s
        self._here: Affect | None = None
        self._at_s = 0.0

    def step(self, opinion: Opinion, now_s: float) -> Opinion:
        """The opinion with its point where it has glided to; a mood is named once it is there."""
        to, here = opinion.affect, self._here
        if here is not None and self._glide_s > 0 and here.distance(to) > ARRIVED:
            share = 1 - exp(-(now_s - self._at_s) / self._glide_s)
            to = Affect.clamped(
                here.valence + (to.valence - here.valence) * share, here.arousal + (to.arousal - here.arousal) * share
            )
        self._here, self._at_s = to, now_s
        return replace(opinion, affect=to)

    def forget(self) -> None:
        """Nobody speaks: the next point is taken as it is."""
        self._here = None
