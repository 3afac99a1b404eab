"""A two-part piece that the music transformer composes bar by bar, each bar for its own affect.

Keys and values are cached, so a bar costs only its own events. The last bars can be composed again where the affect
changes before they are played.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log2
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.core.affect import Affect
from emo_osc.studio.attributes import Floats
from emo_osc.studio.events import BAR, BAR_STEPS, KEYS, MELODY, NO_LENGTH, NO_NOTE, Sound, decode
from emo_osc.studio.nets.music_transformer import PHASES, REFERENCE_BPM, Cache, Events, MusicTransformer

MOST_EVENTS = 64  # per bar: POP909 has 21 on average and at most 103; this many can be composed in real time
KEPT = 2  # bars that can be composed again
REST_BONUS = 2.0  # nats added to the logits of melody notes per bar of rest; POP909's melody rests in interludes
TEMPI = (45.0, 165.0)  # bpm; the range of 98 % of the training pieces

_Event = tuple[int, int, int]
_BAR_LINE: _Event = (BAR, NO_NOTE, NO_LENGTH)


@dataclass(frozen=True, slots=True)
class Choice:
    """Sampling of events: `temperature` > 0; `share`, the probability mass of nucleus sampling.

    `guidance` is the scale of classifier-free guidance: 0 ignores the affect, 1 samples the conditional distribution,
    above 1 the affect is exaggerated.
    """

    temperature: float = 1.0
    share: float = 0.95
    guidance: float = 1.5


USUAL = Choice()


class _Mark(NamedTuple):
    """The state at a bar line: the number of events read, and of bars without melody before it."""

    read: int
    rested: int


class Stream:
    """An endless piece; the same seed and affects give the same bars."""

    def __init__(
        self,
        net: MusicTransformer,
        seed: int,
        choice: Choice = USUAL,
        times: Callable[[Affect], float] = lambda _: 1.0,
    ) -> None:
        """`times` gives the wanted density as a multiple > 0 of the usual one.

        The network has no density in its condition, but a tempo: the slower, the more notes it writes per bar.
        """
        self._net, self._seed, self._choice, self._times = net, seed, choice, times
        self._rows = 1 if choice.guidance in (0.0, 1.0) else 2  # conditioned and unconditioned
        self._is_conditioned = torch.tensor([[choice.guidance != 0.0], [False]][: self._rows])
        self._cache, self._marks = Cache(net.config, self._rows), dict[int, _Mark]()
        self._rested = 1
        self.bars = 0
        """The number of bars composed."""

    def can_go_back_to(self, bar: int) -> bool:
        """Whether a bar can be composed again."""
        return bar in self._marks

    @torch.inference_mode()
    def compose(self, affect: Affect, bar: int | None = None, tempo_bpm: float = REFERENCE_BPM) -> list[Sound]:
        """The notes of the next bar, or of one of the last bars again; steps count from the bar line.

        A tempo outside `TEMPI` is clamped.

        Raises:
            ValueError: the bar is too far back, or ahead.
        """
        bar = self.bars if bar is None else bar
        if bar != self.bars:
            self._go_back_to(bar)
        self._marks = {at: mark for at, mark in self._marks.items() if bar - KEPT < at < bar}
        self._marks[bar] = _Mark(self._cache.read, self._rested)
        rng = np.random.default_rng((self._seed, bar))
        pace_bpm = np.clip(tempo_bpm / self._times(affect), *TEMPI)
        condition = torch.tensor([affect.valence, affect.arousal, log2(pace_bpm / REFERENCE_BPM)])
        known, events = self._read(_BAR_LINE, bar, condition), [_BAR_LINE]
        while len(events) <= MOST_EVENTS and (event := self._draw(known, events[-1], rng)) != _BAR_LINE:
            events.append(event)
            known = self._read(event, bar, condition)
        self.bars = bar + 1
        sounds = decode(np.array(events))
        self._rested = 0 if any(sound.part == MELODY for sound in sounds) else self._rested + 1
        return sounds

    def _go_back_to(self, bar: int) -> None:
        if bar not in self._marks:
            raise ValueError(
                f"bar {bar} cannot be composed: {self.bars} bars exist, and the last {KEPT} can be composed again"
            )
        mark = self._marks[bar]
        self._cache.go_back_to(mark.read)
        self._rested = mark.rested

    def _read(self, event: _Event, bar: int, condition: Tensor) -> Tensor:
        """The network's output after an event, (rows, 1, D)."""
        place, note, length, phase, key = (torch.full((self._rows, 1), number) for number in (*event, bar % PHASES, 0))
        feeling = condition.expand(self._rows, 1, -1)
        return self._net.step(Events(place, note, length, phase, key, feeling, self._is_conditioned), self._cache)

    def _draw(self, known: Tensor, last: _Event, rng: np.random.Generator) -> _Event:
        """The next event: not before the last one, each note of a step once, in training order."""
        net, earliest = self._net, 0 if last == _BAR_LINE else last[0]
        is_full = last[1] == NO_NOTE - 1  # no note can follow at this place
        places = self._guided(net.place_logits(known))
        places[: earliest + is_full] = -np.inf
        place = self._pick(places, rng)
        if place == BAR:
            return _BAR_LINE
        condition = torch.full((self._rows, 1), place)
        notes = self._guided(net.note_logits(known, condition))
        if place == earliest and last != _BAR_LINE:
            notes[: _next_note(last[1])] = -np.inf
        notes[:KEYS] += REST_BONUS * self._rested
        note = self._pick(notes, rng)
        lengths = self._guided(net.length_logits(known, condition, torch.full((self._rows, 1), note)))
        return place, note, self._pick(lengths, rng)

    def _guided(self, logits: Tensor) -> Floats:
        """Guided log-probabilities, from the conditioned and the unconditioned row."""
        probabilities = logits[:, 0].double().log_softmax(dim=-1)
        if self._rows == 1:
            return np.asarray(probabilities[0].numpy())
        condition, unconditioned = probabilities
        return np.asarray((unconditioned + self._choice.guidance * (condition - unconditioned)).numpy())

    def _pick(self, logits: Floats, rng: np.random.Generator) -> int:
        scaled = (logits - logits.max()) / self._choice.temperature
        probabilities = np.exp(scaled) / np.exp(scaled).sum()
        order = np.argsort(-probabilities, kind="stable")
        kept = order[: 1 + int(np.searchsorted(np.cumsum(probabilities[order]), self._choice.share))]
        share: NDArray[np.float64] = probabilities[kept] / probabilities[kept].sum()
        return int(rng.choice(kept, p=share))


def _next_note(note: int) -> int:
    """The first note allowed at the same step: the melody has one note, then the accompaniment's follow in order."""
    return KEYS if note < KEYS else note + 1


def held(sounds: list[Sound], bars: int) -> list[Sound]:
    """The notes of the first `bars` bars, cut at their end."""
    end = bars * BAR_STEPS
    return [Sound(s.step, s.part, s.pitch, min(s.length, end - s.step)) for s in sounds if s.step < end]
