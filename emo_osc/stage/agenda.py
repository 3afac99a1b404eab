"""What is to be done later, in order of time. Knows no clock."""

from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Agenda(Generic[Item]):
    """A bounded list of items with the times they are due.

    >>> agenda = Agenda(limit=2)
    >>> agenda.add(2.0, "late"), agenda.add(1.0, "early"), agenda.add(3.0, "one too many")
    (True, True, False)
    >>> agenda.next_s, agenda.take(1.5), agenda.next_s
    (1.0, ['early'], 2.0)
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._order = count()
        self._items: list[tuple[float, int, Item]] = []

    @property
    def next_s(self) -> float:
        """When the first item is due; infinity where there is none."""
        return self._items[0][0] if self._items else inf

    def add(self, at_s: float, item: Item) -> bool:
        """Note an item; false where the agenda is full."""
        if len(self._items) >= self._limit:
            return False
        heappush(self._items, (at_s, next(self._order), item))
        return True

    def take(self, now_s: float) -> list[Item]:
        """The items due by now, first things first."""
        due: list[Item] = []
        while self._items and self._items[0][0] <= now_s:
            due.append(heappop(self._items)[2])
        return due
