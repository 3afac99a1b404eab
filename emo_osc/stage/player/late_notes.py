"""Chooses the messages that are still sent for a tick whose time has passed. Knows no clock and no port."""

from emo_osc.core.midi_standard import KIND_BITS, NOTE_ON
from emo_osc.stage.player.events import NotePlayed
from emo_osc.stage.player.performer import Performer


def leave_out(performer: Performer, tick: int) -> list[bytes]:
    """Handle a tick without its note-ons; note-offs and controllers are returned however late they are."""
    before = len(performer.events)
    messages = performer.on_tick(tick)
    performer.events[before:] = [event for event in performer.events[before:] if not isinstance(event, NotePlayed)]
    return [message for message in messages if message[0] & KIND_BITS != NOTE_ON]
