"""Which precision a network is computed in: what `EMO_OSC_PRECISION` says, or what is fastest by a short measurement.

A processor's flags do not say what is fast on it, so nothing is decided by them. The first time that a kind of work is
to be done, each precision does a little of it, a quarter of a second in all. The less exact one is taken only where it
is clearly faster, and the choice is kept in the user's cache folder. What is to be repeatable (a seed, a training run
that goes on) never depends on a measurement.
"""

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

from emo_osc.core.errors import EmoOscError
from emo_osc.weights import measured_cache as measured

Precision = Literal["float32", "bfloat16", "int8"]
Run = Callable[[], object]
Trial = Callable[[], Run]
"""Prepares a trial at one precision and returns the function to time."""

PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16", "int8")
"""The most exact first."""
VARIABLE = "EMO_OSC_PRECISION"
SHORT: dict[Precision, str] = {"float32": "float32", "bfloat16": "bf16", "int8": "int8"}
"""Precision -> short name."""
NAMES: dict[str, Precision] = {"bfloat16": "bfloat16", **{short: precision for precision, short in SHORT.items()}}
BUDGET_S = 0.25
LEAST_ROUNDS, MOST_ROUNDS = 2, 20
GAIN = 0.9
"""A less exact precision must take at most this share of the time of a more exact one."""

_CHOSEN: dict[str, "Choice"] = {}


@dataclass(frozen=True, slots=True)
class Choice:
    """A precision, and the reason for it as a short text."""

    precision: Precision
    why: str


def forced(allowed: Collection[Precision] = PRECISIONS) -> Precision | None:
    """The precision set by `EMO_OSC_PRECISION`; None where it is unset, empty or `auto`.

    Raises:
        EmoOscError: it is no precision, or not one of those allowed.
    """
    said = os.environ.get(VARIABLE, "").strip().lower()
    if said in ("", "auto"):
        return None
    if NAMES.get(said) not in allowed:
        names = ", ".join(short for precision, short in SHORT.items() if precision in allowed)
        raise EmoOscError(f"{VARIABLE}: {said[:40]!r} cannot be computed here; set it to {names} or auto")
    return NAMES[said]


def settled(
    device_type: str, is_repeatable: bool = False, allowed: Collection[Precision] = PRECISIONS
) -> Choice | None:
    """The choice without measurement: a forced precision, or float32 on a GPU and for repeatable work; else None.

    Raises:
        EmoOscError: what is forced is no precision, or not one of those allowed.
    """
    if (asked := forced(allowed)) is not None:
        return Choice(asked, f"{VARIABLE} says so")
    if device_type != "cpu":
        return Choice("float32", f"on {device_type} one melody waits for launches, not for arithmetic")
    if is_repeatable:
        return Choice("float32", "a seed gives the same notes everywhere")
    return None


def fastest(work: str, trials: Mapping[Precision, Trial]) -> Choice:
    """The fastest precision on this CPU for a kind of work, measured once and kept for this processor, torch and number
    of threads. `work` names the work and its shape; a trial that raises RuntimeError is left out, float32's may not.
    """
    key = f"{measured.machine()}; {work}"
    if key not in _CHOSEN:
        known = measured.read(key)
        found = known or _times_ms(trials)
        if not known:
            measured.write(key, found)
        _CHOSEN[key] = Choice(_best(found), _reason(found, "kept from an earlier start" if known else "just now"))
    return _CHOSEN[key]


def _times_ms(trials: Mapping[Precision, Trial]) -> dict[str, float]:
    """The least time of each in ms; trials alternate, so that other load affects all alike."""
    runs: dict[str, Run] = {}
    for precision, trial in trials.items():
        try:
            run = trial()
            run()  # the first call allocates
        except (RuntimeError, NotImplementedError, AttributeError):
            if precision == "float32":
                raise
            continue  # this processor or torch lacks the kernel
        runs[precision] = run
    times: dict[str, list[float]] = {name: [] for name in runs}
    began = perf_counter()
    for turn in range(MOST_ROUNDS):
        if turn >= LEAST_ROUNDS and perf_counter() - began > BUDGET_S:
            break
        for name, run in runs.items():
            times[name].append(_time_ms(run))
    return {name: min(each) for name, each in times.items()}


def _time_ms(run: Run) -> float:
    start = perf_counter()
    run()
    return 1000 * (perf_counter() - start)


def _best(times_ms: Mapping[str, float]) -> Precision:
    best: Precision = "float32"
    for precision in PRECISIONS[1:]:
        if times_ms.get(precision, float("inf")) < GAIN * times_ms[best]:
            best = precision
    return best


def _reason(times_ms: Mapping[str, float], when: str) -> str:
    figures = ", ".join(f"{SHORT[name]} {times_ms[name]:.3g} ms" for name in PRECISIONS if name in times_ms)
    return f"measured {when} on {measured.processor()}: {figures}"
