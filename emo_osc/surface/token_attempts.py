"""Limits how often an address may show a wrong token. Knows no socket and no clock."""

from collections import OrderedDict
from dataclasses import dataclass, field

MAX_WRONG = 10
WINDOW_S = 60.0
MAX_ADDRESSES = 1024


@dataclass(slots=True)
class _Tried:
    since_s: float
    wrong: set[int] = field(default_factory=set)


class Attempts:
    """Ten different wrong tokens of an address within a minute, then none is looked at until the minute is over.

    The same wrong token again is a page that was left open, not a guess. An address that has once shown the right one
    is not kept out by a neighbour that guesses: it shows it again.

    >>> attempts = Attempts()
    >>> for number in range(10):
    ...     attempts.failed("10.0.0.2", f"guess {number}", 0.0)
    >>> [attempts.wait_s("10.0.0.2", at_s) for at_s in (20.0, 60.0)], attempts.wait_s("10.0.0.3", 20.0)
    ([40.0, 0.0], 0.0)
    """

    def __init__(self) -> None:
        self._tried: OrderedDict[str, _Tried] = OrderedDict()
        self._admitted: OrderedDict[str, None] = OrderedDict()

    def wait_s(self, address: str, now_s: float) -> float:
        """How long until a token of this address is looked at again; zero where it is now."""
        tried = self._tried.get(address)
        if tried is None or len(tried.wrong) < MAX_WRONG:
            return 0.0
        return max(0.0, tried.since_s + WINDOW_S - now_s)

    def is_known(self, address: str) -> bool:
        """Whether the right token was shown from there before."""
        return address in self._admitted

    def failed(self, address: str, token: str, now_s: float) -> None:
        """A wrong token was shown."""
        tried = self._tried.get(address)
        if tried is None or now_s - tried.since_s >= WINDOW_S:
            tried = self._tried[address] = _Tried(now_s)
        tried.wrong.add(hash(token))
        self._tried.move_to_end(address)
        while len(self._tried) > MAX_ADDRESSES:
            self._tried.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """The right token was shown."""
        self._admitted[address] = None
        self._admitted.move_to_end(address)
        while len(self._admitted) > MAX_ADDRESSES:
            self._admitted.popitem(last=False)
