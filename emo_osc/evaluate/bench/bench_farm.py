"""How many melodies a farm makes for how many stages, what Ray adds to an order, and how many stages one core feeds.

The stages run the code of a real one (`FarmStudio`) over HTTP on this machine: each orders a melody for a new feeling
as soon as it has the last one, the most that any number of moving hands can ask for. The same maker, without a network
and without Ray, makes orders in a process of its own in the same run.

A stage orders for each new feeling, one order at a time, and for each new phrase. A new melody enters at a bar line
where nothing else is set, so that a hand that never rests needs one for every bar: at 120 bpm one in 2 s. A stage that
nobody moves needs one for every phrase of 16 bars, 32 s. What stages compose beforehand is not counted: it gives way.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random
from threading import Barrier, Thread
from time import perf_counter, process_time, sleep

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.bench.bare_maker import BareMaker, any_affect, bare_maker
from emo_osc.evaluate.bench.farm_process import FarmProcess, farm_process
from emo_osc.evaluate.bench.farm_stage import FarmStage
from emo_osc.farm.maker import BATCH
from emo_osc.studio.remote.farm_client import FarmClient

FEELING_S, PHRASE_S = 2.0, 32.0  # at 120 bpm, in 4/4: a bar, and sixteen
START_S = 120.0
Row = dict[str, float]
Tables = dict[str, dict[str, Row]]


@dataclass(slots=True)
class _Tally:
    """What one stage has got: when each melody came, after how long, and how long it has waited for one at the end."""

    done: list[tuple[float, float]] = field(default_factory=list)
    waited_s: float = 0.0
    fault: EmoOscError | None = None


def bench_farm(
    section: GeneratorSection,
    stages: Sequence[int],
    seconds: float,
    say: Callable[[str], None],
    options: Sequence[str] = (),
    running: FarmProcess | None = None,
) -> Tables:
    """Measure for each number of `stages` >= 1, `seconds` each, on a farm that runs or on one started with `options`.

    `bare`, `farm`: melodies a second; p50 and p99 of an order from its first try to its melody, or of as many as are
    made together; `cpu_ms` is what a melody takes of a core, with all that Ray does. `full` counts refusals, `waiting`
    the orders without a melody at the end, whose time so far is in p50 and p99; `served` is how many stages got any,
    `stages_cpu` the share of a core that all stages took beside the farm. `ray`: a request that composes nothing, and
    an order of one stage alone, in turn with a bare one. `feeds`: how many stages at 120 bpm the best of the rates is
    enough for; `a_core` by its `cpu_ms`, NaN for a farm that was not started here.

    Raises:
        EmoOscError: the farm or the generator does not start, or fails.
    """
    with ExitStack() as stack:
        bare = stack.enter_context(bare_maker(section))
        say("bare")
        tables: Tables = {"bare": {f"{count} together": bare_row(bare, count, seconds) for count in (1, BATCH)}}
        say("farm")
        farm = running or stack.enter_context(farm_process("--generator", section.name, *options))
        farm.settle()
        tables["ray"] = ray_rows(section, farm, bare, seconds)
        rows = tables["farm"] = {}
        for count in stages:
            say(f"{count} stages")
            rows[f"{count} stages"] = farm_row(section, farm, count, seconds)
        tables["feeds"] = feeds_rows(rows.values())
    return tables


def bare_row(bare: BareMaker, count: int, seconds: float) -> Row:
    """Orders made `count` together, one batch after another."""
    times, end_s = [bare.make(count)], perf_counter() + seconds
    while perf_counter() < end_s:
        times.append(bare.make(count))
    times = times[1:] or times  # the first allocates
    passed_s, used_s = (sum(each) for each in zip(*times, strict=True))
    made = count * len(times)
    return {"melodies_a_s": made / passed_s} | _spread([each for each, _ in times]) | {"cpu_ms": 1000 * used_s / made}


def ray_rows(section: GeneratorSection, farm: FarmProcess, bare: BareMaker, seconds: float) -> dict[str, Row]:
    """What a request and an order take through Ray, with one stage; orders take turns with bare ones."""
    with _stages(section, farm, 1) as (stage,):
        client, random = FarmClient(farm.url, farm.token), Random(1)
        about, far, near = list[float](), list[float](), list[float]()
        end_s = perf_counter() + seconds
        while perf_counter() < end_s or not far:
            about.append(_timed(client.about))
            far.append(_timed(lambda: stage.order(any_affect(random))))
            near.append(bare.make(1)[0])
        client.close()
    rows = {"a request": _spread(about), "an order": _spread(far), "bare": _spread(near)}
    return rows | {"more than bare": {name: rows["an order"][name] - rows["bare"][name] for name in rows["bare"]}}


def farm_row(section: GeneratorSection, farm: FarmProcess, count: int, seconds: float) -> Row:
    """`count` stages that order without a rest."""
    with _stages(section, farm, count) as stages:
        tallies, ready = [_Tally() for _ in stages], Barrier(count + 1)
        threads = [
            Thread(target=_keep_ordering, args=(stage, Random(number), ready, tally), daemon=True)
            for number, (stage, tally) in enumerate(zip(stages, tallies, strict=True))
        ]
        for thread in threads:
            thread.start()
        ready.wait(START_S)
        begun_s, used_s, own_s = perf_counter(), farm.cpu_s(), process_time()
        sleep(seconds)
        passed_s, used_s, own_s = perf_counter() - begun_s, farm.cpu_s() - used_s, process_time() - own_s
        for stage in stages:
            stage.leave()
        for thread in threads:
            thread.join()
        refusals = sum(stage.refusals for stage in stages)
    for fault in (tally.fault for tally in tallies if tally.fault):
        raise fault
    made = sum(at_s <= begun_s + passed_s for tally in tallies for at_s, _ in tally.done)
    if not made:
        raise EmoOscError(f"no melody came for {count} stages within {seconds:g} s; measure longer")
    waiting = [tally.waited_s for tally in tallies if tally.waited_s]
    return {
        "melodies_a_s": made / passed_s,
        **_spread([*(took_s for tally in tallies for _, took_s in tally.done), *waiting]),
        "full": refusals,
        "waiting": len(waiting),
        "served": sum(bool(tally.done) for tally in tallies),
        "cpu_ms": 1000 * used_s / made,
        "stages_cpu": own_s / passed_s,
    }


def feeds_rows(rows: Iterable[Row]) -> dict[str, Row]:
    """How many stages the best of these rates is enough for."""
    best = max(rows, key=lambda row: row["melodies_a_s"])
    return {
        name: {
            "order_every_s": every_s,
            "a_core": 1000 * every_s / best["cpu_ms"] if best["cpu_ms"] else float("nan"),
            "this_farm": every_s * best["melodies_a_s"],
        }
        for name, every_s in (("a new feeling every bar", FEELING_S), ("a new phrase every 16 bars", PHRASE_S))
    }


def _keep_ordering(stage: FarmStage, random: Random, ready: Barrier, tally: _Tally) -> None:
    """Order until the stage leaves."""
    ready.wait(START_S)
    try:
        while not stage.has_left:
            begun_s = perf_counter()
            is_done = stage.order(any_affect(random))
            now_s = perf_counter()
            if not is_done:
                tally.waited_s = now_s - begun_s
                return
            tally.done.append((now_s, now_s - begun_s))
    except EmoOscError as error:
        tally.fault = error


@contextmanager
def _stages(section: GeneratorSection, farm: FarmProcess, count: int) -> Iterator[list[FarmStage]]:
    stages: list[FarmStage] = []
    try:
        stages.extend(FarmStage(section, farm.url, farm.token) for _ in range(count))
        yield stages
    finally:
        for stage in stages:
            stage.leave()
        for stage in stages:
            stage.close()


def _timed(call: Callable[[], object]) -> float:
    begun_s = perf_counter()
    call()
    return perf_counter() - begun_s


def _spread(times_s: Sequence[float]) -> Row:
    ordered = sorted(times_s)
    shares = {"p50_ms": 0.5, "p99_ms": 0.99}
    return {name: 1000 * ordered[round(share * (len(ordered) - 1))] for name, share in shares.items()}
