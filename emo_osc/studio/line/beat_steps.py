"""What the rhythm network says of one beat after another, for melodies in the making.

What does not depend on the beats so far is summed up beforehand for all beats.
"""

# B melodies, n of them still drawn, D width

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.studio.attributes import Floats
from emo_osc.studio.line import beats as bt
from emo_osc.studio.line import places as pl
from emo_osc.studio.line.features import beat_number, fixed_beat_classes
from emo_osc.studio.line.plans import Plan
from emo_osc.studio.nets.incremental import Incremental, product
from emo_osc.studio.nets.rhythm_net import BEFORE, RhythmNet, with_repeats

MOVING = BEFORE + len(bt.LAGS)  # classes that depend on the beats so far
_LAGS = np.array(bt.LAGS)
_LOOKED_AT = np.concatenate([[-1, -2], *(ahead - _LAGS for ahead in range(3))])  # beats back, as `features`
_MOST = max(bt.LAGS)


class BeatSteps:
    """Beats so far to scores of the next; each beat is told (`put`) before the next is asked for.

    Places that are not asked for are computed with the next that is.
    """

    def __init__(self, net: RhythmNet, plan: Plan, density: Floats, z: Tensor, since: int = 0) -> None:
        """density: (B,) notes a bar, NaN where open; z: (B, 16, Z) of the rhythm.

        Beats before `since` count as many notes as were asked for.
        """
        count = len(density)
        self._net, self._write = net, product(net.write)
        self._stack = Incremental(net.stack, count, bt.BEATS)
        self._told, self._since = ~np.isnan(density), since
        self._asked = np.nan_to_num(density) / 4  # notes a beat
        self._fixed = _fixed(net, plan, density, z)
        self._owed = net.numbers.weight[:, 2]
        self._offsets = net.read.offsets[:MOVING].cpu().numpy()
        self._classes = np.empty((bt.BEATS, count, MOVING), dtype=np.int64)
        self._less = np.zeros((bt.BEATS, count), dtype=np.float32)  # by which fewer notes are owed: eighths
        self._beats = np.full((count, _MOST + bt.BEATS), bt.FIRST, dtype=np.int64)
        self._runs, self._sung = np.zeros((count, len(bt.LAGS)), dtype=np.int64), np.zeros(count)
        self._computed = self._at = 0
        self._tell()

    @property
    def beats(self) -> NDArray[np.int64]:
        """The patterns (B, 64) so far."""
        return self._beats[:, _MOST:]

    def scores(self, melodies: int) -> Tensor:
        """The scores (n, 81) of the patterns at the beat that is next, for the first n melodies."""
        places = slice(self._computed, self._at + 1)
        classes = torch.from_numpy(self._classes[places, :melodies] + self._offsets).to(self._owed.device)
        less = torch.from_numpy(self._less[places, :melodies].reshape(-1)).to(self._owed.device)
        h = self._fixed[places, :melodies].reshape(len(less), -1)
        h = h + self._net.read.table(classes.view(-1, MOVING))
        h = torch.addr(h, less, self._owed, alpha=-1)
        written = self._write(self._stack.go_on(h, melodies, self._computed))
        self._computed = self._at + 1
        return with_repeats(written, classes[-1, :, 2 : 2 + len(bt.LAGS)] - self._net.read.offsets[2:6], bt.PATTERNS)

    def put(self, patterns: NDArray[np.int64]) -> None:
        """The next beat's patterns (B,)."""
        lagged = self._classes[self._at, :, 2 : 2 + len(bt.LAGS)]
        self._runs = np.where(lagged == patterns[:, None], self._runs + 1, 0)
        self._sung += bt.ONSETS[patterns] if self._at >= self._since else self._asked
        self._beats[:, _MOST + self._at] = patterns
        self._at += 1
        if self._at < bt.BEATS:
            self._tell()

    def _tell(self) -> None:
        """Notes what the network is told at the next beat."""
        told = self._classes[self._at]
        told[:, :BEFORE] = self._beats[:, _MOST + self._at + _LOOKED_AT]
        told[:, BEFORE:] = bt.run_class(self._runs)
        self._less[self._at] = self._sung * self._told / 8


def _fixed(net: RhythmNet, plan: Plan, density: Floats, z: Tensor) -> Tensor:
    """What the input sums up to without the beats so far, (64, B, D)."""
    told, beat = ~np.isnan(density), np.arange(bt.BEATS)[:, None]
    classes = fixed_beat_classes(plan.places, pl.repeats(plan.rhythm_form), plan.profile)
    source = np.broadcast_to(plan.source[:, None, None], (*classes.shape[:2], 1))
    summed = net.read.part(_on(np.concatenate([classes, source], axis=-1), z), slice(MOVING, None))
    numbers = beat_number(np.nan_to_num(density, nan=1.0), np.zeros(1), beat, told)
    latents = z.repeat_interleave(4, dim=1).transpose(0, 1)
    counted: Tensor = net.numbers(torch.cat([_on(numbers, z), latents], dim=-1))
    return summed.transpose(0, 1) + counted


def _on(numbers: NDArray[np.generic], like: Tensor) -> Tensor:
    return torch.from_numpy(numbers).to(like.device)
