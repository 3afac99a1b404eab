"""Computes an offset and its confidence from taps. Knows no terminal and no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, comb, cos, hypot, pi, sin
from statistics import median

LEAST_TAPS = 6  # of fewer, no two bound the median with 95 %
CONFIDENCE = 0.95
OUTLIER, NO_OUTLIER_S = 4.0, 0.06  # in robust standard deviations, and what is never one
MAD_TO_DEVIATION = 1.4826  # of a normal distribution

ANTICIPATION_S, UNSURE_S = 0.03, 0.03
"""People tap before the beat they hear, without noticing: 20 to 80 ms, with training often less (B. H. Repp,
Sensorimotor synchronization, Psychonomic Bulletin & Review 12, 2005); a keyboard takes 5 to 20 ms of that back."""


@dataclass(frozen=True, slots=True)
class Beats:
    """A steady beat: one falls on `beat_s`, and one every `period_s` > 0 before and after, in seconds.

    >>> Beats(10.0, 0.5).nearest(11.56)
    11.5
    """

    beat_s: float
    period_s: float

    def nearest(self, at_s: float) -> float:
        """The beat nearest to a time."""
        return self.beat_s + round((at_s - self.beat_s) / self.period_s) * self.period_s


@dataclass(frozen=True, slots=True)
class Offset:
    """The median of taps, in seconds after the beat, and the 95 % interval it lies in.

    `spread_s` is the robust standard deviation of one tap; of `taps` taken, `left_out` were far from all others.
    """

    offset_s: float
    low_s: float
    high_s: float
    spread_s: float = 0.0
    taps: int = 0
    left_out: int = 0

    def beyond(self, reference: "Offset") -> "Offset":
        """How much later than a reference, both tapped by the same person, whose habits and keyboard fall out."""
        offset_s = self.offset_s - reference.offset_s
        low_s = hypot(self.offset_s - self.low_s, reference.high_s - reference.offset_s)
        high_s = hypot(self.high_s - self.offset_s, reference.offset_s - reference.low_s)
        spread_s = hypot(self.spread_s, reference.spread_s)
        taps, left_out = self.taps + reference.taps, self.left_out + reference.left_out
        return Offset(offset_s, offset_s - low_s, offset_s + high_s, spread_s, taps, left_out)

    def unanticipated(self) -> "Offset":
        """The same for somebody who taps ahead as people do; it is less sure by as much as people differ."""
        low_s, high_s = self.low_s + ANTICIPATION_S - UNSURE_S, self.high_s + ANTICIPATION_S + UNSURE_S
        return Offset(self.offset_s + ANTICIPATION_S, low_s, high_s, self.spread_s, self.taps, self.left_out)


def unwrapped(offsets_s: Sequence[float], period_s: float) -> list[float]:
    """Offsets to the nearest beat, put together again where some fell to the beat before or after.

    >>> unwrapped([0.24, -0.25, 0.23], 0.5)
    [0.24, 0.25, 0.23]
    """
    turns = [2 * pi * offset_s / period_s for offset_s in offsets_s]
    middle_s = atan2(sum(map(sin, turns)), sum(map(cos, turns))) * period_s / (2 * pi)
    return [offset_s - round((offset_s - middle_s) / period_s) * period_s for offset_s in offsets_s]


def offset_of(offsets_s: Sequence[float]) -> Offset:
    """The median of what is left without outliers, with an interval that supposes nothing of how taps are spread.

    Raises:
        ValueError: fewer than six are left.
    """
    middle_s = median(offsets_s) if offsets_s else 0.0
    deviation_s = MAD_TO_DEVIATION * median(abs(offset_s - middle_s) for offset_s in offsets_s) if offsets_s else 0.0
    limit_s = max(NO_OUTLIER_S, OUTLIER * deviation_s)
    kept = sorted(offset_s for offset_s in offsets_s if abs(offset_s - middle_s) <= limit_s)
    if len(kept) < LEAST_TAPS:
        raise ValueError(f"of {len(offsets_s)} taps {len(kept)} lie together, {LEAST_TAPS} are needed")
    rank = _rank(len(kept))
    left_out = len(offsets_s) - len(kept)
    return Offset(median(kept), kept[rank], kept[-1 - rank], deviation_s, len(offsets_s), left_out)


def _rank(count: int) -> int:
    """How many of the sorted taps may be cut off at either end: each lies below the median as a coin falls."""
    outside, rank = 0.0, 0
    while (outside := outside + comb(count, rank) / 2**count) <= (1 - CONFIDENCE) / 2:
        rank += 1
    return rank - 1
