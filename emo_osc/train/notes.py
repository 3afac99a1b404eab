"""Trains the note network: `emo-osc train vae --part notes`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from emo_osc.studio.line.beats import events_of
from emo_osc.studio.line.features import Onsets, note_lines, note_numbers
from emo_osc.studio.line.places import BARS, HEIGHTS, UNKNOWN, repeats
from emo_osc.studio.nets.causal_blocks import told_nats
from emo_osc.studio.nets.note_net import NoteNet, NoteNetConfig
from emo_osc.train.lines import Lines
from emo_osc.train.loop import Recipe, Scores

RECIPE = Recipe(
    steps=2_400,
    batch=48,
    rate=1.5e-3,
    seed=6,
    warmup=150,
    decay=0.2,
    average=0.995,
    validate_every=200,
    best="valid_nats",
)
VALIDATED = 640
BUCKET = 8  # batches whose melodies are sorted by their number of notes
PLACE, REPEAT, HEIGHT = slice(2, 4), 10, slice(-2, None)  # columns of the rhythm's classes


@dataclass(frozen=True, slots=True)
class NoteChoices:
    """What is particular to this network.

    The latent of a bar that repeats none may say `rate` nats for nothing; each nat more costs `price`. Each attribute,
    the repertoire, the phrase places and the profile are left open in `open_share` of the melodies.
    """

    rate: float = 1.6
    price: float = 2.0
    open_share: float = 0.1


class NoteTask:
    """Pitches of the licensed melodies, note after note, where the form repeats no beat."""

    def __init__(
        self, folder: Path, config: NoteNetConfig, choices: NoteChoices = NoteChoices(), *, device: torch.device
    ) -> None:
        self.config, self.choices, self.device = config, choices, device
        self.net: nn.Module = NoteNet(config)
        self.train, self.valid = (_Notes.of(Lines.load(folder, split)) for split in ("train", "valid"))

    def loss(self, size: int, generator: torch.Generator, share: float) -> dict[str, Tensor]:
        """Nats a melody to write its free notes, and what its latents say beyond their rate."""
        rows = self.train.drawn(size, generator)
        nats, told, bars, notes = self._nats(self.net, self.train, rows, generator)
        beyond = bars * self.choices.price * fn.relu(told - self.choices.rate)
        return {"loss": (nats + beyond) / size, "nats": nats / notes, "kl": told}

    def validate(self, net: nn.Module) -> Scores:
        """Nats a free note of validation melodies, always the same ones."""
        generator = torch.Generator().manual_seed(11)
        rows = torch.randperm(len(self.valid.tokens), generator=generator)[:VALIDATED]
        rows = rows[self.valid.count[rows].argsort()]
        with torch.no_grad():
            parts = [self._nats(net, self.valid, part, generator) for part in torch.tensor_split(rows, 10)]
        nats, told, _, notes = (np.array([float(part[k]) for part in parts]) for k in range(4))
        return {"valid_nats": float(nats.sum() / notes.sum()), "valid_kl": float(told.mean())}

    def _nats(
        self, net: nn.Module, lines: "_Notes", rows: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, int, int]:
        assert isinstance(net, NoteNet)
        size, length = len(rows), int(lines.count[rows].max())
        rhythm, line, pitch = (each[rows, :length] for each in (lines.rhythm, lines.line, lines.pitch))
        is_open = torch.rand(size, 6, generator=generator) < self.choices.open_share
        rhythm = rhythm.clone()
        rhythm[is_open[:, 0], :, PLACE] = UNKNOWN
        rhythm[is_open[:, 5], :, HEIGHT] = HEIGHTS - 1
        source = lines.source[rows].masked_fill(is_open[:, 1], net.config.sources)
        measured = lines.lines.measured[rows.numpy()]
        numbers = torch.from_numpy(note_numbers(pitch.numpy(), measured, ~is_open[:, 2:5].numpy()))
        mean, log_variance = net.encoder(lines.tokens[rows].view(size, BARS, -1).to(self.device))
        noise = torch.randn(mean.shape, generator=generator).to(mean)
        z = mean + noise * (log_variance / 2).exp()
        bar = rhythm[..., 1].long().to(self.device)
        z = z.gather(1, bar[..., None].expand(*bar.shape, z.shape[-1]))
        scores = net(*(each.to(self.device) for each in (rhythm, line, source, numbers)), z)
        is_free = (torch.arange(length) < lines.count[rows][:, None]) & (rhythm[..., REPEAT] == 0)
        nats = fn.cross_entropy(scores[is_free.to(self.device)], pitch[is_free].long().to(self.device), reduction="sum")
        bars = lines.is_free[rows].to(self.device)
        return nats, told_nats(mean, log_variance, bars), int(bars.sum()), int(is_free.sum())


@dataclass(frozen=True, slots=True)
class _Notes:
    """Notes of N melodies, L at most: classes (N, L, 15), (N, L, 15), pitches (N, L), how many there are (N,), tokens
    (N, 256), whether a bar repeats none (N, 16), repertoire (N,).
    """

    lines: Lines
    rhythm: Tensor
    line: Tensor
    pitch: Tensor
    count: Tensor
    tokens: Tensor
    is_free: Tensor
    source: Tensor

    @classmethod
    def of(cls, lines: Lines) -> "_Notes":
        told = repeats(lines.note_form)
        onsets = Onsets.of(events_of(lines.tokens), lines.places, told, lines.profile)
        line, pitch = note_lines(lines.tokens, onsets)
        arrays = (
            onsets.classes,
            line,
            pitch,
            onsets.is_note.sum(1),
            lines.tokens,
            (told == 0).reshape(len(told), BARS, -1).any(-1),
            lines.source,
        )
        return cls(lines, *(torch.from_numpy(each) for each in arrays))

    def drawn(self, size: int, generator: torch.Generator) -> Tensor:
        """Melodies of about as many notes each, so that little is padded."""
        rows = self.lines.drawn(size * BUCKET, generator)
        order = (self.count[rows] + 4 * torch.randn(len(rows), generator=generator)).argsort()
        at = int(torch.randint(BUCKET, (1,), generator=generator)) * size
        return rows[order[at : at + size]]
