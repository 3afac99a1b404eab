"""A two-part piece that the music transformer composes bar by bar, each bar for its own affect.

Keys and values are cached, so a bar costs only its own events. The last bars can be composed again where the affect
changes before they are played. The melody is given by a `MelodySource`, or written by the network.
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
from emo_osc.studio.duet.accompaniment_rules import LINE, BarRules
from emo_osc.studio.duet.given_melody import MelodyBar, MelodySource
from emo_osc.studio.duet.look_back import BarPlan, Classes, Event, LookBack, density_class
from emo_osc.studio.events import BACKING, BAR, BAR_STEPS, KEYS, MELODY, Sound, decode
from emo_osc.studio.interruption import Steps, finished
from emo_osc.studio.nets.music_transformer import PHASES, REFERENCE_BPM, Cache, Events, MusicTransformer

MOST_EVENTS = 64  # per bar: POP909 has 21 on average and at most 103; this many can be composed in real time
KEPT = 2  # bars that can be composed again
REST_BONUS = 2.0  # nats added to the logits of melody notes per bar of rest; POP909's melody rests in interludes
TEMPI = (45.0, 165.0)  # bpm; the range of 98 % of the training pieces
AROUSALS, NOTES_PER_BAR = (-1.0, -0.6, -0.2, 0.2, 0.6, 1.0), (6.0, 10.0, 13.3, 17.0, 20.0, 24.0)
"""Accompaniment notes a bar that people write where so much arousal is felt: the median of POP909's bars."""
FEWEST_NOTES, MOST_NOTES = 2.5, 24.7  # accompaniment notes a bar, 5th and 95th percentile of POP909's sixteen bars


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
    """The state at a bar line: the number of events read, bars without melody before it, the melody held into it."""

    read: int
    rested: int
    held: tuple[int, int] | None


class Stream:
    """An endless piece; the same seed and affects give the same bars."""

    def __init__(
        self,
        net: MusicTransformer,
        seed: int,
        choice: Choice = USUAL,
        times: Callable[[Affect], float] = lambda _: 1.0,
        melody: MelodySource | None = None,
    ) -> None:
        """`times` gives the wanted density as a multiple > 0 of the usual one; without `melody` the network writes it.

        A network that reads no plan has no density in its condition, but a tempo: the slower, the more notes it writes
        per bar.
        """
        self._net, self._seed, self._choice, self._times, self._melody = net, seed, choice, times, melody
        self._rows = 1 if choice.guidance in (0.0, 1.0) else 2  # conditioned and unconditioned
        self._is_conditioned = torch.tensor([[choice.guidance != 0.0], [False]][: self._rows])
        self._cache, self._marks = Cache(net.config, self._rows), dict[int, _Mark]()
        self._before = LookBack()
        self._rested = 1
        self._held: tuple[int, int] | None = None
        self.bars = 0
        """The number of bars composed."""

    def can_go_back_to(self, bar: int) -> bool:
        """Whether a bar can be composed again."""
        return bar in self._marks

    def compose(self, affect: Affect, bar: int | None = None, tempo_bpm: float = REFERENCE_BPM) -> list[Sound]:
        """The notes of the next bar, or of one of the last bars again; steps count from the bar line.

        A tempo outside `TEMPI` is clamped.

        Raises:
            ValueError: the bar is too far back, or ahead.
        """
        return finished(self.compose_in_steps(affect, bar, tempo_bpm))

    @torch.inference_mode()
    def compose_in_steps(
        self, affect: Affect, bar: int | None = None, tempo_bpm: float = REFERENCE_BPM
    ) -> Steps[list[Sound]]:
        """`compose`, one event a step; the stream is of no use before the last."""
        bar = self.bars if bar is None else bar
        if bar != self.bars:
            self._go_back_to(bar)
        self._marks = {at: mark for at, mark in self._marks.items() if bar - KEPT < at < bar}
        self._marks[bar] = _Mark(self._cache.read, self._rested, self._held)
        given = None if self._melody is None else self._melody.bar(bar, affect)
        rules = BarRules(given.events, given.coming, self._held) if given else BarRules(None, (), self._held)
        yield from self._write(rules, _BarCondition(bar, self._condition(affect, tempo_bpm), self._plan(given, affect)))
        self.bars, self._held = bar + 1, rules.held
        sounds = decode(np.array(rules.events))
        self._rested = 0 if any(sound.part == MELODY for sound in sounds) else self._rested + 1
        return sounds if given is None else sorted([*given.notes, *(s for s in sounds if s.part == BACKING)])

    def _go_back_to(self, bar: int) -> None:
        if bar not in self._marks:
            raise ValueError(
                f"bar {bar} cannot be composed: {self.bars} bars exist, and the last {KEPT} can be composed again"
            )
        mark = self._marks[bar]
        self._cache.go_back_to(mark.read)
        self._before.go_back_to(bar)
        self._rested, self._held = mark.rested, mark.held

    def _condition(self, affect: Affect, tempo_bpm: float) -> Tensor:
        times = 1.0 if self._net.config.reads_plan else self._times(affect)
        pace_bpm = np.clip(tempo_bpm / times, *TEMPI)
        return torch.tensor([affect.valence, affect.arousal, log2(pace_bpm / REFERENCE_BPM)], dtype=torch.float32)

    def _plan(self, given: MelodyBar | None, affect: Affect) -> BarPlan:
        usual = float(np.interp(affect.arousal, AROUSALS, NOTES_PER_BAR))
        density = density_class(float(np.clip(usual * self._times(affect), FEWEST_NOTES, MOST_NOTES)))
        if given is None:
            return BarPlan(density=density)
        return BarPlan(given.since, given.until, given.chords, density, given.events)

    def _write(self, rules: BarRules, condition: "_BarCondition") -> Steps[None]:
        """Write a bar's events; the rest of a given melody comes even where the bar has most events."""
        rng = np.random.default_rng((self._seed, condition.bar))
        known = self._read(LINE, self._before.begin(condition.plan), condition)
        while True:
            is_full = len(rules.events) > MOST_EVENTS
            event = (rules.forced or LINE) if is_full else self._draw(known, rules, rng)
            if event == LINE:
                return
            rules.add(event)
            yield
            known = self._read(event, self._before.read(event), condition)

    def _read(self, event: Event, columns: Classes, condition: "_BarCondition") -> "_Known":
        """What the network makes of an event."""
        numbers = (*event, condition.bar % PHASES, 0)
        place, note, length, phase, key = (torch.full((self._rows, 1), number) for number in numbers)
        feeling = condition.affect.expand(self._rows, 1, -1)
        plan = torch.from_numpy(columns[: self._net.config.columns]).expand(self._rows, 1, -1)
        told = Events(place, note, length, phase, key, feeling, self._is_conditioned, plan)
        return _Known(self._net.step(told, self._cache), plan)

    def _draw(self, known: "_Known", rules: BarRules, rng: np.random.Generator) -> Event:
        """The next event of a bar, or `LINE`."""
        net, forced = self._net, rules.forced
        places = self._guided(net.place_logits(*known))
        place = self._pick(np.where(rules.places(), places, -np.inf), rng)
        if forced is not None and place >= forced[0]:
            return forced
        if place == BAR:
            return LINE
        condition = torch.full((self._rows, 1), place)
        notes = self._guided(net.note_logits(*known, condition))
        notes[:KEYS] += REST_BONUS * self._rested
        note = self._pick(np.where(rules.notes(place), notes, -np.inf), rng)
        lengths = self._guided(net.length_logits(*known, condition, torch.full((self._rows, 1), note)))
        return place, note, self._pick(np.where(rules.lengths(place, note), lengths, -np.inf), rng)

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


class _BarCondition(NamedTuple):
    """A bar's number, condition and plan."""

    bar: int
    affect: Tensor
    plan: BarPlan


class _Known(NamedTuple):
    """The network's output after an event, (rows, 1, D), and the event's plan columns."""

    output: Tensor
    plan: Tensor


def held(sounds: list[Sound], bars: int) -> list[Sound]:
    """The notes of the first `bars` bars, cut at their end."""
    end = bars * BAR_STEPS
    return [Sound(s.step, s.part, s.pitch, min(s.length, end - s.step)) for s in sounds if s.step < end]
