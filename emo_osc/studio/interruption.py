"""Lets work that nobody waits for stop in the middle when a request has come. Imports no torch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class InterruptionError(Exception):
    """Work was stopped in the middle; its result is lost."""


@contextmanager
def interruptible(is_urgent: Callable[[], bool]) -> Iterator[None]:
    """Within the block, and in this thread alone, `check_interruption` asks whether something is urgent."""
    token = _IS_URGENT.set(is_urgent)
    try:
        yield
    finally:
        _IS_URGENT.reset(token)


def check_interruption() -> None:
    """Called by long work every few milliseconds.

    Raises:
        InterruptionError: the work is interruptible, and something is urgent.
    """
    is_urgent = _IS_URGENT.get()
    if is_urgent is not None and is_urgent():
        raise InterruptionError


_IS_URGENT: ContextVar[Callable[[], bool] | None] = ContextVar("is_urgent", default=None)
