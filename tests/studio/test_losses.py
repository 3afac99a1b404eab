"""Losses and outlines: each row by what it asks, on melodies made for it."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
import torch

from emo_osc.config.preset import LossName
from emo_osc.studio import losses
from emo_osc.studio.attributes import measure_table
from emo_osc.studio.losses import LOSSES, Case
from emo_osc.studio.nets.actor import ActorConfig, ActorCritic
from emo_osc.studio.outline import ESTIMATED, Outline, estimate_loss
from tests.studio.test_harmony import melody

pytestmark = pytest.mark.torch
C_MAJOR = (60, 62, 64, 65, 67, 69, 71, 72)


def case_of(tokens: np.ndarray, *wanted: float) -> Case:
    tokens = np.atleast_2d(tokens)
    asked = torch.tensor([wanted] * len(tokens), dtype=torch.float32)
    return Case(Outline.of(tokens), asked, torch.zeros(len(tokens), 32, dtype=torch.long), Outline.of(tokens))


def loss(name: str, case: Case) -> float:
    return float(LOSSES[name].of(case)[0])


def test_an_outline_counts_what_is_measured() -> None:
    rng = np.random.default_rng(1)
    tokens = np.where(rng.random((16, 256)) < 0.3, rng.integers(35, 70, (16, 256)), 0)
    outline, measured = Outline.of(tokens), measure_table(tokens)
    lines = [row[row >= 2].astype(int) for row in tokens]
    assert outline.notes_per_bar.numpy() == pytest.approx(measured[:, 0])
    assert outline.mean_pitch.numpy() == pytest.approx(measured[:, 1], abs=1e-3)
    assert losses.major_share(outline.pitch_classes).numpy() == pytest.approx(measured[:, 2], abs=1e-3)
    assert outline.mean_interval.numpy() == pytest.approx([np.abs(np.diff(line)).mean() for line in lines], abs=1e-3)


def test_a_guess_that_is_right_costs_nothing_and_a_wrong_one_something() -> None:
    heard = Outline.of(melody(*C_MAJOR)[None])
    assert float(estimate_loss(heard, heard)) == 0.0
    assert float(estimate_loss(Outline.estimated(torch.zeros(1, 16, ESTIMATED)), heard)) > 0.1


BETTER = {
    "density": (melody(60, 62), (8.0, 61.0, 0.95), (2.0, 61.0, 0.95)),
    "register": (melody(60, 62), (8.0, 61.0, 0.95), (8.0, 71.0, 0.95)),
    "mode": (melody(60, 64, 67), (8.0, 61.0, 0.95), (8.0, 61.0, 0.05)),
    "scale": (melody(60, 64, 69), (8.0, 61.0, 0.95), (8.0, 61.0, 0.05)),
    "syncopation": (melody(60, 62), (4.6 * np.exp(0.5), 61.0, 0.5), (4.6 * np.exp(-0.5), 61.0, 0.5)),
}


@pytest.mark.parametrize("name", BETTER)
def test_a_melody_that_does_what_is_asked_costs_less(name: str) -> None:
    tokens, near, far = BETTER[name]
    assert loss(name, case_of(tokens, *near)) < loss(name, case_of(tokens, *far)) - 0.01


def test_chord_tones_are_best_between_their_bounds() -> None:
    asked = (8.0, 65.0, 0.95)
    some, none, all_of_them = (
        loss("chord", case_of(melody(*pitches), *asked))
        for pitches in ((60, 62, 64, 67), (62, 65, 69, 71), (60, 64, 67, 72))
    )
    assert some < none
    assert some < all_of_them


def test_within_their_bounds_chord_tones_cost_nothing_and_beyond_them_as_they_are_far() -> None:
    asked = (8.0, 65.0, 0.95)
    two_thirds, half, all_of_them = (
        loss("bounds", case_of(melody(*pitches), *asked))
        for pitches in ((60, 64, 62, 67, 60, 65), (60, 62, 64, 65), (60, 64, 67, 72))
    )
    assert two_thirds == 0.0
    assert half == pytest.approx(0.12)
    assert all_of_them == pytest.approx(0.20)


def test_who_never_rests_lacks_what_people_rest() -> None:
    asked = (8.0, 65.0, 0.95)
    restless = melody(60, 62, 64, 65)
    resting = restless.copy()
    resting[128:] = 0
    resting[128] = 1
    assert loss("breath", case_of(restless, *asked)) == pytest.approx(0.15)
    assert loss("breath", case_of(resting, *asked)) == 0.0


def test_wide_steps_cost_more_than_people_s() -> None:
    asked = (8.0, 65.0, 0.95)
    usual, wide = (loss("interval", case_of(melody(*pitches), *asked)) for pitches in ((60, 62, 65), (60, 72)))
    assert usual < wide


def test_what_returns_after_four_bars_costs_nothing_and_what_never_does_much() -> None:
    rng = np.random.default_rng(3)
    wander = np.zeros(256, np.int64)
    wander[rng.permutation(256)[:90]] = rng.integers(30, 70, 90)
    assert loss("repetition", case_of(melody(60, 62, 64, 65), 8.0, 62.0, 0.95)) == 0.0
    assert loss("repetition", case_of(wander, 8.0, 62.0, 0.95)) > 0.2


def test_the_source_itself_is_nearest_in_rhythm_structure_and_distance() -> None:
    case = case_of(melody(60, 62, 64, 65), 8.0, 62.0, 0.95)
    slots = torch.randn(1, 16, 4, generator=torch.Generator().manual_seed(1))
    same = replace(case, slots=slots, source_slots=slots, spread=torch.full((4,), 0.2))
    moved = replace(same, slots=slots.flip(1), outline=Outline.of(np.roll(melody(60, 62, 64, 65), 1)[None]))
    for name in ("rhythm", "structure", "distance"):
        assert loss(name, same) == pytest.approx(0.0, abs=1e-5)
        assert loss(name, moved) > 0.01


def test_off_beats_follow_the_arousal_whatever_density_is_held() -> None:
    case = case_of(melody(60, 62), 4.6 * 2**0.5, 61.0, 0.5)
    calm, excited = (loss("syncopation", replace(case, arousal=torch.tensor([arousal]))) for arousal in (-1.0, 1.0))
    dense = replace(case, wanted=case.wanted * torch.tensor([2.0, 1.0, 1.0]), arousal=torch.tensor([-1.0]))

    assert loss("syncopation", dense) == pytest.approx(calm)
    assert calm != pytest.approx(excited)


def test_doubt_is_the_critic_s() -> None:
    case = replace(case_of(melody(60), 8.0, 60.0, 0.5), doubt=torch.tensor([0.7]))
    assert loss("realism", case) == pytest.approx(0.7)


def test_a_preset_weighs_what_ranks_and_nothing_else() -> None:
    names = set(get_args(LossName))
    assert names == {name for name, row in LOSSES.items() if not row.needs_source}
    assert losses.ranking_weights({"syncopation": 2.0})["syncopation"] == 2.0
    case = case_of(melody(60, 72), 8.0, 66.0, 0.95)
    assert losses.total(case, {"interval": 2.0}) == pytest.approx(2.0 * LOSSES["interval"].of(case))
    assert losses.total(case, {}).tolist() == [0.0]


def test_every_loss_of_a_guess_has_a_gradient() -> None:
    torch.manual_seed(1)
    net = ActorCritic(ActorConfig(active=4, context=5, width=12, layers=1, heads=2, critic=16, guess=16))
    slots, where, condition = torch.randn(3, 16, 4), torch.randn(3, 16, 5), torch.zeros(3, 3)
    moved = net.actor(slots, where, condition)
    source = Outline.of(np.stack([melody(*C_MAJOR)] * 3))
    doubt = net.realism.doubt(net.realism(moved, condition))
    chords, asked = torch.zeros(3, 32, dtype=torch.long), torch.tensor([[5.0, 70.0, 0.95]] * 3)
    outline = net.attributes(moved, where, condition)
    case = Case(outline, asked, chords, source, moved, slots, torch.full((4,), 0.2), doubt)
    for name, row in LOSSES.items():
        (slope,) = torch.autograd.grad(row.of(case).sum(), moved, retain_graph=True)
        assert torch.isfinite(slope).all(), name
        assert slope.abs().sum() > 0 or name == "repetition", name  # bars of an unformed guess are alike enough


def test_a_new_actor_keeps_nearly_everything() -> None:
    torch.manual_seed(1)
    net = ActorCritic(ActorConfig(active=4, context=5, width=12, layers=2, heads=2, critic=16, guess=16))
    slots, where = torch.randn(1, 16, 4), torch.randn(1, 16, 5)
    moved = net.actor(slots, where, torch.tensor([[1.0, 0.5, -0.9]]))
    assert float((moved - slots).detach().abs().mean()) < 0.3 * float(slots.abs().mean())
