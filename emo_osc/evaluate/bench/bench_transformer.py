"""Composing speed of the music transformer relative to real time, and the delay of its first bar."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean, median
from time import perf_counter, process_time

import torch

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import NEUTRAL
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.bench.bench_decode import threads_of
from emo_osc.studio.events import BAR, KEYS, NO_LENGTH, NO_NOTE, PARTS, PLACES
from emo_osc.studio.music_transformer import NAME, Transformer, build
from emo_osc.studio.nets.music_transformer import (
    CONDITION_SIZE,
    Cache,
    Events,
    MusicTransformer,
    MusicTransformerConfig,
)
from emo_osc.studio.streams import MOST_EVENTS

BAR_S = 2.0  # 4/4 at 120 bpm
MEAN_EVENTS = 21  # of a bar of POP909, its bar line included (20.8)
FEWEST = 5  # fewest repetitions of each measurement
ROWS = 2  # conditioned and unconditioned, for guidance
Row = dict[str, float]


def bench_transformer(seconds: float, model: Path | None = None, threads: int = 1) -> dict[str, Row]:
    """Measure for about `seconds` on `threads` >= 1 of the CPU; rows of figures.

    `event`: one event at the end of a full context, conditioned and unconditioned; `mean bar` and `busiest bar` are
    derived from it; `first bar`: a mean bar with an empty context; `opening`: the first bars of pieces of a checkpoint
    (`model`, or the shipped one), each with its melody of sixteen bars; `composed`: bars of one piece, with a melody
    for each sixteen; both are left out without a checkpoint. `real_time` is the two seconds of a bar at 120 bpm over
    the wall time, `quiet` the same over CPU time, as on an idle machine. Without a checkpoint the weights are random,
    at the same speed.
    """
    transformer = _found(model)
    net = transformer.net if transformer else MusicTransformer(MusicTransformerConfig()).eval()
    with threads_of(threads), torch.inference_mode():
        event, first = _times([_at_the_end(net), lambda: _mean_bar(net)], seconds / 2)
        rows = {
            "event": {"ms": 1000 * event.wall_s},
            "mean bar": _row(event, MEAN_EVENTS),
            "busiest bar": _row(event, MOST_EVENTS),
            "first bar": _row(first),
        }
        if transformer:
            rows["opening"] = _opening(transformer, seconds / 4)
            rows["composed"] = _composed(transformer, seconds / 4)
    return rows


def _found(model: Path | None) -> Transformer | None:
    section = GeneratorSection(name=NAME, checkpoint=None if model is None else str(model))
    try:
        return build(section)
    except EmoOscError:
        if model is not None:
            raise
        return None


@dataclass(frozen=True, slots=True)
class _Time:
    """Wall time and CPU time of a run, in seconds."""

    wall_s: float
    cpu_s: float

    @classmethod
    def of(cls, run: Callable[[], object]) -> "_Time":
        wall_s, cpu_s = perf_counter(), process_time()
        run()
        return cls(perf_counter() - wall_s, process_time() - cpu_s)


def _row(time: _Time, count: int = 1) -> Row:
    wall_s, cpu_s = count * time.wall_s, count * max(time.cpu_s, 1e-6)
    return {"ms": 1000 * wall_s, "real_time": BAR_S / wall_s, "quiet": BAR_S / cpu_s}


def _middle(times: Sequence[_Time]) -> _Time:
    return _Time(median(time.wall_s for time in times), median(time.cpu_s for time in times))


def _times(runs: Sequence[Callable[[], object]], seconds: float) -> list[_Time]:
    """The median times of alternating runs."""
    times: list[list[_Time]] = [[] for _ in runs]
    end_s = perf_counter() + seconds
    while perf_counter() < end_s or len(times[0]) < FEWEST:
        for run, samples in zip(runs, times, strict=True):
            samples.append(_Time.of(run))
    return [_middle(samples) for samples in times]


def _event(net: MusicTransformer, place: int, note: int, length: int) -> Events:
    where, which, held, nought = (torch.full((ROWS, 1), number) for number in (place, note, length, 0))
    condition, is_conditioned = torch.zeros(ROWS, 1, CONDITION_SIZE), torch.tensor([[True], [False]])
    plan = torch.zeros(ROWS, 1, net.config.columns, dtype=torch.long)
    return Events(where, which, held, nought, nought, condition, is_conditioned, plan)


def _event_logits(net: MusicTransformer, event: Events, cache: Cache) -> float:
    """Read an event and compute everything that is needed to draw the next."""
    known, plan, place = net.step(event, cache), event.plan, torch.zeros(ROWS, 1, dtype=torch.long)
    given = net.note_logits(known, plan, place), net.length_logits(known, plan, place, place)
    parts = (net.place_logits(known, plan), *given)
    return sum(float(part.log_softmax(-1).max()) for part in parts)


def _at_the_end(net: MusicTransformer) -> Callable[[], object]:
    cache, note = Cache(net.config, ROWS), _event(net, 0, 0, 0)

    def one_more() -> None:
        cache.events = net.config.context - 1
        _event_logits(net, note, cache)

    return one_more


def _mean_bar(net: MusicTransformer) -> None:
    cache = Cache(net.config, ROWS)
    for at in range(MEAN_EVENTS):
        numbers = (BAR, NO_NOTE, NO_LENGTH) if not at else (at % (PLACES - 1), at % (PARTS * KEYS), 0)
        event = _event(net, *numbers)
        _event_logits(net, event, cache)


def _opening(transformer: Transformer, seconds: float) -> Row:
    times, end_s = list[_Time](), perf_counter() + seconds
    while perf_counter() < end_s or len(times) < FEWEST:
        stream = transformer.stream(seed=len(times))
        times.append(_Time.of(partial(stream.compose, NEUTRAL)))
    return _row(_middle(times)) | {"p95_ms": 1000 * _late(times)}


def _late(times: Sequence[_Time]) -> float:
    return sorted(time.wall_s for time in times)[int(0.95 * len(times))]


def _composed(transformer: Transformer, seconds: float) -> Row:
    times, notes = list[_Time](), list[int]()
    stream, end_s = transformer.stream(seed=0), perf_counter() + seconds
    while perf_counter() < end_s or len(times) < FEWEST:
        times.append(_Time.of(lambda: notes.append(len(stream.compose(NEUTRAL)))))
    return {**_row(_middle(times)), "p95_ms": 1000 * _late(times), "notes": fmean(notes)}
