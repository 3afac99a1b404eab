"""What a crowd is like reaches whoever listens to the instrument, and is forgotten with the crowd."""

from collections.abc import Callable

import pytest

from emo_osc.core.errors import CommandError
from emo_osc.protocol.osc import Message
from emo_osc.stage.session import events
from emo_osc.stage.session.client_commands import SILENCE_S
from tests.twin import MakeReady, VirtualStage

CROWD = ("127.0.0.1", 9)


@pytest.fixture
def playing(stage: Callable[..., VirtualStage], ready: MakeReady) -> VirtualStage:
    return stage((ready(60),))


def told(stage: VirtualStage) -> list[tuple[object, ...]]:
    return [(answer.address, *answer.arguments) for answer in stage.take_answers() if "/crowd_" in answer.address]


@pytest.mark.parametrize("topic", ["crowd_spread", "state", "*"])
def test_what_a_crowd_says_of_itself_is_told_to_those_who_listen(playing: VirtualStage, topic: str) -> None:
    playing.ask(f"/emo/start_listen/{topic}")
    playing.take_answers()
    for _ in range(2):
        playing.receive(Message("/emo/crowd/spread", (0.25,)), CROWD, playing.now_s, 0.0)

    assert told(playing) == [("/emo/state/crowd_spread", 0.25)]


def test_a_crowd_that_falls_silent_is_forgotten(playing: VirtualStage) -> None:
    playing.ask("/emo/start_listen/crowd_count")
    playing.ask("/emo/crowd/count", 40)
    playing.take_answers()
    playing.handle(events.SecondPassed(), playing.now_s + SILENCE_S - 1)
    before = told(playing)
    playing.handle(events.SecondPassed(), playing.now_s + SILENCE_S)

    assert before == []
    assert told(playing) == [("/emo/state/crowd_count", 0)]


def test_the_figures_are_read_and_not_set_and_nonsense_changes_nothing(playing: VirtualStage) -> None:
    refused = [
        playing.ask("/emo/set/crowd_count", 3)[0][1],
        playing.ask("/emo/crowd/count", "many")[0][1],
        playing.ask("/emo/crowd/spread", float("nan"))[0][1],
    ]

    assert refused == [CommandError.NOT_NOW, CommandError.WRONG_ARGUMENTS, CommandError.WRONG_ARGUMENTS]
    assert playing.ask("/emo/get/crowd_count") == [("/emo/state/crowd_count", 0)]
