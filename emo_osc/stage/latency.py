"""How late things were: the last thousand of each kind, and their percentiles. Knows no clock."""

from collections import deque
from dataclasses import dataclass

KEPT = 1000


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Milliseconds at the 50th, 95th and 99th percentile of the last thousand; the longest and the count of all."""

    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    count: int = 0


class Latency:
    """One kind of delay.

    >>> delay = Latency()
    >>> for ms in range(1, 101):
    ...     delay.add(ms / 1000)
    >>> delay.percentiles()
    Percentiles(p50_ms=50.0, p95_ms=95.0, p99_ms=99.0, max_ms=100.0, count=100)
    """

    def __init__(self) -> None:
        self._last_s: deque[float] = deque(maxlen=KEPT)
        self._max_s = 0.0
        self._count = 0

    def add(self, delay_s: float) -> None:
        """Count one delay, in seconds."""
        self._last_s.append(delay_s)
        self._max_s = max(self._max_s, delay_s)
        self._count += 1

    def percentiles(self) -> Percentiles:
        """What was seen so far."""
        if not self._last_s:
            return Percentiles()
        ordered = sorted(self._last_s)
        p50, p95, p99 = (1000 * ordered[max(0, -(-len(ordered) * share // 100) - 1)] for share in (50, 95, 99))
        return Percentiles(p50, p95, p99, 1000 * self._max_s, self._count)
