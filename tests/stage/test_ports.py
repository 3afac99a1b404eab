"""Ports that go and come back, with ports that are lists; real ones are lost in tests/test_faults.py."""

import pytest

from emo_osc.messages import Ports
from emo_osc.stage.midi import MidiOut, Place
from emo_osc.stage.ports import MAX_UNCONFIRMED, MAX_UNCONFIRMED_NOTES, UNCONFIRMED_PER_S, MidiPorts, Way

NOTE, CONTROLLER, ALL_OFF = bytes((0x90, 60, 1)), bytes((0xB0, 74, 1)), bytes((0xB0, 123, 0))
JOINED = Place("port 'synth:in' (Jack)", "Jack", "synth:in")
VIRTUAL = Place("virtual port 'emo' (Jack)", "Jack")
THERE = Ports("ALSA\nJack", "Jack: synth:in\nALSA: Midi Through", "")
UNPLUGGED = Ports("ALSA\nJack", "ALSA: Midi Through", "")
NO_JACK = Ports("ALSA", "ALSA: Midi Through", "")


class FakePort(list[bytes]):
    """What rtmidi's port was sent, and whether it was closed."""

    is_closed = False

    def send_message(self, message: bytes) -> None:
        self.append(message)

    def close_port(self) -> None:
        self.is_closed = True

    def delete(self) -> None:
        assert self.is_closed


def opened(place: Place) -> tuple[MidiPorts, list[FakePort]]:
    """Ports whose way out leads to a place, and every port it was ever opened as."""
    made: list[FakePort] = []

    def open_port(_: str) -> tuple[MidiOut, str]:
        made.append(FakePort())
        return MidiOut(made[-1], place), place.text

    ports = MidiPorts("", "", lambda *_: None)
    ports.out = Way("MIDI out", "synth" if place.name else "virtual:emo", open_port)
    return ports, made


@pytest.mark.parametrize("gone", [UNPLUGGED, NO_JACK], ids=["port", "system"])
def test_a_joined_port_is_missed_and_joined_again(gone: Ports) -> None:
    ports, made = opened(JOINED)

    assert ports.on_ports(THERE) == []
    (lost,) = ports.on_ports(gone)
    assert ports.on_ports(gone) == []
    ports.send(NOTE)
    (back,) = ports.on_ports(THERE)
    ports.send(NOTE)

    assert lost.startswith("MIDI out lost: ")
    assert back == "MIDI out port 'synth:in' (Jack) is open again; 1 messages were not sent"
    assert made[0] == []
    assert made[1] == [*(bytes((0xB0 | channel, 123, 0)) for channel in range(16)), NOTE]
    assert ports.confirm(), "controllers are to be sent again"


def test_a_virtual_port_is_lost_with_its_system_alone() -> None:
    ports, made = opened(VIRTUAL)

    assert ports.on_ports(UNPLUGGED) == []
    assert ports.on_ports(NO_JACK) == ["MIDI out lost: Jack has stopped; waiting for it, the music goes on"]
    assert not made[0].is_closed, "to close a port of a dead JACK server takes a second"
    assert ports.on_ports(UNPLUGGED) == ["MIDI out virtual port 'emo' (Jack) is open again"]


def test_a_port_that_was_never_there_is_waited_for_and_joined() -> None:
    made: list[FakePort] = []

    def open_port(_: str) -> tuple[MidiOut | None, str]:
        made.append(FakePort())
        return (None, "no port 'synth' yet") if len(made) == 1 else (MidiOut(made[-1], JOINED), JOINED.text)

    ports = MidiPorts("", "", lambda *_: None)
    ports.out = Way("MIDI out", "synth", open_port)
    ports.send(NOTE)

    assert ports.out.text == "no port 'synth' yet"
    assert ports.on_ports(UNPLUGGED) == []
    assert ports.on_ports(Ports("Jack", "Jack: emo_osc-01:synth", "")) == [], "another emo_osc's"
    assert ports.on_ports(THERE) == ["MIDI out port 'synth:in' (Jack) is there now"]
    assert len(made) == 2


def test_a_port_that_cannot_be_opened_is_told_once() -> None:
    ports, _ = opened(JOINED)
    ports.out._open_port = lambda _: (None, "port 'synth:in' (Jack) cannot be opened (busy)")
    ports.on_ports(UNPLUGGED)

    assert ports.on_ports(THERE) == ["MIDI out port 'synth:in' (Jack) cannot be opened (busy)"]
    assert ports.on_ports(THERE) == []


def test_an_unplugged_port_may_lose_its_system_too() -> None:
    ports, made = opened(JOINED)
    ports.on_ports(UNPLUGGED)

    assert ports.on_ports(NO_JACK) == []
    assert len(ports.on_ports(THERE)) == len(made) - 1 == 1


def test_no_more_is_sent_in_good_faith_than_a_dead_system_takes() -> None:
    ports, made = opened(JOINED)
    ports.confirm()
    for _ in range(MAX_UNCONFIRMED + 10):
        ports.send(CONTROLLER)
    for message in (NOTE, ALL_OFF, CONTROLLER):
        ports.send(message)

    assert len(made[0]) == MAX_UNCONFIRMED + 2
    assert ports.unsent == 11
    assert ports.confirm()
    assert not ports.confirm()
    for _ in range(MAX_UNCONFIRMED_NOTES + 10):
        ports.send(NOTE)
    assert len(made[0]) == MAX_UNCONFIRMED + 2 + MAX_UNCONFIRMED_NOTES


def test_notes_go_out_for_as_long_as_nobody_watches() -> None:
    ports, made = opened(JOINED)
    for _ in range(60):
        for _ in range(UNCONFIRMED_PER_S):
            ports.send(NOTE)
        ports.on_unwatched_second()

    assert len(made[0]) == 60 * UNCONFIRMED_PER_S
    assert ports.unsent == 0


def test_a_flood_that_nobody_watches_is_held_to_what_music_needs() -> None:
    ports, made = opened(JOINED)
    for _ in range(10 * MAX_UNCONFIRMED):
        ports.send(CONTROLLER)

    assert ports.on_unwatched_second(), "controllers are to be sent again"
    for _ in range(10 * MAX_UNCONFIRMED):
        ports.send(CONTROLLER)
    assert len(made[0]) == MAX_UNCONFIRMED + UNCONFIRMED_PER_S
