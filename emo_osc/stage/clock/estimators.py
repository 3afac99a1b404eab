"""Where the clocks of a MIDI master lie, from stamps that are never quite right: two Kalman filters that are mixed.

Each is told how many clocks lie between two stamps; `pulse_tracker` finds that out. Seconds and clock numbers: no
estimator knows beats or a transport. Others to compare with are in `evaluate/bench/clock_estimators`.
"""

from math import exp, sqrt
from typing import Protocol


class Estimator(Protocol):
    """Smooths stamps into a line."""

    def start(self, at_s: float, period_s: float) -> None:
        """Begin with a clock whose period is known to a few percent."""

    def add(self, steps: int, stamp_s: float) -> None:
        """Take the stamp of the clock that comes `steps` >= 1 after the last one."""

    @property
    def at_s(self) -> float:
        """Where the last clock lies."""

    @property
    def period_s(self) -> float:
        """From one clock to the next."""


class Kalman:
    """A Kalman filter of phase and period whose tempo wanders by `wander` of itself a clock."""

    def __init__(self, wander: float, sigma_s: float = 0.0006) -> None:
        """`sigma_s` the deviation of a stamp, in seconds."""
        self._wander, self.noise = wander**2, sigma_s**2

    def start(self, at_s: float, period_s: float) -> None:
        """Begin with a clock; its stamp may be wrong as any, the period by 3 %."""
        self.at_s, self.period_s = at_s, period_s
        self.likelihood = 1.0
        self.phase_variance, self.covariance = self.noise, 0.0
        self.period_variance = (0.03 * period_s) ** 2

    def add(self, steps: int, stamp_s: float) -> None:
        """Predict, then correct by what the deviation weighs."""
        a, b, d = self.phase_variance, self.covariance, self.period_variance
        drift = self._wander * self.period_s * self.period_s * steps
        a += steps * (2 * b + steps * d) + drift * steps * steps / 3
        b += steps * d + drift * steps / 2
        d += drift
        due_s = self.at_s + steps * self.period_s
        deviation_s = stamp_s - due_s
        total = a + self.noise
        phase_gain, period_gain = a / total, b / total
        self.at_s = due_s + phase_gain * deviation_s
        self.period_s += period_gain * deviation_s
        self.phase_variance = a * (1 - phase_gain)
        self.covariance = b * (1 - phase_gain)
        self.period_variance = d - period_gain * b
        self.likelihood = exp(-0.5 * deviation_s * deviation_s / total) / sqrt(total)


class Interacting:
    """Two Kalman filters, of a tempo that holds and of one that moves, mixed by how well each foretells (IMM).

    How far stamps stray by chance is learned while the tempo holds.
    Source: Blom and Bar-Shalom, IEEE Transactions on Automatic Control 33(8), 1988.
    """

    LEAST_SIGMA_S, MOST_SIGMA_S = 0.0003, 0.004

    def __init__(
        self, hold: float = 0.00003, move: float = 0.005, switch: float = 0.001, sigma_s: float = 0.0008
    ) -> None:
        """`hold` and `move` are the filters' `wander`; `switch` is the chance, a clock, that they take turns."""
        self._holding, self._moving = Kalman(hold, sigma_s), Kalman(move, sigma_s)
        self._switch, self._sigma_s = switch, sigma_s

    def start(self, at_s: float, period_s: float) -> None:
        """Begin with a clock, and with no opinion."""
        self._set_noise(self._sigma_s**2)
        self._holding.start(at_s, period_s)
        self._moving.start(at_s, period_s)
        self._share = 0.5  # how likely the tempo moves
        self._blend()

    def add(self, steps: int, stamp_s: float) -> None:
        """Mix, let both foretell and correct, and weigh them."""
        deviation_s = stamp_s - self.at_s - steps * self.period_s
        h, m, switch = self._holding, self._moving, self._switch
        to_hold = (1 - self._share) * (1 - switch) + self._share * switch
        to_move = 1 - to_hold
        _mix(h, m, self._share * switch / to_hold, (1 - self._share) * switch / to_move)
        h.add(steps, stamp_s)
        m.add(steps, stamp_s)
        held, moved = to_hold * h.likelihood, to_move * m.likelihood
        if held + moved > 0.0:
            self._share = moved / (held + moved)
        if self._share < 0.5:
            self._learn(deviation_s)
        self._blend()

    def _learn(self, deviation_s: float) -> None:
        """Over some fifty clocks; one that strays by more than three sigma teaches no more than three."""
        self._set_noise(self._noise + 0.02 * (min(deviation_s**2, 9 * self._noise) - self._noise))

    def _set_noise(self, noise: float) -> None:
        self._noise = min(self.MOST_SIGMA_S**2, max(self.LEAST_SIGMA_S**2, noise))
        self._holding.noise = self._moving.noise = self._noise

    def _blend(self) -> None:
        h, m, share = self._holding, self._moving, self._share
        self.at_s = h.at_s + share * (m.at_s - h.at_s)
        self.period_s = h.period_s + share * (m.period_s - h.period_s)


def _mix(one: Kalman, two: Kalman, share_one: float, share_two: float) -> None:
    """Let each begin from a mixture: `share_one` is what the first takes of the second, and the reverse."""
    at_s, period_s = two.at_s - one.at_s, two.period_s - one.period_s
    before = (one.phase_variance, one.covariance, one.period_variance)
    after = (two.phase_variance, two.covariance, two.period_variance)
    spread = (at_s * at_s, at_s * period_s, period_s * period_s)
    for filter_, mine, other, share, sign in ((one, before, after, share_one, 1), (two, after, before, share_two, -1)):
        filter_.at_s += sign * share * at_s
        filter_.period_s += sign * share * period_s
        filter_.phase_variance, filter_.covariance, filter_.period_variance = (
            (1 - share) * own + share * theirs + share * (1 - share) * gap
            for own, theirs, gap in zip(mine, other, spread, strict=True)
        )
