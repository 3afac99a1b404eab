"""Rate limit for messages over a WebSocket; a faster client is read more slowly. Knows no clock."""

from dataclasses import dataclass
from math import inf

MESSAGES_A_SECOND = 500.0  # a pad sends 60 to 120 a second for each finger
BURST = 250.0


@dataclass(slots=True)
class Pace:
    """So many messages a second, and a burst of some more.

    >>> pace = Pace(a_second=10.0, burst=2.0)
    >>> [round(pace.wait_s(at_s), 3) for at_s in (0.0, 0.0, 0.0, 0.1, 5.0)]
    [0.0, 0.0, 0.1, 0.1, 0.0]
    """

    a_second: float = MESSAGES_A_SECOND
    burst: float = BURST
    _paid_s: float = -inf
    """Until when the messages so far would have lasted at the steady rate."""

    def wait_s(self, now_s: float) -> float:
        """How long to wait before the next message is read, one having just come."""
        self._paid_s = max(self._paid_s, now_s) + 1.0 / self.a_second
        return max(0.0, self._paid_s - now_s - self.burst / self.a_second)
