"""Likeness: a logistic regression that separates human from made melodies by features of their notes.

The features are those that targets leave open (intervals, lengths, places in the bar, form). The logit is a term in
ranking.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as fn

from emo_osc.studio.attributes import STEPS_PER_BAR, Floats, NoteGrid, Tokens, likeness, longest_rest, outside_key

# N melodies, F features

INTERVALS = (0, 1, 2, 3, 4, 5, 7, 9, 12, 127)  # upper edges of the classes of intervals, in semitones
LENGTHS = (1, 2, 3, 4, 6, 8, 12, 256)  # of notes, in 16ths
LAGS = (1, 2, 4, 8)
PENALTY = 1e-3
ITERATIONS = 60


def features(tokens: Tokens) -> Floats:
    """Features of melodies (N, 256) other than density, register and mode, (N, F)."""
    tokens = np.atleast_2d(tokens).astype(np.int64)
    grid = NoteGrid.of(tokens)
    parts = [_places(grid), _lengths(grid), _lines(tokens), _forms(tokens, grid)]
    return np.concatenate(parts, axis=1)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Weights over features and their squares (2 F + 1,), on features less `centre` over `scale`, (F,) each."""

    weights: Tensor
    centre: Tensor
    scale: Tensor

    @classmethod
    def between(cls, human: Floats, made: Floats) -> "Likeness":
        """Fit to features (N, F) of human and made melodies; both sides have equal weight."""
        both = torch.from_numpy(np.concatenate([human, made])).float()
        is_human = torch.zeros(len(both))
        is_human[: len(human)] = 1.0
        weight = torch.where(is_human > 0, 0.5 / len(human), 0.5 / len(made))
        centre, scale = both.mean(0), both.std(0).clamp_min(1e-3)
        inputs = _widened(both, centre, scale)
        weights = torch.zeros(inputs.shape[1], requires_grad=True)
        optimiser = torch.optim.LBFGS([weights], max_iter=ITERATIONS, line_search_fn="strong_wolfe")

        def cost() -> Tensor:
            optimiser.zero_grad()
            errors = fn.binary_cross_entropy_with_logits(inputs @ weights, is_human, reduction="none")
            total = (errors * weight).sum() + PENALTY * weights[:-1].square().sum()
            torch.autograd.backward(total)
            return total

        optimiser.step(cost)  # type: ignore[no-untyped-call]  # torch has no types for it
        return cls(weights.detach(), centre, scale)

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor]) -> "Likeness | None":
        """Load from a checkpoint's tensors; None where it has none."""
        found = {name: tensors.get(f"likeness.{name}") for name in ("weights", "centre", "scale")}
        whole = {name: tensor for name, tensor in found.items() if tensor is not None}
        return cls(**whole) if len(whole) == len(found) else None

    def tensors(self) -> dict[str, Tensor]:
        """Tensors for a checkpoint."""
        return {"likeness.weights": self.weights, "likeness.centre": self.centre, "likeness.scale": self.scale}

    def logits(self, tokens: Tokens) -> Tensor:
        """The log odds that melodies (N, 256) are human rather than made, (N,)."""
        return _widened(torch.from_numpy(features(tokens)).float(), self.centre, self.scale) @ self.weights


def _widened(found: Tensor, centre: Tensor, scale: Tensor) -> Tensor:
    """Standardised features, clipped to [-4, 4], their squares, and a constant. (N, F) -> (N, 2 F + 1)."""
    unit = ((found - centre) / scale).clamp(-4.0, 4.0)
    return torch.cat([unit, unit.square() - 1.0, torch.ones(len(unit), 1)], dim=1)


def _places(grid: NoteGrid) -> Floats:
    """Where in the bar notes start, (N, 16), and how evenly bars are filled, (N, 2)."""
    bars = grid.is_onset.reshape(len(grid.is_onset), -1, STEPS_PER_BAR)
    counts = bars.sum(axis=1)
    filled = bars.sum(axis=2)
    mean = np.maximum(filled.mean(axis=1), 0.1)
    evenness = np.stack([filled.std(axis=1) / mean, (filled == 0).mean(axis=1)], axis=1)
    return np.concatenate([counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), evenness], axis=1)


def _lengths(grid: NoteGrid) -> Floats:
    """Shares of lengths, (N, 8), of silence and of the longest rest."""
    kinds = np.searchsorted(LENGTHS, grid.duration)
    counts = np.stack([((kinds == kind) & grid.is_onset).sum(axis=1) for kind in range(len(LENGTHS))], axis=1)
    silence = 1.0 - grid.duration.sum(axis=1) / grid.duration.shape[1]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return np.concatenate([shares, silence[:, None], longest_rest(grid)[:, None] / STEPS_PER_BAR], axis=1)


def _lines(tokens: Tokens) -> Floats:
    """Shares of interval classes, mean interval, turns, returns and range of each melody, (N, 14)."""
    return np.stack([_line(row[row >= 2]) for row in tokens])


def _line(line: Tokens) -> Floats:
    steps = np.diff(line)
    if len(steps) < 2:
        return np.zeros(len(INTERVALS) + 4)
    size = np.abs(steps)
    kinds = np.bincount(np.searchsorted(INTERVALS, size), minlength=len(INTERVALS)) / len(steps)
    turns = (steps[1:] * steps[:-1] < 0).mean()
    back = (line[2:] == line[:-2]).mean()
    return np.array([*kinds, size.mean(), turns, back, np.ptp(line) / 12])


def _forms(tokens: Tokens, grid: NoteGrid) -> Floats:
    """Notes outside the key, entropy of pitch classes, similarity of bars by lag, repeated bars, (N, 9)."""
    classes = grid.pitch_classes()
    share = classes / np.maximum(classes.sum(axis=1, keepdims=True), 1)
    entropy = -(share * np.log2(np.maximum(share, 1e-9))).sum(axis=1)
    used = (share > 0).sum(axis=1) / 12
    lags = [likeness(tokens, lag) for lag in LAGS]
    bars = tokens.reshape(len(tokens), -1, STEPS_PER_BAR)
    return np.stack([outside_key(grid), entropy, used, *lags, _returning(bars), _returning(bars >= 2)], axis=1)


def _returning(bars: NDArray[Any]) -> Floats:
    """The share of bars (N, K, S) equal to an earlier one, (N,)."""
    equal = (bars[:, :, None] == bars[:, None]).all(axis=-1)
    return np.asarray((equal.argmax(axis=-1) < np.arange(bars.shape[1])).mean(axis=-1))
