"""Delay statistics: the last thousand of each kind, and their percentiles. Knows no clock."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from dataclasses import dataclass

DELAYS = ("datagram", "schedule", "clock", "studio")
"""Delays that are kept: datagram received -> MIDI bytes sent, note due -> note sent, how far each MIDI clock that came
in lay from where it was expected, and order sent to the studio -> its answer."""

KEPT = 1000
FIRST_EDGE_S, STEPS_AN_OCTAVE, EDGES = 5e-6, 4, 72
EDGES_S = tuple(FIRST_EDGE_S * 2 ** (n / STEPS_AN_OCTAVE) for n in range(EDGES))
"""Upper edges of the bins of `Latency.spread`, 5 us to 1.1 s in quarters of an octave."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Milliseconds at the 50th, 95th and 99th percentile of the last thousand; the longest and the count of all."""

    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    count: int = 0


class Latency:
    """One kind of delay. It is kept in order, 1 us for each, so that asking costs the stage nothing.

    >>> delay = Latency()
    >>> for ms in range(1, 101):
    ...     delay.add(ms / 1000)
    >>> delay.percentiles()
    Percentiles(p50_ms=50.0, p95_ms=95.0, p99_ms=99.0, max_ms=100.0, count=100)
    """

    def __init__(self) -> None:
        self._last_s: deque[float] = deque()
        self._ordered_s: list[float] = []
        self._max_s = 0.0
        self._count = 0

    def add(self, delay_s: float) -> None:
        """Count one delay, in seconds."""
        if len(self._last_s) == KEPT:
            del self._ordered_s[bisect_left(self._ordered_s, self._last_s.popleft())]
        self._last_s.append(delay_s)
        insort(self._ordered_s, delay_s)
        self._max_s = max(self._max_s, delay_s)
        self._count += 1

    def percentiles(self) -> Percentiles:
        """What was seen so far."""
        if not self._ordered_s:
            return Percentiles()
        kept = len(self._ordered_s)
        p50, p95, p99 = (1000 * self._ordered_s[max(0, -(-kept * share // 100) - 1)] for share in (50, 95, 99))
        return Percentiles(p50, p95, p99, 1000 * self._max_s, self._count)

    def spread(self) -> tuple[int, ...]:
        """How many of the last thousand lie in each bin, that is up to its edge in `EDGES_S` and above the one before.

        What is beyond the last edge is counted in the last bin; bins after the longest are left out.
        """
        if not self._ordered_s:
            return ()
        below = [bisect_right(self._ordered_s, edge_s) for edge_s in EDGES_S[:-1]] + [len(self._ordered_s)]
        last = below.index(len(self._ordered_s))
        return tuple(upper - lower for lower, upper in zip((0, *below), below[: last + 1], strict=False))
