"""The notes of a melody whose rhythm is known: one pitch for each onset.

A small causal transformer. At each onset it is told the rhythm around it, the place in the bar, the melody and the
phrase, the two pitches before, the pitches at the same step 1, 2, 4 and 8 bars back with how long the line has
followed each, what the form says of this beat, the next and the next bar, how high this bar and the next are, the
repertoire, what is asked for (density, register, belief
in major) with how far the line is from the register so far, and the latent of the bar. A pitch is scored by itself, by
its interval from the note before, and as "the same as so many bars back".
"""

# B melodies, T onsets, Z latent numbers of a bar

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from emo_osc.studio.line.beats import RUNS
from emo_osc.studio.line.places import BARS, HEIGHTS, LAGS, PLACES, REPEATS
from emo_osc.studio.nets.causal_blocks import BarEncoder, CausalStack, ClassSum
from emo_osc.studio.nets.rhythm_net import with_repeats

PITCHES = 90  # melody classes, of which 0 stands for "none"
WIDEST = 24  # semitones of an interval that is told apart
INTERVALS = 2 * WIDEST + 2  # 0 stands for "none"
LENGTHS = 18  # 16ths, more than 16 is 17
RHYTHM = (
    16,
    BARS,
    PLACES,
    PLACES,
    LENGTHS,
    LENGTHS,
    LENGTHS,
    LENGTHS,
    4,
    16,
    REPEATS,
    REPEATS,
    REPEATS,
    HEIGHTS,
    HEIGHTS,
)
LINE = (PITCHES,) * (2 + len(LAGS)) + (INTERVALS,) * (1 + len(LAGS)) + (RUNS,) * len(LAGS)
NUMBERS = 7  # density, register, mode; whether each is told; semitones still owed


@dataclass(frozen=True, slots=True)
class NoteNetConfig:
    """Sizes of the network; `latent` numbers a bar; `sources` are repertoires."""

    latent: int = 10
    width: int = 160
    layers: int = 4
    heads: int = 4
    encoder: int = 256
    sources: int = 4
    dropout: float = 0.25
    input_dropout: float = 0.1

    def as_dict(self) -> dict[str, float]:
        """The sizes as they are kept beside the weights."""
        return asdict(self)


class NoteNet(nn.Module):
    """Notes so far to scores of the next pitch."""

    def __init__(self, config: NoteNetConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = BarEncoder(PITCHES, 16, config.encoder, config.latent)
        self.read = ClassSum((*RHYTHM, *LINE, config.sources + 1), config.width, config.input_dropout)
        self.numbers = nn.Linear(NUMBERS + config.latent, config.width)
        self.stack = CausalStack(config.width, config.layers, config.heads, config.dropout)
        self.write = nn.Linear(config.width, PITCHES + len(LAGS) + INTERVALS)

    def forward(self, rhythm: Tensor, line: Tensor, source: Tensor, numbers: Tensor, z: Tensor) -> Tensor:
        """Scores of the melody classes, (B, T, 90), the first two impossible.

        rhythm: (B, T, 15) and line: (B, T, 15) as `features`; source: (B,), `sources` for open; numbers: (B, T, 7);
        z: (B, T, Z), the latent of the bar of each onset.
        """
        told = source[:, None, None].expand(*rhythm.shape[:2], 1)
        h = self.read(torch.cat([rhythm.long(), line.long(), told], dim=-1))
        h = h + self.numbers(torch.cat([numbers, z], dim=-1))
        scores = self.write(self.stack(h)).float()
        lagged = line[..., 2 : 2 + len(LAGS)].long()
        none = lagged.masked_fill(lagged == 0, PITCHES)
        by_pitch = with_repeats(scores[..., : PITCHES + len(LAGS)], none, PITCHES)
        before = line[..., :1].long()
        intervals = interval_class(torch.arange(PITCHES, device=line.device), before)
        summed = by_pitch + scores[..., PITCHES + len(LAGS) :].gather(-1, intervals) * (before > 0)
        return fn.pad(summed[..., 2:], (2, 0), value=-1e9)


def interval_class(pitch: Tensor, before: Tensor) -> Tensor:
    """The interval from one melody class to another, 0 where one of them is no note; broadcast.

    >>> interval_class(torch.tensor([43, 0]), torch.tensor([41, 41])).tolist()
    [27, 0]
    """
    both = (pitch > 1) & (before > 1)
    return torch.where(both, (pitch - before).clamp(-WIDEST, WIDEST) + WIDEST + 1, 0)
