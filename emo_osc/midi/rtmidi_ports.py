"""MIDI ports through python-rtmidi: an output for bytes, an input that stamps messages.

APIs: ALSA, JACK, CoreMIDI, Windows MM. A machine without any plays through the built-in sound alone.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from time import perf_counter
from typing import Any

import rtmidi

from emo_osc.midi.jack_output import SYSTEM, JackOut, is_possible
from emo_osc.midi.port_names import CLIENT, CLIENT_IN, Offered, Place, find, missing, virtual_name

Receive = Callable[[float, bytes], None]
Systems = dict[str, Any]
CALLBACK_S = 0.02  # longer than our callback takes, the interpreter's switch to it included

_NO_SYSTEM = {
    "linux": "load the ALSA sequencer with `sudo modprobe snd-seq`, or start jackd",
    "darwin": "check Audio MIDI Setup",
    "win32": "check the Windows Audio service",
}
_ABANDONED: list[Any] = []
_NO_VIRTUAL = "Windows opens no virtual ports: make one with loopMIDI and name it with --midi-out"


class MidiOut:
    """An open output port; `place` says where it leads. No driver behind rtmidi takes a time to send at."""

    is_open = True
    fault = ""
    lead_s = 0.0

    def __init__(self, port: Any, place: Place) -> None:
        self._port = port
        self.place = place
        self.targets: list[str] = []
        self.failures = 0
        """Messages the system refused."""

    def send(self, message: bytes, at_s: float) -> None:
        """Send one complete MIDI message at once; a refusal is counted, and the music goes on."""
        try:
            self._port.send_message(message)
        except (OSError, ValueError):
            self.failures += 1

    def poll(self) -> None:
        """Nothing to do between calls."""

    def close(self) -> None:
        """Close the port; rtmidi frees a virtual port only when its object goes."""
        self._port.close_port()
        self._port.delete()

    def leave(self) -> None:
        """Close a port whose destination has gone."""
        self.close()

    def abandon(self) -> None:
        """Abandon a port whose system has died: closing blocks for a second and may crash the process."""
        _ABANDONED.append(self._port)


class MidiIn:
    """An open input port; `receive` is called on the driver's thread with the time and the bytes."""

    is_open = True
    fault = ""

    def __init__(self, port: Any, place: Place, receive: Receive) -> None:
        self._port = port
        self.place = place
        port.ignore_types(sysex=True, timing=False, active_sense=True)
        port.set_callback(lambda event, _: receive(perf_counter(), bytes(event[0])))

    def poll(self) -> None:
        """Nothing to do between calls."""

    def close(self) -> None:
        """Close the port.

        A callback that the driver has begun may be waiting for the interpreter, which closing holds while it waits for
        the driver: so it is let through first.
        """
        self._port.cancel_callback()
        Event().wait(CALLBACK_S)
        self._port.close_port()
        self._port.delete()

    def leave(self) -> None:
        """Close a port whose destination has gone."""
        self.close()

    def abandon(self) -> None:
        """Abandon a port whose system has died: closing blocks for a second and may crash the process."""
        _ABANDONED.append(self._port)


def open_out(
    name: str, own: str = "", targets: list[str] | None = None, *, on_frames: bool = True
) -> tuple[MidiOut | JackOut | None, str]:
    """The output that `name` means, or the virtual port it asks for, else None; the text tells which.

    A port of an emo_osc is not joined, nor one called `own`, our virtual input: notes that come back would be learned
    and taken for somebody's. Through JACK, messages leave `on_frames` where that can be had; such a port is not open
    yet, and a virtual one connects to `targets`.
    """
    spared = SYSTEM if on_frames and is_possible() else ""
    port, place = _open(rtmidi.MidiOut, CLIENT, name, own, spared)
    if port is None and place.system:
        return JackOut(place, virtual_name(name) or CLIENT, targets or []), place.text
    return (MidiOut(port, place) if port else None), place.text


def open_now(name: str, own: str = "", targets: list[str] | None = None) -> tuple[MidiOut | JackOut | None, str]:
    """As `open_out`, but a port that is answered is open: one on the grid of JACK's period where no other can be."""
    port, text = open_out(name, own, targets)
    if not isinstance(port, JackOut):
        return port, text
    port.wait()
    if not port.fault:
        return port, port.place.text
    port.abandon()
    other, text = open_out(name, own, on_frames=False)
    if isinstance(other, MidiOut):
        text = f"{text.removesuffix(')')}; {port.fault}: notes leave with its periods only)"
        other.place = replace(other.place, text=text)
    return other, text


def open_in(name: str, receive: Receive, own: str = "") -> tuple[MidiIn | None, str]:
    """The input that `name` means, or the virtual port it asks for, else None; the text tells which.

    A port of an emo_osc is not joined, nor one called `own`, our virtual output.
    """
    port, place = _open(rtmidi.MidiIn, CLIENT_IN, name, own, "")
    return (MidiIn(port, place, receive) if port else None), place.text


def _open(kind: Any, client: str, name: str, own: str, spared: str) -> tuple[Any, Place]:
    """A port and where it leads; in the system that is `spared` it is only looked for."""
    systems = _systems(kind, client)
    if not systems:
        remedy = _NO_SYSTEM.get(sys.platform, "start a MIDI system")
        return None, Place(f"none: this machine has no MIDI system; {remedy}; only the built-in sound can be heard")
    virtual = virtual_name(name)
    port, place = _open_virtual(systems, virtual, spared) if virtual else (None, Place(""))
    if not place.system:
        port, place = _join(systems, client, virtual or name, own, spared)
    if spared in systems and place.system == spared:
        systems[spared].delete()  # another process takes its name
    return port, place


def _open_virtual(systems: Systems, name: str, spared: str) -> tuple[Any, Place]:
    for api, port in systems.items():
        place = Place(f"virtual port {name!r} ({api})", api)
        if api == spared:
            return None, place
        try:
            port.open_virtual_port(name)
        except NotImplementedError:
            continue
        return port, place
    return None, Place("")


def _join(systems: Systems, client: str, name: str, own: str, spared: str) -> tuple[Any, Place]:
    offered = [Offered(api, found) for api, port in systems.items() for found in port.get_ports()]
    found = find(name, offered, (own,))
    if found is None:
        advice = f"; {_NO_VIRTUAL}" if virtual_name(name) else ""
        return None, Place(missing(name, offered) + advice)
    port, place = systems[found.system], Place(f"port {found.name!r} ({found.system})", found.system, found.name)
    if found.system == spared:
        return None, place
    try:
        port.open_port(port.get_ports().index(found.name), name=client)
    except (OSError, ValueError) as error:  # on Windows a port has one user; or it went in this very moment
        return None, Place(f"{place.text} cannot be opened ({error}); close what else uses it")
    return port, place


def _systems(kind: Any, client: str) -> Systems:
    """A client of every MIDI system that runs, by the system's name."""
    found: Systems = {}
    with _quiet_drivers():
        for api in rtmidi.get_compiled_api():
            try:
                found[str(rtmidi.get_api_display_name(api))] = kind(api, name=client)
            except OSError:  # rtmidi's way to say that this system does not run
                continue
    return found


def silence_driver_output() -> None:
    """Keep what libraries write to the error stream off the terminal from now on; our own errors still go there."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    os.close(silence)


@contextmanager
def _quiet_drivers() -> Iterator[None]:
    """ALSA and JACK write a page to the error stream where they are absent; one line of ours says it better."""
    kept = os.dup(2)
    silence = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silence, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(silence)
        os.close(kept)
