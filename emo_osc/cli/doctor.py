"""`emo-osc doctor`: what is missing on this machine, and the command that installs it."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from emo_osc.cli import devices
from emo_osc.config.calibration import calibration_path, read_calibration
from emo_osc.config.paths import preset_names, user_preset_folder
from emo_osc.core.errors import EmoOscError
from emo_osc.midi.jack_output import lead_s

LINUX = sys.platform.startswith("linux")


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the machine: what was found, and what to do where `remedy` is not empty."""

    part: str
    found: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Looks at every part in `PARTS`; opens and closes a virtual MIDI port and, on Linux, borrows a priority."""
    return [Finding(part, *look()) for part, look in PARTS.items()]


def _midi() -> tuple[str, str]:
    systems = devices.midi_systems()
    usable = [system.name for system in systems if not system.fault]
    if usable:
        return ", ".join(usable), ""
    lack = "; ".join(f"{system.name}: {system.fault}" for system in systems) or "no MIDI system"
    return lack, "sudo modprobe snd-seq" if LINUX else ""


def _virtual_port() -> tuple[str, str]:
    if devices.can_open_virtual_port():
        return "can be opened", ""
    if LINUX:
        return "not available: no MIDI system", "sudo modprobe snd-seq (or start JACK: jackd -d dummy)"
    return (
        "not available on this system",
        "winget install TobiasErichsen.loopMIDI, then emo-osc serve --midi-out loopMIDI",
    )


def _jack() -> tuple[str, str]:
    from emo_osc.midi.libjack import JackClient

    if not LINUX:
        return "not checked on this system; notes on a JACK port fall on its period grid", ""
    try:
        with devices.quiet_drivers():
            client = JackClient("emo_osc doctor")
            period, rate = client.period, client.rate
            client.close()
    except OSError as error:
        return f"not in use ({error})", ""
    return f"period {period} at {rate} Hz: notes leave on their frame, {1000 * lead_s(period, rate):.1f} ms ahead", ""


def _audio() -> tuple[str, str]:
    try:
        names = devices.audio_outputs()
    except OSError:
        return "PortAudio is missing", "sudo apt-get install libportaudio2" if LINUX else "pip install sounddevice"
    if names:
        return f"{len(names)} outputs, such as {names[0]}", ""
    return "no audio device", "emo-osc serve --no-sound (MIDI only)"


def _priority() -> tuple[str, str]:
    if not LINUX:
        return "not needed on this system", ""
    before, share = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        rule = "echo '@audio - rtprio 95' | sudo tee /etc/security/limits.d/95-emo_osc.conf"
        return "not allowed: notes may be a few ms late on a busy machine", rule
    os.sched_setscheduler(0, before, share)
    return "allowed", ""


def _torch() -> tuple[str, str]:
    if find_spec("torch") is None:
        return "missing: only the shipped melodies can play", "pip install torch"
    flags = Path("/proc/cpuinfo").read_text() if LINUX else ""
    width = "with bf16" if "avx512_bf16" in flags or "amx_bf16" in flags else "without bf16"
    return f"installed, {os.cpu_count()} CPU cores {width}", ""


def _gpu() -> tuple[str, str]:
    found = devices.torch_devices()[1:] if find_spec("torch") else ()
    return ", ".join(found) or "none: the CPU composes, which is fast enough", ""


def _checkpoint() -> tuple[str, str]:
    if find_spec("torch") is None:
        return "not checked", ""
    from emo_osc.weights.checkpoints import checkpoint_folders

    names = [path.name for folder in checkpoint_folders() for path in folder.glob("*.safetensors")]
    return (", ".join(names), "") if names else ("none", "emo-osc serve --generator canned")


def _presets() -> tuple[str, str]:
    return f"{', '.join(preset_names())}; put your own in {user_preset_folder()}", ""


def _latency() -> tuple[str, str]:
    try:
        latency_ms = read_calibration(calibration_path())
    except EmoOscError as error:
        return str(error), "emo-osc calibrate --keep"
    if latency_ms is None:
        return "not calibrated; emo-osc calibrate measures it while emo-osc serve plays", ""
    return f"{latency_ms:g} ms, kept in {calibration_path()}; a preset that names latency_ms comes first", ""


PARTS: dict[str, Callable[[], tuple[str, str]]] = {
    "MIDI system": _midi,
    "virtual MIDI port": _virtual_port,
    "JACK": _jack,
    "audio output": _audio,
    "real-time priority": _priority,
    "torch": _torch,
    "GPU": _gpu,
    "checkpoint": _checkpoint,
    "presets": _presets,
    "latency": _latency,
}
"""Part of the machine -> a look at it: what was found, and the remedy or an empty text."""
