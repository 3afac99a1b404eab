"""Which orders a farm does together."""

import asyncio
from collections.abc import Sequence
from time import sleep

import pytest

from emo_osc.core.affect import Affect
from emo_osc.farm.batches import GATHER_S, Batches
from emo_osc.farm.maker import BATCH, Done
from emo_osc.protocol.farm_wire import Order
from emo_osc.protocol.messages import ComposeRequest


def order(number: int, *, is_awaited: bool = True) -> Order:
    return Order(ComposeRequest(Affect(0.0, 0.0), number), is_awaited=is_awaited)


def numbers_of(orders: Sequence[Order]) -> list[int]:
    return [each.work.ticket for each in orders if isinstance(each.work, ComposeRequest)]


def done_with(orders: list[Order], given_up: int | None = None) -> tuple[list[list[int]], list[Done]]:
    """The batches, and what each order got; all come, one after another, while the first is at work."""
    batches: list[list[int]] = []

    async def run() -> list[Done]:
        at_work = asyncio.Lock()

        def make(batch: Sequence[Order]) -> list[Done]:
            batches.append(numbers_of(batch))
            if 13 in batches[-1]:
                raise ValueError("unlucky")
            return [str(number) for number in batches[-1]]

        together = Batches(make, at_work)
        await at_work.acquire()  # as while another batch is at work
        working = asyncio.create_task(together.run())
        tasks = []
        for each in orders:
            tasks.append(asyncio.create_task(together.do(each)))
            await asyncio.sleep(0)
        if given_up is not None:
            tasks.pop(given_up).cancel()
        at_work.release()
        done = await asyncio.gather(*tasks)
        working.cancel()
        return done

    return batches, asyncio.run(run())


def test_orders_that_come_while_others_are_at_work_are_done_together() -> None:
    batches, done = done_with([order(number) for number in range(BATCH + 2)])

    assert batches == [list(range(BATCH)), [BATCH, BATCH + 1]]
    assert done == [str(number) for number in range(BATCH + 2)]


def test_what_somebody_waits_for_comes_first() -> None:
    idle = [order(number, is_awaited=False) for number in range(BATCH)]
    batches, _ = done_with([*idle, order(99)])

    assert batches[0][0] == 99


def test_what_nobody_waits_for_gives_way_for_a_while_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its stage would take the farm for gone, and say so."""
    monkeypatch.setattr("emo_osc.farm.batches.IDLE_S", 0.0)
    batches, _ = done_with([order(0, is_awaited=False), *(order(number) for number in range(1, BATCH + 1))])

    assert batches[0][0] == 0


def test_an_order_that_is_given_up_is_not_done() -> None:
    batches, _ = done_with([order(1), order(2)], given_up=0)

    assert batches == [[2]]


def test_a_batch_that_fails_is_answered_and_the_next_is_done() -> None:
    batches, done = done_with([order(13 + number) for number in range(BATCH + 1)])

    assert len(batches) == 2
    assert done == ["ValueError: unlucky"] * BATCH + [str(13 + BATCH)]


def test_stages_that_order_again_at_once_come_to_be_done_together() -> None:
    """Two halves that began apart: without a wait for each other they would take turns for ever."""
    batches: list[int] = []

    def make(batch: Sequence[Order]) -> list[Done]:
        batches.append(len(batch))
        sleep(0.01)
        return ["none"] * len(batch)

    async def run() -> None:
        together = Batches(make, asyncio.Lock())
        working = asyncio.create_task(together.run())

        async def keep_ordering() -> None:
            while sum(batches) < 40:
                await together.do(order(1))
                await asyncio.sleep(GATHER_S / 10)  # the way to the stage and back

        async def begin_apart() -> None:
            while not batches:
                await asyncio.sleep(0.001)
            await asyncio.gather(keep_ordering(), keep_ordering())

        await asyncio.gather(keep_ordering(), keep_ordering(), begin_apart())
        working.cancel()

    asyncio.run(run())

    assert max(batches) == 4
