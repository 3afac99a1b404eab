"""Finds and opens the sound card, or says in one line why there is none."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from emo_osc.core.errors import EmoOscError
from emo_osc.sound.instrument import SAMPLE_RATE
from emo_osc.sound.tone import BLOCK_FRAMES, Samples

OFF = "the built-in synth is off, MIDI output is not affected"
WASAPI = "Windows WASAPI"  # a tenth of the delay of Windows' default, MME


class Stream(Protocol):
    """A running sound card."""

    def close(self) -> None:
        """Ends it."""


def start_output(fill: Callable[[Samples], None]) -> Stream:
    """A sound card that calls `fill` for each block of 10 ms.

    Raises:
        EmoOscError: there is no PortAudio library or no device, or it refuses 48 kHz stereo.
    """
    try:
        import sounddevice
    except (ImportError, OSError):
        raise EmoOscError(f"no PortAudio library: {OFF}; on Debian: apt install libportaudio2") from None
    except Exception as error:  # importing it starts PortAudio, whose own error cannot be imported before that
        raise EmoOscError(f"the audio system does not start ({error.args[0]}): {OFF}; restart it") from None
    try:
        device = choose_device(sounddevice.query_hostapis())
        stream = sounddevice.OutputStream(
            samplerate=SAMPLE_RATE,
            blocksize=BLOCK_FRAMES,
            device=device,
            channels=2,
            dtype="float32",
            latency="low",
            extra_settings=_settings(sounddevice, device),
            callback=lambda block, _frames, _time, _status: fill(block),
        )
        stream.start()
    except sounddevice.PortAudioError as error:
        raise EmoOscError(f"the audio device cannot be opened ({error.args[0]}): {OFF}; see emo-osc ports") from None
    started: Stream = stream
    return started


def choose_device(hostapis: Sequence[Mapping[str, Any]]) -> int:
    """The default output of the best audio system that has one, as PortAudio's number of it.

    >>> choose_device([{"name": "ALSA", "default_output_device": -1}, {"name": "JACK", "default_output_device": 4}])
    4

    Raises:
        EmoOscError: no audio system has an output.
    """
    usable = [api for api in hostapis if api["default_output_device"] >= 0]
    if not usable:
        raise EmoOscError(f"no audio device: {OFF}; plug one in, or start the system's sound server")
    best = next((api for api in usable if api["name"] == WASAPI), usable[0])
    return int(best["default_output_device"])


def _settings(sounddevice: Any, device: int) -> object:
    """WASAPI takes 48 kHz on any card when it may convert; the other systems do so by themselves."""
    hostapi = sounddevice.query_hostapis(sounddevice.query_devices(device)["hostapi"])
    return sounddevice.WasapiSettings(auto_convert=True) if hostapi["name"] == WASAPI else None
