"""Small networks of the line model with the weights they are born with, and plans for them."""

import numpy as np
import torch

from emo_osc.studio.line.plans import Plans
from emo_osc.studio.line.prior import LatentPrior
from emo_osc.studio.line.sample import LineNets
from emo_osc.studio.nets.note_net import NoteNet, NoteNetConfig
from emo_osc.studio.nets.rhythm_net import RhythmNet, RhythmNetConfig

BARS = 16


def small_nets(seed: int = 0) -> LineNets:
    torch.manual_seed(seed)
    rhythm = RhythmNetConfig(latent=2, width=16, layers=1, heads=2, encoder=8)
    notes = NoteNetConfig(latent=6, width=16, layers=2, heads=2, encoder=8)
    return LineNets(RhythmNet(rhythm).eval(), NoteNet(notes).eval())


def plans(count: int = 3) -> Plans:
    """Four phrases of four bars; the first plan repeats bars 1 to 4 in 5 to 8, its notes only those of bars 1 and 2."""
    place = np.stack([np.arange(BARS) % 4, 3 - np.arange(BARS) % 4], axis=-1).astype(np.uint8)
    rhythm = np.tile(np.arange(4 * BARS, dtype=np.uint8), (count, 1))
    notes = rhythm.copy()
    rhythm[0, 16:32], notes[0, 16:24] = np.arange(16), np.arange(8)
    measured = np.array([[2.0 + row, 70.0, 0.9] for row in range(count)])
    profile = np.tile(np.array([3, 4], dtype=np.uint8), (count, BARS, 1))
    return Plans(np.tile(place, (count, 1, 1)), rhythm, notes, profile, np.zeros(count, dtype=np.int64), measured)


def prior() -> LatentPrior:
    """Eight numbers a bar, all normal by themselves."""
    return LatentPrior(torch.zeros(8 * BARS), torch.eye(8 * BARS))
