"""One place after another the networks say what they say of whole melodies, of which they learned."""

import numpy as np
import pytest
import torch

from emo_osc.studio.line import features
from emo_osc.studio.line.beat_steps import BeatSteps
from emo_osc.studio.line.beats import beats_of, events_of
from emo_osc.studio.line.note_steps import NoteSteps
from emo_osc.studio.line.places import repeats
from emo_osc.studio.line.sample import LineNets, Order, sample
from tests.studio.line.small_nets import plans, small_nets

pytestmark = pytest.mark.torch
ASKED = np.array([[5.0, 70.0, 0.9], [3.0, 66.0, 0.1], [np.nan, np.nan, np.nan]])
TOLD = ~np.isnan(ASKED)
EVERY, SOME = 1, 3  # of how many places the scores are asked


def _case() -> tuple[LineNets, Order, np.ndarray]:
    nets = small_nets()
    z = torch.randn(3, 16, 8, generator=torch.Generator().manual_seed(4))
    order = Order(plans().of(np.array([0, 1, 3]), 4), ASKED, z, [1, 2, 3])
    return nets, order, sample(nets, order)


def _bar_latents(z: torch.Tensor, bar: np.ndarray) -> torch.Tensor:
    return z[torch.arange(len(z))[:, None], torch.from_numpy(bar)]


@pytest.mark.parametrize("every", [EVERY, SOME])
@torch.inference_mode()
def test_beat_after_beat_the_scores_are_those_of_whole_melodies(every: int) -> None:
    nets, order, tokens = _case()
    beats, z = beats_of(tokens), order.z[..., :2]
    classes = features.beat_classes(beats, order.plan.places, repeats(order.plan.rhythm_form), order.plan.profile)
    numbers = features.beat_numbers(beats, np.nan_to_num(ASKED[:, 0], nan=1.0), TOLD[:, 0])
    told = torch.from_numpy(classes), torch.from_numpy(order.plan.source), torch.from_numpy(numbers)
    expected = nets.rhythm(*told, _bar_latents(z, np.tile(np.arange(64) // 4, (3, 1))))
    steps = BeatSteps(nets.rhythm, order.plan, ASKED[:, 0], z)
    for place in range(64):
        melodies = 3 if place < 32 else 2
        if place % every == every - 1:
            assert torch.allclose(steps.scores(melodies), expected[:melodies, place], atol=1e-4), place
        steps.put(beats[:, place].astype(np.int64))
    assert np.array_equal(steps.beats, beats)


@pytest.mark.parametrize("every", [EVERY, SOME])
@torch.inference_mode()
def test_note_after_note_the_scores_are_those_of_whole_melodies(every: int) -> None:
    nets, order, tokens = _case()
    z = order.z[..., 2:]
    onsets = features.Onsets.of(events_of(tokens), order.plan.places, repeats(order.plan.note_form), order.plan.profile)
    line, pitch = features.note_lines(tokens, onsets)
    numbers = features.note_numbers(pitch, np.nan_to_num(ASKED, nan=60.0), TOLD)
    told = torch.from_numpy(onsets.classes), torch.from_numpy(line), torch.from_numpy(order.plan.source)
    expected = nets.notes(*told, torch.from_numpy(numbers), _bar_latents(z, onsets.step // 16))
    steps = NoteSteps(nets.notes, onsets, order.plan.source, ASKED, z)
    for place in range(onsets.step.shape[1]):
        melodies = 3 if place < 20 else 2
        here = onsets.is_note[:melodies, place]
        if place % every == every - 1:
            assert torch.allclose(steps.scores(melodies)[here], expected[:melodies, place][here], atol=1e-4), place
        steps.put(pitch[:, place].astype(np.int64))
    assert np.array_equal(steps.pitches, np.where(tokens > 1, tokens, 0))


@torch.inference_mode()
def test_what_was_given_before_a_place_owes_no_notes() -> None:
    nets, order, tokens = _case()
    beats, z, since = beats_of(tokens), order.z[..., :2], 24
    classes = features.beat_classes(beats, order.plan.places, repeats(order.plan.rhythm_form), order.plan.profile)
    numbers = features.beat_numbers(beats, np.nan_to_num(ASKED[:, 0], nan=1.0), TOLD[:, 0])
    numbers[..., 2] -= numbers[:, since : since + 1, 2]
    numbers[:, :since, 2] = 0.0
    told = torch.from_numpy(classes), torch.from_numpy(order.plan.source), torch.from_numpy(numbers)
    expected = nets.rhythm(*told, _bar_latents(z, np.tile(np.arange(64) // 4, (3, 1))))
    steps = BeatSteps(nets.rhythm, order.plan, ASKED[:, 0], z, since)
    for place in range(64):
        assert torch.allclose(steps.scores(3), expected[:, place], atol=1e-4), place
        steps.put(beats[:, place].astype(np.int64))


@torch.inference_mode()
def test_what_was_given_before_a_place_is_in_no_register() -> None:
    nets, order, tokens = _case()
    z, since = order.z[..., 2:], 100
    onsets = features.Onsets.of(events_of(tokens), order.plan.places, repeats(order.plan.note_form), order.plan.profile)
    line, pitch = features.note_lines(tokens, onsets)
    counted = np.where(onsets.step >= since, pitch, 0)
    numbers = features.note_numbers(counted, np.nan_to_num(ASKED, nan=60.0), TOLD)
    told = torch.from_numpy(onsets.classes), torch.from_numpy(line), torch.from_numpy(order.plan.source)
    expected = nets.notes(*told, torch.from_numpy(numbers), _bar_latents(z, onsets.step // 16))
    steps = NoteSteps(nets.notes, onsets, order.plan.source, ASKED, z, since)
    for place in range(onsets.step.shape[1]):
        here = onsets.is_note[:, place]
        assert torch.allclose(steps.scores(3)[here], expected[:, place][here], atol=1e-4), place
        steps.put(pitch[:, place].astype(np.int64))


@torch.inference_mode()
def test_what_is_told_of_no_melody_changes_nothing_of_the_others() -> None:
    nets, order, tokens = _case()
    steps, fewer = (BeatSteps(nets.rhythm, order.plan, ASKED[:, 0], order.z[..., :2]) for _ in range(2))
    for place, patterns in enumerate(beats_of(tokens).T.astype(np.int64)):
        assert torch.allclose(steps.scores(3)[:1], fewer.scores(1), atol=1e-4), place
        steps.put(patterns)
        fewer.put(patterns)
