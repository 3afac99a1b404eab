"""A phrase composed anew from a place on: it hears what sounded, and its first bar hears its last."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from emo_osc.studio.line.continuation import Sounding, continued
from emo_osc.studio.line.sample import Heat, Order, sample
from tests.studio.line.small_nets import plans, small_nets

pytestmark = pytest.mark.torch
NETS, ROWS = small_nets(), np.array([0, 1, 2])
Z = torch.randn(3, 16, 8, generator=torch.Generator().manual_seed(4))
ASKED = np.full((3, 3), np.nan)
OLD = sample(NETS, Order(plans().of(ROWS, 4), ASKED, Z, [5, 6, 7]))[1].astype(np.int64)


def _continued(sounding: Sounding, rows: tuple[int, ...] = (0, 1, 2)) -> np.ndarray:
    which = ROWS[list(rows)]
    seeds = [11 + row for row in rows]
    return continued(NETS, plans().of(which, 4), ASKED[which], Z[which], sounding, seeds, Heat())


@pytest.mark.parametrize("step", [0, 16, 100, 107, 240, 255])
def test_the_bar_of_the_join_keeps_the_quarters_that_sounded_and_the_rest_is_new(step: int) -> None:
    made = _continued(Sounding(OLD, Z[1], step))
    bar, join = step // 16 * 16, step - step % 4
    assert (made[:, bar:join] == OLD[bar:join]).all()
    bars, before = made.reshape(3, 16, 16), OLD.reshape(16, 16)
    is_old = (bars == before).all(axis=2)
    assert is_old.sum() <= 3, "a bar may come out alike by luck"


def test_it_hears_eight_bars_that_sounded_and_none_before() -> None:
    heard, unheard = OLD.copy(), OLD.copy()
    heard[:80], unheard[80:208] = np.tile([80, 0], 40), np.tile([80, 0], 64)
    plain, other, same = (_continued(Sounding(tokens, Z[1], 80)) for tokens in (OLD, heard, unheard))
    assert (plain != other).any()
    assert np.array_equal(plain, same)


def test_the_bars_of_the_loop_hear_those_before_them() -> None:
    plain = _continued(Sounding(OLD, Z[1], 80))
    z = Z.clone()
    z[:, 7] += 5.0  # bar 8 is drawn first, bars 14 to 5 after it
    other = continued(NETS, plans().of(ROWS, 4), ASKED, z, Sounding(OLD, Z[1], 80), [11, 12, 13], Heat())
    bars, before = other.reshape(3, 16, 16), plain.reshape(3, 16, 16)
    assert np.array_equal(bars[:, 5:6], before[:, 5:6])
    assert (bars[:, 13:] != before[:, 13:]).any()
    assert (bars[:, :5] != before[:, :5]).any()


def test_bars_repeat_where_the_plan_says_so_if_both_are_new() -> None:
    made = _continued(Sounding(OLD, Z[1], 0))[0].reshape(16, 16)
    assert np.array_equal(np.where(made[4:6] > 1, made[4:6], 0), np.where(made[:2] > 1, made[:2], 0))


def test_it_depends_on_its_own_seed_and_not_on_its_company() -> None:
    sounding = Sounding(OLD, Z[1], 80)
    together, alone = _continued(sounding), _continued(sounding, (1,))
    assert np.array_equal(together[1], alone[0])
    assert np.array_equal(together, _continued(replace(sounding)))
