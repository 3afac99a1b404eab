"""With `auto_accompany` a phrase that stays is accompanied without being asked for, once, and plays bare until then."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.score import Note
from emo_osc.protocol.messages import Away, ComposeBar, Failed, Loaded, PhraseSaved, Ready, Vary
from emo_osc.stage.session.events import StudioLeft
from tests.twin import VirtualStage

MakeReady = Callable[..., Ready]
MakeStage = Callable[..., VirtualStage]
BAR_S = 2.0
LOW = (Note(0, 960, 48),)


@pytest.fixture
def duet(stage: MakeStage, ready: MakeReady) -> VirtualStage:
    """A stage in its first bar, with a kept phrase `x`, a keyboard, and a generator that goes on by bars."""
    playing = stage((ready(60), ready(61)))
    playing.receive_supervisor(PhraseSaved("x", ready(65), Affect(0.0, 0.0), 120.0))
    playing.instrument.counters.midi_in = "keyboard"
    come(playing)
    playing.ask("/emo/set/auto_accompany", 1)
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    playing.end_turn()
    return playing


def come(playing: VirtualStage, *, goes_on: bool = True) -> None:
    playing.instrument.studio_client.connected()
    playing.receive_studio(Loaded("duo", "cpu", goes_on=goes_on))


def asked(playing: VirtualStage) -> list[Vary]:
    """The accompaniments that the studio, which writes no bar, is asked for in the next second."""
    asked_for: list[Vary] = []
    for step in range(5):
        playing.run_until(playing.now_s + (0.25 if step else 0.0))
        playing.end_turn()
        orders, playing.orders = playing.orders, []
        asked_for += [order for order in orders if isinstance(order, Vary)]
        for order in orders:
            if isinstance(order, ComposeBar):
                playing.receive_studio(Failed("none", order.ticket))
    return asked_for


def recall(playing: VirtualStage) -> None:
    playing.ask("/emo/recall", "x")


def choose(playing: VirtualStage) -> None:
    playing.ask("/emo/next")


def learn(playing: VirtualStage) -> None:
    playing.ask("/emo/learn", 1)
    begin_s = (playing.now_s // BAR_S + 1) * BAR_S
    playing.run_until(begin_s + 0.5)
    for message in (bytes((0x90, 65, 90)), bytes((0x80, 65, 0))):
        playing.receive_midi(message)
        playing.run_until(playing.now_s + 0.25)
    playing.run_until(begin_s + BAR_S + 0.1)


@pytest.mark.parametrize("choice", [recall, choose, learn])
def test_what_stays_is_accompanied_and_nobody_is_answered(
    choice: Callable[[VirtualStage], None], duet: VirtualStage
) -> None:
    before = asked(duet)
    choice(duet)
    (vary,) = asked(duet)
    coming = duet.performer.cued.ready if duet.performer.cued else duet.performer.phrase
    assert coming is not None
    was_pinned = duet.performer.is_pinned
    duet.take_answers()

    duet.receive_studio(replace(coming, ticket=vary.ticket, backing=LOW))
    answers = duet.take_answers()
    duet.run_until(duet.now_s + 2 * BAR_S)

    assert before == []
    assert (vary.melody, vary.amount) == (coming.melody, 0.0)
    assert answers == []
    assert duet.performer.phrase == replace(coming, ticket=vary.ticket, backing=LOW)
    assert duet.performer.is_pinned == was_pinned
    assert asked(duet) == [], "it is accompanied once"


def test_a_phrase_is_heard_bare_until_its_accompaniment_is_there(duet: VirtualStage) -> None:
    recall(duet)
    (vary,) = asked(duet)
    bare = duet.run_until(3 * BAR_S)
    duet.receive_studio(replace(duet.instrument.phrases.book.find("x").ready, ticket=vary.ticket, backing=LOW))
    duet.run_until(4 * BAR_S + 0.1)

    assert 65 in {message[1] for _, message in bare if message[0] == 0x90}
    assert duet.performer.phrase is not None
    assert duet.performer.phrase.backing == LOW
    assert duet.ask("/emo/get/phrase") == [("/emo/state/phrase", "x")]


def test_the_melody_before_an_accompanied_one_is_another(duet: VirtualStage) -> None:
    first = duet.performer.phrase
    choose(duet)
    (vary,) = asked(duet)
    duet.run_until(2.5 * BAR_S)
    chosen = duet.performer.phrase
    assert chosen is not None
    duet.receive_studio(replace(chosen, ticket=vary.ticket, backing=LOW))
    duet.run_until(4.5 * BAR_S)

    duet.ask("/emo/again")
    duet.run_until(6.5 * BAR_S)

    assert duet.performer.phrase is first


def test_a_request_meanwhile_is_answered_by_the_same_accompaniment(duet: VirtualStage) -> None:
    recall(duet)
    (vary,) = asked(duet)
    assert duet.ask("/emo/accompany") == []
    duet.take_answers()

    duet.receive_studio(replace(duet.instrument.phrases.book.find("x").ready, ticket=vary.ticket, backing=LOW))

    assert asked(duet) == []
    assert [answer.arguments[0] for answer in duet.take_answers()] == ["/emo/accompany"]


def test_a_failure_is_not_repeated_and_another_studio_is_asked_again(duet: VirtualStage) -> None:
    recall(duet)
    (vary,) = asked(duet)
    duet.receive_studio(Failed("no", vary.ticket))
    failed = asked(duet)
    duet.handle(StudioLeft())
    duet.instrument.studio_client.lost()
    away = asked(duet)
    come(duet)

    (again,) = asked(duet)

    assert (failed, away) == ([], [])
    assert again.melody == vary.melody


def test_a_farm_that_was_away_is_asked_again(duet: VirtualStage) -> None:
    recall(duet)
    (vary,) = asked(duet)
    duet.receive_studio(Away("http://farm:7790 is full; trying again"))
    away = asked(duet)
    duet.receive_studio(Loaded("duo", "cpu", goes_on=True))

    (again,) = asked(duet)

    assert away == []
    assert again.melody == vary.melody


def test_a_farm_that_an_accompaniment_drives_away_is_asked_for_it_no_third_time(duet: VirtualStage) -> None:
    """One that always takes too long would keep the stage without melodies for as long as the phrase stays."""
    recall(duet)
    times = []
    for _ in range(3):
        times.append(len(asked(duet)))
        duet.receive_studio(Away("http://farm:7790 does not answer within 12 s; trying again"))
        duet.receive_studio(Loaded("duo", "cpu", goes_on=True))

    assert times == [1, 1, 0]


def test_a_generator_that_writes_none_is_not_asked_for_ever(duet: VirtualStage) -> None:
    recall(duet)
    (vary,) = asked(duet)

    duet.receive_studio(replace(duet.instrument.phrases.book.find("x").ready, ticket=vary.ticket))
    duet.run_until(3 * BAR_S)

    assert asked(duet) == []


def test_a_phrase_with_an_accompaniment_is_left_as_it_was_kept(duet: VirtualStage, ready: MakeReady) -> None:
    duet.receive_supervisor(PhraseSaved("x", replace(ready(65), backing=LOW), Affect(0.0, 0.0), 120.0))

    recall(duet)

    assert asked(duet) == []


def test_without_the_setting_only_requests_are_served(duet: VirtualStage) -> None:
    duet.ask("/emo/set/auto_accompany", 0)
    recall(duet)

    assert asked(duet) == []


@pytest.mark.parametrize(("chords", "count"), [((), 1), ((0,) * 32, 0)])
def test_a_generator_of_whole_melodies_is_asked_for_missing_chords(
    chords: tuple[int, ...], count: int, duet: VirtualStage, ready: MakeReady
) -> None:
    come(duet, goes_on=False)
    duet.receive_supervisor(PhraseSaved("x", replace(ready(65), chords=chords), Affect(0.0, 0.0), 120.0))

    recall(duet)

    assert len(asked(duet)) == count


def test_who_hurries_through_phrases_leaves_no_queue(duet: VirtualStage, ready: MakeReady) -> None:
    for name in "abcdefgh":
        duet.receive_supervisor(PhraseSaved(name, ready(ord(name) - 40), Affect(0.0, 0.0), 120.0))
        duet.ask("/emo/recall", name)
        duet.end_turn()
        duet.run_until(duet.now_s + 0.01)

    orders = asked(duet)

    assert len(orders) == 2, "one for the first, and after a while one for the last"
    assert orders[-1].melody == ready(ord("h") - 40).melody
