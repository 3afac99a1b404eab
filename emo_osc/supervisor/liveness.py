"""How long a process has shown no sign of life, without time in which we did not run ourselves."""

from math import inf


class Liveness:
    """Whether a process has been silent for `limit_s`; asked every `look_s`.

    A machine that slept, or a group of processes that was stopped together, must not count: of the time between two
    looks no more is counted than twice what a look should take.

    >>> liveness = Liveness(limit_s=1.0, look_s=0.1)
    >>> [liveness.is_silent(now_s) for now_s in (0.0, 60.0, 60.1)]
    [False, False, False]
    """

    def __init__(self, limit_s: float, look_s: float) -> None:
        self._limit_s, self._look_s = limit_s, look_s
        self._silent_s = 0.0
        self._looked_s = inf

    def seen(self, patience_s: float = 0.0) -> None:
        """The process has said something; it asks for so much patience beyond the limit."""
        self._silent_s = -patience_s

    def is_silent(self, now_s: float) -> bool:
        """Whether it has been silent for too long."""
        self._silent_s += min(max(0.0, now_s - self._looked_s), 2 * self._look_s)
        self._looked_s = now_s
        return self._silent_s > self._limit_s
