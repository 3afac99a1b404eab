"""A piece for two parts that the music transformer composes bar by bar, each bar for the feeling of its moment.

What was composed is remembered as keys and values, so a bar costs only its own events. The last bars can be taken back
and composed anew, should the feeling have changed before they were heard.
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

MOST_EVENTS = 64  # in a bar: POP909's mean is 21, its busiest 103; so many can be composed in time
KEPT = 2  # bars that can be taken back
RESTLESS = 2.0  # nats the melody's notes gain for every bar it has rested: POP909's rests for whole interludes
TEMPI = (45.0, 165.0)  # bpm; 98 of 100 pieces as they are heard in training lie between

_Event = tuple[int, int, int]
_BAR_LINE: _Event = (BAR, NO_NOTE, NO_LENGTH)


@dataclass(frozen=True, slots=True)
class Choice:
    """How the next event is drawn: `temperature` > 0; of the likeliest that together have `share` of the chance.

    `guidance` is how far beyond what music is like without a feeling: 0 ignores the feeling, 1 plays as it was learned,
    more is plainer than people are.
    """

    temperature: float = 1.0
    share: float = 0.95
    guidance: float = 1.5


USUAL = Choice()


class _Mark(NamedTuple):
    """Where a bar begins: how many events had been read, and for how many bars there had been no melody."""

    read: int
    rested: int


class Stream:
    """One piece, endless; the same seed and the same feelings make the same bars."""

    def __init__(
        self,
        net: MusicTransformer,
        seed: int,
        choice: Choice = USUAL,
        times: Callable[[Affect], float] = lambda _: 1.0,
    ) -> None:
        """`times` says how many times as many notes are asked for as usual, > 0.

        The network was never told a density, but the tempo of what it learned: the slower, the more notes in a bar.
        """
        self._net, self._seed, self._choice, self._times = net, seed, choice, times
        self._rows = 1 if choice.guidance in (0.0, 1.0) else 2  # what is told the feeling, and what is not
        self._is_told = torch.tensor([[choice.guidance != 0.0], [False]][: self._rows])
        self._cache, self._marks = Cache(net.config, self._rows), dict[int, _Mark]()
        self._rested = 1
        self.bars = 0
        """How many bars there are so far."""

    def can_go_back_to(self, bar: int) -> bool:
        """Whether that bar can be composed anew."""
        return bar in self._marks

    @torch.inference_mode()
    def compose(self, affect: Affect, bar: int | None = None, tempo_bpm: float = REFERENCE_BPM) -> list[Sound]:
        """The next bar's notes, their steps counted from its bar line; or another version of a bar that was the last.

        A tempo past `TEMPI` is told as the nearest of them.

        Raises:
            ValueError: that bar lies too far back, or ahead.
        """
        bar = self.bars if bar is None else bar
        if bar != self.bars:
            self._go_back_to(bar)
        self._marks = {at: mark for at, mark in self._marks.items() if bar - KEPT < at < bar}
        self._marks[bar] = _Mark(self._cache.read, self._rested)
        luck = np.random.default_rng((self._seed, bar))
        pace_bpm = np.clip(tempo_bpm / self._times(affect), *TEMPI)
        told = torch.tensor([affect.valence, affect.arousal, log2(pace_bpm / REFERENCE_BPM)])
        heard, events = self._hear(_BAR_LINE, bar, told), [_BAR_LINE]
        while len(events) <= MOST_EVENTS and (event := self._drawn(heard, events[-1], luck)) != _BAR_LINE:
            events.append(event)
            heard = self._hear(event, bar, told)
        self.bars = bar + 1
        sounds = decode(np.array(events))
        self._rested = 0 if any(sound.part == MELODY for sound in sounds) else self._rested + 1
        return sounds

    def _go_back_to(self, bar: int) -> None:
        if bar not in self._marks:
            raise ValueError(f"bar {bar} cannot be composed: there are {self.bars} bars, and {KEPT} can be taken back")
        mark = self._marks[bar]
        self._cache.go_back_to(mark.read)
        self._rested = mark.rested

    def _hear(self, event: _Event, bar: int, told: Tensor) -> Tensor:
        """What is known after an event, (rows, 1, D)."""
        place, note, length, phase, key = (torch.full((self._rows, 1), number) for number in (*event, bar % PHASES, 0))
        feeling = told.expand(self._rows, 1, -1)
        return self._net.step(Events(place, note, length, phase, key, feeling, self._is_told), self._cache)

    def _drawn(self, known: Tensor, last: _Event, luck: np.random.Generator) -> _Event:
        """The next event: never before the last one, each note of a moment once, in the order of learning."""
        net, earliest = self._net, 0 if last == _BAR_LINE else last[0]
        is_full = last[1] == NO_NOTE - 1  # no note can follow at this place
        places = self._guided(net.place_logits(known))
        places[: earliest + is_full] = -np.inf
        place = self._pick(places, luck)
        if place == BAR:
            return _BAR_LINE
        told = torch.full((self._rows, 1), place)
        notes = self._guided(net.note_logits(known, told))
        if place == earliest and last != _BAR_LINE:
            notes[: _next_note(last[1])] = -np.inf
        notes[:KEYS] += RESTLESS * self._rested
        note = self._pick(notes, luck)
        lengths = self._guided(net.length_logits(known, told, torch.full((self._rows, 1), note)))
        return place, note, self._pick(lengths, luck)

    def _guided(self, logits: Tensor) -> Floats:
        """Log-chances as the feeling asks, from those that were told it and those that were not."""
        chances = logits[:, 0].double().log_softmax(dim=-1)
        if self._rows == 1:
            return np.asarray(chances[0].numpy())
        told, untold = chances
        return np.asarray((untold + self._choice.guidance * (told - untold)).numpy())

    def _pick(self, logits: Floats, luck: np.random.Generator) -> int:
        scaled = (logits - logits.max()) / self._choice.temperature
        chances = np.exp(scaled) / np.exp(scaled).sum()
        order = np.argsort(-chances, kind="stable")
        kept = order[: 1 + int(np.searchsorted(np.cumsum(chances[order]), self._choice.share))]
        share: NDArray[np.float64] = chances[kept] / chances[kept].sum()
        return int(luck.choice(kept, p=share))


def _next_note(note: int) -> int:
    """The first note that may follow at the same place: after the melody's one note the accompaniment's."""
    return KEYS if note < KEYS else note + 1


def held(sounds: list[Sound], bars: int) -> list[Sound]:
    """The notes of so many bars, none held past the end."""
    end = bars * BAR_STEPS
    return [Sound(s.step, s.part, s.pitch, min(s.length, end - s.step)) for s in sounds if s.step < end]
