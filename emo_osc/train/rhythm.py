"""Trains the rhythm network: `emo-osc train vae --part rhythm`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from emo_osc.studio.line.beats import BEATS, beats_of
from emo_osc.studio.line.features import beat_classes, beat_numbers
from emo_osc.studio.line.places import BARS, FILLS, UNKNOWN, repeats
from emo_osc.studio.nets.causal_blocks import told_nats
from emo_osc.studio.nets.rhythm_net import RhythmNet, RhythmNetConfig
from emo_osc.train.lines import Lines
from emo_osc.train.loop import Recipe, Scores

RECIPE = Recipe(
    steps=1_800,
    batch=64,
    rate=1.5e-3,
    seed=5,
    warmup=150,
    decay=0.2,
    average=0.995,
    validate_every=150,
    best="valid_nats",
)
VALIDATED = 800
PLACE, FILL = slice(-5, -3), slice(-2, None)  # columns of the classes


@dataclass(frozen=True, slots=True)
class RhythmChoices:
    """What is particular to this network.

    The latent of a bar that repeats none may say `rate` nats for nothing; each nat more costs `price`. Density,
    repertoire, phrase places and profile are each left open in `open_share` of the melodies.
    """

    rate: float = 1.0
    price: float = 2.0
    open_share: float = 0.1


class RhythmTask:
    """Rhythms of the licensed melodies, beat after beat, where the form repeats no beat."""

    def __init__(
        self, folder: Path, config: RhythmNetConfig, choices: RhythmChoices = RhythmChoices(), *, device: torch.device
    ) -> None:
        self.config, self.choices, self.device = config, choices, device
        self.net: nn.Module = RhythmNet(config)
        self.train, self.valid = (_Rhythms.of(Lines.load(folder, split)) for split in ("train", "valid"))

    def loss(self, size: int, generator: torch.Generator, share: float) -> dict[str, Tensor]:
        """Nats a melody to write its rhythm, and what its latents say beyond their rate."""
        rows = self.train.lines.drawn(size, generator)
        nats, told, bars = self._nats(self.net, self.train, rows, generator)
        beyond = bars * self.choices.price * fn.relu(told - self.choices.rate)
        return {"loss": (nats + beyond) / size, "nats": nats / bars, "kl": told}

    def validate(self, net: nn.Module) -> Scores:
        """Nats a bar of validation melodies, always the same ones."""
        generator = torch.Generator().manual_seed(11)
        rows = torch.randperm(len(self.valid.beats), generator=generator)[:VALIDATED]
        with torch.no_grad():
            parts = [self._nats(net, self.valid, part, generator) for part in torch.tensor_split(rows, 8)]
        nats, told, bars = (np.array([float(part[k]) for part in parts]) for k in range(3))
        return {"valid_nats": float(nats.sum() / bars.sum()), "valid_kl": float(told.mean())}

    def _nats(
        self, net: nn.Module, rhythms: "_Rhythms", rows: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, int]:
        assert isinstance(net, RhythmNet)
        beats, classes, is_free = rhythms.beats[rows], rhythms.classes[rows].clone(), rhythms.is_free[rows]
        is_open = torch.rand(len(rows), 4, generator=generator) < self.choices.open_share
        classes[is_open[:, 0], :, PLACE] = UNKNOWN
        classes[is_open[:, 3], :, FILL] = FILLS - 1
        source = rhythms.source[rows].masked_fill(is_open[:, 1], net.config.sources)
        density = rhythms.lines.measured[rows.numpy(), 0]
        numbers = torch.from_numpy(beat_numbers(beats.numpy(), density, ~is_open[:, 2].numpy()))
        mean, log_variance = net.encoder(beats.view(len(rows), BARS, -1).to(self.device))
        noise = torch.randn(mean.shape, generator=generator).to(mean)
        z = (mean + noise * (log_variance / 2).exp()).repeat_interleave(BEATS // BARS, 1)
        scores = net(classes.to(self.device), source.to(self.device), numbers.to(self.device), z)
        each = is_free.to(self.device)
        nats = fn.cross_entropy(scores[each], beats.long().to(self.device)[each], reduction="sum")
        bars = is_free.view(len(rows), BARS, -1).any(-1)
        return nats, told_nats(mean, log_variance, bars.to(self.device)), int(bars.sum())


@dataclass(frozen=True, slots=True)
class _Rhythms:
    """Rhythms of N melodies: patterns (N, 64), classes (N, 64, 27), whether a beat repeats none (N, 64), repertoire."""

    lines: Lines
    beats: Tensor
    classes: Tensor
    is_free: Tensor
    source: Tensor

    @classmethod
    def of(cls, lines: Lines) -> "_Rhythms":
        beats, told = beats_of(lines.tokens), repeats(lines.rhythm_form)
        classes = beat_classes(beats, lines.places, told, lines.profile)
        beats_, classes_, is_free, source = (
            torch.from_numpy(each) for each in (beats, classes, told == 0, lines.source)
        )
        return cls(lines, beats_, classes_, is_free, source)
