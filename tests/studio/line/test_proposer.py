"""The line model as a proposer: latents as text decode again, bars that stay keep their notes."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from emo_osc.core.affect import Affect
from emo_osc.studio.line.places import BARS
from emo_osc.studio.line.proposer import FEW, MANY, LineProposer
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.proposers import Proposal, SamplingParameters, Theme
from tests.studio.line.small_nets import plans, prior, small_nets

pytestmark = pytest.mark.torch
TASTE = SamplingParameters()


@pytest.fixture
def proposer() -> LineProposer:
    return LineProposer(small_nets(), plans(), prior(), torch.device("cpu"))


@pytest.mark.parametrize("affect", [None, Affect(0.6, -0.4)])
def test_a_latent_as_text_is_decoded_to_the_same_melody(affect: Affect | None, proposer: LineProposer) -> None:
    proposal = proposer.propose(affect, [3, 4], TASTE)
    played = proposer.play(proposal, TASTE)
    for row in range(2):
        text = Latent(proposal.latents[row], proposal.forms[row], proposal.seeds[row]).to_text()
        latent = Latent.from_text(text, proposer.shape)
        again = proposer.play(Proposal(latent.numbers[None], (latent.seed,), (latent.form,)), TASTE)
        assert again[0].tolist() == played[row].tolist()


@pytest.mark.parametrize("threads", [1, 2])
def test_a_melody_is_the_same_alone_and_in_company_whatever_the_threads(threads: int, proposer: LineProposer) -> None:
    before, seeds = torch.get_num_threads(), range(2 * FEW + 6)
    assert len(seeds) > MANY
    proposal = proposer.propose(Affect(0.6, -0.4), seeds, TASTE)
    try:
        torch.set_num_threads(threads)
        together = proposer.play(proposal, TASTE)
    finally:
        torch.set_num_threads(before)
    for row in (0, FEW - 1, FEW + 3, len(seeds) - 1):
        one = Proposal(proposal.latents[row : row + 1], proposal.seeds[row : row + 1], proposal.forms[row : row + 1])
        assert proposer.play(one, TASTE)[0].tolist() == together[row].tolist(), row


def test_a_source_is_told_what_is_wanted_and_keeps_its_plan_and_its_noise(proposer: LineProposer) -> None:
    drawn = proposer.propose(None, [3], TASTE)
    moved = proposer.moved([Latent(drawn.latents[0], drawn.forms[0], 3)], np.array([[6.0, 74.0, 0.9]]))
    assert moved.seeds == (3,)
    assert torch.equal(moved.latents[0, :BARS], drawn.latents[0, :BARS]), "there is no actor"
    assert not torch.equal(moved.latents[0, BARS, :4], drawn.latents[0, BARS, :4])
    assert torch.equal(moved.latents[0, BARS, 4:], drawn.latents[0, BARS, 4:])


def test_bars_that_stay_keep_their_notes_and_those_that_move_alike_are_alike(proposer: LineProposer) -> None:
    own = proposer.play(proposer.propose(None, [3], TASTE), TASTE)[0]
    latent = proposer.read(torch.from_numpy(own)[None])[0]
    theme = Theme(latent, own, np.array([5.0, 71.0, 0.9]), 0.7)
    varied = proposer.play(proposer.near(theme, [{2: 2, 6: 2}, {1: 1}], [8, 9], TASTE), TASTE)
    bars, before = varied.reshape(2, BARS, -1), own.reshape(BARS, -1)
    stay = [[bar for bar in range(BARS) if bar not in moved] for moved in ({2, 6}, {1})]
    for row in range(2):
        kept, own_notes = bars[row, stay[row]], before[stay[row]]
        assert np.array_equal(np.where(kept > 1, kept, 0), np.where(own_notes > 1, own_notes, 0))
    assert np.array_equal(bars[0, 6], bars[0, 2])
    assert not np.array_equal(bars[0, 2], before[2])


def test_a_latent_says_where_its_phrases_end_and_one_read_from_notes_leaves_it_open(proposer: LineProposer) -> None:
    drawn = proposer.propose(None, [3, 4], TASTE)
    numbers = [proposer.plans.drawn(seed, None) for seed in (3, 4)]
    assert proposer.until(drawn.latents).tolist() == proposer.plans.places[numbers, :, 1].tolist()
    own = proposer.play(drawn, TASTE)
    assert (proposer.until(proposer.read(torch.from_numpy(own))) == -1).all()


def test_more_heat_draws_other_melodies(proposer: LineProposer) -> None:
    proposal = proposer.propose(None, [3], TASTE)
    hot = proposer.play(proposal, replace(TASTE, temperature=2.0))
    assert not np.array_equal(hot, proposer.play(proposal, TASTE))
