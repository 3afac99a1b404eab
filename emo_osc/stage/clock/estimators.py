"""Estimates phase and period of a MIDI clock from its jittering time stamps, by two Kalman filters that are mixed.

Knows no beats and no transport. `pulse_tracker` says how many clocks lie between two stamps; other estimators, to
compare with, are in `evaluate/bench/clock_estimators`.

The model. Let x = (t, T) be the time t of the last clock and the period T to the next one, both in seconds. From one
stamp to that n clocks later,

    t' = t + n T + w_t,   T' = T + w_T,   z = t' + v

where z is the stamp. v is its deviation, normal with variance R (s^2), the same for all stamps. T is a random walk: w
has the covariance that white noise of spectral density q = (wander T)^2 a clock accumulates over n clocks,

    Q = q [[n^3 / 3, n^2 / 2], [n^2 / 2, n]]

(Bar-Shalom, Li and Kirubarajan, Estimation with Applications to Tracking and Navigation, 2001, 6.2.2). `wander` is the
relative change of the period in one clock. With the innovation e = z - t - n T and its variance S = P_tt + R, the gains
are P_tt / S for the phase and P_tT / S for the period.

One filter cannot be calm for a steady tempo and quick for a moving one. So there are two, with `wander` 0.00003 and
0.005, mixed as an interacting multiple model (IMM; Blom and Bar-Shalom, IEEE Transactions on Automatic Control 33(8),
1988): a Markov chain switches between them with probability 0.001 a clock; before each stamp the states are mixed by
the probabilities of the switch, after it each filter's probability is weighed by the likelihood N(e; 0, S). The
estimate is the mean of both, weighted by these probabilities. R is learned while the steady filter is the likelier one.
"""

from math import exp, sqrt
from typing import Protocol


class Estimator(Protocol):
    """Fits a line, phase and period, to stamps."""

    def start(self, at_s: float, period_s: float) -> None:
        """Begin with a clock at `at_s` and a period known to a few percent, both in seconds."""

    def add(self, steps: int, stamp_s: float) -> None:
        """Take the stamp of the clock `steps` >= 1 after the last one."""

    @property
    def at_s(self) -> float:
        """The estimated time of the last clock, in seconds."""

    @property
    def period_s(self) -> float:
        """The estimated time from one clock to the next, in seconds."""


class Kalman:
    """A Kalman filter of phase and period; `wander` is the relative change of the period in one clock."""

    def __init__(self, wander: float, sigma_s: float = 0.0006) -> None:
        """`sigma_s` is the standard deviation of a stamp, in seconds."""
        self._wander, self.noise = wander**2, sigma_s**2

    def start(self, at_s: float, period_s: float) -> None:
        """Begin with a clock whose stamp has the usual deviation, and a period with one of 3 %."""
        self.at_s, self.period_s = at_s, period_s
        self.likelihood = 1.0
        self.phase_variance, self.covariance = self.noise, 0.0
        self.period_variance = (0.03 * period_s) ** 2

    def add(self, steps: int, stamp_s: float) -> None:
        """Predict, then correct by the innovation times the gains."""
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
    """Two Kalman filters, for a steady tempo and for a moving one, mixed by their likelihoods (IMM).

    The deviation of stamps is learned while the tempo is steady.
    """

    LEAST_SIGMA_S, MOST_SIGMA_S = 0.0003, 0.004

    def __init__(
        self, hold: float = 0.00003, move: float = 0.005, switch: float = 0.001, sigma_s: float = 0.0008
    ) -> None:
        """`hold` and `move` are the filters' `wander`; `switch` the probability of a change in one clock."""
        self._holding, self._moving = Kalman(hold, sigma_s), Kalman(move, sigma_s)
        self._switch, self._sigma_s = switch, sigma_s

    def start(self, at_s: float, period_s: float) -> None:
        """Begin with a clock; both filters are equally probable."""
        self._set_noise(self._sigma_s**2)
        self._holding.start(at_s, period_s)
        self._moving.start(at_s, period_s)
        self._share = 0.5  # the probability that the tempo moves
        self._blend()

    def add(self, steps: int, stamp_s: float) -> None:
        """Mix the states, let both filters predict and correct, and update their probabilities."""
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
        """Average the squared deviation over about 50 clocks; it is limited to three standard deviations."""
        self._set_noise(self._noise + 0.02 * (min(deviation_s**2, 9 * self._noise) - self._noise))

    def _set_noise(self, noise: float) -> None:
        self._noise = min(self.MOST_SIGMA_S**2, max(self.LEAST_SIGMA_S**2, noise))
        self._holding.noise = self._moving.noise = self._noise

    def _blend(self) -> None:
        h, m, share = self._holding, self._moving, self._share
        self.at_s = h.at_s + share * (m.at_s - h.at_s)
        self.period_s = h.period_s + share * (m.period_s - h.period_s)


def _mix(one: Kalman, two: Kalman, share_one: float, share_two: float) -> None:
    """Mix the states and covariances: the first filter takes a share `share_one` of the second, and the reverse."""
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
