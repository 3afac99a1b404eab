"""Orders that wait for one maker: whenever it is free it does as many of them together as it can. Knows no Ray.

`serve.batch` fixes a batch within milliseconds of its first order and lets it wait for its turn: under load a generator
then gets batches of one or two orders, which take twice as long for each.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from emo_osc.farm.maker import BATCH, Done
from emo_osc.protocol.farm_wire import Order

WAIT_S = 0.002  # how long the first order waits for others
IDLE_S = 4.0  # the longest that what nobody waits for gives way: after 12 s its stage takes the farm for gone
GATHER_S = 0.05  # the longest wait for those whose orders were done last: most order again at once


class _Waiting(NamedTuple):
    order: Order
    done: asyncio.Future[Done]
    since_s: float

    def is_urgent(self, now_s: float) -> bool:
        """Whether somebody waits for it, or it has waited so long that its stage will soon give the farm up."""
        return self.order.is_awaited or now_s - self.since_s >= IDLE_S


class Batches:
    """Does orders with `make` in a thread, while it holds `at_work`; what somebody waits for comes first.

    What nobody waits for gives way for some seconds, not for ever.
    """

    def __init__(self, make: Callable[[Sequence[Order]], list[Done]], at_work: asyncio.Lock) -> None:
        self._make, self._at_work = make, at_work
        self._waiting: list[_Waiting] = []
        self._has_come = asyncio.Event()

    async def do(self, order: Order) -> Done:
        """What an order gets; an order whose caller has gone is left out where it has not begun."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(order, loop.create_future(), loop.time())
        self._waiting.append(waiting)
        self._has_come.set()
        return await waiting.done

    async def run(self) -> None:
        """Do orders for ever."""
        expected = 1
        while True:
            await self._has_come.wait()
            await self._gather(expected)
            async with self._at_work:
                batch = self._taken()
                if batch:
                    await self._do(batch)
            expected = min(BATCH, len(batch) + len(self._waiting))

    async def _gather(self, expected: int) -> None:
        """Wait a little for as many orders as there were of late, else two halves take turns for ever."""
        clock = asyncio.get_running_loop().time
        wanted, wait_s = (expected, GATHER_S) if expected > 1 else (BATCH, WAIT_S)
        until_s = clock() + wait_s
        while len(self._waiting) < wanted and (left_s := until_s - clock()) > 0.0:
            self._has_come.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._has_come.wait(), left_s)

    def _taken(self) -> list[_Waiting]:
        alive = [each for each in self._waiting if not each.done.done()]
        now_s = asyncio.get_running_loop().time()
        alive.sort(key=lambda each: not each.is_urgent(now_s))
        batch, self._waiting = alive[:BATCH], alive[BATCH:]
        (self._has_come.set if self._waiting else self._has_come.clear)()
        return batch

    async def _do(self, batch: list[_Waiting]) -> None:
        try:
            made = await asyncio.to_thread(self._make, [each.order for each in batch])
        except Exception as error:  # the next batch may do better
            made = [f"{type(error).__name__}: {error}"[:300]] * len(batch)
        for each, done in zip(batch, made, strict=True):
            if not each.done.done():
                each.done.set_result(done)
