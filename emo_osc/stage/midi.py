"""MIDI ports of the system, through python-rtmidi: a way out for bytes, a way in that only stamps and hands on.

APIs: ALSA, JACK, CoreMIDI, Windows MM. A machine without any plays through the built-in sound alone.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from time import perf_counter
from typing import Any

import rtmidi

Receive = Callable[[float, bytes], None]
CALLBACK_S = 0.02  # longer than our callback takes, the interpreter's switch to it included

_NO_SYSTEM = {
    "linux": "load the ALSA sequencer with `sudo modprobe snd-seq`, or start jackd",
    "darwin": "check Audio MIDI Setup",
    "win32": "check the Windows Audio service",
}
_ABANDONED: list[Any] = []
_NO_VIRTUAL = "Windows opens no virtual ports: make one with loopMIDI and name it with --midi-out"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a port leads: a line for people, its system such as `Jack`, the port that was joined.

    `name` is empty for a virtual port, and `system` too where there is none.
    """

    text: str
    system: str = ""
    name: str = ""

    @property
    def id(self) -> str:
        """The joined port as `Ports` writes it."""
        return f"{self.system}: {self.name}"


class MidiOut:
    """An open output port; `place` says where it leads."""

    def __init__(self, port: Any, place: Place) -> None:
        self._port = port
        self.place = place
        self.failures = 0
        """Messages the system refused."""

    def send(self, message: bytes) -> None:
        """Send one complete MIDI message; a refusal is counted, and the music goes on."""
        try:
            self._port.send_message(message)
        except (OSError, ValueError):
            self.failures += 1

    def close(self) -> None:
        """Close the port; rtmidi frees a virtual port only when its object goes."""
        self._port.close_port()
        self._port.delete()

    def abandon(self) -> None:
        """Leave a port whose system has died for ever: to close it takes a second, or our life."""
        _ABANDONED.append(self._port)


class MidiIn:
    """An open input port; `receive` is called on the driver's thread with the time and the bytes."""

    def __init__(self, port: Any, place: Place, receive: Receive) -> None:
        self._port = port
        self.place = place
        port.ignore_types(sysex=True, timing=False, active_sense=True)
        port.set_callback(lambda event, _: receive(perf_counter(), bytes(event[0])))

    def close(self) -> None:
        """Close the port.

        A callback that the driver has begun may be waiting for the interpreter, which closing holds while it waits for
        the driver: so it is let through first.
        """
        self._port.cancel_callback()
        Event().wait(CALLBACK_S)
        self._port.close_port()
        self._port.delete()

    def abandon(self) -> None:
        """Leave a port whose system has died for ever: to close it takes a second, or our life."""
        _ABANDONED.append(self._port)


def open_out(name: str, own: tuple[str, ...] = ()) -> tuple[MidiOut | None, str]:
    """The output whose name contains `name`, else a virtual port of that name, else None; the text tells which.

    Ports of our `own` clients are not joined: notes that come back would be learned and taken for somebody's.
    """
    port, place = _open(rtmidi.MidiOut, name, own)
    return (MidiOut(port, place) if port else None), place.text


def open_in(name: str, receive: Receive, own: tuple[str, ...] = ()) -> tuple[MidiIn | None, str]:
    """The input whose name contains `name`, else a virtual port of that name, else None; the text tells which.

    Ports of our `own` clients are not joined.
    """
    port, place = _open(rtmidi.MidiIn, name, own)
    return (MidiIn(port, place, receive) if port else None), place.text


def _open(kind: Any, name: str, own: tuple[str, ...]) -> tuple[Any, Place]:
    ports = _systems(kind, name)
    for port, api in ports:
        for index, existing in enumerate(port.get_ports()):
            if name.casefold() in existing.casefold() and existing.split(":")[0] not in own:
                port.open_port(index, name=name)
                return port, Place(f"port {existing!r} ({api})", api, existing)
    for port, api in ports:
        try:
            port.open_virtual_port(name)
        except NotImplementedError:
            continue
        return port, Place(f"virtual port {name!r} ({api})", api)
    if ports:
        return None, Place(f"none: no port contains {name!r}; {_NO_VIRTUAL}")
    remedy = _NO_SYSTEM.get(sys.platform, "start a MIDI system")
    return None, Place(f"none: this machine has no MIDI system; {remedy}; only the built-in sound can be heard")


def _systems(kind: Any, name: str) -> list[tuple[Any, str]]:
    """A client of every MIDI system that runs, with its name."""
    found: list[tuple[Any, str]] = []
    with _quiet_drivers():
        for api in rtmidi.get_compiled_api():
            try:
                found.append((kind(api, name=name), rtmidi.get_api_display_name(api)))
            except OSError:  # rtmidi's way to say that this system does not run
                continue
    return found


def hush_drivers() -> None:
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
