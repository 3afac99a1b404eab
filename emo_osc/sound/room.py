"""A small-room reverb: a feedback delay network (Jot and Chaigne 1991). Knows no notes.

Every delay is at least as long as a block, so that a whole block is computed at once and still exactly.
"""

import numpy as np

from emo_osc.sound.tone import BLOCK_FRAMES, Samples

# L lines, N frames

LINES = (1433, 1601, 1867, 2053, 2251, 2399, 2617, 2797)  # frames at 48 kHz: primes, so that echoes do not meet
DIFFUSERS = (491, 809)
DECAY_S = 1.5  # until -60 dB
DAMPING = 0.25  # share of the frame before: highs die first, as in a room with people in it
SMEAR = 0.6  # how much the diffusers blur a strike
TAPE_BLOCKS = 64  # a tape is rewound every 0.64 s
SILENCE = 1e-7  # -140 dB: below this the room is emptied, which also spares the slow denormal numbers


class Room:
    """A light stereo reverb: mono in, only the echo out."""

    def __init__(self, sample_rate: int) -> None:
        lines = [_frames(length, sample_rate) for length in LINES]
        self._diffusers = [_Delay([_frames(length, sample_rate)]) for length in DIFFUSERS]
        self._lines = _Delay(lines)
        feedback = np.array([[10 ** (-3 * length / (DECAY_S * sample_rate))] for length in lines], np.float32)
        self._feedback, self._damped = (1 - DAMPING) * feedback, DAMPING * feedback
        self.is_silent = True

    def echo(self, sound: Samples) -> Samples:
        """The echo of a block of at most `BLOCK_FRAMES` frames: (N,) -> (2, N)."""
        peak = float(np.abs(sound).max())
        if self.is_silent and peak < SILENCE:
            return np.zeros((2, len(sound)), np.float32)
        for diffuser in self._diffusers:
            sound = _smeared(sound, diffuser)
        late = self._lines.read(len(sound), before=1)  # (L, N + 1)
        late = self._feedback * late[:, 1:] + self._damped * late[:, :-1]
        left, right = late[0::2].sum(axis=0), late[1::2].sum(axis=0)
        # Householder reflection: loses no energy and mixes every line into every other
        self._lines.write(late + (sound - (left + right) * (2 / len(LINES))))
        self.is_silent = False
        if peak < SILENCE and max(delay.peak() for delay in (*self._diffusers, self._lines)) < SILENCE:
            self.clear()
        return np.stack((left, right))

    def clear(self) -> None:
        """Empties the room at once."""
        for delay in (*self._diffusers, self._lines):
            delay.clear()
        self.is_silent = True


class _Delay:
    """Delay lines side by side on one long tape; each block is read, then written. At the tape's end it is rewound."""

    def __init__(self, lengths: list[int]) -> None:
        self._lengths = lengths
        self._kept = max(lengths) + 1  # how far back anyone reads
        self._tape = np.zeros((len(lengths), self._kept + TAPE_BLOCKS * BLOCK_FRAMES), np.float32)
        self._now = self._kept

    def read(self, frames: int, before: int = 0) -> Samples:
        """What leaves the lines during this block, and `before` frames (0 or 1) earlier. (L, before + N)"""
        starts = (self._now - length for length in self._lengths)
        return np.stack([row[start - before : start + frames] for row, start in zip(self._tape, starts, strict=True)])

    def write(self, sound: Samples) -> None:
        """What enters the lines during this block. (L, N)"""
        end = self._now + sound.shape[1]
        self._tape[:, self._now : end] = sound
        self._now = end
        if end + BLOCK_FRAMES > self._tape.shape[1]:
            self._tape[:, : self._kept] = self._tape[:, end - self._kept : end]
            self._now = self._kept

    def peak(self) -> float:
        """The loudest sample still inside."""
        return float(np.abs(self._tape[:, self._now - self._kept : self._now]).max())

    def clear(self) -> None:
        """Silences the lines."""
        self._tape[:] = 0


def _smeared(sound: Samples, diffuser: _Delay) -> Samples:
    """An all-pass (Schroeder 1962): diffuses transients and keeps the spectrum. (N,) -> (N,)"""
    late = diffuser.read(len(sound))
    inner = sound + SMEAR * late
    diffuser.write(inner)
    smeared: Samples = (late - SMEAR * inner)[0]
    return smeared


def _frames(length: int, sample_rate: int) -> int:
    return max(BLOCK_FRAMES, round(length * sample_rate / 48_000))
