"""Time to a melody for any affect: from the shelf, from the studio process, and in batches on each device."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import fmean
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

import numpy as np
import torch

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import MOODS, Affect
from emo_osc.core.score import Melody, Note
from emo_osc.evaluate.bench.studio_process import StudioProcess
from emo_osc.protocol.messages import Measured, Ready
from emo_osc.stage.player.shelf import MAX_MELODIES, Shelf
from emo_osc.studio.attributes import distances, targets
from emo_osc.studio.canned import read_shelf, shelf_path
from emo_osc.studio.composer import WITHIN
from emo_osc.studio.generators import Composed, build
from emo_osc.studio.pool.pool import Pool, Source
from emo_osc.studio.pool.pool_file import PoolFile, key_of
from emo_osc.studio.pool.refining import Refinement, Refiner, Refining
from emo_osc.weights import checkpoints

EACH = 64  # melodies for each mood
LOOKS = 2000
SIDE = 512  # of the matrices that measure the peak rate of the device
FLOOR_S = 0.5
PAUSE_S = 0.5  # mean pause between requests, so that the studio is sometimes idle, sometimes busy
AFFECTS = tuple(mood.affect for mood in MOODS)
Row = dict[str, float]
RefineEach = Callable[[Sequence[Refinement[Source]]], list[list[Composed]]]


@dataclass(frozen=True, slots=True)
class Made:
    """Counts of melodies for an affect: made in the first and the second pass, on target, and without flaws."""

    first: int
    second: int
    on_target: int
    flawless: int


def bench_refine(orders: int, sources: int, each: int = EACH) -> dict[str, dict[str, Row]]:
    """Tables of figures: title -> row -> column.

    `shelf`: a search for a random affect in a full shelf, in microseconds. `order`: from a request for a random affect
    to its melody, through a studio process and its socket, with `sources` >= 1 drawn before; `within` is the share of
    melodies within tolerance, flaws included. `moods`: `each` latents for every mood, refined, decoded and measured,
    with a column for one thread, two threads and each accelerator; `second` is the share that missed and was made again
    from another source, `on_target` the share within tolerance of density, register and mode in the end, `flawless` the
    same with flaws included. `gflops` is the rate of float32 matrix products on the device.

    Raises:
        EmoOscError: there is no checkpoint, or the studio does not start.
    """
    section = GeneratorSection(device="cpu")
    with _threads(1):
        drawn = _drawn(section, sources)
    tables = {"shelf": {"a look": look_times()}, "order": {"any point": order_times(section, drawn, orders)}}
    columns = dict(_moods(drawn, each))
    names = next(iter(columns.values()))
    tables["moods"] = {name: {device: row[name] for device, row in columns.items()} for name in names}
    return tables


def look_times() -> Row:
    """Searches of a full shelf for `LOOKS` random affects: microseconds."""
    path = shelf_path()
    shelf, random = Shelf(read_shelf(path) if path else ()), Random(1)
    while len(shelf) < MAX_MELODIES:
        shelf.add(_any_melody(random, len(shelf)))
    times_us = []
    for _ in range(LOOKS):
        point = _any_point(random)
        start_s = perf_counter()
        shelf.choose(point)
        times_us.append(1e6 * (perf_counter() - start_s))
    return {**_spread("us", times_us), "melodies": len(shelf)}


def order_times(section: GeneratorSection, drawn: Sequence[Source], orders: int) -> Row:
    """Requests for random affects at random times to a studio process that pre-composes meanwhile: milliseconds."""
    random, times_ms, distances_ = Random(2), [], []
    with TemporaryDirectory() as cache:
        path = Path(section.checkpoint) if section.checkpoint else checkpoints.find(section.name)
        PoolFile(Path(cache), key_of(path, section.temperature)).save(drawn)
        with StudioProcess(section, AFFECTS, cache) as studio:
            studio.order(_any_point(random))  # warm-up: the first call allocates
            for _ in range(orders):
                sleep(random.uniform(0.0, 2 * PAUSE_S))
                start_s = perf_counter()
                ready = studio.order(_any_point(random))
                times_ms.append(1e3 * (perf_counter() - start_s))
                distances_.append(ready.distance)
    within = fmean(distance < WITHIN for distance in distances_)
    return {**_spread("ms", times_ms), "within": within, "distance": fmean(distances_), "orders": orders}


def make(refine_each: RefineEach, pool: Pool, affects: Sequence[Affect], each: int) -> list[Made]:
    """`each` melodies for every affect from a pool; those off target are made once more from other sources."""

    def refined(counts: Sequence[int]) -> list[list[Composed]]:
        asked = [(affect, count) for affect, count in zip(affects, counts, strict=True) if count]
        made = iter(refine_each([Refinement(pool.choose(affect, count), affect, count) for affect, count in asked]))
        return [next(made) if count else [] for count in counts]

    first = refined([each] * len(affects))
    missed = [each - sum(_are_on_target(made, affect)) for made, affect in zip(first, affects, strict=True)]
    again = refined(missed) if any(missed) else [[]] * len(affects)
    return [_counted(*made, each) for made in zip(first, again, affects, strict=True)]


def _counted(first: list[Composed], again: list[Composed], affect: Affect, each: int) -> Made:
    both = [*first, *again]
    on_target = [made for made, is_on in zip(both, _are_on_target(both, affect), strict=True) if is_on]
    return Made(len(first), len(again), min(each, len(on_target)), sum(made.distance < WITHIN for made in on_target))


def mood_times(section: GeneratorSection, drawn: Sequence[Source], each: int) -> Row:
    """`each` melodies for every mood on a section's device: seconds and counts."""
    generator, pool = build(section), Pool(max(1, len(drawn)))
    assert isinstance(generator, Refining)  # the shipped one is
    refiner = Refiner(generator)
    pool.add(drawn)
    refiner.refine(pool.choose(AFFECTS[0], 2), AFFECTS[0], 2)  # warm-up: the first call allocates
    start_s = perf_counter()
    made = make(refiner.refine_each, pool, AFFECTS, each)
    took_s, asked = perf_counter() - start_s, each * len(AFFECTS)
    second = sum(one.second for one in made)
    return {
        "seconds": took_s,
        "melodies": asked,
        "made/s": (sum(one.first for one in made) + second) / took_s,
        "second": second / asked,
        "on_target": sum(one.on_target for one in made) / asked,
        "flawless": sum(one.flawless for one in made) / asked,
        "gflops": floor_gflops(generator.device),
    }


def floor_gflops(device: str) -> float:
    """The rate of float32 products of 512 x 512 matrices on a device, in GFLOP/s."""
    one = torch.randn(SIDE, SIDE, device=device)
    count, start_s = 0, perf_counter()
    while perf_counter() - start_s < FLOOR_S:
        (one @ one)[0, 0].item()  # waits for the device
        count += 1
    return 2e-9 * SIDE**3 * count / (perf_counter() - start_s)


def _moods(drawn: Sequence[Source], each: int) -> Iterator[tuple[str, Row]]:
    for threads in (1, 2):
        with _threads(threads):
            yield f"cpu x {threads}", mood_times(GeneratorSection(device="cpu"), drawn, each)
    if torch.cuda.is_available():
        yield "cuda", mood_times(GeneratorSection(device="cuda"), drawn, each)
    if torch.backends.mps.is_available():
        yield "mps", mood_times(GeneratorSection(device="mps"), drawn, each)


def _drawn(section: GeneratorSection, count: int) -> list[Source]:
    generator = build(section)
    assert isinstance(generator, Refining)  # the shipped one is
    refiner, random = Refiner(generator), Random(3)
    seeds = [random.getrandbits(62) for _ in range(count)]
    return [source for start in range(0, count, 32) for source in refiner.draw(seeds[start : start + 32])]


def _spread(unit: str, times: Sequence[float]) -> Row:
    p50, p95, p99 = np.percentile(times, (50, 95, 99)).tolist()
    return {f"p50_{unit}": p50, f"p95_{unit}": p95, f"p99_{unit}": p99}


def _are_on_target(made: Sequence[Composed], affect: Affect) -> list[bool]:
    measured = np.array([_figures(each.measured) for each in made]).reshape(-1, 3)
    return [bool(apart < WITHIN) for apart in distances(measured, targets(affect))]


def _figures(measured: Measured) -> tuple[float, float, float]:
    return measured.notes_per_bar, measured.mean_pitch, measured.major_share


def _any_point(random: Random) -> Affect:
    return Affect(random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0))


def _any_melody(random: Random, seed: int) -> Ready:
    notes = tuple(Note(240 * step, 240, random.randint(48, 84)) for step in range(64))
    return Ready(Melody(notes), _any_point(random), Measured(4.0, 66.0, 0.5), 0.5, seed, -1)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
