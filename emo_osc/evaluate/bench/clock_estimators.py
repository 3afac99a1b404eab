"""Simple MIDI clock estimators that `bench clock` compares with the one in use.

Each is an `Estimator` of `stage/clock/estimators`: seconds and clock numbers.
"""

from collections import deque
from math import pi, sqrt


class LastInterval:
    """The tempo of the last interval, without smoothing."""

    def start(self, at_s: float, period_s: float) -> None:
        """Begin with a clock."""
        self.at_s, self.period_s = at_s, period_s

    def add(self, steps: int, stamp_s: float) -> None:
        """Take the last interval as the period."""
        self.at_s, self.period_s = stamp_s, max(0.001, (stamp_s - self.at_s) / steps)


class LeastSquares:
    """Least-squares line through the last `window` stamps, one beat by default."""

    def __init__(self, window: int = 24) -> None:
        self._window = window

    def start(self, at_s: float, period_s: float) -> None:
        """Begin with a clock, and with one before it so that there is a line."""
        self.at_s, self.period_s = at_s, period_s
        self._stamps = deque([(-1, at_s - period_s), (0, at_s)], maxlen=self._window)

    def add(self, steps: int, stamp_s: float) -> None:
        """Fit the line again."""
        number = self._stamps[-1][0] + steps
        self._stamps.append((number, stamp_s))
        count = len(self._stamps)
        mean_number = sum(n for n, _ in self._stamps) / count
        mean_s = sum(s for _, s in self._stamps) / count
        spread = sum((n - mean_number) ** 2 for n, _ in self._stamps)
        self.period_s = sum((n - mean_number) * (s - mean_s) for n, s in self._stamps) / spread
        self.at_s = mean_s + (number - mean_number) * self.period_s


class DelayLocked:
    """A second-order delay-locked loop of one bandwidth (Adriaensen, Using a DLL to filter time, 2005)."""

    def __init__(self, bandwidth: float = 0.012) -> None:
        """`bandwidth` in cycles a clock."""
        self.gain = 2 * pi * bandwidth

    def start(self, at_s: float, period_s: float) -> None:
        """Begin with a clock."""
        self.at_s, self.period_s = at_s, period_s

    def add(self, steps: int, stamp_s: float) -> None:
        """Correct phase and period by a share of the deviation."""
        due_s = self.at_s + steps * self.period_s
        deviation_s = stamp_s - due_s
        self.at_s = due_s + sqrt(2.0) * self.gain * deviation_s
        self.period_s += self.gain**2 * deviation_s


class GearedDelayLocked(DelayLocked):
    """The same loop with variable bandwidth: wide while deviations are biased, narrow when they have settled."""

    def __init__(self, widest: float = 0.08, narrowest: float = 0.012) -> None:
        super().__init__(widest)
        self._widest, self._narrowest = 2 * pi * widest, 2 * pi * narrowest
        self._bias_s = self._size_s = 0.0

    def start(self, at_s: float, period_s: float) -> None:
        """Begin with a clock, at the widest bandwidth."""
        super().start(at_s, period_s)
        self.gain, self._bias_s, self._size_s = self._widest, 0.0, 0.0005

    def add(self, steps: int, stamp_s: float) -> None:
        """Choose the bandwidth, then correct."""
        deviation_s = stamp_s - self.at_s - steps * self.period_s
        self._bias_s += 0.2 * (deviation_s - self._bias_s)  # over some five clocks
        self._size_s += 0.05 * (abs(deviation_s) - self._size_s)  # over some twenty
        is_biased = abs(self._bias_s) > self._size_s + 0.0001
        self.gain = min(self._widest, self.gain * 1.5) if is_biased else max(self._narrowest, self.gain * 0.93)
        super().add(steps, stamp_s)
