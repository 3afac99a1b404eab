"""Events held back until their time, in order of arrival. Times are seconds."""

from collections import deque
from math import inf
from typing import Generic, TypeVar

T = TypeVar("T")


class Held(Generic[T]):
    """A queue that opens with time; what comes later never leaves sooner.

    >>> held = Held[str]()
    >>> held.put(2.0, "note"), held.put(1.0, "off"), held.next_s
    (None, None, 2.0)
    >>> held.take(1.5), held.take(2.0)
    ([], ['note', 'off'])
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, T]] = deque()

    @property
    def next_s(self) -> float:
        """When the next may leave; infinity where none waits."""
        return self._waiting[0][0] if self._waiting else inf

    def put(self, at_s: float, item: T) -> None:
        """Keep something until its time."""
        self._waiting.append((at_s, item))

    def take(self, now_s: float) -> list[T]:
        """What may leave by now."""
        taken: list[T] = []
        while self.next_s <= now_s:
            taken.append(self._waiting.popleft()[1])
        return taken
