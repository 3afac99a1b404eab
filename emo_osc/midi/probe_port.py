"""MIDI ports for measurements: one to send from, one to listen at."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from time import perf_counter
from typing import Any

import rtmidi

Receive = Callable[[float, bytes], None]
CALLBACK_S = 0.05  # longer than any callback of ours takes, the interpreter's switch to it included


@contextmanager
def listening(name: str, receive: Receive) -> Iterator[bool]:
    """Hears the output whose name contains `name`; `receive` gets times and bytes. Whether there is such an output."""
    with _heard(_first(rtmidi.MidiIn, lambda port: _join(port, name)), receive) as is_open:
        yield is_open


@contextmanager
def offering(name: str, receive: Receive) -> Iterator[bool]:
    """Offers a virtual input of a name; `receive` gets times and bytes. Whether this system has such ports."""
    with _heard(_first(rtmidi.MidiIn, lambda port: port.open_virtual_port(name)), receive) as is_open:
        yield is_open


@contextmanager
def _heard(port: Any, receive: Receive) -> Iterator[bool]:
    if port is None:
        yield False
        return
    port.set_callback(lambda event, _: receive(perf_counter(), bytes(event[0])))
    try:
        yield True
    finally:
        close_input(port)


def close_input(port: Any) -> None:
    """Close an input that has a callback.

    One that the driver has begun may be waiting for the interpreter, which `close_port` and `delete` hold while they
    wait for the driver: so it is let through first.
    """
    port.cancel_callback()
    Event().wait(CALLBACK_S)
    port.close_port()
    port.delete()


def lonely_output() -> Any:
    """An output without a receiver; None where the system has no MIDI, or no virtual ports."""
    return _first(rtmidi.MidiOut, lambda port: port.open_virtual_port(f"lonely_{os.getpid()}"))


def _join(port: Any, name: str) -> None:
    port.open_port(next(index for index, found in enumerate(port.get_ports()) if name in found))


def _first(kind: Any, open_it: Callable[[Any], None]) -> Any:
    with _quiet_drivers():
        for api in rtmidi.get_compiled_api():
            try:
                port = kind(api, name=f"lab_{os.getpid()}")
                open_it(port)
            except (OSError, NotImplementedError, StopIteration):  # this system does not run, or lacks what is asked
                continue
            return port
    return None


@contextmanager
def _quiet_drivers() -> Iterator[None]:
    """ALSA and JACK write a page to the error stream where they are absent."""
    kept, silence = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silence, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(silence)
        os.close(kept)
