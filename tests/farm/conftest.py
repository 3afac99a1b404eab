"""A farm behind a plain server, and lines of stages to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.farm.plain_farm import Line, PlainFarm


@pytest.fixture
def farm() -> Iterator[Callable[..., PlainFarm]]:
    opened: list[PlainFarm] = []

    def open_farm(**options: Any) -> PlainFarm:
        opened.append(PlainFarm(**options))
        return opened[-1]

    yield open_farm
    for one in opened:
        one.close()


@pytest.fixture
def line() -> Iterator[Callable[..., Line]]:
    opened: list[Line] = []

    def open_line(url: str, **options: Any) -> Line:
        opened.append(Line(url, **options))
        return opened[-1]

    yield open_line
    for one in opened:
        one.close()
