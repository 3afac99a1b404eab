"""The statistics of melodies that losses read: counted on notes, or estimated from slots by a critic.

Both have the same form, so one loss serves for training on estimates, which have gradients, and for ranking of decoded
melodies.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

from emo_osc.studio.attributes import NoteGrid, Tokens

# B melodies, K = 16 bars, S = 16 steps a bar, H = 2 halves a bar, P = 12 pitch classes

BARS, STEPS, HALVES, CLASSES = 16, 16, 2, 12
MIDDLE, OCTAVES = 71.5, 4.5  # pitches are in units of 4.5 semitones above 71.5, the mean of human melodies
ESTIMATED = STEPS + 3 * HALVES * CLASSES + 2
"""Numbers that a critic estimates per bar."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Statistics of each bar of B melodies.

    `onset` (B, K, S): whether a note starts at a step, in [0, 1]. By half bar and pitch class, (B, K, H, P): `starts`,
    how many notes start, `sounding`, for how many steps they last, and `weight`, the same with notes on a beat twice.
    By bar, (B, K): `height`, the sum of their pitches in 4.5 semitones above 71.5, and `motion`, the sum of the
    intervals that lead into them, in semitones.
    """

    onset: Tensor
    starts: Tensor
    sounding: Tensor
    weight: Tensor
    height: Tensor
    motion: Tensor

    @classmethod
    def of(cls, tokens: Tokens) -> "Outline":
        """The outline of melodies (B, 256), counted.

        >>> outline = Outline.of(np.array([[43, 0, 47, 0] * 64]))
        >>> outline.onset.sum().item(), outline.starts[0, 0, 0, 2].item(), outline.motion[0, 0].item()
        (128.0, 2.0, 28.0)
        """
        grid = NoteGrid.of(tokens)
        row, step = np.nonzero(grid.is_onset)
        pitch, duration = grid.pitch[row, step], grid.duration[row, step]
        half = (row * BARS * HALVES + step // (STEPS // HALVES)) * CLASSES + pitch % 12
        size = len(grid.pitch) * BARS * HALVES * CLASSES

        def by_half(weights: np.ndarray) -> Tensor:
            counted = np.bincount(half, weights, size).reshape(-1, BARS, HALVES, CLASSES)
            return torch.from_numpy(counted).float()

        bar = row * BARS + step // STEPS
        is_new = np.diff(row, prepend=-1) > 0  # no interval leads into a melody's first note
        moved = np.where(is_new, 0, np.abs(np.diff(pitch, prepend=0)))

        def by_bar(weights: np.ndarray) -> Tensor:
            counted = np.bincount(bar, weights, len(grid.pitch) * BARS).reshape(-1, BARS)
            return torch.from_numpy(counted).float()

        onset = torch.from_numpy(grid.is_onset).float().view(-1, BARS, STEPS)
        doubled = duration * np.where(step % 4 == 0, 2.0, 1.0)
        return cls(
            onset,
            by_half(np.ones(len(row))),
            by_half(duration),
            by_half(doubled),
            by_bar((pitch - MIDDLE) / OCTAVES),
            by_bar(moved),
        )

    @classmethod
    def estimated(cls, numbers: Tensor) -> "Outline":
        """The outline encoded by a critic's output (B, K, ESTIMATED)."""
        onset, histograms, rest = torch.split(numbers, [STEPS, 3 * HALVES * CLASSES, 2], dim=-1)
        counts = fn.softplus(histograms).view(*histograms.shape[:-1], 3, HALVES, CLASSES)
        starts, sounding, weight = counts.unbind(-3)
        height, motion = rest.unbind(-1)
        return cls(torch.sigmoid(onset), starts, sounding * 4, weight * 6, height * 6, fn.softplus(motion) * 12)

    @property
    def notes(self) -> Tensor:
        """Notes of each melody, at least 0.5, (B,)."""
        return self.onset.sum((1, 2)).clamp_min(0.5)

    @property
    def notes_per_bar(self) -> Tensor:
        """Notes a bar, (B,)."""
        return self.notes / BARS

    @property
    def mean_pitch(self) -> Tensor:
        """The mean MIDI pitch of the notes, (B,)."""
        return MIDDLE + OCTAVES * self.height.sum(1) / self.notes

    @property
    def pitch_classes(self) -> Tensor:
        """Steps that each pitch class sounds, (B, P)."""
        return self.sounding.sum((1, 2))

    @property
    def mean_interval(self) -> Tensor:
        """The mean step from note to note in semitones, (B,)."""
        return self.motion.sum(1) / (self.notes - 1).clamp_min(1.0)

    def select(self, rows: Tensor) -> "Outline":
        """Some of the melodies, by their rows (n,)."""
        return Outline(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def estimate_loss(guess: Outline, heard: Outline) -> Tensor:
    """Squared error of estimates, each field divided by its typical variance; a scalar."""
    parts = [((getattr(guess, name) - getattr(heard, name)) / unit).square().mean() for name, unit in _UNITS.items()]
    return torch.stack(parts).sum()


_UNITS = {
    "onset": 0.4,
    "starts": 0.5,
    "sounding": 1.5,
    "weight": 2.5,
    "height": 4.0,
    "motion": 8.0,
}
"""About the standard deviation of each number over the bars of human melodies."""
