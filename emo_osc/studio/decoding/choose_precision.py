"""Chooses the precision of decoding on a device: fixed by settings, or the fastest in a short trial."""

from functools import partial

import torch

from emo_osc.studio.decoding.lstm import Gates, layer, lstm_start
from emo_osc.weights.precision import PRECISIONS, Choice, Precision, Run, fastest, settled

# R rows, H width, L layers

FEW, MANY = 16, 64
"""Rows in the trial: the bars of one melody, and of four."""
FEW_STEPS = 2
"""Steps of few rows per step of many, so that both take about the same time."""


def decoding_choice(device: torch.device, width: int, layers: int, is_repeatable: bool = False) -> Choice:
    """The precision of a bar decoder of `layers` layers of `width` units; float32 where `is_repeatable`.

    Raises:
        EmoOscError: `EMO_OSC_PRECISION` is invalid.
    """
    if (choice := settled(device.type, is_repeatable)) is not None:
        return choice
    trials = {precision: partial(_trial, precision, width, layers) for precision in PRECISIONS}
    return fastest(f"decoding, {layers} x {width}", trials)


@torch.no_grad()
def _trial(precision: Precision, width: int, layers: int) -> Run:
    """A trial of layers with arbitrary weights of the given size."""
    wave = torch.linspace(-0.1, 0.1, 4 * width)[:, None]
    bias = torch.zeros(4 * width)
    first = layer(wave.repeat(1, width), None, precision)
    packed = (first, *(layer(wave.repeat(1, 2 * width), bias, precision) for _ in range(1, layers)))
    states = {
        rows: lstm_start(torch.zeros(rows, 2 * layers * width, dtype=first.dtype), layers) for rows in (FEW, MANY)
    }
    gates = {rows: Gates.of(torch.zeros(rows, 4 * width, dtype=first.dtype)) for rows in states}

    @torch.no_grad()
    def run() -> None:
        for rows in (FEW,) * FEW_STEPS + (MANY,):
            gates[rows].whole.zero_()
            below = states[rows][0]
            first.step(gates[rows], below.hidden, below)
            for each, state in zip(packed[1:], states[rows][1:], strict=True):
                each.step(gates[rows], torch.cat((below.hidden, state.hidden), 1), state)
                below = state

    return run
