"""Parts of a batch beside each other: in order, one processor each, and the settings as they were."""

from collections.abc import Iterator
from threading import get_ident

import pytest
import torch

from emo_osc.studio.decoding.in_threads import divided, in_threads
from emo_osc.studio.interruption import InterruptionError, check_interruption, interruptible

pytestmark = pytest.mark.torch


@pytest.fixture(params=[1, 2])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def test_what_is_made_comes_in_the_order_of_the_parts(threads: int) -> None:
    assert in_threads(lambda part: part * 10, range(7)) == [0, 10, 20, 30, 40, 50, 60]
    assert torch.get_num_threads() == threads


def test_each_part_computes_with_one_thread_beside_others(threads: int) -> None:
    made = in_threads(lambda _: (torch.get_num_threads(), get_ident()), range(5))
    assert {count for count, _ in made} == {1}
    assert len({thread for _, thread in made}) <= threads


def test_an_error_is_raised_and_the_settings_are_as_they_were(threads: int) -> None:
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda part: 1 // part, [1, 0])
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize("count", [0, 1, 7, 8, 16, 17, 130])
def test_a_batch_is_divided_without_gaps_into_parts_of_like_size(count: int, threads: int) -> None:
    few, most = 8, 16
    parts = divided(count, few, most)
    sizes = [part.stop - part.start for part in parts]
    assert [row for part in parts for row in range(count)[part]] == list(range(count))
    assert max(sizes) <= most
    assert max(sizes) - min(sizes) <= 1
    assert len(parts) >= threads or count < few * threads


def test_each_part_is_interrupted_as_its_caller_is(threads: int) -> None:
    with interruptible(lambda: True), pytest.raises(InterruptionError):
        in_threads(lambda _: check_interruption(), [1, 2])
    assert in_threads(lambda _: check_interruption(), [1, 2]) == [None, None]
