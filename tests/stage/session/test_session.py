"""Events to effects: what the session returns, and in which order."""

from collections.abc import Callable
from typing import get_args

import pytest

from emo_osc.core.affect import MOODS, Affect
from emo_osc.protocol.commands import Command, Next, SetValue
from emo_osc.protocol.messages import Away, ComposeRequest, Loaded, Mapped, PhraseSaved, Ready
from emo_osc.protocol.osc import Message
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.stage.session import events, session
from emo_osc.stage.session.controls.mapping_commands import ACTIONS, MappingCommands
from emo_osc.stage.session.effects import Continue, Effects, OrderFromStudio, SendMidi, SendOsc, TellSupervisor
from emo_osc.stage.session.pushes import Pushes
from emo_osc.stage.session.replies import Replies
from emo_osc.stage.session.subscriptions import Clients
from tests.twin import PAD, VirtualStage

BRIGHTNESS, LIVELY = 0x4A, Affect(0.8, 0.35)


@pytest.fixture
def playing(stage: Callable[..., VirtualStage], ready: Callable[..., Ready]) -> VirtualStage:
    """Calm (60) and bright (72), playing since 0 s."""
    made = stage((ready(60), ready(72, 0.8, 0.35)))
    made.ask("/emo/play")
    made.run_until(0.1)
    return made


def asked(playing: VirtualStage, address: str, *arguments: float | str) -> Effects:
    message = events.OscReceived(Message(address, arguments), PAD, playing.now_s, 0.0)
    return playing.session.handle(message, playing.now_s)


def test_the_touch_of_an_affect_is_returned_before_a_melody_is_chosen(playing: VirtualStage) -> None:
    touch, rest = asked(playing, "/emo/va", 0.8, 0.35)
    before = playing.performer.cued
    assert isinstance(rest, Continue)
    (ack,) = playing.session.handle(rest.event, playing.now_s)

    assert isinstance(touch, SendMidi)
    assert touch.messages[0][:2] == bytes((0xB0, BRIGHTNESS))
    assert before is None
    assert playing.performer.cued is not None
    assert isinstance(ack, SendOsc)
    assert (ack.address, ack.arguments[:2]) == ("/emo/ack", ("/emo/va", 2))


def test_what_is_set_at_once_is_answered_at_once(playing: VirtualStage) -> None:
    (ack,) = asked(playing, "/emo/tempo", 90)

    assert ack == SendOsc(PAD, "/emo/ack", ("/emo/tempo", 1, 0.0, 90.0))


def test_what_is_to_be_saved_is_told_the_supervisor_in_the_effects_of_its_command(playing: VirtualStage) -> None:
    (effect,) = asked(playing, "/emo/keep", "mine")

    assert isinstance(effect, TellSupervisor)
    assert isinstance(effect.message, PhraseSaved)
    assert effect.message.name == "mine"


def test_an_order_is_an_effect_of_the_turn_that_follows(playing: VirtualStage) -> None:
    playing.handle(events.StudioJoined())
    playing.receive_studio(Loaded("virtual", "cpu"))
    playing.ask("/emo/va", 0.8, 0.35)

    assert playing.session.handle(events.TurnEnded(), playing.now_s) == [OrderFromStudio(ComposeRequest(LIVELY, 1))]
    assert playing.session.handle(events.TurnEnded(), playing.now_s) == []


def test_a_control_asks_for_a_command_and_not_for_text(playing: VirtualStage) -> None:
    playing.instrument._presets["map"] = StagePreset({}, MOODS, {"cc1": "intensity", "note36": "next"})
    playing.ask("/emo/preset", "map")
    clients = Clients()
    replies, pushes = Replies(playing.instrument, clients), Pushes(playing.instrument, clients)
    controls = MappingCommands(playing.instrument, replies, pushes)

    assert controls.receive_midi(b"\xb0\x01\x7f", 1.0) == (SetValue("intensity", (1.0,)), [])
    assert controls.receive_midi(b"\x90\x24\x40", 1.0) == (Next(), [])
    assert controls.receive_midi(b"\xc0\x01", 1.0) == (SetValue("mood", (MOODS[1].id,)), [])


def test_a_mapping_that_was_learned_is_told_the_supervisor_and_its_client(playing: VirtualStage) -> None:
    playing.instrument.counters.midi_in = "keyboard"
    playing.ask("/emo/midi/learn", "intensity")
    effects = playing.session.handle(events.MidiReceived(b"\xb0\x46\x20"), 1.0)

    assert effects == [TellSupervisor(Mapped("cc70@1\tintensity"))]


def test_whatever_can_happen_is_handled() -> None:
    assert set(get_args(events.Event)) == session._HANDLERS.keys()


def test_every_command_and_every_action_of_a_control_is_handled(playing: VirtualStage) -> None:
    handled = playing.session._dispatcher._handlers.keys()

    assert handled == set(get_args(Command))
    assert {type(command) for command in ACTIONS.values()} <= handled


@pytest.mark.parametrize("is_moved", [False, True])
def test_an_order_that_a_farm_has_done_after_all_is_not_made_twice(
    playing: VirtualStage, ready: Callable[..., Ready], *, is_moved: bool
) -> None:
    playing.receive_studio(Loaded("far", "cpu"))
    playing.ask("/emo/va", LIVELY.valence, LIVELY.arousal)
    playing.end_turn()
    (order,), playing.orders = playing.orders, []
    assert isinstance(order, ComposeRequest)
    playing.receive_studio(Away("http://farm:7790 is full; trying again"))
    if is_moved:
        playing.ask("/emo/va", 0.0, 0.0)
    playing.end_turn()
    playing.receive_studio(ready(72, order.affect.valence, order.affect.arousal, ticket=order.ticket))
    playing.receive_studio(Loaded("far", "cpu"))
    playing.end_turn()

    assert len(playing.orders) == (1 if is_moved else 0)
