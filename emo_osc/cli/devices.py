"""Lists MIDI ports, audio devices and torch devices."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MidiSystem:
    """One MIDI system and the ports it offers; `fault` says why it cannot be used, or is empty."""

    name: str
    outputs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    fault: str = ""


def midi_systems() -> tuple[MidiSystem, ...]:
    """Every MIDI system the driver was built for, usable or not."""
    import rtmidi

    return tuple(_midi_system(api) for api in rtmidi.get_compiled_api())


def can_open_virtual_port() -> bool:
    """Whether this machine lets a program open a MIDI port of its own."""
    import rtmidi

    for api in rtmidi.get_compiled_api():
        with quiet_drivers(), suppress(rtmidi.RtMidiError, NotImplementedError):
            port = rtmidi.MidiOut(rtapi=api, name="emo_osc doctor")
            port.open_virtual_port("doctor")
            port.delete()
            return True
    return False


def audio_outputs() -> tuple[str, ...]:
    """The audio devices that can play, by name.

    Raises:
        OSError: PortAudio is not installed.
    """
    with quiet_drivers():
        import sounddevice

        return tuple(device["name"] for device in sounddevice.query_devices() if device["max_output_channels"] > 0)


def torch_devices() -> tuple[str, ...]:
    """What torch can compute on, the slowest first: `cpu` always, then `cuda:0`.. or `mps`."""
    import torch

    gpus = [f"cuda:{index} {torch.cuda.get_device_name(index)}" for index in range(torch.cuda.device_count())]
    return ("cpu", *gpus, *(["mps"] if torch.backends.mps.is_available() else []))


@contextmanager
def quiet_drivers() -> Iterator[None]:
    """Keeps what ALSA and JACK print about their own absence, from C, off the terminal."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _midi_system(api: int) -> MidiSystem:
    import rtmidi

    name = rtmidi.get_api_display_name(api)
    with quiet_drivers():
        try:
            out, in_ = rtmidi.MidiOut(rtapi=api), rtmidi.MidiIn(rtapi=api)
        except rtmidi.RtMidiError as error:
            return MidiSystem(name, fault=str(error).partition(": ")[2] or str(error))
        system = MidiSystem(name, tuple(out.get_ports()), tuple(in_.get_ports()))
        out.delete()
        in_.delete()
    return system
