"""A decoder-only transformer over events with relative attention (Huang et al. 2018), conditioned on the affect.

The next event is predicted in three steps: place, note given the place, length given both. The condition enters every
layer through its norms (AdaLN, Peebles and Xie 2023), or only at bar lines, as a token would.
"""

from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from emo_osc.studio.events import BAR, NO_LENGTH, NOTES, PLACES
from emo_osc.studio.nets.plan_inputs import COLUMNS, CopyGates, PlanEmbedding

# B pieces, T events, S events seen (T and those in the cache), D width, H heads, G width of a head, F condition size,
# C plan columns

CONDITION_SIZE = 3
"""Numbers in the condition of a bar: valence, arousal, and log2 of its tempo over 110 bpm."""
PHASES, CLASSES = 8, 12
REFERENCE_BPM = 110.0


@dataclass(frozen=True, slots=True)
class MusicTransformerConfig:
    """Sizes; the defaults give 3.5 million weights, so that one core composes a bar in a fraction of its duration."""

    width: int = 256
    layers: int = 4
    heads: int = 4
    context: int = 384  # events: 16 bars of POP909, the length of a phrase
    feeling: int = 64  # width of the embedded condition
    dropout: float = 0.1
    entry: Literal["layers", "bars"] = "layers"
    reads_plan: bool = False  # the columns of `look_back`; networks of older versions read none

    @property
    def columns(self) -> int:
        """The number of plan columns of each event."""
        return COLUMNS if self.reads_plan else 0

    def as_dict(self) -> dict[str, Any]:
        """The config as JSON can hold it."""
        return asdict(self)


class Events(NamedTuple):
    """Events as the network reads them: place, note, length, the bar's number modulo 8, the key; (B, T) each.

    `condition` (B, T, F) is that of each event's bar, `is_conditioned` (B, T) whether it is used; `plan` (B, T, C) are
    the columns of `look_back`, none where the network reads none.
    """

    place: Tensor
    note: Tensor
    length: Tensor
    phase: Tensor
    key: Tensor
    condition: Tensor
    is_conditioned: Tensor
    plan: Tensor


class Cache:
    """Keys and values of every layer, (layers, B, H, context, G), changed in place; the first `events` are valid.

    `dropped` counts older events that were removed to make room.
    """

    def __init__(self, config: MusicTransformerConfig, pieces: int) -> None:
        shape = (config.layers, pieces, config.heads, config.context, config.width // config.heads)
        self.keys, self.values = torch.zeros(shape), torch.zeros(shape)
        self.events = self.dropped = 0

    @property
    def read(self) -> int:
        """The number of events read in all."""
        return self.dropped + self.events

    def go_back_to(self, read: int) -> None:
        """Remove the latest events, so that `read` remain."""
        self.events = max(0, read - self.dropped)

    def make_room(self) -> None:
        """Remove the oldest quarter of a full cache; by quarters, since moving the rest costs more than an event."""
        context = self.keys.shape[3]
        if self.events < context:
            return
        far = max(1, context // 4)
        for part in (self.keys, self.values):
            part[..., : context - far, :] = part[..., far:, :].clone()
        self.events, self.dropped = context - far, self.dropped + far


class RelativeAttention(nn.Module):
    """Causal attention with relative positions, by the skewing of Huang et al. (2018, section 3.4)."""

    def __init__(self, config: MusicTransformerConfig) -> None:
        super().__init__()
        self.heads, self.width = config.heads, config.width // config.heads
        self.read = nn.Linear(config.width, 3 * config.width)
        self.write = nn.Linear(config.width, config.width)
        self.distance = nn.Parameter(torch.randn(self.heads, config.context, self.width) * 0.02)  # the nearest last

    def forward(self, x: Tensor) -> Tensor:
        """All events of a piece at once. (B, T, D) -> (B, T, D)."""
        query, key, value = self._read(x)
        length = x.shape[1]
        scores = query @ key.transpose(-1, -2) + self._skewed(query)
        ahead = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
        return self._written(scores.masked_fill_(ahead, float("-inf")).softmax(dim=-1) @ value)

    def step(self, x: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """One more event. x: (B, 1, D); keys and values (B, H, S, G), the last place for its own -> (B, 1, D)."""
        query, key, value = self._read(x)
        keys[:, :, -1:], values[:, :, -1:] = key.detach(), value.detach()
        far = query @ self.distance[:, -keys.shape[2] :].transpose(-1, -2)  # (B, H, 1, S)
        weights = (query @ keys.transpose(-1, -2) + far).softmax(dim=-1)
        return self._written(weights @ values)

    def _read(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        three: Tensor = self.read(x)
        query, key, value = three.view(*x.shape[:2], 3, self.heads, self.width).permute(2, 0, 3, 1, 4)
        return query / sqrt(self.width), key, value  # (B, H, T, G) each

    def _skewed(self, query: Tensor) -> Tensor:
        """Scores by distance, (B, H, T, T): row i's column j is its query times the embedding of i - j events back."""
        length = query.shape[2]
        far = query @ self.distance[:, -length:].transpose(-1, -2)  # column r is T - 1 - r events back
        padded: Tensor = functional.pad(far, (1, 0))  # (B, H, T, T + 1)
        return padded.view(*query.shape[:2], length + 1, length).narrow(2, 1, length)

    def _written(self, attended: Tensor) -> Tensor:
        written: Tensor = self.write(attended.transpose(1, 2).flatten(2))
        return written


class Layer(nn.Module):
    """Attention and a feed-forward block, each after a norm that the condition scales and shifts (`entry` "layers")."""

    def __init__(self, config: MusicTransformerConfig) -> None:
        super().__init__()
        width = config.width
        self.attention = RelativeAttention(config)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.moves = nn.Linear(config.feeling, 4 * width) if config.entry == "layers" else None
        self.dropout = nn.Dropout(config.dropout)
        if self.moves:
            nn.init.zeros_(self.moves.weight)
            nn.init.zeros_(self.moves.bias)

    def forward(self, x: Tensor, feeling: Tensor) -> Tensor:
        """All events at once. x: (B, T, D), feeling: (B, T, feeling) -> (B, T, D)."""
        first, second = self._normed(feeling)
        x = x + self.dropout(self.attention(first(x)))
        changed: Tensor = self.dropout(self._think(second(x)))
        return x + changed

    def step(self, x: Tensor, feeling: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """One more event, as `RelativeAttention.step`."""
        first, second = self._normed(feeling)
        x = x + self.attention.step(first(x), keys, values)
        return x + self._think(second(x))

    def _think(self, x: Tensor) -> Tensor:
        changed: Tensor = self.narrow(functional.gelu(self.widen(x)))
        return changed

    def _normed(self, feeling: Tensor) -> "tuple[_Norm, _Norm]":
        if self.moves is None:
            return _Norm(self.norms[0]), _Norm(self.norms[1])
        scale, shift, scale2, shift2 = self.moves(feeling).chunk(4, dim=-1)
        return _Norm(self.norms[0], scale, shift), _Norm(self.norms[1], scale2, shift2)


class _Norm:
    """A norm, scaled and shifted by the condition where there is one."""

    def __init__(self, norm: nn.Module, scale: Tensor | None = None, shift: Tensor | None = None) -> None:
        self._norm, self._scale, self._shift = norm, scale, shift

    def __call__(self, x: Tensor) -> Tensor:
        normed: Tensor = self._norm(x)
        if self._scale is None or self._shift is None:
            return normed
        return normed * (1 + self._scale) + self._shift


class MusicTransformer(nn.Module):
    """Predicts the next event: `forward` for training, `step` with a cache on the CPU for composing."""

    def __init__(self, config: MusicTransformerConfig) -> None:
        super().__init__()
        self.config, width = config, config.width
        self.places, self.notes = nn.Embedding(PLACES, width), nn.Embedding(NOTES, width)
        self.lengths, self.phases = nn.Embedding(NO_LENGTH + 1, width), nn.Embedding(PHASES, width)
        self.keys = nn.Embedding(CLASSES, width)
        self.feel = nn.Sequential(
            nn.Linear(CONDITION_SIZE, config.feeling), nn.SiLU(), nn.Linear(config.feeling, config.feeling)
        )
        self.unfelt = nn.Parameter(torch.zeros(config.feeling))
        self.announce = nn.Linear(config.feeling, width) if config.entry == "bars" else None
        self.plan = PlanEmbedding(width) if config.reads_plan else None
        self.copies = CopyGates(width) if config.reads_plan else None
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm, self.dropout = nn.LayerNorm(width), nn.Dropout(config.dropout)
        self.said = nn.ModuleList(nn.Embedding(size, width) for size in (PLACES, NOTES))
        self.turns = nn.ModuleList(nn.Linear(width, width) for _ in range(2))
        self.heads = nn.ModuleList(nn.Linear(width, size) for size in (PLACES, NOTES - 1, NO_LENGTH))
        for table in (self.places, self.notes, self.lengths, self.phases, self.keys, *self.said):
            nn.init.normal_(table.weight, std=0.02)

    def forward(self, events: Events) -> Tensor:
        """The output after each event, from which the next is predicted, (B, T, D)."""
        x, feeling = self._embedded(events)
        x = self.dropout(x)
        for layer in self.layers:
            x = layer(x, feeling)
        known: Tensor = self.norm(x)
        return known

    def step(self, events: Events, cache: Cache) -> Tensor:
        """The output after one event, T = 1, that follows those in the cache; the cache is extended."""
        x, feeling = self._embedded(events)
        cache.make_room()
        cache.events += 1
        for at, layer in enumerate(self.layers):
            assert isinstance(layer, Layer)
            x = layer.step(x, feeling, cache.keys[at, :, :, : cache.events], cache.values[at, :, :, : cache.events])
        known: Tensor = self.norm(x)
        return known

    def place_logits(self, known: Tensor, plan: Tensor) -> Tensor:
        """Logits of the next place. (.., D), (.., C) -> (.., PLACES)."""
        logits: Tensor = self.heads[0](known)
        return logits if self.copies is None else self.copies.place(logits, known, plan)

    def note_logits(self, known: Tensor, plan: Tensor, place: Tensor) -> Tensor:
        """Logits of the note, given its place. (.., D), (.., C), (..) -> (.., NOTES - 1)."""
        logits: Tensor = self.heads[1](self._given(0, known, self.said[0](place)))
        return logits if self.copies is None else self.copies.note(logits, known, plan, place)

    def length_logits(self, known: Tensor, plan: Tensor, place: Tensor, note: Tensor) -> Tensor:
        """Logits of the length, given place and note. (.., D), (.., C), (..), (..) -> (.., NO_LENGTH)."""
        logits: Tensor = self.heads[2](self._given(1, known, self.said[0](place) + self.said[1](note)))
        return logits if self.copies is None else self.copies.length(logits, known, plan, place, note)

    def _given(self, turn: int, known: Tensor, said: Tensor) -> Tensor:
        return known + functional.gelu(self.turns[turn](known + said)) + said

    def _embedded(self, events: Events) -> tuple[Tensor, Tensor]:
        x = self.places(events.place) + self.notes(events.note) + self.lengths(events.length)
        x = x + self.phases(events.phase) + self.keys(events.key)
        if self.plan is not None:
            x = x + self.plan(events.plan)
        feeling = torch.where(events.is_conditioned[..., None], self.feel(events.condition), self.unfelt)
        if self.announce is not None:
            x = x + self.announce(feeling) * (events.place == BAR)[..., None]
        return x, feeling
