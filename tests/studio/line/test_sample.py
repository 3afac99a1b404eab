"""Drawing melodies: repeatable, in their form, on from what is given."""

import numpy as np
import pytest
import torch

from emo_osc.studio.line.beats import events_of
from emo_osc.studio.line.sample import FREE, Heat, Order, sample
from tests.studio.line.small_nets import plans, small_nets

pytestmark = pytest.mark.torch
OPEN = np.full((3, 3), np.nan)


def _order(seeds: list[int], given: np.ndarray | None = None, rows: list[int] | None = None) -> Order:
    which = [0, 1, 2] if rows is None else rows
    z = torch.randn(3, 16, 8, generator=torch.Generator().manual_seed(4))[which]
    return Order(plans().of(np.array(which), 4), OPEN[which], z, seeds, given)


def test_a_melody_depends_on_its_own_seed_and_latent_alone() -> None:
    nets = small_nets()
    together = sample(nets, _order([5, 6, 7]))
    alone = sample(nets, _order([6], rows=[1]))
    other = sample(nets, _order([5, 60, 7]))
    assert (together[1] == alone[0]).all()
    assert (together[1] != other[1]).any()
    assert np.array_equal(together[[0, 2]], other[[0, 2]])


def test_bars_repeat_where_the_form_says_so() -> None:
    tokens = sample(small_nets(), _order([5, 6, 7]))
    bars, rhythm = tokens.reshape(3, 16, 16), events_of(tokens).reshape(3, 16, 16)
    assert np.array_equal(rhythm[0, 4:8] == 2, rhythm[0, :4] == 2)
    notes = np.where(bars > 1, bars, 0)
    assert np.array_equal(notes[0, 4:6], notes[0, :2])
    assert not np.array_equal(bars[0, 6:8], bars[0, 2:4]), "their rhythm repeats, their notes are new"


def test_given_bars_stay_and_what_comes_before_them_does_not_hear_them() -> None:
    nets = small_nets()
    plain, other = sample(nets, _order([5, 6, 7])), sample(nets, _order([8, 9, 10]))
    given = np.full((3, 256), FREE, dtype=np.uint8)
    given[:, 128:] = other[:, 128:]
    told = sample(nets, _order([5, 6, 7], given))
    assert np.array_equal(np.where(told > 1, told, 0)[:, 128:], np.where(other > 1, other, 0)[:, 128:])
    assert np.array_equal(told[1:, :112], plain[1:, :112])


def test_the_note_before_a_given_one_is_drawn_to_lead_into_it() -> None:
    nets, seeds = small_nets(), list(range(24))
    plan, z = plans().of(np.full(24, 3), 4), torch.zeros(24, 16, 8)
    leaps = []
    for token in (30, 75):
        given = np.full((24, 256), FREE, dtype=np.uint8)
        given[:, 128:] = 0
        given[:, 128] = token
        tokens = sample(nets, Order(plan, np.full((24, 3), np.nan), z, seeds, given)).astype(int)
        lines = [row[:129][row[:129] > 1] for row in tokens]
        leaps.append(np.array([np.abs(np.diff(line)) for line in (each[-8:] for each in lines)]).mean(axis=0))
    assert all(each[-1] < 0.5 * each[:-1].mean() for each in leaps), "untaught networks leap at random elsewhere"


def test_without_heat_the_seed_does_not_matter() -> None:
    nets, cold = small_nets(), Heat(0.0, 0.0)
    one, other = (sample(nets, _order(seeds), cold) for seeds in ([5, 6, 7], [8, 9, 10]))
    assert np.array_equal(one, other)
