"""Which precision melodies are decoded in on a device: what is settled, or what is fastest in a few steps."""

from functools import partial

import torch

from emo_osc.studio.decoding.lstm import Gates, layer, lstm_start
from emo_osc.weights.precision import PRECISIONS, Choice, Precision, Run, fastest, settled

# R rows, H width, L layers

FEW, MANY = 16, 64
"""Rows: the bars of one melody, and of some."""
FEW_STEPS = 2
"""For each step of many rows, so that both count about alike."""


def decoding_choice(device: torch.device, width: int, layers: int, is_repeatable: bool = False) -> Choice:
    """The precision of a bar decoder of `layers` layers of `width` units; float32 for what a seed must repeat.

    Raises:
        EmoOscError: `EMO_OSC_PRECISION` asks for what is no precision.
    """
    if (choice := settled(device.type, is_repeatable)) is not None:
        return choice
    trials = {precision: partial(_trial, precision, width, layers) for precision in PRECISIONS}
    return fastest(f"decoding, {layers} x {width}", trials)


@torch.no_grad()
def _trial(precision: Precision, width: int, layers: int) -> Run:
    """Steps of layers with weights that mean nothing: only their size matters."""
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
