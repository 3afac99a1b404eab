"""Rate limit for replies to unreadable messages.

Knows no clock.
"""

from math import inf

from emo_osc.protocol.osc import Target

EVERY_S = 1.0  # for each sender
MAX_REMEMBERED = 256


class Complaints:
    """When each sender was last told; no more than 256 senders are told within a second.

    >>> complaints = Complaints()
    >>> [complaints.is_due(("10.0.0.2", port), at_s) for port, at_s in ((1, 0.0), (1, 0.9), (2, 0.9), (1, 1.0))]
    [True, False, True, True]
    """

    def __init__(self) -> None:
        self._told_s: dict[Target, float] = {}  # the one told longest ago comes first

    def is_due(self, sender: Target, now_s: float) -> bool:
        """Whether this sender is told now; it then counts as told."""
        if now_s - self._told_s.get(sender, -inf) < EVERY_S:
            return False
        if len(self._told_s) >= MAX_REMEMBERED and sender not in self._told_s:
            oldest = next(iter(self._told_s))
            if now_s - self._told_s[oldest] < EVERY_S:
                return False
            del self._told_s[oldest]
        self._told_s.pop(sender, None)
        self._told_s[sender] = now_s
        return True
