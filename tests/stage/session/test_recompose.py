"""A new feeling at a boundary: the shelf's melody is cued at once; one that continues what sounds takes its place."""

from dataclasses import replace

import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR, Melody, Note
from emo_osc.protocol.messages import ComposeRequest, Loaded, Measured, Ready, Recompose, ToStudio
from emo_osc.stage.session import events
from tests.twin import VirtualStage, make_ready, make_stage

BAR_S = 2.0
HAPPY, SAD = Affect(0.8, 0.35), Affect(-0.8, -0.4)
PLAYS, CUED = make_ready(64, 0.8, 0.35), make_ready(72, -0.8, -0.4)


def _major(ready: Ready) -> Ready:
    return replace(ready, measured=Measured(4.0, 64.0, 0.9))


@pytest.fixture
def playing() -> VirtualStage:
    """A major melody on 64 sounds, a sad one on 72 waits on the shelf, the studio can continue what sounds."""
    stage = make_stage((_major(PLAYS), CUED))
    stage.handle(events.StudioJoined())
    stage.receive_studio(Loaded("virtual", "cpu", recomposes=True))
    stage.ask("/emo/va", HAPPY.valence, HAPPY.arousal)
    stage.ask("/emo/play")
    stage.end_turn()
    (first,) = stage.orders
    assert isinstance(first, ComposeRequest)
    stage.receive_studio(make_ready(65, -1.0, -1.0, ticket=first.ticket))
    stage.orders.clear()
    stage.run_until(4.5 * BAR_S)
    return stage


def feel(playing: VirtualStage, affect: Affect) -> ToStudio:
    """What is ordered for a new feeling."""
    playing.ask("/emo/va", affect.valence, affect.arousal)
    playing.end_turn()
    return playing.orders.pop()


def sounds(playing: VirtualStage, bars: float) -> list[tuple[float, int]]:
    """When, in bars, and what notes begin during so many bars."""
    sent = playing.run_until(playing.now_s + bars * BAR_S)
    return [(at_s / BAR_S, message[1]) for at_s, message in sent if message[0] & 0xF0 == 0x90]


def test_what_sounds_is_sent_as_it_will_sound_with_the_feeling_and_where_the_new_melody_enters(
    playing: VirtualStage,
) -> None:
    playing.ask("/emo/set/key", "D")
    order = feel(playing, SAD)

    assert isinstance(order, Recompose)
    assert (order.step, order.affect) == (16 * 5, SAD)
    assert {note.pitch for note in order.melody.notes} == {51}, "a minor third, an octave down, without the key"
    assert playing.performer.pitches[64] == 53
    assert len(order.melody.notes) == len(PLAYS.melody.notes)


def test_the_answer_takes_the_place_of_the_shelfs_melody_at_its_tick(playing: VirtualStage) -> None:
    order = feel(playing, SAD)
    assert isinstance(order, Recompose)
    before = playing.performer.cued
    playing.run_until(4.9 * BAR_S)
    playing.receive_studio(make_ready(80, -0.8, -0.4, ticket=order.ticket))

    assert before is not None
    assert before.ready is CUED
    assert sounds(playing, 0.5) == [(5.0, 80), (5.25, 80)]
    assert playing.ask("/emo/again")[0][0] == "/emo/ack"
    assert {pitch for _, pitch in sounds(playing, 1.5)[-2:]} == {51}, "back to what sounded before"


def test_an_answer_that_comes_too_late_leaves_the_shelfs_melody(playing: VirtualStage) -> None:
    order = feel(playing, SAD)
    assert isinstance(order, Recompose)
    assert sounds(playing, 1.0)[-1] == (5.5, 72)
    playing.receive_studio(make_ready(80, -0.8, -0.4, ticket=order.ticket))

    assert {pitch for _, pitch in sounds(playing, 2.0)} == {72}
    assert len(playing.performer.shelf) == 4, "it is kept for later"


def test_an_answer_that_misses_the_feeling_leaves_the_shelfs_melody(playing: VirtualStage) -> None:
    order = feel(playing, SAD)
    assert isinstance(order, Recompose)
    playing.receive_studio(replace(make_ready(80, -0.8, -0.4, ticket=order.ticket), distance=1.9))

    assert sounds(playing, 1.0)[-1] == (5.5, 72)


def test_a_melody_that_was_asked_for_by_name_keeps_its_place(playing: VirtualStage) -> None:
    order = feel(playing, SAD)
    assert isinstance(order, Recompose)
    playing.ask("/emo/keep", "mine")
    playing.ask("/emo/recall", "mine")
    cued = playing.performer.cued
    playing.receive_studio(make_ready(80, -0.8, -0.4, ticket=order.ticket))

    assert cued is not None
    assert playing.performer.cued is cued


def test_a_note_that_is_held_across_the_join_is_not_cut_off(playing: VirtualStage) -> None:
    long = Melody(tuple(Note(start, TICKS_PER_BAR, 64) for start in range(960, PHRASE_TICKS - 960, TICKS_PER_BAR)))
    playing.performer.launch(replace(_major(PLAYS), melody=long), 0.0)
    playing.run_until(8.6 * BAR_S)
    order = feel(playing, SAD)
    assert isinstance(order, Recompose)
    late = Melody(tuple(Note(start + 960, 960, 80) for start in range(0, PHRASE_TICKS, TICKS_PER_BAR)))
    playing.receive_studio(replace(make_ready(80, -0.8, -0.4, ticket=order.ticket), melody=late))
    sent = playing.run_until(9.7 * BAR_S)
    ends = [at_s / BAR_S for at_s, message in sent if message[0] & 0xF0 == 0x80]

    assert 9.1 < ends[0] < 9.5, "where it was written to end, not at the join"


def test_an_order_that_had_to_wait_is_for_what_sounds_when_it_is_sent(playing: VirtualStage) -> None:
    first = feel(playing, SAD)
    assert isinstance(first, Recompose)
    playing.ask("/emo/va", -0.7, -0.4)
    playing.end_turn()
    assert playing.orders == [], "one at a time"
    playing.run_until(5.5 * BAR_S)
    assert playing.performer.phrase is CUED
    playing.receive_studio(make_ready(80, -0.8, -0.4, ticket=first.ticket))
    playing.end_turn()

    (second,) = playing.orders
    assert isinstance(second, ComposeRequest), "the boundary has gone by"


def test_an_answer_does_not_take_the_place_of_another_melody_that_was_cued_meanwhile(playing: VirtualStage) -> None:
    other = make_ready(70, -0.6, -0.4)
    playing.performer.shelf.add(other)
    order = feel(playing, SAD)
    assert isinstance(order, Recompose)
    playing.ask("/emo/va", -0.6, -0.4)
    cued = playing.performer.cued
    playing.receive_studio(make_ready(80, -0.68, -0.4, ticket=order.ticket))

    assert cued is not None
    assert cued.ready is other
    assert playing.performer.cued is cued


@pytest.mark.parametrize("cannot", ["studio", "theme"])
def test_a_studio_that_cannot_continue_what_sounds_is_asked_for_any_melody(cannot: str, playing: VirtualStage) -> None:
    if cannot == "studio":
        playing.receive_studio(Loaded("canned", "cpu"))
    else:
        playing.instrument.studio_client.learn(CUED.melody)
        playing.end_turn()

    assert isinstance(feel(playing, SAD), ComposeRequest)


def test_without_a_boundary_to_enter_at_any_melody_is_asked_for(playing: VirtualStage) -> None:
    assert isinstance(feel(playing, Affect(0.81, 0.35)), ComposeRequest), "what sounds plays on"


def test_the_melody_that_follows_a_phrase_continues_it(playing: VirtualStage) -> None:
    playing.performer.shelf.add(make_ready(67, 0.8, 0.35))
    playing.run_until(15.1 * BAR_S)
    playing.end_turn()
    order = playing.orders.pop()
    assert isinstance(order, Recompose)
    assert (order.step, order.affect) == (0, HAPPY)
    playing.receive_studio(make_ready(80, HAPPY.valence, HAPPY.arousal, ticket=order.ticket))

    assert sounds(playing, 1.0)[-1] == (16.0, 80)
    assert playing.ask("/emo/again")[0][0] == "/emo/ack"
    assert {pitch for _, pitch in sounds(playing, 1.5)[-2:]} == {64}
