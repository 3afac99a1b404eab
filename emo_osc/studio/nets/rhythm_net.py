"""The rhythm of a melody, beat after beat: one of 81 patterns for each of 64 beats.

A small causal transformer. At each beat it is told the two beats before, what stood 1, 2, 4 and 8 bars back and how
long the rhythm has followed each of those, the place in the bar, the melody and the phrase, the repertoire, the
density that is asked for with the notes that are still owed, what the form says of this beat, the next and the next
bar, how full this bar and the next are, and the latent of the bar. Besides the patterns it scores
"the same as so many bars back" for each lag, so that a repeat costs it one decision.
"""

# B melodies, T beats, Z latent numbers of a bar

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from emo_osc.studio.line.beats import LAGS, PATTERNS, RUNS
from emo_osc.studio.line.places import BARS, FILLS, PLACES, REPEATS
from emo_osc.studio.nets.causal_blocks import BarEncoder, CausalStack, ClassSum

CODES = PATTERNS + 1  # and "before the melody begins"
BEFORE = 2 + 3 * len(LAGS)  # the two beats before; at each lag the same beat and the two that followed
CLASSES = (CODES,) * BEFORE + (RUNS,) * len(LAGS) + (4, BARS, REPEATS, REPEATS, PLACES, PLACES, REPEATS, FILLS, FILLS)
NUMBERS = 3  # ln of density, whether it is told, notes still owed


@dataclass(frozen=True, slots=True)
class RhythmNetConfig:
    """Sizes of the network; `latent` numbers a bar; `sources` are repertoires."""

    latent: int = 6
    width: int = 128
    layers: int = 3
    heads: int = 4
    encoder: int = 192
    sources: int = 4
    dropout: float = 0.25
    input_dropout: float = 0.1

    def as_dict(self) -> dict[str, float]:
        """The sizes as they are kept beside the weights."""
        return asdict(self)


class RhythmNet(nn.Module):
    """Beats so far to scores of the next."""

    def __init__(self, config: RhythmNetConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = BarEncoder(CODES, 4, config.encoder, config.latent)
        self.read = ClassSum((*CLASSES, config.sources + 1), config.width, config.input_dropout)
        self.numbers = nn.Linear(NUMBERS + config.latent, config.width)
        self.stack = CausalStack(config.width, config.layers, config.heads, config.dropout)
        self.write = nn.Linear(config.width, PATTERNS + len(LAGS))

    def forward(self, classes: Tensor, source: Tensor, numbers: Tensor, z: Tensor) -> Tensor:
        """Scores of the patterns, (B, T, 81).

        classes: (B, T, 27) as `features.beat_classes`; source: (B,), `sources` for open; numbers: (B, T, 3);
        z: (B, T, Z), the latent of the bar of each beat.
        """
        told = source[:, None, None].expand(*classes.shape[:2], 1)
        h = self.read(torch.cat([classes.long(), told], dim=-1))
        h = h + self.numbers(torch.cat([numbers, z], dim=-1))
        scores = self.write(self.stack(h)).float()
        return with_repeats(scores, classes[..., 2 : 2 + len(LAGS)].long(), PATTERNS)


def with_repeats(scores: Tensor, lagged: Tensor, size: int) -> Tensor:
    """Scores (.., size + lags), whose last columns go to the class that stands at each lag (.., lags); (.., size).

    A class of `size` or more is none.
    """
    plain, repeat = scores[..., :size], scores[..., size:]
    padded = nn.functional.pad(plain, (0, 1))
    return padded.scatter_add(-1, lagged.clamp(max=size), repeat)[..., :size]
