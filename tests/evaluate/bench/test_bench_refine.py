"""The bench of the pool: its arithmetic on a small generator, and its parts that need no studio."""

import pytest

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.evaluate.bench.bench_refine import floor_gflops, look_times, make
from emo_osc.evaluate.bench.studio_process import StudioProcess
from emo_osc.studio.pool.pool import Pool
from emo_osc.studio.pool.refining import Refiner
from tests.studio.sketch import Sketch

pytestmark = pytest.mark.torch


def pool_of(refiner: Refiner, count: int) -> Pool:
    pool = Pool()
    pool.add(refiner.draw(range(count)))
    return pool


def test_what_is_on_target_is_made_once() -> None:
    refiner = Refiner(Sketch())
    pool = pool_of(refiner, 40)
    (made,) = make(refiner.refine_each, pool, [Affect(0.0, 0.0)], 4)

    assert made.first == 4
    assert made.second <= 4
    assert made.flawless <= made.on_target <= 4


def test_what_misses_is_made_once_more_from_other_sources() -> None:
    sketch = Sketch(highest=45)
    refiner = Refiner(sketch)
    on_target, made = make(refiner.refine_each, pool_of(refiner, 40), [Affect(-0.5, -0.5), Affect(1.0, 1.0)], 8)

    assert on_target.first == 8
    assert (made.first, made.second, made.on_target, made.flawless) == (8, 8, 0, 0)
    assert not set(sketch.refined[1]) & set(sketch.refined[-1])


def test_a_look_along_a_full_shelf_and_the_floor_are_measured() -> None:
    looks = look_times()

    assert 0.0 < looks["p50_us"] <= looks["p95_us"] <= looks["p99_us"]
    assert looks["melodies"] == 384
    assert floor_gflops("cpu") > 0.0


def test_a_studio_of_ones_own_answers_for_the_very_point_and_ends() -> None:
    with StudioProcess(GeneratorSection(name="canned", seed=1), ()) as studio:
        answers = [studio.order(Affect(0.1 * turn, -0.3)) for turn in range(3)]

    assert [answer.affect for answer in answers] == [Affect(0.1 * turn, -0.3) for turn in range(3)]
    assert studio.process.returncode == 0
