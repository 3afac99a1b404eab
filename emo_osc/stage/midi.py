"""MIDI ports of the system, through python-rtmidi: a way out for bytes, a way in that only stamps and hands on.

APIs: ALSA, JACK, CoreMIDI, Windows MM. A machine without any plays through the built-in sound alone.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import rtmidi

Receive = Callable[[float, bytes], None]

_NO_SYSTEM = {
    "linux": "load the ALSA sequencer with `sudo modprobe snd-seq`, or start jackd",
    "darwin": "check Audio MIDI Setup",
    "win32": "check the Windows Audio service",
}
_NO_VIRTUAL = "Windows opens no virtual ports: make one with loopMIDI and name it with --midi-out"


class MidiOut:
    """An open output port.

    `description` says what it is, for people.
    """

    def __init__(self, port: Any, description: str) -> None:
        self._port = port
        self.description = description
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


class MidiIn:
    """An open input port; `receive` is called on the driver's thread with the time and the bytes."""

    def __init__(self, port: Any, description: str, receive: Receive) -> None:
        self._port = port
        self.description = description
        port.ignore_types(sysex=True, timing=False, active_sense=True)
        port.set_callback(lambda event, _: receive(perf_counter(), bytes(event[0])))

    def close(self) -> None:
        """Close the port."""
        self._port.cancel_callback()
        self._port.close_port()
        self._port.delete()


def open_out(name: str) -> tuple[MidiOut | None, str]:
    """The output whose name contains `name`, else a virtual port of that name, else None; the text tells which."""
    port, text = _open(rtmidi.MidiOut, name)
    return (MidiOut(port, text) if port else None), text


def open_in(name: str, receive: Receive) -> tuple[MidiIn | None, str]:
    """The input whose name contains `name`, else a virtual port of that name, else None; the text tells which."""
    port, text = _open(rtmidi.MidiIn, name)
    return (MidiIn(port, text, receive) if port else None), text


def _open(kind: Any, name: str) -> tuple[Any, str]:
    ports = _systems(kind, name)
    for port, api in ports:
        for index, existing in enumerate(port.get_ports()):
            if name.casefold() in existing.casefold():
                port.open_port(index, name=name)
                return port, f"port {existing!r} ({api})"
    for port, api in ports:
        try:
            port.open_virtual_port(name)
        except NotImplementedError:
            continue
        return port, f"virtual port {name!r} ({api})"
    if ports:
        return None, f"none: no port contains {name!r}; {_NO_VIRTUAL}"
    remedy = _NO_SYSTEM.get(sys.platform, "start a MIDI system")
    return None, f"none: this machine has no MIDI system; {remedy}; only the built-in sound can be heard"


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
