"""A note is made ready a little before its time, and what is asked for meanwhile lands after it, not on it again."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.score import TICKS_PER_BAR
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.shelf import Shelf
from tests.twin import set_affect

BRIGHT = Affect(0.8, 0.35)


@pytest.fixture
def performer(ready: Callable[..., Ready]) -> Performer:
    """Plays on one pitch, with another ready for a bright affect."""
    one = Performer(Shelf((ready(60), ready(64, 0.8, 0.35))), Settings(humanize=0.0), Random(1))
    one.play()
    while one.next_tick < TICKS_PER_BAR:
        one.on_tick(int(one.next_tick))
    return one


def struck(messages: list[bytes]) -> list[int]:
    return [message[1] for message in messages if message[0] & 0xF0 == 0x90]


def test_a_melody_does_not_enter_at_a_bar_line_that_was_played_already(performer: Performer) -> None:
    at_the_line = struck(performer.on_tick(TICKS_PER_BAR))

    landing = set_affect(performer, BRIGHT, TICKS_PER_BAR - 0.5)

    assert at_the_line == [60]
    assert landing == 2 * TICKS_PER_BAR
    assert performer.next_tick > TICKS_PER_BAR


def test_until_it_is_made_ready_the_bar_line_is_still_to_be_had(performer: Performer) -> None:
    landing = set_affect(performer, BRIGHT, TICKS_PER_BAR - 0.5)

    assert landing == TICKS_PER_BAR
    assert struck(performer.on_tick(TICKS_PER_BAR)) == [64]


def test_a_jump_back_forgets_what_was_played(performer: Performer) -> None:
    performer.on_tick(TICKS_PER_BAR)
    performer.seek(0)

    landing: Any = set_affect(performer, BRIGHT, 10.0)

    assert landing == TICKS_PER_BAR
