"""MIDI ports by name, with a real daemon: which it joins, which it never does, and which it waits for."""

import queue
from collections.abc import Callable, Iterator
from time import perf_counter

import pytest
import rtmidi

from emo_osc.midi.probe_port import close_input
from tests.serving import Daemon, Listener, free_port, next_note


class Device:
    """An interface as a driver shows it: one port to write to, one to read from, both of one name."""

    def __init__(self, name: str) -> None:
        self.heard: Listener = queue.Queue()
        self._in = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name=f"{name} out")
        self._in.set_callback(lambda event, _: self.heard.put((perf_counter(), bytes(event[0]))))
        self._in.open_virtual_port(f"{name} MIDI 1")
        self._out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name=name)
        self._out.open_virtual_port(f"{name} MIDI 1")
        self._is_open = True

    def unplug(self) -> None:
        if self._is_open:
            self._is_open = False
            close_input(self._in)
            self._out.close_port()
            self._out.delete()


@pytest.fixture
def plug(jack: str) -> Iterator[Callable[[str], Device]]:
    devices: list[Device] = []

    def plug_in(name: str) -> Device:
        devices.append(Device(name))
        return devices[-1]

    yield plug_in
    for device in devices:
        device.unplug()


def test_a_device_that_was_pulled_is_joined_again_and_our_own_ports_never_are(
    daemon: Callable[..., Daemon], plug: Callable[[str], Device]
) -> None:
    name = f"unit{free_port()}"
    device = plug(name)
    one = daemon("--midi-in", name, "--midi-out", name)
    assert f"port '{name} out:{name} MIDI 1'" in one.wait_for_line("MIDI out")
    assert f"port '{name}:{name} MIDI 1'" in one.wait_for_line("MIDI in")

    device.unplug()
    one.wait_for_line("MIDI out lost")
    plug("another program")
    device = plug(name)
    back = sorted((one.wait_for_line("is open again"), one.wait_for_line("is open again")))

    assert f"MIDI in port '{name}:{name} MIDI 1'" in back[0]
    assert f"MIDI out port '{name} out:{name} MIDI 1'" in back[1]
    assert next_note(device.heard)


def test_a_device_that_is_switched_on_later_is_joined(
    daemon: Callable[..., Daemon], plug: Callable[[str], Device]
) -> None:
    name = f"late{free_port()}"
    one = daemon("--midi-out", name)
    told = one.wait_for_line("MIDI out")
    one.wait_for_line("generator ready")
    device = plug(name)
    came = one.wait_for_line("is there now")

    assert f"no port {name!r} yet, waiting for it" in told
    assert "were not sent" not in came
    assert next_note(device.heard)


def test_a_second_daemon_joins_no_port_of_the_first(daemon: Callable[..., Daemon], jack: str) -> None:
    one = daemon("--clock", "midi")
    one.wait_for_line("MIDI in")
    two = daemon("--midi-out", f"{one.name} in")

    assert f"no port '{one.name} in' yet" in two.wait_for_line("MIDI out")


def test_with_a_midi_clock_the_start_says_that_it_waits(daemon: Callable[..., Daemon], jack: str) -> None:
    assert "midi: waiting for Start" in daemon("--clock", "midi").wait_for_line("clock  ")
