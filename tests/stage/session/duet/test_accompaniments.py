"""Accompaniments on a virtual clock at 120 bpm: under the phrase that was meant, one at a time, for all who asked."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.errors import CommandError
from emo_osc.core.score import Note
from emo_osc.protocol.messages import Away, Failed, Loaded, PhraseSaved, Ready, Vary
from emo_osc.stage.session.duet.accompaniments import PATIENCE_S
from emo_osc.stage.session.events import StudioLeft
from emo_osc.stage.session.studio_client import SPACING_S

MakeReady = Callable[..., Ready]
MakeStage = Callable[..., Any]
BAR_S = 2.0


def tell(playing: Any, message: Any) -> list[tuple[object, ...]]:
    """The studio says something; what is answered to clients."""
    playing.receive_studio(message, playing.now_s)
    return answers(playing)


def answers(playing: Any) -> list[tuple[object, ...]]:
    return [(answer.address, *answer.arguments) for answer in playing.take_answers()]


def with_studio(playing: Any) -> Any:
    """The stage with a studio that is ready."""
    playing.instrument.studio_client.connected()
    tell(playing, Loaded("canned", "cpu"))
    return playing


def test_a_kept_phrase_is_accompanied_and_stays_pinned(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60), ready(61))))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    playing.performer.pin()
    phrase = playing.performer.phrase

    assert playing.ask("/emo/accompany") == []
    vary = playing.instrument.studio_client.due(playing.now_s)
    assert isinstance(vary, Vary)
    assert (vary.melody, vary.amount) == (phrase.melody, 0.0)
    playing.run_until(3.0)
    accompanied = replace(phrase, ticket=vary.ticket, backing=(Note(0, 960, 48),))
    ((address, command, *_),) = tell(playing, accompanied)
    playing.run_until(playing.now_s + 2 * BAR_S)

    assert (address, command) == ("/emo/ack", "/emo/accompany")
    assert playing.performer.phrase == accompanied
    assert playing.performer.is_pinned


def ask_accompaniment(playing: Any) -> Ready:
    """Ask for one; what the studio will answer."""
    assert playing.ask("/emo/accompany") == []
    vary = playing.instrument.studio_client.due(playing.now_s)
    assert isinstance(vary, Vary)
    phrase: Ready = playing.performer.phrase
    return replace(phrase, ticket=vary.ticket, backing=(Note(0, 960, 48),))


def test_a_phrase_is_accompanied_while_the_affect_moves_within_its_reach(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60), ready(72, 0.9, 0.9))))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    accompanied = ask_accompaniment(playing)
    playing.ask("/emo/va", 0.02, 0.01)
    ((address, command, *_),) = tell(playing, accompanied)
    playing.ask("/emo/va", 0.03, 0.01)
    playing.run_until(2.5 * BAR_S)

    assert (address, command) == ("/emo/ack", "/emo/accompany")
    assert playing.performer.phrase == accompanied, "a step of the affect after the answer leaves its cue"


def test_an_accompaniment_of_a_melody_that_has_gone_is_refused(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60), ready(61))))
    playing.ask("/emo/play")
    playing.run_until(14.5 * BAR_S)
    gone, accompanied = playing.performer.phrase, ask_accompaniment(playing)
    playing.run_until(16.5 * BAR_S)
    playing.performer.pin()
    pinned = playing.performer.phrase
    ((address, code, text, _),) = tell(playing, accompanied)
    playing.run_until(18.5 * BAR_S)

    assert pinned is not gone
    assert (address, code) == ("/emo/error", CommandError.NOT_NOW)
    assert "has changed" in str(text)
    assert playing.performer.phrase is pinned


@pytest.mark.parametrize(
    "message", [("/emo/va", 0.9, 0.9), ("/emo/next",), ("/emo/recall", "x"), ("/emo/goto", 0, 0, 1)]
)
def test_an_accompaniment_gives_way_to_a_melody_that_was_chosen_meanwhile(
    message: tuple[Any, ...], stage: MakeStage, ready: MakeReady
) -> None:
    playing = with_studio(stage((ready(60), ready(61), ready(72, 0.9, 0.9))))
    playing.receive_supervisor(PhraseSaved("x", ready(65), Affect(0.0, 0.0), 120.0), 0.0)
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    accompanied = ask_accompaniment(playing)
    playing.ask(*message)
    ((address, code, text, _),) = tell(playing, accompanied)
    playing.run_until(2.5 * BAR_S)

    assert (address, code) == ("/emo/error", CommandError.NOT_NOW)
    assert "was chosen" in str(text)
    assert not playing.performer.phrase.backing


def test_without_a_generator_there_is_no_accompaniment(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60),))
    playing.ask("/emo/play")
    playing.run_until(0.1)
    assert playing.ask("/emo/accompany")[0][:2] == ("/emo/error", 4)

    with_studio(playing)
    playing.ask("/emo/accompany")
    vary = playing.instrument.studio_client.due(playing.now_s)
    assert isinstance(vary, Vary)
    assert tell(playing, Failed("no", vary.ticket))[0][:2] == ("/emo/error", 4)


def test_whoever_asks_for_the_same_accompaniment_waits_for_the_same_answer(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60), ready(61))))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    accompanied = ask_accompaniment(playing)

    assert playing.ask("/emo/accompany") == []
    assert playing.instrument.studio_client.due(playing.now_s) is None
    assert [answer[:2] for answer in tell(playing, accompanied)] == [("/emo/ack", "/emo/accompany")] * 2


def test_the_accompaniment_of_a_new_phrase_takes_the_place_of_one_that_is_made(
    stage: MakeStage, ready: MakeReady
) -> None:
    playing = with_studio(stage((ready(60), ready(61))))
    playing.receive_supervisor(PhraseSaved("x", ready(65), Affect(0.0, 0.0), 120.0), 0.0)
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    old = ask_accompaniment(playing)
    playing.ask("/emo/recall", "x")

    ((address, code, text, _),) = playing.ask("/emo/accompany")
    vary = playing.instrument.studio_client.due(playing.now_s + SPACING_S)
    shelf = len(playing.performer.shelf)
    assert isinstance(vary, Vary)
    assert tell(playing, old) == []
    ((_, command, *_),) = tell(playing, replace(ready(65), ticket=vary.ticket, backing=(Note(0, 960, 48),)))
    playing.run_until(2.5 * BAR_S)

    assert (address, code) == ("/emo/error", CommandError.NOT_NOW)
    assert "another phrase" in str(text)
    assert vary.melody == ready(65).melody, "the phrase that was called loops, also before it enters"
    assert len(playing.performer.shelf) == shelf, "an accompaniment is no melody for the shelf"
    assert command == "/emo/accompany"
    assert playing.performer.phrase.backing
    assert playing.performer.is_pinned


def test_a_studio_that_leaves_or_takes_too_long_is_told_at_once(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60),)))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    ask_accompaniment(playing)
    playing.handle(StudioLeft())
    left = answers(playing)

    with_studio(playing)
    late = ask_accompaniment(playing)
    playing.run_until(playing.now_s + PATIENCE_S + 0.1)

    assert [answer[:2] for answer in left] == [("/emo/error", CommandError.NOT_NOW)]
    assert [answer[:2] for answer in answers(playing)] == [("/emo/error", CommandError.NOT_NOW)]
    assert tell(playing, late) == []
    assert not playing.performer.phrase.backing


def test_an_accompaniment_of_a_farm_that_goes_is_told_at_once(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60),)))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    ask_accompaniment(playing)

    told = tell(playing, Away("http://farm:7790 is full; trying again"))

    assert [answer[:2] for answer in told] == [("/emo/error", CommandError.NOT_NOW)]


def test_a_variation_with_an_accompaniment_is_waited_for(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60), ready(61))))
    playing.receive_studio(Loaded("duo", "cpu", goes_on=True))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    playing.ask("/emo/mutate", 0.3)
    vary = playing.instrument.studio_client.due(playing.now_s)
    assert isinstance(vary, Vary)
    playing.run_until(playing.now_s + 4.0)
    made = replace(ready(62), ticket=vary.ticket, backing=(Note(0, 960, 48),))

    ((address, command, *_),) = tell(playing, made)
    playing.run_until(playing.now_s + BAR_S + 0.1)

    assert (address, command) == ("/emo/ack", "/emo/mutate")
    assert playing.performer.phrase == made
