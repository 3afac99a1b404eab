"""Simulated MIDI clocks: tempo curves, and models of jitter, loss and duplication in transport."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

# N clocks, P points of a tempo curve

Floats = NDArray[np.float64]
CLOCKS_PER_BEAT = 24

USB_FRAME_S = 0.001  # full-speed USB transfers once per millisecond
STALL_EVERY_S = 1.0
STALL_S = (0.002, 0.008)  # a stalled host delivers all clocks of the stall at its end
LOST_SHARE = 0.01
DOUBLED_SHARE = 0.02
DOUBLED_AFTER_S = 0.0002


@dataclass(frozen=True)  # without slots: the counted clocks are kept
class TempoCurve:
    """A tempo over time: straight lines between points (seconds, beats per minute); two points at one time are a step.

    The first clock comes at 0 s; after the last point the tempo stays.

    >>> ramp = TempoCurve(((0.0, 60.0), (20.0, 180.0)))
    >>> float(ramp.clocks_at(np.array([20.0]))[0]), float(ramp.rate_at(10.0))
    (960.0, 48.0)
    """

    points: tuple[tuple[float, float], ...]

    def clocks_at(self, times_s: Floats) -> Floats:
        """The number of clocks passed at times in seconds, with fractions, (N,) -> (N,)."""
        starts_s, rates, slopes, counts = self._segments
        at = np.maximum(np.searchsorted(starts_s, times_s, side="right") - 1, 0)
        past_s = times_s - starts_s[at]
        passed: Floats = counts[at] + past_s * (rates[at] + 0.5 * slopes[at] * past_s)
        return passed

    def times_of(self, numbers: Floats) -> Floats:
        """The times of clock numbers in seconds, (N,) -> (N,)."""
        starts_s, rates, slopes, counts = self._segments
        at = np.maximum(np.searchsorted(counts, numbers, side="right") - 1, 0)
        rate, slope, more = rates[at], slopes[at], numbers - counts[at]
        # The root of slope/2 t^2 + rate t = more, written so that a slope of 0 needs no case of its own.
        times: Floats = starts_s[at] + 2 * more / (rate + np.sqrt(rate**2 + 2 * slope * more))
        return times

    def rate_at(self, time_s: float) -> float:
        """Clocks per second at a time."""
        starts_s, rates, slopes, _ = self._segments
        at = max(int(np.searchsorted(starts_s, time_s, side="right")) - 1, 0)
        return float(rates[at] + slopes[at] * (time_s - starts_s[at]))

    def clocks_until(self, end_s: float) -> Floats:
        """The times of all clocks before the end, in seconds."""
        return self.times_of(np.arange(np.ceil(self.clocks_at(np.array([end_s]))[0])))

    @cached_property
    def _segments(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Start time, rate at the start, slope of the rate, and clocks before, of each segment, (P,) each."""
        times_s, tempos = np.array(self.points).T
        rates = tempos * CLOCKS_PER_BEAT / 60.0
        lengths_s = np.diff(times_s)
        slopes = np.append(np.divide(np.diff(rates), lengths_s, out=np.zeros_like(lengths_s), where=lengths_s > 0), 0.0)
        counts = np.append(0.0, np.cumsum(lengths_s * (rates[:-1] + rates[1:]) / 2))
        return times_s, rates, slopes, counts


def steady(tempo: float) -> TempoCurve:
    """A constant tempo, 20..300 bpm."""
    return TempoCurve(((0.0, tempo),))


def step(before: float, after: float, at_s: float) -> TempoCurve:
    """A tempo that steps to another at a time."""
    return TempoCurve(((0.0, before), (at_s, before), (at_s, after)))


def ramp(before: float, after: float, start_s: float, length_s: float) -> TempoCurve:
    """A tempo that changes linearly to another."""
    return TempoCurve(((0.0, before), (start_s, before), (start_s + length_s, after)))


Jitter = Callable[[Floats, np.random.Generator], Floats]
"""True times of clocks -> times of reception in order; some may be missing or doubled."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model of transport.

    `only_delays`: clocks are never early; `latency_ms` compensates for the constant median delay.
    """

    jitter: Jitter
    only_delays: bool = False


def uniform(size_s: float) -> Jitter:
    """Uniform jitter of up to `size_s` seconds either way."""
    return lambda times_s, random: np.sort(times_s + random.uniform(-size_s, size_s, len(times_s)))


def gaussian(sigma_s: float) -> Jitter:
    """Normally distributed jitter with a standard deviation of `sigma_s` seconds."""
    return lambda times_s, random: np.sort(times_s + random.normal(0.0, sigma_s, len(times_s)))


def usb(every_s: float = STALL_EVERY_S, stall_s: tuple[float, float] = STALL_S) -> Jitter:
    """Delivery at the next USB frame, with host stalls, about every `every_s`, that deliver clocks in one batch."""

    def jitter(times_s: Floats, random: np.random.Generator) -> Floats:
        end_s = times_s[-1] + 1.0
        starts_s = np.sort(random.uniform(0.0, end_s, random.poisson(end_s / every_s) + 1))
        ends_s = starts_s + random.uniform(*stall_s, len(starts_s))
        at = np.maximum(np.searchsorted(starts_s, times_s, side="right") - 1, 0)
        is_held = (times_s >= starts_s[at]) & (times_s < ends_s[at])
        offset_s = random.uniform(0.0, USB_FRAME_S)
        read_s = random.exponential(0.00005, len(times_s))  # what the driver needs
        delivered_s = np.where(is_held, ends_s[at], times_s)
        return np.sort(np.ceil((delivered_s - offset_s) / USB_FRAME_S) * USB_FRAME_S + offset_s + read_s)

    return jitter


def losing(jitter: Jitter, share: float = LOST_SHARE) -> Jitter:
    """Jitter with a share of clocks lost; the first clock, the downbeat, is never lost."""

    def lossy(times_s: Floats, random: np.random.Generator) -> Floats:
        is_heard = random.random(len(times_s)) >= share
        is_heard[0] = True
        return jitter(times_s[is_heard], random)

    return lossy


def doubling(jitter: Jitter, share: float = DOUBLED_SHARE) -> Jitter:
    """Jitter with a share of clocks doubled, as in JACK's asynchronous mode."""

    def double(times_s: Floats, random: np.random.Generator) -> Floats:
        heard_s = jitter(times_s, random)
        again_s = heard_s[random.random(len(heard_s)) < share] + DOUBLED_AFTER_S
        return np.sort(np.concatenate([heard_s, again_s]))

    return double


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "none": Model(uniform(0.0)),
        "+-1 ms": Model(uniform(0.001)),
        "gaussian 0.5 ms": Model(gaussian(0.0005)),
        "USB bursts": Model(usb(), only_delays=True),
        "1 % lost": Model(losing(uniform(0.001))),
        "2 % doubled": Model(doubling(uniform(0.001))),
    }
)
