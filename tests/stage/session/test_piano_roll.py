"""The rolls that a pad draws: what plays and what waits, at the pitches that are heard, told when they change."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emo_osc.core.score import BARS, PHRASE_TICKS, TICKS_PER_STEP, Melody, Note
from emo_osc.protocol.messages import Ready
from emo_osc.protocol.osc import MAX_REPLY_BYTES, encode
from emo_osc.stage.session.piano_roll import PianoRoll, written

MakeStage = Callable[..., Any]
MakeReady = Callable[..., Ready]
PHONE = ("127.0.0.1", 50_001)
EIGHT_BARS_OF = "".join(f"{16 * bar + 4 * beat:02x}04{{pitch:02x}}50" for bar in range(8) for beat in range(4))


@pytest.fixture
def playing(stage: MakeStage, ready: MakeReady) -> Any:
    """Calm (60), wild (84), at 120 bpm since 0.5 s, with a phone that looks at the rolls."""
    made = stage((ready(60), ready(84, 0.0, 0.9)))
    made.ask("/emo/play")
    made.run_until(0.5)
    made.ask("/emo/start_listen/roll", sender=PHONE)
    made.ask("/emo/start_listen/coming", sender=PHONE)
    pushes(made)
    made.run_until(0.6)  # what changes again within 10 ms is told a little later
    return made


def pushes(made: Any) -> list[tuple[object, ...]]:
    made.end_turn(made.now_s)
    return [(answer.address, *answer.arguments) for answer in made.take_answers()]


def test_what_plays_is_written_in_two_parts(playing: Any) -> None:
    eight_bars = EIGHT_BARS_OF.format(pitch=60)

    assert playing.ask("/emo/start_listen/roll", sender=PHONE)[1:] == [
        ("/emo/roll", "now", 1, eight_bars),
        ("/emo/roll", "now", 2, eight_bars),
        ("/emo/roll", "next", 1, ""),
        ("/emo/roll", "next", 2, ""),
    ]


def test_what_waits_is_told_with_its_bar_and_takes_over_there(playing: Any) -> None:
    playing.ask("/emo/va", 0.0, 0.9)
    cued = pushes(playing)
    playing.run_until(2.1)
    entered = pushes(playing)

    assert ("/emo/roll", "next", 1, EIGHT_BARS_OF.format(pitch=84)) in cued
    assert ("/emo/state/coming", 2) in cued
    assert ("/emo/roll", "now", 1, EIGHT_BARS_OF.format(pitch=84)) in entered
    assert ("/emo/roll", "next", 1, "") in entered
    assert ("/emo/state/coming", 0) in entered


def test_the_roll_shows_the_pitches_that_are_heard(playing: Any) -> None:
    playing.ask("/emo/transpose", 3)

    assert ("/emo/roll", "now", 1, EIGHT_BARS_OF.format(pitch=63)) in pushes(playing)


def test_nothing_is_told_twice_nor_to_those_who_did_not_ask(playing: Any) -> None:
    playing.ask("/emo/stop_listen/roll", sender=PHONE)
    playing.ask("/emo/va", 0.0, 0.9)
    roll = PianoRoll(playing.performer)

    assert "/emo/roll" not in {push[0] for push in pushes(playing)}
    assert [roll.has_changed(), roll.has_changed()] == [True, False]


def test_who_looks_first_takes_the_news_from_nobody(playing: Any) -> None:
    playing.ask("/emo/va", 0.0, 0.9)
    playing.ask("/emo/start_listen/roll", sender=("127.0.0.1", 50_002))
    told = pushes(playing)

    assert told.count(("/emo/roll", "next", 1, EIGHT_BARS_OF.format(pitch=84))) == 2
    assert "now" not in {push[1] for push in told if push[0] == "/emo/roll"}


def test_the_fullest_phrase_fits_a_datagram(ready: MakeReady) -> None:
    length = TICKS_PER_STEP // 2
    notes = tuple(Note(start, length, 60) for start in range(0, PHRASE_TICKS, length))
    crowded = replace(ready(60), melody=Melody(notes, BARS))
    text = written(crowded, 1, tuple(range(128)))

    assert len(encode("/emo/roll", "next", 1, text)) < MAX_REPLY_BYTES
    assert text in encode("/emo/roll", "next", 1, text).decode()
