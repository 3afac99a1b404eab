from collections.abc import Callable
from dataclasses import replace

import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody, Note
from emo_osc.protocol.messages import Alive, Failed, Finish, Loaded, Ready, Want, encode
from emo_osc.stage.session.studio_client import PATIENCE_S, WEDGED_S, Restock, StudioState

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


def seconds(restock: Restock, first_s: int, last_s: int) -> list[str]:
    """The complaints of one look a second."""
    return [complaint for now_s in range(first_s, last_s + 1) if (complaint := restock.complaint(float(now_s)))]


def test_a_studio_that_falls_silent_is_late_and_then_complained_about() -> None:
    restock = loaded()

    told = [(restock.complaint(float(now_s)), restock.state) for now_s in range(7)]

    assert told[:4] == [("", StudioState.READY)] * 4
    assert told[4:6] == [("", StudioState.LATE)] * 2
    assert told[6] == ("no sign of life for 5 s", StudioState.LATE)


def test_a_studio_that_shows_life_is_left_in_peace() -> None:
    restock = loaded()
    for now_s in range(100):
        restock.receive(encode(Alive()))
        assert restock.complaint(float(now_s)) == ""
    assert restock.state is StudioState.READY


def test_a_stage_that_slept_does_not_blame_the_studio() -> None:
    restock = loaded()
    seconds(restock, 0, 2)

    assert restock.complaint(3600.0) == ""
    assert restock.state is StudioState.READY


def test_a_studio_that_lives_and_never_answers_is_complained_about() -> None:
    restock = loaded()
    restock.want(BRIGHT)
    restock.due(0.0)
    complaints = []
    for now_s in range(int(WEDGED_S) + 2):
        restock.receive(encode(Alive()))
        complaints.append(restock.complaint(float(now_s)))

    assert [complaint for complaint in complaints if complaint] == ["no answer for 60 s"]


@pytest.mark.parametrize("has_come", [False, True])
def test_a_studio_that_never_loads_gets_twice_the_time_with_every_start(has_come: bool) -> None:
    restock = Restock()
    if has_come:
        restock.connected()
    times = [now_s for now_s in range(500) if restock.complaint(float(now_s))]

    assert times == [61, 183, 425]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"distance": 0.0', b'"distance": NaN'),
        (b'"mean_pitch": 60', b'"mean_pitch": Infinity'),
        (b"[0, 480, 60, ", b"[0, 480, 60.5, "),
        (b"[0, 480, 60, ", b"[0, 480, true, "),
        (b'"latent": ""', b'"latent": "' + b"x" * 100_000 + b'"'),
    ],
)
def test_a_melody_that_would_upset_the_performer_is_refused(
    old: bytes, new: bytes, ready: Callable[..., Ready]
) -> None:
    line = encode(ready(60))
    assert old in line

    with pytest.raises(ValueError, match="message"):
        loaded().receive(line.replace(old, new))


def test_a_melody_of_ten_thousand_notes_is_refused(ready: Callable[..., Ready]) -> None:
    notes = tuple(Note(3 * index, 3, 60) for index in range(10_000))

    with pytest.raises(ValueError, match="past every measure"):
        loaded().receive(encode(replace(ready(60), melody=Melody(notes))))
