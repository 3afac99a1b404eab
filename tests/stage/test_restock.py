from collections.abc import Callable

import pytest

from emo_osc.affect import Affect
from emo_osc.messages import Failed, Finish, Loaded, Ready, Want, encode
from emo_osc.stage.restock import PATIENCE_S, Restock, StudioState

BRIGHT, GLOOMY = Affect(0.8, 0.35), Affect(-0.8, -0.15)


def loaded() -> Restock:
    restock = Restock()
    restock.connected()
    restock.receive(encode(Loaded("canned", "cpu")))
    return restock


def test_nothing_is_asked_of_a_studio_that_is_not_ready() -> None:
    restock = Restock()
    restock.want(BRIGHT)

    assert restock.due(0.0) is None
    restock.connected()
    assert restock.due(0.0) is None
    restock.receive(encode(Loaded("canned", "cpu")))
    assert restock.due(0.0) == Want(BRIGHT, 1)


def test_one_order_at_a_time_and_only_the_latest_waits(ready: Callable[..., Ready]) -> None:
    restock = loaded()
    restock.want(BRIGHT)
    first = restock.due(0.0)
    for affect in (Affect(0.0, 0.1), Affect(0.0, 0.2), GLOOMY):
        restock.want(affect)

    assert (first, restock.due(0.1)) == (Want(BRIGHT, 1), None)
    answer = ready(60, ticket=1)
    assert restock.receive(encode(answer)) == answer
    assert restock.is_asked(answer)
    assert restock.due(0.2) == Want(GLOOMY, 2)
    assert not restock.is_asked(answer)


def test_a_failed_order_frees_the_way_for_the_next() -> None:
    restock = loaded()
    restock.want(BRIGHT)
    restock.due(0.0)
    restock.receive(encode(Failed("out of memory", 1)))
    restock.want(GLOOMY)

    assert restock.summary == "ready canned on cpu: out of memory"
    assert restock.due(0.1) == Want(GLOOMY, 2)


def test_a_lost_studio_is_asked_again_when_it_is_back() -> None:
    restock = loaded()
    restock.want(BRIGHT)
    restock.due(0.0)
    restock.lost()

    assert (restock.is_down, restock.state) == (True, StudioState.ABSENT)
    restock.connected()
    restock.receive(encode(Loaded("canned", "cpu")))
    assert restock.due(1.0) == Want(BRIGHT, 2)


def test_a_slow_studio_is_late_until_it_answers(ready: Callable[..., Ready]) -> None:
    restock = loaded()
    restock.want(BRIGHT)
    restock.due(0.0)
    restock.due(PATIENCE_S + 0.1)

    assert (restock.is_down, restock.state) == (True, StudioState.LATE)
    restock.receive(encode(ready(60, ticket=1)))
    assert (restock.is_down, restock.state) == (False, StudioState.READY)


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"\xff\xfe", b"[1]", encode(Finish()), encode(Want(BRIGHT, 1)), b"9" * 5000]
)
def test_garbage_is_counted_and_told(line: bytes) -> None:
    restock = loaded()

    with pytest.raises(ValueError, match="message"):
        restock.receive(line)
    assert restock.garbage == 1
