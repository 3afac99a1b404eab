"""The pool of sources: bounded, near to what is asked for, and never the same few."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import Affect, Reference
from emo_osc.protocol.messages import Measured
from emo_osc.studio.aims import Aims
from emo_osc.studio.attributes import targets
from emo_osc.studio.pool.pool import CANDIDATES, Pool, Source

HIGH, LOW = Affect(0.9, 0.9), Affect(-0.9, -0.9)


def source(seed: int, uses: int = 0) -> Source:
    random = Random(seed)
    measured = Measured(random.uniform(1.0, 10.0), random.uniform(50.0, 85.0), random.random())
    return Source(f"latent {seed}", seed, measured, uses)


def full_pool(size: int = 200) -> Pool:
    pool = Pool(size)
    pool.add(source(seed) for seed in range(size))
    return pool


def test_an_empty_pool_gives_nothing() -> None:
    assert Pool().choose(HIGH, 5) == []


def test_what_is_nearest_to_the_targets_comes_first() -> None:
    for affect in (HIGH, LOW):
        near = full_pool().choose(affect, 8)
        others = [each for each in full_pool().sources() if each not in near]
        gaps = [[abs(each.measured.mean_pitch - targets(affect)[1]) for each in side] for side in (near, others)]
        assert sum(gaps[0]) / len(gaps[0]) < 0.5 * sum(gaps[1]) / len(gaps[1])


def test_what_a_preset_knows_of_its_music_says_what_is_near() -> None:
    pool = Pool(200, Aims((Reference(HIGH, 1.5, 52.0, 0.05),)))
    pool.add(source(seed) for seed in range(200))
    near = pool.choose(HIGH, 8)

    assert sum(each.measured.notes_per_bar for each in near) / 8 < 3.0
    assert sum(each.measured.mean_pitch for each in near) / 8 < 60.0


def test_the_same_wish_again_gets_others_until_all_that_are_near_had_their_turn() -> None:
    pool = full_pool()
    rounds = [{each.seed for each in pool.choose(HIGH, 10)} for _ in range(CANDIDATES + 1)]

    assert len({seed for each in rounds[:CANDIDATES] for seed in each}) == 10 * CANDIDATES
    assert rounds[CANDIDATES] == rounds[0], "those that have rested longest"


def test_a_source_that_gave_a_melody_steps_back() -> None:
    pool = full_pool()
    spent = {each.seed for each in pool.choose(HIGH, 10)}
    for seed in spent:
        pool.spend(seed)
    later = [{each.seed for each in pool.choose(HIGH, 10)} for _ in range(2 * (CANDIDATES - 1))]

    assert not spent & {seed for each in later for seed in each}


def test_what_gave_most_leaves_first_and_then_the_oldest() -> None:
    pool = full_pool(4)
    pool.spend(2)
    pool.add([source(10)])
    pool.add([source(11)])

    assert [each.seed for each in pool.sources()] == [1, 3, 10, 11]


def test_what_is_there_is_not_taken_twice_and_uses_are_told() -> None:
    pool = Pool(3)
    pool.add([source(1, uses=2), source(1)])
    pool.spend(1)
    pool.spend(99)

    assert pool.sources() == [source(1, uses=3)]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=40), st.integers(1, 9))
def test_it_never_grows_past_its_size_and_never_repeats_a_source(steps: list[tuple[int, int]], size: int) -> None:
    pool = Pool(size)
    for seed, count in steps:
        pool.add([source(seed)])
        chosen = [each.seed for each in pool.choose(HIGH, count)]
        pool.spend(seed)
        assert len(pool) <= size
        assert pool.is_full is (len(pool) == size)
        assert len(chosen) == len(set(chosen)) == min(count, len(pool))


@pytest.mark.parametrize("size", [64])
def test_ten_thousand_wishes_leave_it_as_large_as_it_was_and_all_of_it_had_a_turn(size: int) -> None:
    pool, random = full_pool(size), Random(1)
    used: set[int] = set()
    for turn in range(10_000):
        chosen = pool.choose(Affect(random.uniform(-1, 1), random.uniform(-1, 1)), 8)
        used |= {each.seed for each in chosen}
        pool.spend(chosen[0].seed)
        if turn % 20 == 0:
            pool.add([source(1000 + turn)])

    uses = sorted(each.uses for each in pool.sources())
    assert len(pool) == size
    assert len(used) > 400, "what is new comes in"
    assert all(later - sooner < 200 for sooner, later in pairwise(uses)), "and none is worked alone"
