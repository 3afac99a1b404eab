"""The tempo that follows the feeling: only our own, only where it was asked for, and gently."""

from itertools import pairwise
from math import inf
from typing import Any

import pytest

from emo_osc.core.affect import MOODS, Affect
from emo_osc.core.targets import MAX_HINT, MIN_HINT, tempo_hint
from emo_osc.stage.clock.clock import InternalClock
from emo_osc.stage.clock.tempo_follow import TempoGuide

# The table of emotion_reference.md section 3.
REFERENCE = {"intense": 147, "bright": 141, "peaceful": 97, "melancholy": 85, "neutral": 110, "happiness": 165}


@pytest.fixture
def playing(stage: Any, ready: Any) -> Any:
    playing = stage((ready(60),))
    playing.ask("/emo/tempo", 100.0)
    playing.ask("/emo/play")
    return playing


@pytest.mark.parametrize("mood", [mood for mood in MOODS if mood.id in REFERENCE], ids=lambda mood: mood.id)
def test_a_mood_hints_at_the_references_tempo(mood: Any) -> None:
    assert tempo_hint(mood.affect) == pytest.approx(REFERENCE[mood.id], abs=0.6)


def test_a_hint_stays_in_its_range() -> None:
    assert tempo_hint(Affect(1.0, 1.0)) <= MAX_HINT
    assert tempo_hint(Affect(-1.0, -1.0)) >= MIN_HINT


def test_the_tempo_stays_unless_it_is_asked_to_follow(playing: Any) -> None:
    playing.ask("/emo/va", 0.9, 0.9)
    playing.run_until(20.0)

    assert playing.instrument.transport.clock.tempo == 100.0


def test_the_tempo_glides_to_the_hint_and_the_music_goes_on_in_phase(playing: Any) -> None:
    playing.ask("/emo/set/tempo_follow", 1.0)
    playing.ask("/emo/va", 0.8, 0.35)
    tempos, sent = [], []
    for tenth in range(1, 200):
        sent += playing.run_until(tenth / 10)
        tempos.append(playing.instrument.transport.clock.tempo)

    assert all(0.0 <= after - before < 8.0 for before, after in pairwise(tempos))
    assert tempos[-1] == pytest.approx(141.1, abs=0.3)
    onsets = [at_s for at_s, message in sent if message[0] == 0x90]
    assert all(60 / 142 <= after - before <= 60 / 99 for before, after in pairwise(onsets))


def test_half_a_weight_goes_half_the_way(playing: Any) -> None:
    playing.ask("/emo/set/tempo_follow", 0.5)
    playing.ask("/emo/va", 0.8, 0.35)
    playing.run_until(20.0)

    assert playing.instrument.transport.clock.tempo == pytest.approx((100.0 * 141.0) ** 0.5, abs=0.3)


def test_a_tempo_that_is_set_or_tapped_ends_it(playing: Any) -> None:
    for address, arguments in (("/emo/tempo", (90.0,)), ("/emo/tap", ())):
        playing.ask("/emo/set/tempo_follow", 1.0)
        playing.ask(address, *arguments)

        assert playing.instrument.read("tempo_follow", playing.now_s) == (0.0,)


class TheirClock(InternalClock):
    """A clock whose tempo somebody else moves."""

    is_ours = False


def test_a_tempo_that_is_not_our_own_is_left_alone() -> None:
    for clock, is_led in ((InternalClock(100.0), True), (TheirClock(100.0), False)):
        clock.play(0.0)
        guide = TempoGuide(100.0)
        guide.lead(clock, Affect(0.8, 0.35), 1.0, 0.0)

        assert (guide.next_s(clock, 1.0) < inf) is is_led
        assert (clock.tempo != 100.0) is is_led
