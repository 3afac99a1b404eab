"""When a farm draws sources: while there are no orders, and now and then all the same."""

import asyncio

import pytest

from emo_osc.farm import drawing
from emo_osc.farm.drawing import MOST_INTERRUPTIONS, fill
from emo_osc.studio.interruption import InterruptionError, check_interruption


class FakeMaker:
    """Has room for three; while it draws an order comes, which is done by the time it looks again."""

    def __init__(self) -> None:
        self.at_work = self.drawn = self.given_up = 0

    @property
    def has_room(self) -> bool:
        return self.drawn < 3

    def draw(self) -> None:
        self.at_work = 1
        try:
            check_interruption()
            self.drawn += 1
        except InterruptionError:
            self.given_up += 1
            raise
        finally:
            self.at_work = 0


def test_orders_interrupt_a_draw_but_not_for_ever() -> None:
    maker = FakeMaker()
    asyncio.run(fill(maker, lambda: maker.at_work > 0, asyncio.Lock()))

    assert (maker.drawn, maker.given_up) == (3, 3 * MOST_INTERRUPTIONS)


def test_nothing_is_drawn_while_there_are_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "REST_S", 0.0)
    maker, orders, drawn = FakeMaker(), [True] * 5, list[int]()

    def is_wanted() -> bool:
        drawn.append(maker.drawn)
        return bool(orders and orders.pop())

    asyncio.run(fill(maker, is_wanted, asyncio.Lock()))

    assert drawn[:6] == [0] * 6
    assert maker.drawn == 3
