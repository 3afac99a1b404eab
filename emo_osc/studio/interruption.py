"""Lets long work give way to a request: stopped in the middle, or done in steps. Imports no torch."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work in steps of some milliseconds, with its result at the end; a caller may do other things between two steps."""


def finished(steps: Steps[T]) -> T:
    """The result of work that is done at once.

    >>> finished(at_once(lambda: 5))
    5
    """
    while True:
        last = advanced(steps)
        if last:
            return last[0]


def advanced(steps: Steps[T]) -> list[T]:
    """Do one step; the result where it was the last, else nothing."""
    try:
        next(steps)
    except StopIteration as end:
        return [end.value]
    return []


def all_of(works: Iterable[Steps[T]]) -> Steps[list[T]]:
    """The results of several, one after another."""
    results = []
    for work in works:
        yield
        results.append((yield from work))
    return results


def at_once(make: Callable[[], T]) -> Steps[T]:
    """Work that cannot be divided."""
    yield from ()
    return make()


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
