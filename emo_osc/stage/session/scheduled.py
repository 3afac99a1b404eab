"""Scheduled messages: ordered by time for each client, clients in turns. Knows no clock."""

from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Generic, TypeVar

from emo_osc.core.fair_shares import Shares, Turns
from emo_osc.protocol.osc import Target

Item = TypeVar("Item")


class ScheduledMessages(Generic[Item]):
    """Items with the times they are due, `limit_a_host` of a host's and `limit` in all, shared as `Shares` does.

    What is due at one time is done in turns: one item of each host, and of each of its programs.

    >>> scheduled = ScheduledMessages(limit=16, limit_a_host=4)
    >>> one, other = ("10.0.0.1", 1), ("10.0.0.2", 1)
    >>> scheduled.add(2.0, "late", one), scheduled.add(1.0, "early", one), scheduled.add(3.0, "one too many", one)
    (True, True, False)
    >>> scheduled.add(2.0, "another's", other)
    True
    >>> scheduled.next_s, scheduled.take(1.5), scheduled.take(1.5), scheduled.next_s
    (1.0, 'early', None, 2.0)
    >>> scheduled.take(2.0), scheduled.take(2.0), scheduled.next_s
    ('late', "another's", inf)
    """

    def __init__(self, limit: int, limit_a_host: int) -> None:
        self._shares = Shares(limit, limit_a_host)
        self._order = count()
        self._items: dict[Target, list[tuple[float, int, Item]]] = {}
        self._firsts: list[tuple[float, int, Target]] = []
        """When each client's first item is due; what was first before an earlier one came may still stand here."""
        self._turns: Turns[Target] = Turns()
        """Clients whose first item is due."""

    @property
    def next_s(self) -> float:
        """When the next item is due; the past where one waits for its turn, infinity where there is none."""
        if self._turns:
            return -inf
        return self._firsts[0][0] if self._firsts else inf

    def held(self, host: str) -> int:
        """How many items a host has here."""
        return self._shares.held(host)

    def add(self, at_s: float, item: Item, client: Target) -> bool:
        """Note an item of a client's; false where its share is full."""
        if not self._shares.take(client):
            return False
        items = self._items.setdefault(client, [])
        entry = (at_s, next(self._order), item)
        heappush(items, entry)
        if items[0] is entry:
            heappush(self._firsts, (at_s, next(self._order), client))
        return True

    def take(self, now_s: float) -> Item | None:
        """An item that is due by now, of the client whose turn it is; a client's first things first."""
        while self._firsts and self._firsts[0][0] <= now_s:
            _, _, client = heappop(self._firsts)
            if client in self._items and self._items[client][0][0] <= now_s:
                self._turns.add(client[0], client)
        return self._take_of_next(now_s) if self._turns else None

    def _take_of_next(self, now_s: float) -> Item:
        host, client = self._turns.next()
        items = self._items[client]
        _, _, item = heappop(items)
        self._shares.give_back(client)
        if not items or items[0][0] > now_s:
            self._turns.remove(host, client)
        if not items:
            del self._items[client]
        elif items[0][0] > now_s:
            heappush(self._firsts, (items[0][0], next(self._order), client))
        return item
