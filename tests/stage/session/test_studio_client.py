from collections.abc import Callable
from dataclasses import replace

import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody, Note
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import (
    Alive,
    Away,
    ComposeBar,
    ComposeRequest,
    Failed,
    Finish,
    Learn,
    Loaded,
    Ready,
    SetTargets,
    Vary,
)
from emo_osc.stage.session.studio_client import PATIENCE_S, WEDGED_S, StudioClient, StudioState

BRIGHT, GLOOMY = Affect(0.8, 0.35), Affect(-0.8, -0.15)


def loaded() -> StudioClient:
    studio_client = StudioClient()
    studio_client.connected()
    studio_client.receive(encode(Loaded("canned", "cpu")))
    return studio_client


def test_nothing_is_asked_of_a_studio_that_is_not_ready() -> None:
    studio_client = StudioClient()
    studio_client.want(BRIGHT)

    assert studio_client.due(0.0) is None
    studio_client.connected()
    assert studio_client.due(0.0) is None
    studio_client.receive(encode(Loaded("canned", "cpu")))
    assert studio_client.due(0.0) == ComposeRequest(BRIGHT, 1)


def test_one_order_at_a_time_and_only_the_latest_waits(ready: Callable[..., Ready]) -> None:
    studio_client = loaded()
    studio_client.want(BRIGHT)
    first = studio_client.due(0.0)
    for affect in (Affect(0.0, 0.1), Affect(0.0, 0.2), GLOOMY):
        studio_client.want(affect)

    assert (first, studio_client.due(0.1)) == (ComposeRequest(BRIGHT, 1), None)
    answer = ready(60, ticket=1)
    assert studio_client.receive(encode(answer)) == answer
    assert studio_client.is_asked(answer)
    assert studio_client.due(0.2) == ComposeRequest(GLOOMY, 2)
    assert not studio_client.is_asked(answer)


def test_a_density_that_is_dragged_is_told_as_often_as_the_studio_answers(ready: Callable[..., Ready]) -> None:
    studio_client, told = loaded(), []
    studio_client.set_targets((), 0.0)
    for step in range(100):
        studio_client.set_targets((), step / 100)
        studio_client.want(BRIGHT)
        while (message := studio_client.due(step / 100)) is not None:
            told.append(message)
        if step == 50:
            studio_client.receive(encode(ready(60, ticket=1)))

    assert told == [ComposeRequest(BRIGHT, 1), SetTargets((), 0.51), ComposeRequest(BRIGHT, 2)]
    studio_client.receive(encode(ready(60, ticket=2)))
    assert studio_client.due(1.0) == SetTargets((), 0.99), "the last is never lost"


def test_a_failed_order_frees_the_way_for_the_next() -> None:
    studio_client = loaded()
    studio_client.want(BRIGHT)
    studio_client.due(0.0)
    studio_client.receive(encode(Failed("out of memory", 1)))
    studio_client.want(GLOOMY)

    assert studio_client.summary == "ready canned on cpu: out of memory"
    assert studio_client.due(0.1) == ComposeRequest(GLOOMY, 2)


def test_a_lost_studio_is_asked_again_when_it_is_back() -> None:
    studio_client = loaded()
    studio_client.want(BRIGHT)
    studio_client.due(0.0)
    studio_client.lost()

    assert (studio_client.is_down, studio_client.state) == (True, StudioState.ABSENT)
    studio_client.connected()
    studio_client.receive(encode(Loaded("canned", "cpu")))
    assert studio_client.due(1.0) == ComposeRequest(BRIGHT, 2)


def test_a_slow_studio_is_late_until_it_answers(ready: Callable[..., Ready]) -> None:
    studio_client = loaded()
    studio_client.want(BRIGHT)
    studio_client.due(0.0)
    studio_client.due(PATIENCE_S + 0.1)

    assert (studio_client.is_down, studio_client.state) == (True, StudioState.LATE)
    studio_client.receive(encode(ready(60, ticket=1)))
    assert (studio_client.is_down, studio_client.state) == (False, StudioState.READY)


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"\xff\xfe", b"[1]", encode(Finish()), encode(ComposeRequest(BRIGHT, 1)), b"9" * 5000]
)
def test_garbage_is_told_to_who_reads_the_line(line: bytes) -> None:
    studio_client = loaded()

    with pytest.raises(ValueError, match="message"):
        studio_client.receive(line)


def seconds(studio_client: StudioClient, first_s: int, last_s: int) -> list[str]:
    """The complaints of one look a second."""
    return [complaint for now_s in range(first_s, last_s + 1) if (complaint := studio_client.complaint(float(now_s)))]


def test_a_studio_that_falls_silent_is_late_and_then_complained_about() -> None:
    studio_client = loaded()

    told = [(studio_client.complaint(float(now_s)), studio_client.state) for now_s in range(7)]

    assert told[:4] == [("", StudioState.READY)] * 4
    assert told[4:6] == [("", StudioState.LATE)] * 2
    assert told[6] == ("no sign of life for 5 s", StudioState.LATE)


def test_a_studio_that_shows_life_is_left_in_peace() -> None:
    studio_client = loaded()
    for now_s in range(100):
        studio_client.receive(encode(Alive()))
        assert studio_client.complaint(float(now_s)) == ""
    assert studio_client.state is StudioState.READY


def test_a_stage_that_slept_does_not_blame_the_studio() -> None:
    studio_client = loaded()
    seconds(studio_client, 0, 2)

    assert studio_client.complaint(3600.0) == ""
    assert studio_client.state is StudioState.READY


def test_a_studio_that_lives_and_never_answers_is_complained_about() -> None:
    studio_client = loaded()
    studio_client.want(BRIGHT)
    studio_client.due(0.0)
    complaints = []
    for now_s in range(int(WEDGED_S) + 2):
        studio_client.receive(encode(Alive()))
        complaints.append(studio_client.complaint(float(now_s)))

    assert [complaint for complaint in complaints if complaint] == ["no answer for 60 s"]


@pytest.mark.parametrize("has_come", [False, True])
def test_a_studio_that_never_loads_gets_twice_the_time_with_every_start(has_come: bool) -> None:
    studio_client = StudioClient()
    if has_come:
        studio_client.connected()
    times = [now_s for now_s in range(500) if studio_client.complaint(float(now_s))]

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


def endless() -> StudioClient:
    studio_client = loaded()
    studio_client.receive(encode(Loaded("endless", "cpu", goes_on=True)))
    return studio_client


def all_due(studio_client: StudioClient, now_s: float = 0.0) -> list[object]:
    return list(iter(lambda: studio_client.due(now_s), None))


def test_an_accompaniment_keeps_no_other_order_back(ready: Callable[..., Ready]) -> None:
    studio_client = loaded()
    studio_client.set_targets((), 0.0)
    ticket = studio_client.vary(ready(60), BRIGHT, 0.0)
    accompany = Vary(ready(60).melody, "", BRIGHT, 0.0, 1)

    assert (ticket, all_due(studio_client)) == (1, [accompany])
    studio_client.want(GLOOMY)
    assert all_due(studio_client) == [ComposeRequest(GLOOMY, 2)]
    studio_client.receive(encode(ready(60, ticket=2)))
    studio_client.set_targets((), 0.5)
    studio_client.vary(ready(61), BRIGHT, 0.5)
    assert all_due(studio_client) == [SetTargets((), 0.5), Vary(ready(61).melody, "", BRIGHT, 0.5, 3)]


def test_a_melody_for_the_shelf_keeps_no_bar_back() -> None:
    studio_client = endless()
    studio_client.want(BRIGHT)
    asked = all_due(studio_client)
    studio_client.go_on(5, GLOOMY, 120.0)

    assert asked + all_due(studio_client) == [ComposeRequest(BRIGHT, 1), ComposeBar(GLOOMY, 5, 120.0, 2)]
    studio_client.go_on(6, BRIGHT, 120.0)
    assert all_due(studio_client) == [], "one bar at a time"


def test_what_takes_seconds_makes_no_studio_late_while_it_answers(ready: Callable[..., Ready]) -> None:
    studio_client = endless()
    studio_client.vary(ready(60), BRIGHT, 0.0)
    studio_client.want(BRIGHT)
    all_due(studio_client)
    states, complaints = set(), []
    for now_s in range(3 * int(WEDGED_S)):
        studio_client.go_on(now_s, BRIGHT, 120.0)
        (bar,) = all_due(studio_client, float(now_s))
        assert isinstance(bar, ComposeBar)
        studio_client.receive(encode(ready(60, ticket=bar.ticket)))
        complaints.append(studio_client.complaint(float(now_s)))
        states.add(studio_client.state)

    assert states == {StudioState.READY}
    assert not any(complaints)


def returned(studio_client: StudioClient) -> list[object]:
    """What a studio process is told whose farm is back; the process is the same."""
    studio_client.receive(encode(Loaded("canned", "cpu at http://farm:7790")))
    return all_due(studio_client)


def test_a_farm_that_returns_composes_for_the_targets_that_hold_now() -> None:
    studio_client = loaded()
    studio_client.set_targets((), 0.0)
    studio_client.set_targets((), 0.5)
    told = all_due(studio_client)
    studio_client.receive(encode(Away("http://farm:7790 is full; trying again")))
    studio_client.set_targets((), 0.0)

    assert told == [SetTargets((), 0.5)]
    assert returned(studio_client) == [SetTargets((), 0.0)]


def test_a_farm_that_returns_composes_freely_where_the_melody_was_forgotten() -> None:
    riff = Melody((Note(0, 480, 60),), 1)
    studio_client = loaded()
    studio_client.learn(riff)
    told = all_due(studio_client)
    studio_client.learn(None)
    studio_client.receive(encode(Away("http://farm:7790 does not answer within 12 s; trying again")))

    assert told == [Learn(riff)]
    assert returned(studio_client) == [Learn(None)]
