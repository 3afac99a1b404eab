"""Bars that were decoded before."""

import numpy as np
import pytest
import torch
from torch import Tensor

from emo_osc.studio.decoding import bar_cache
from emo_osc.studio.decoding.bar_cache import BarCache
from emo_osc.studio.decoding.decode import decode
from emo_osc.studio.music_vae import MusicVAE

pytestmark = pytest.mark.torch


class Counting:
    """Decodes a slot's first number to sixteen tokens of it, and counts the slots."""

    def __init__(self) -> None:
        self.decoded = 0

    def __call__(self, slots: Tensor) -> Tensor:
        self.decoded += len(slots)
        return slots[:, :1].long().expand(-1, 16)


def test_a_bar_is_decoded_once() -> None:
    decode_bars = Counting()
    cache = BarCache(decode_bars)
    slots = torch.tensor([[[3.0, 0.5], [4.0, 0.5], [3.0, 0.5]]])
    assert cache.read(slots)[0, ::16].tolist() == [3, 4, 3]
    assert cache.read(slots.flip(1))[0, ::16].tolist() == [3, 4, 3]
    assert (decode_bars.decoded, len(cache)) == (2, 2)


def test_it_forgets_rather_than_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bar_cache, "MOST", 10)
    cache = BarCache(Counting())
    for number in range(100):
        cache.read(torch.tensor([[[float(number)]]]))
    assert len(cache) <= 11


def test_what_it_reads_is_what_the_decoder_says(shipped: MusicVAE) -> None:
    proposal = shipped.proposer.propose(None, range(4), shipped.sampling)
    assert shipped.proposer.bar_cache is not None
    plain = decode(shipped.proposer.weights, proposal.embeddings, 1.0)
    assert np.array_equal(shipped.proposer.bar_cache.read(proposal.latents), plain.numpy())
