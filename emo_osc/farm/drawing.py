"""Fills the pool of a maker while there are no orders. Knows no Ray."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from emo_osc.studio.interruption import InterruptionError, interruptible

REST_S = 0.5  # how soon after orders it goes on
MOST_INTERRUPTIONS = 3  # in a row; the next draw is finished, or a busy farm would for ever compose from few sources


class Drawing(Protocol):
    """What draws."""

    @property
    def has_room(self) -> bool:
        """Whether more is to be drawn."""

    def draw(self) -> None:
        """Draw some; calls `check_interruption` every few milliseconds."""


async def fill(maker: Drawing, is_wanted: Callable[[], bool], at_work: asyncio.Lock) -> None:
    """Draw in a thread until there is no more room, holding `at_work`; an order interrupts it, but not for ever."""
    interruptions = 0
    while maker.has_room:
        await asyncio.sleep(REST_S if is_wanted() else 0.0)
        if is_wanted():
            continue
        is_drawn = await _drawn(maker, _never if interruptions >= MOST_INTERRUPTIONS else is_wanted, at_work)
        interruptions = 0 if is_drawn else interruptions + 1


async def _drawn(maker: Drawing, is_urgent: Callable[[], bool], at_work: asyncio.Lock) -> bool:
    try:
        with interruptible(is_urgent):
            async with at_work:
                await asyncio.to_thread(maker.draw)
    except InterruptionError:
        return False
    return True


def _never() -> bool:
    return False
