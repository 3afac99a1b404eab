"""What the note network says of one note after another, for melodies in the making whose rhythm is known.

What does not depend on the notes so far is summed up beforehand for all notes.
"""

# B melodies, L notes of the longest, n melodies still drawn, D width

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.studio.attributes import Floats
from emo_osc.studio.line import beats as bt
from emo_osc.studio.line import places as pl
from emo_osc.studio.line.features import STEPS, Onsets, interval, note_number
from emo_osc.studio.nets.incremental import Incremental, product
from emo_osc.studio.nets.note_net import LINE, PITCHES, RHYTHM, NoteNet

_PITCH = np.arange(PITCHES)
INTERVAL = interval(_PITCH[:, None], _PITCH)
"""The interval class (90, 90) to each pitch from each."""
_FROM = torch.from_numpy(np.ascontiguousarray(INTERVAL.T))
_BEFORE = 16 * max(pl.LAGS)  # 16ths before a melody begins that are looked at
_IMPOSSIBLE = -1e9
_LAGGED = slice(2, 2 + len(pl.LAGS))
_RUNS = len(LINE) - len(pl.LAGS)


class NoteSteps:
    """Notes so far to scores of the next; each note is told (`put`) before the next is asked for.

    Places that are not asked for are computed with the next that is. What is put after a melody's last note is of no
    effect.
    """

    def __init__(
        self, net: NoteNet, onsets: Onsets, source: NDArray[np.int64], asked: Floats, z: Tensor, since: int = 0
    ) -> None:
        """source: (B,); asked: (B, 3), NaN where open; z: (B, 16, Z) of the notes.

        Notes before the 16th `since` count as in the register that was asked for.
        """
        count, places = onsets.step.shape
        self._net, self._write = net, product(net.write)
        self._stack = Incremental(net.stack, count, places)
        self._fixed = _fixed(net, onsets, source, asked, z)
        self._height = net.numbers.weight[:, 6]
        self._offsets = net.read.offsets[len(RHYTHM) : len(RHYTHM) + len(LINE)].cpu().numpy()
        self._told = ~np.isnan(asked[:, 1])
        self._shift = 19.0 - np.nan_to_num(asked[:, 1], nan=60.0)
        self._line = np.zeros((places, count, len(LINE)), dtype=np.int64)
        self._counted = self._told & (onsets.step >= since).T  # (L, B)
        self._apart, self._above = np.zeros(count), np.zeros((places, count), dtype=np.float32)
        self._runs = np.zeros((count, len(pl.LAGS)), dtype=np.int64)
        self._pitches = np.zeros((count, _BEFORE + STEPS + 1), dtype=np.int64)  # the last takes what is no note
        self._where = _where(onsets)
        self._lagged_at = self._where[..., None] - 16 * np.array(pl.LAGS)
        self._computed = self._at = 0
        self._tell()

    @property
    def pitches(self) -> NDArray[np.int64]:
        """The pitches so far as melody classes at their 16ths, (B, 256), 0 elsewhere."""
        return self._pitches[:, _BEFORE:-1]

    def scores(self, melodies: int) -> Tensor:
        """The scores (n, 90) of the melody classes at the note that is next, for the first n melodies."""
        places = slice(self._computed, self._at + 1)
        line = torch.from_numpy(self._line[places, :melodies]).to(self._height.device)
        above = torch.from_numpy(self._above[places, :melodies].reshape(-1)).to(self._height.device)
        h = self._fixed[places, :melodies].reshape(len(above), -1)
        h = h + self._net.read.table((line + torch.from_numpy(self._offsets)).view(-1, len(LINE)))
        h = torch.addr(h, above, self._height)
        written = self._write(self._stack.go_on(h, melodies, self._computed))
        self._computed = self._at + 1
        return _scored(written, line[-1])

    def put(self, pitches: NDArray[np.int64]) -> None:
        """The next note's pitches (B,) as melody classes."""
        line = self._line[self._at]
        self._runs = np.where(line[:, _LAGGED] == pitches[:, None], self._runs + 1, 0)
        self._apart += np.where(self._counted[self._at], pitches + self._shift, 0.0)
        self._pitches.reshape(-1)[self._where[self._at]] = pitches
        self._at += 1
        if self._at < len(self._line):
            self._tell(pitches, line[:, 0])

    def _tell(self, before: NDArray[np.int64] | int = 0, second: NDArray[np.int64] | int = 0) -> None:
        """Notes what the network is told at the next note; those two came before."""
        line = self._line[self._at]
        line[:, 0], line[:, 1] = before, second
        line[:, _LAGGED] = self._pitches.reshape(-1)[self._lagged_at[self._at]]
        line[:, 6] = INTERVAL[before, second]
        line[:, 7:_RUNS] = INTERVAL[line[:, _LAGGED], line[:, :1]]
        line[:, _RUNS:] = bt.run_class(self._runs)
        self._above[self._at] = np.clip(self._apart / 48, -3, 3) * self._told


def _scored(written: Tensor, line: Tensor) -> Tensor:
    """The sum of `NoteNet.forward`. written: (n, 90 + lags + intervals), line: (n, 15) -> (n, 90)."""
    by_lag = written[:, PITCHES : PITCHES + len(pl.LAGS)]
    scores = written[:, :PITCHES].scatter_add(1, line[:, _LAGGED], by_lag)  # where there is no note: to class 0
    before = line[:, 0]
    by_interval = written[:, PITCHES + len(pl.LAGS) :].gather(1, _FROM.to(line.device)[before])
    scores.addcmul_(by_interval, (before > 0)[:, None])
    scores[:, :2] = _IMPOSSIBLE
    return scores


def _where(onsets: Onsets) -> NDArray[np.int64]:
    """Where each note stands among all pitches, laid flat, (L, B)."""
    width = _BEFORE + STEPS + 1
    step = np.where(onsets.is_note, _BEFORE + onsets.step, width - 1)
    return np.ascontiguousarray((step + width * np.arange(len(step))[:, None]).T)


def _fixed(net: NoteNet, onsets: Onsets, source: NDArray[np.int64], asked: Floats, z: Tensor) -> Tensor:
    """What the input sums up to without the notes so far, (L, B, D)."""
    classes, open_source = _on(onsets.classes, z), _on(source[:, None, None], z)
    summed = net.read.part(classes, slice(0, len(RHYTHM)))
    summed = summed + net.read.part(open_source, slice(len(RHYTHM) + len(LINE), None))
    told = note_number(np.nan_to_num(asked, nan=60.0), np.zeros(1), ~np.isnan(asked))
    rows = torch.arange(len(z), device=z.device)[:, None]
    here = z[rows, _on(onsets.step // 16, z)]  # (B, L, Z)
    numbers = _on(told, z)[:, None].expand(*here.shape[:2], -1)
    counted: Tensor = net.numbers(torch.cat([numbers, here], dim=-1))
    return (summed + counted).transpose(0, 1)


def _on(numbers: NDArray[np.generic], like: Tensor) -> Tensor:
    return torch.from_numpy(numbers).to(like.device)
