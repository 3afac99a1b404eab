"""A chorus for stereo width: a copy with a modulated delay, in the side signal only.

What it adds on the left it takes away on the right, so that a mono system hears the plain tone.
"""

from math import sin, tau

import numpy as np

from emo_osc.sound.tone import FRAMES, Samples

DELAY_S, SWAY_S, SWAY_HZ = 0.009, 0.001, 0.55  # 1 ms at 0.55 Hz detunes by 6 cents


class Chorus:
    """A delay line with a slowly modulated length."""

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._past = np.zeros(round((DELAY_S + SWAY_S) * sample_rate) + 2, np.float32)
        self._frame = 0

    def side(self, sound: Samples) -> Samples:
        """The side signal of a block. (N,) -> (N,)"""
        frames, reach = len(sound), len(self._past)
        tape = np.concatenate((self._past, sound))
        before, after = self._delay(self._frame), self._delay(self._frame + frames)
        place = (reach - before) + FRAMES[:frames] * (1 - (after - before) / frames)
        whole = place.astype(np.int32)
        part = place - whole.astype(np.float32)
        self._past = tape[-reach:]
        self._frame += frames
        side: Samples = tape[whole] * (1 - part) + tape[whole + 1] * part
        return side

    def clear(self) -> None:
        """Empties the delay line."""
        self._past = np.zeros_like(self._past)

    def _delay(self, frame: int) -> float:
        """The delay at a frame, in frames."""
        return self._sample_rate * (DELAY_S + SWAY_S * sin(tau * SWAY_HZ * frame / self._sample_rate))
