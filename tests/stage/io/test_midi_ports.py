"""Ports that go and come back, with ports that are lists; real ones are lost in tests/supervisor/test_faults.py."""

from typing import cast

import pytest

from emo_osc.core.midi_standard import all_off
from emo_osc.midi.jack_output import JackOut
from emo_osc.midi.port_names import Place
from emo_osc.midi.rtmidi_ports import MidiOut
from emo_osc.protocol.messages import Ports
from emo_osc.stage.io.midi_ports import (
    MAX_BREAKS,
    MAX_UNCONFIRMED,
    MAX_UNCONFIRMED_NOTES,
    UNCONFIRMED_PER_S,
    WAITS,
    Before,
    MidiPorts,
    Way,
)

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
    assert made[1] == [*all_off(), NOTE]
    assert ports.confirm(), "controllers are to be sent again"


def test_a_virtual_port_is_lost_with_its_system_alone() -> None:
    ports, made = opened(VIRTUAL)

    assert ports.on_ports(UNPLUGGED) == []
    assert ports.on_ports(NO_JACK) == ["MIDI out lost: Jack has stopped; waiting for it, the music goes on"]
    assert not made[0].is_closed, "to close a port of a dead JACK server takes a second"
    assert ports.on_ports(UNPLUGGED) == ["MIDI out virtual port 'emo' (Jack) is open again"]


def test_ports_of_a_system_that_was_stuck_are_opened_once_it_was_seen_at_work() -> None:
    made: list[FakePort] = []
    asked: list[str] = []

    def open_port(_: str) -> tuple[MidiOut, str]:
        made.append(FakePort())
        return MidiOut(made[-1], VIRTUAL), VIRTUAL.text

    ports = MidiPorts("", "", lambda *_: None)
    ports.out = Way("MIDI out", "virtual:emo", open_port, waits=True)
    ports.out.before_opening = lambda: asked.append("patience")
    ports.send(NOTE)

    assert (made, ports.out.text) == ([], WAITS)
    assert ports.on_ports(Ports("", "", "")) == []
    assert ports.on_ports(THERE) == ["MIDI out virtual port 'emo' (Jack) is there now"]
    assert (len(made), asked) == (1, ["patience"])


def test_what_an_earlier_stage_was_connected_to_is_known() -> None:
    ports = MidiPorts("", "", lambda *_: None, Before(("synth:in",), "keys:out\temo_osc in:a"))

    assert (ports.targets, ports.links) == (("synth:in",), "keys:out\temo_osc in:a")
    ports.on_ports(THERE)
    assert ports.links == ""


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


class FakeProcess:
    """A port that another process plays: it opens later, or fails."""

    def __init__(self, place: Place, targets: list[str]) -> None:
        self.place, self.targets = place, targets
        self.is_open, self.fault, self.lead_s = False, "", 0.0
        self.sent: list[tuple[float, bytes]] = []
        self.is_abandoned = False

    def opens(self, text: str = "virtual port 'emo' (Jack, 1024)") -> None:
        self.is_open, self.lead_s, self.place = True, 0.02, Place(text, "Jack")

    def send(self, message: bytes, at_s: float) -> None:
        self.sent.append((at_s, message))

    def poll(self) -> None: ...

    def close(self) -> None: ...

    def abandon(self) -> None:
        self.is_abandoned = True

    leave = abandon


def played_elsewhere() -> tuple[MidiPorts, list[FakeProcess]]:
    made: list[FakeProcess] = []

    def open_port(_: str) -> tuple[JackOut, str]:
        made.append(FakeProcess(VIRTUAL, ["synth:in"]))
        if len(made) == 1:
            made[0].opens()
        return cast(JackOut, made[-1]), VIRTUAL.text

    ports = MidiPorts("", "", lambda *_: None)
    ports.out = Way("MIDI out", "virtual:emo", open_port)
    ports.on_ports(THERE)
    return ports, made


def test_a_process_that_goes_by_itself_is_followed_by_another_with_all_notes_off() -> None:
    ports, made = played_elsewhere()
    ports.send(NOTE, 7.5)
    made[0].fault = "its process has ended with code -9"
    lost = ports.look()
    ports.send(NOTE, 8.0)
    nothing = ports.look()
    made[1].opens()
    back = ports.look()

    assert made[0].sent == [(7.5, NOTE)]
    assert made[0].is_abandoned
    assert lost == ["MIDI out lost: its process has ended with code -9; waiting for it, the music goes on"]
    assert nothing == []
    assert back == ["MIDI out virtual port 'emo' (Jack, 1024) is open again; 1 messages were not sent"]
    assert [message for _, message in made[1].sent] == all_off()
    assert ports.lead_s == 0.02


def test_a_process_whose_server_has_gone_waits_for_it() -> None:
    ports, made = played_elsewhere()
    made[0].fault = "Jack has stopped"

    assert ports.look() == ["MIDI out lost: Jack has stopped; waiting for it, the music goes on"]
    assert (ports.look(), ports.on_ports(NO_JACK), len(made)) == ([], [], 1)
    assert ports.on_ports(THERE) == []
    made[1].opens()
    assert len(ports.look()) == 1


def test_a_period_that_changes_is_told() -> None:
    ports, made = played_elsewhere()
    made[0].opens("virtual port 'emo' (Jack, 64)")

    assert ports.look() == ["MIDI out virtual port 'emo' (Jack, 64)"]
    assert ports.look() == []


def test_processes_that_keep_failing_are_counted_until_their_server_starts_anew() -> None:
    ports, made = played_elsewhere()
    for number in range(MAX_BREAKS):
        made[number].fault = "its process has ended with code 1"
        ports.look()

    assert ports.out.breaks == MAX_BREAKS
    ports.on_ports(NO_JACK)
    assert ports.out.breaks == 0


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
