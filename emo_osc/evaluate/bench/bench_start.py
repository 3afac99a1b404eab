"""How soon the instrument plays: from the start of `emo-osc serve` to its first note on a MIDI port."""

import os
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter

from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_standard import KIND_BITS, NOTE_ON
from emo_osc.evaluate.bench.instance import PATIENCE_S, free_port, serving
from emo_osc.midi.probe_port import offering

PRESET = """
osc: {{port: {port}}}
midi: {{out: "{name}"}}
sound: {{enabled: false}}
web: {{enabled: false}}
"""
Row = dict[str, float]


def bench_start(starts: int) -> dict[str, Row]:
    """Milliseconds from the start of the process to the first note, over `starts` >= 1 starts.

    The first start may read files that the system has not in memory; `rest_p50_ms` is without it, where there are more.

    Raises:
        EmoOscError: this machine has no MIDI system with virtual ports, the daemon does not start, or sends no note.
    """
    times_ms = [1e3 * _first_note_s() for _ in range(starts)]
    rest = times_ms[1:] or times_ms
    row = {"first_ms": times_ms[0], "rest_p50_ms": median(rest), "rest_max_ms": max(rest)}
    return {"first note": {**row, "starts": starts}}


def _first_note_s() -> float:
    """Seconds from the start of a daemon of its own to its first note."""
    is_heard, heard_s = Event(), []

    def receive(at_s: float, message: bytes) -> None:
        if message[0] & KIND_BITS == NOTE_ON:
            heard_s.append(at_s)
            is_heard.set()

    port, name = free_port(), f"first_note_{os.getpid()}"
    with TemporaryDirectory() as folder, offering(name, receive) as is_open:
        if not is_open:
            raise EmoOscError("the first note: this machine has no MIDI system with virtual ports; start jackd")
        began_s = perf_counter()
        with serving(PRESET.format(port=port, name=name), "MIDI out", Path(folder)):
            if not is_heard.wait(PATIENCE_S):
                raise EmoOscError(f"the first note: none came within {PATIENCE_S:g} s; is this machine overloaded?")
    return heard_s[0] - began_s
