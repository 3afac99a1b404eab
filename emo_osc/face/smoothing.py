"""Filters of one value over time: the one-euro filter (Casiez, Roussel and Vogel, CHI 2012), and it behind a low-pass.

The one-euro filter smooths strongly at rest and lags little in motion, but it takes the first step of a motion at full
speed, and half the way to a single stray value. A low-pass ahead of it bends both.
"""

from math import pi


class Smooth:
    """One value over time: a low-pass of the first order at `first_hz`, then a one-euro filter.

    Raises:
        ValueError: the cutoff is not above 0.
    """

    def __init__(self, first_hz: float = 3.0) -> None:
        self._first, self._second = OneEuro(first_hz, beta=0.0), OneEuro()

    def start(self, value: float, at_s: float) -> None:
        """Reset to a resting value."""
        self._first.start(value, at_s)
        self._second.start(value, at_s)

    def step(self, value: float, at_s: float) -> float:
        """The smoothed value at a time in seconds; a time that is not later changes nothing."""
        return self._second.step(self._first.step(value, at_s), at_s)


class OneEuro:
    """One value over time.

    `rest_hz` is the cutoff while the value rests: lower is calmer. `beta` says how much the cutoff rises with speed,
    in 1/s of the smoothed value: higher is quicker. `speed_hz` is the cutoff for that speed.

    Raises:
        ValueError: a cutoff is not above 0, or `beta` is below 0.
    """

    def __init__(self, rest_hz: float = 0.6, beta: float = 0.8, speed_hz: float = 0.5) -> None:
        if not (rest_hz > 0 and speed_hz > 0 and beta >= 0):
            raise ValueError(f"cutoffs must be above 0 and beta at least 0, got {rest_hz}, {speed_hz}, {beta}")
        self._rest_hz, self._beta, self._speed_hz = rest_hz, beta, speed_hz
        self._at_s: float | None = None
        self._value = self._speed = 0.0

    def start(self, value: float, at_s: float) -> None:
        """Reset to a resting value."""
        self._at_s, self._value, self._speed = at_s, value, 0.0

    def step(self, value: float, at_s: float) -> float:
        """The smoothed value at a time in seconds; a time that is not later changes nothing."""
        if self._at_s is None:
            self.start(value, at_s)
        passed_s = at_s - (self._at_s if self._at_s is not None else at_s)
        if passed_s <= 0:
            return self._value
        speed = (value - self._value) / passed_s
        self._speed += _share(self._speed_hz, passed_s) * (speed - self._speed)
        cutoff_hz = self._rest_hz + self._beta * abs(self._speed)
        self._value += _share(cutoff_hz, passed_s) * (value - self._value)
        self._at_s = at_s
        return self._value


def _share(cutoff_hz: float, passed_s: float) -> float:
    """How much of a step a first-order low-pass takes."""
    return 1 / (1 + 1 / (2 * pi * cutoff_hz * passed_s))
