"""Synthesises a struck note: an electric piano by frequency modulation (after Chowning 1973). Knows no MIDI.

A note is a sine that modulates itself (its body) with a short metallic tine near 5 kHz. Both are functions of the time
since the strike: no state is kept, and a note sounds the same however its time is cut into blocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log, tau

import numpy as np
from numpy.typing import NDArray

# V voices, N frames

Samples = NDArray[np.float32]
BLOCK_FRAMES = 480  # the longest block; 10 ms at 48 kHz
FRAMES = np.arange(BLOCK_FRAMES, dtype=np.float32)
NEVER = 1 << 62  # a frame that is never reached

KNOCK_S = 0.25  # decay time of the strike's brightness; the tine's is a third of it
RING_S = 3.2  # decay time of the tone at 440 Hz; high notes die sooner, as on strings and bars
CUT_S = 0.0015  # decay time of a voice that must make room: short, but no click
FADED = 9.3  # decay times until -81 dB, where a note is over
TINE_HZ, TINE_LEVEL = 5000.0, 0.4

HZ = tuple(440.0 * 2.0 ** ((pitch - 69) / 12) for pitch in range(128))  # equal temperament
RINGS_S = tuple(RING_S * (440.0 / hz) ** 0.5 for hz in HZ)
TINES = tuple(min(14, max(2, round(TINE_HZ / hz))) for hz in HZ)  # whole ratios: metallic, but in tune
TOUCHES = tuple(
    min(1.2, (900.0 / hz) ** 0.5, 1500.0 / hz) for hz in HZ
)  # high notes take less modulation, or they would alias


@dataclass(frozen=True, slots=True)
class Voice:
    """One struck note: pitch 0..127, velocity in (0, 1], times in frames; attack and release in seconds."""

    pitch: int
    velocity: float
    start_frame: int
    attack_s: float = 0.004
    release_s: float = 0.15
    release_frame: int = NEVER
    cut_frame: int = NEVER

    def released(self, frame: int) -> "Voice":
        """The voice with its key let go; it rings off in its release."""
        return replace(self, release_frame=frame)

    def cut(self, frame: int) -> "Voice":
        """The voice silenced within a few milliseconds."""
        return replace(self, cut_frame=min(frame, self.cut_frame))

    def is_over(self, frame: int, sample_rate: int) -> bool:
        """Whether the note has become inaudible."""
        long = FADED * sample_rate
        return (
            frame >= self.start_frame + long * RINGS_S[self.pitch]
            or frame >= self.release_frame + long * self.release_s
            or frame >= self.cut_frame + long * CUT_S
        )


def sound(voices: Sequence[Voice], frame: int, brightness: Samples, sample_rate: int) -> Samples:
    """The voices from `frame` on, as many frames as `brightness` is long, at most `BLOCK_FRAMES`: (N,).

    `brightness` in [0, 1], a value a frame.
    """
    times_s: Samples = FRAMES[: len(brightness)] / np.float32(sample_rate)  # (N,)
    age_s, start, speed, touch, tine = _columns([_pitched(voice, frame, sample_rate) for voice in voices])  # (V, 1)
    knock = np.exp((age_s + times_s) * (-1 / KNOCK_S))  # (V, N)
    phase = start + speed * times_s
    own = np.sin(phase)
    index = touch * (0.45 + 0.55 * knock)
    index *= 0.25 * np.exp(log(16.0) * brightness)  # 0.25 (a sine) to 4 (a reed), in steps even to the ear
    index *= own
    index += phase
    tone = np.sin(index)
    phase *= tine
    own *= np.sin(phase)
    own *= knock * knock * knock
    own *= touch * (TINE_LEVEL * (0.2 + 0.8 * brightness))
    tone += own
    tone *= _level(voices, frame, times_s, knock, sample_rate)
    mixed: Samples = tone.sum(axis=0)
    return mixed


def _level(voices: Sequence[Voice], frame: int, times_s: Samples, knock: Samples, sample_rate: int) -> Samples:
    """The loudness of each voice over time. (V, N)"""
    age_s, strength, ring, attack, released_s, release, cut_s = _columns(
        [_shaped(voice, frame, sample_rate) for voice in voices]
    )
    ages_s = age_s + times_s
    level: Samples = 0.6 * np.exp(ring * ages_s)
    level += 0.4 * knock
    level *= strength
    if (age_s * attack < 1).any():
        attacked = np.minimum(np.maximum(ages_s, 0) * attack, 1)
        level *= attacked * attacked * (3 - 2 * attacked)
    if released_s.max() > -times_s[-1]:
        level *= np.exp(release * np.maximum(released_s + times_s, 0))
    if cut_s.max() > -times_s[-1]:
        level *= np.exp((-1 / CUT_S) * np.maximum(cut_s + times_s, 0))
    return level


def _pitched(voice: Voice, frame: int, sample_rate: int) -> tuple[float, ...]:
    """Age, phase at the block's start (less its whole turns, so that float32 stays exact), its speed, touch, tine."""
    age_s, hz = (frame - voice.start_frame) / sample_rate, HZ[voice.pitch]
    touch = (0.3 + 0.7 * voice.velocity) * TOUCHES[voice.pitch]
    return age_s, tau * (hz * age_s % 1.0), tau * hz, touch, TINES[voice.pitch]


def _shaped(voice: Voice, frame: int, sample_rate: int) -> tuple[float, ...]:
    """Age, strength, the rates of ring and attack, time since release, its rate, time since the cut."""
    return (
        (frame - voice.start_frame) / sample_rate,
        voice.velocity**1.6,
        -1 / RINGS_S[voice.pitch],
        1 / voice.attack_s,
        (frame - voice.release_frame) / sample_rate,
        -1 / voice.release_s,
        (frame - voice.cut_frame) / sample_rate,
    )


def _columns(rows: Sequence[tuple[float, ...]]) -> NDArray[np.float32]:
    """Constants of the voices, turned so that each is a column to broadcast. (K, V, 1)"""
    return np.array(rows, np.float32).T[:, :, None]
