"""Throttles pushes of a value that keeps changing. Knows no clock."""

from math import inf

EVERY_S = 0.01  # as often as a screen can show; sixty-four pads would else be told thousands of times a second


class Throttle:
    """Each name at most every 10 ms; what comes sooner is due later, so that the last change is always told.

    >>> echo = Throttle()
    >>> echo.is_due("va", 1.0), echo.is_due("va", 1.004), echo.next_s
    (True, False, 1.01)
    >>> echo.take(1.005), echo.take(1.01), echo.next_s
    ([], ['va'], inf)
    """

    def __init__(self) -> None:
        self._told_s: dict[str, float] = {}
        self._due_s: dict[str, float] = {}
        self._told: dict[str, tuple[float | str, ...]] = {}

    @property
    def next_s(self) -> float:
        """When something is due; infinity where nothing is."""
        return min(self._due_s.values(), default=inf)

    def is_due(self, name: str, now_s: float) -> bool:
        """Whether a change is to be told now; else it is kept for later."""
        due_s = self._told_s.get(name, -inf) + EVERY_S
        if now_s < due_s:
            self._due_s[name] = due_s
            return False
        self._due_s.pop(name, None)
        self._told_s[name] = now_s
        return True

    def is_news(self, name: str, values: tuple[float | str, ...]) -> bool:
        """Whether everyone who listens was not told these values of a name last; they then count as told.

        >>> echo = Throttle()
        >>> echo.is_news("tempo", (90.0,)), echo.is_news("tempo", (90.0,)), echo.is_news("tempo", (91.0,))
        (True, False, True)
        """
        if self._told.get(name) == values:
            return False
        self._told[name] = values
        return True

    def someone_came(self) -> None:
        """Somebody listens who was told other values than the others, later ones perhaps."""
        self._told.clear()

    def take(self, now_s: float) -> list[str]:
        """The names that were kept and are due now."""
        return [name for name, due_s in list(self._due_s.items()) if due_s <= now_s and self.is_due(name, now_s)]
