"""Trains the music transformer on POP909's arrangements: `emo-osc train transformer`.

Augmentation: a piece's tempo is changed, with the affect label adjusted, and some pieces are transposed; tempo and key
are part of the condition. In a share of pieces the condition is dropped, for classifier-free guidance (Ho and Salimans
2022).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from emo_osc.studio.events import BAR, Rows, bar_of, transposed
from emo_osc.studio.nets.music_transformer import (
    CLASSES,
    PHASES,
    REFERENCE_BPM,
    Events,
    MusicTransformer,
    MusicTransformerConfig,
)
from emo_osc.train.corpora.arrangements import Song, load_arrangements
from emo_osc.train.corpora.note_table import Floats
from emo_osc.train.loop import Recipe, Scores
from emo_osc.train.song_plans import SongPlan

# B pieces, T events

RECIPE = Recipe(
    steps=3_400,
    batch=8,
    rate=1e-3,
    seed=1,
    warmup=200,
    decay=0.05,
    average=0.998,
    validate_every=400,
    best="valid_nats",
)
VALIDATED = 48  # pieces of the validation split
NATS = ("place", "note", "length")


@dataclass(frozen=True, slots=True)
class TransformerChoices:
    """Settings of this training.

    `untold`: share of pieces without condition; `moved`: share transposed; `tempo`: largest change of tempo, as a
    factor; `given`: share whose melody is given; `dense`: share whose density is told.
    """

    untold: float = 0.15
    moved: float = 0.4
    tempo: float = 4 / 3
    given: float = 0.85
    dense: float = 0.7


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bars of a song: its events from a bar line on, transposed by `semitones`, at `faster` times its tempo.

    `is_conditioned` says whether the affect is told; `is_given` and `is_dense` whether the melody to come and the
    density are, to a network that reads plans.
    """

    song: Song
    bar: int
    semitones: int = 0
    faster: float = 1.0
    is_conditioned: bool = True
    is_given: bool = True
    is_dense: bool = True


class TransformerTask:
    """Pieces of songs, each event guessed from those before; validated on songs never heard in training."""

    def __init__(
        self, folder: Path, config: MusicTransformerConfig, choices: TransformerChoices, device: torch.device
    ) -> None:
        self.net: nn.Module = MusicTransformer(config)
        self.config, self.choices, self.device = config, choices, device
        arrangements = load_arrangements(folder)
        self.pace = arrangements.pace
        self._reader = Reader(config, arrangements.pace, device)
        self._places = [(song, bar) for song in arrangements.of("train") for bar in starts(song, config.context)]
        self._valid = spread(arrangements.of("valid"), config.context, VALIDATED)

    def loss(self, size: int, generator: torch.Generator, share: float) -> dict[str, Tensor]:
        """Nats an event, of `size` pieces drawn anew; `share` of the run plays no part."""
        rng = np.random.default_rng(int(torch.randint(1 << 62, (1,), generator=generator)))
        net = self.net
        assert isinstance(net, MusicTransformer)
        nats = nats_of(net, *self.read([self._drawn(rng) for _ in range(size)]))
        parts = {name: each.mean() for name, each in nats.items()}
        return {"loss": torch.stack(list(parts.values())).sum(), **parts}

    def validate(self, net: nn.Module) -> Scores:
        """Nats an event of the same pieces, told what is felt, told nothing, and without the melody to come."""
        assert isinstance(net, MusicTransformer)
        condition = mean_nats(net, self._parts(self._valid))
        untold = mean_nats(net, self._parts([replace(piece, is_conditioned=False) for piece in self._valid]))
        parts = {f"valid_{name}": nats for name, nats in condition.items()}
        scores = {"valid_nats": sum(condition.values()), "valid_nats_untold": sum(untold.values()), **parts}
        if self.config.reads_plan:
            own = mean_nats(net, self._parts([replace(piece, is_given=False) for piece in self._valid]))
            scores["valid_nats_own"] = sum(own.values())
        return scores

    def read(self, pieces: Sequence[Piece]) -> tuple[Events, Rows]:
        """Pieces as the network reads them, `context` events each, and what follows each event, (B, T, 3)."""
        return self._reader.read(pieces)

    def _parts(self, pieces: Sequence[Piece]) -> Iterator[tuple[Events, Rows]]:
        return (self.read(pieces[start : start + 8]) for start in range(0, len(pieces), 8))

    def _drawn(self, rng: np.random.Generator) -> Piece:
        song, bar = self._places[rng.integers(len(self._places))]
        semitones = int(rng.integers(-5, 7)) if rng.random() < self.choices.moved else 0
        faster = float(self.choices.tempo ** rng.uniform(-1, 1))
        is_conditioned = bool(rng.random() >= self.choices.untold)
        is_given, is_dense = rng.random(2) < (self.choices.given, self.choices.dense)
        return Piece(song, bar, semitones, faster, is_conditioned, bool(is_given), bool(is_dense))


def starts(song: Song, context: int) -> range:
    """The bars of a song that at least `context` events follow."""
    return range(int(np.searchsorted(song.begins, len(song.events) - context)))


def spread(songs: Sequence[Song], context: int, count: int) -> list[Piece]:
    """About `count` pieces, evenly over all songs and over each song, as they were played."""
    each = max(1, round(count / max(1, len(songs))))
    return [
        Piece(song, int(bar))
        for song in songs
        if (here := starts(song, context))
        for bar in np.unique(np.linspace(here[0], here[-1], each).astype(int))
    ]


class Reader:
    """Reads pieces for a network; the plans of songs are computed once."""

    def __init__(self, config: MusicTransformerConfig, pace: Floats, device: torch.device) -> None:
        """`pace` as `Arrangements` has it."""
        self._config, self._pace, self._device = config, pace, device
        self._plans: dict[str, SongPlan] = {}

    def read(self, pieces: Sequence[Piece]) -> tuple[Events, Rows]:
        """Pieces as the network reads them, `context` events each, and what follows each event, (B, T, 3)."""
        rows, numbers, condition, plans = (list(each) for each in zip(*map(self._row, pieces), strict=True))
        heard, phase_key, plan = (torch.from_numpy(np.stack(each)).to(self._device) for each in (rows, numbers, plans))
        is_conditioned = torch.tensor([piece.is_conditioned for piece in pieces], device=self._device)
        told = is_conditioned[:, None].expand(-1, self._config.context)
        feeling = torch.from_numpy(np.stack(condition)).float().to(self._device)
        place, note, length = heard[:, :-1].unbind(-1)
        phase, key = phase_key.unbind(-1)
        return Events(place, note, length, phase, key, feeling, told, plan), np.stack(rows)[:, 1:]

    def _row(self, piece: Piece) -> tuple[Rows, Rows, Floats, Rows]:
        """Events (T + 1, 3), phase and key (T, 2), condition (T, 3) and plan columns (T, C)."""
        song, first = piece.song, int(piece.song.begins[piece.bar])
        rows = slice(first, first + self._config.context)
        whole = transposed(song.events, piece.semitones)
        events = whole[first : rows.stop + 1]
        bars = piece.bar + bar_of(events[:-1])
        octaves = np.log2(piece.faster)
        felt = np.clip(song.felt[bars] + self._pace * octaves, -1.0, 1.0)
        tempo = np.log2(song.bpm / REFERENCE_BPM) + octaves
        phase_key = np.column_stack([bars % PHASES, np.full(len(bars), piece.semitones % CLASSES)])
        condition = np.column_stack([felt, np.full(len(bars), tempo)])
        if not self._config.reads_plan:
            return events, phase_key, condition, np.zeros((len(bars), 0), np.int64)
        told = {"has_melody": piece.is_given, "has_density": piece.is_dense}
        return events, phase_key, condition, self._plan(song).columns(whole, bars, rows, piece.semitones, **told)

    def _plan(self, song: Song) -> SongPlan:
        if song.name not in self._plans:
            self._plans[song.name] = SongPlan.of(song)
        return self._plans[song.name]


def nats_of(net: MusicTransformer, events: Events, follows: Rows) -> dict[str, Tensor]:
    """How surprising what follows each event is, by what is said of it, (B, T); 0 for the note of a bar line."""
    known = net(events).float()
    place, note, length = torch.from_numpy(follows).to(known.device).unbind(-1)
    is_note = place != BAR
    nats = {"place": _nats(net.place_logits(known, events.plan), place)}
    place, note, length = place[is_note], note[is_note], length[is_note]
    known, plan = known[is_note], events.plan[is_note]
    for name, logits, said in (
        ("note", net.note_logits(known, plan, place), note),
        ("length", net.length_logits(known, plan, place, note), length),
    ):
        nats[name] = known.new_zeros(is_note.shape).masked_scatter(is_note, _nats(logits, said))
    return nats


@torch.no_grad()
def mean_nats(net: MusicTransformer, parts: Iterator[tuple[Events, Rows]]) -> dict[str, float]:
    """The mean of `nats_of` over all events of some batches."""
    total, count = dict.fromkeys(NATS, 0.0), 0
    for events, follows in parts:
        count += follows[..., 0].size
        for name, nats in nats_of(net, events, follows).items():
            total[name] += float(nats.sum())
    return {name: nats / max(1, count) for name, nats in total.items()}


def _nats(logits: Tensor, said: Tensor) -> Tensor:
    return functional.cross_entropy(logits.float().flatten(0, -2), said.flatten(), reduction="none").view(said.shape)
