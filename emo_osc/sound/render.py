"""Writing what the built-in instrument plays to a .wav file: 48 kHz, 16 bit, stereo."""

import wave
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path

import numpy as np

from emo_osc.core.errors import EmoOscError
from emo_osc.sound.instrument import SAMPLE_RATE, Instrument, TimedMessage
from emo_osc.sound.tone import Samples

FADE_S = 0.05  # a file never ends in a click
CHUNK_FRAMES = SAMPLE_RATE


def render_wav(events: Iterable[tuple[float, bytes]], path: Path, tail_s: float = 2.0, gain: float = 0.5) -> None:
    """Plays timed MIDI messages into a file; the same events make the same bytes.

    `events` are seconds from the start and one complete MIDI message each; the file ends `tail_s` after the last one.

    Raises:
        EmoOscError: the file cannot be written.
        ValueError: a time is below 0 or not finite.
    """
    timed = sorted(((_frame(time_s), message) for time_s, message in events), key=lambda event: event[0])
    frames = (timed[-1][0] if timed else 0) + round(tail_s * SAMPLE_RATE)
    with _opened(path) as file:
        for chunk in _chunks(timed, frames, Instrument(gain)):
            file.writeframes((chunk * 32767).round().astype("<i2").tobytes())


def _chunks(timed: list[TimedMessage], frames: int, instrument: Instrument) -> Iterator[Samples]:
    """The whole sound a second at a time, so that an evening fits in memory."""
    fade = min(frames, round(FADE_S * SAMPLE_RATE))
    taken = 0
    for start in range(0, frames, CHUNK_FRAMES):
        length = min(CHUNK_FRAMES, frames - start)
        due = taken
        while due < len(timed) and timed[due][0] < start + length:
            due += 1
        chunk = instrument.render(length, [(frame - start, message) for frame, message in timed[taken:due]])
        left = np.arange(frames - start, frames - start - length, -1, dtype=np.float32)
        yield chunk * np.minimum(left / max(1, fade), 1)[:, None]
        taken = due


@contextmanager
def _opened(path: Path) -> Iterator[wave.Wave_write]:
    try:
        with path.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            yield file
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be written ({error.strerror}); choose another file with --wav") from None


def _frame(time_s: float) -> int:
    if not 0 <= time_s < inf:
        raise ValueError(f"an event's time must be 0 s or later, got {time_s!r}")
    return round(time_s * SAMPLE_RATE)
