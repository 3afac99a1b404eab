"""The one-euro filter: strong smoothing at rest, low lag in motion (Casiez, Roussel and Vogel, CHI 2012)."""

from math import pi


class OneEuro:
    """One value over time.

    `rest_hz` is the cutoff while the value rests: lower is calmer. `beta` says how much the cutoff rises with speed,
    in 1/s of the value: higher is quicker. `speed_hz` is the cutoff for that speed.

    Raises:
        ValueError: a cutoff is not above 0, or `beta` is below 0.
    """

    def __init__(self, rest_hz: float = 0.6, beta: float = 0.4, speed_hz: float = 1.0) -> None:
        if not (rest_hz > 0 and speed_hz > 0 and beta >= 0):
            raise ValueError(f"cutoffs must be above 0 and beta at least 0, got {rest_hz}, {speed_hz}, {beta}")
        self._rest_hz, self._beta, self._speed_hz = rest_hz, beta, speed_hz
        self._at_s: float | None = None
        self._value = self._raw = self._speed = 0.0

    def start(self, value: float, at_s: float) -> None:
        """Reset to a resting value."""
        self._at_s, self._value, self._raw, self._speed = at_s, value, value, 0.0

    def step(self, value: float, at_s: float) -> float:
        """The smoothed value at a time in seconds; a time that is not later changes nothing."""
        if self._at_s is None:
            self.start(value, at_s)
        passed_s = at_s - (self._at_s if self._at_s is not None else at_s)
        if passed_s <= 0:
            return self._value
        speed = (value - self._raw) / passed_s
        self._speed += _share(self._speed_hz, passed_s) * (speed - self._speed)
        cutoff_hz = self._rest_hz + self._beta * abs(self._speed)
        self._value += _share(cutoff_hz, passed_s) * (value - self._value)
        self._at_s, self._raw = at_s, value
        return self._value


def _share(cutoff_hz: float, passed_s: float) -> float:
    """How much of a step a first-order low-pass takes."""
    return 1 / (1 + 1 / (2 * pi * cutoff_hz * passed_s))
