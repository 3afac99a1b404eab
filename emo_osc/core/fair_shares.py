"""Fair sharing among hosts, and among the programs of a host: how much each may take, and whose turn it is.

A program is known by the address and port it sends from. Knows no socket and no clock.
"""

from collections import Counter, OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from emo_osc.protocol.osc import Target

One = TypeVar("One", bound=Hashable)


class Shares:
    """Who holds how many of `limit` places; no host holds more than `limit_a_host`.

    A host may take a place while it holds fewer than are free, and so may a program of those of its host: one alone
    gets half of them, two get a third each, and there is always a place for the next (the dynamic threshold of
    Choudhury and Hahne for shared-memory switches, 1998, with factor one).

    >>> shares = Shares(limit=8, limit_a_host=6)
    >>> [shares.take(("10.0.0.1", 1)) for _ in range(4)], shares.take(("10.0.0.1", 2)), shares.take(("10.0.0.2", 1))
    ([True, True, True, False], True, True)
    >>> shares.held("10.0.0.1")
    4
    """

    def __init__(self, limit: int, limit_a_host: int) -> None:
        self._limit = limit
        self._limit_a_host = limit_a_host
        self._all = 0
        self._of_hosts: Counter[str] = Counter()
        self._of_programs: Counter[Target] = Counter()

    def held(self, host: str) -> int:
        """How many places a host holds."""
        return self._of_hosts[host]

    def take(self, program: Target) -> bool:
        """Take a place; false where that would leave too few to others."""
        of_host = self._of_hosts[program[0]]
        if of_host >= self._limit - self._all or self._of_programs[program] >= self._limit_a_host - of_host:
            return False
        self._add(program, 1)
        return True

    def give_back(self, program: Target) -> None:
        """Free a place that was taken."""
        self._add(program, -1)
        if not self._of_programs[program]:
            del self._of_programs[program]
        if not self._of_hosts[program[0]]:
            del self._of_hosts[program[0]]

    def _add(self, program: Target, count: int) -> None:
        self._all += count
        self._of_hosts[program[0]] += count
        self._of_programs[program] += count


class Turns(Generic[One]):
    """A round of hosts, and in each a round of its programs, or of whatever else it has; new ones come last.

    >>> turns = Turns()
    >>> for host, port in (("10.0.0.1", 1), ("10.0.0.1", 2), ("10.0.0.2", 1)):
    ...     turns.add(host, port)
    >>> [turns.next() for _ in range(4)]
    [('10.0.0.1', 1), ('10.0.0.2', 1), ('10.0.0.1', 2), ('10.0.0.2', 1)]
    """

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, OrderedDict[One, None]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._hosts)

    def add(self, host: str, one: One) -> None:
        """Let one have its turn, if it has not already."""
        self._hosts.setdefault(host, OrderedDict()).setdefault(one)

    def next(self) -> tuple[str, One]:
        """Whose turn it is now; the next call tells the next.

        Raises:
            StopIteration: nobody is here.
        """
        host = next(iter(self._hosts))
        round_ = self._hosts[host]
        one = next(iter(round_))
        self._hosts.move_to_end(host)
        round_.move_to_end(one)
        return host, one

    def remove(self, host: str, one: One) -> None:
        """One has nothing more to do."""
        del self._hosts[host][one]
        if not self._hosts[host]:
            del self._hosts[host]
