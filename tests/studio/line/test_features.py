"""What the networks are told of whole melodies."""

import numpy as np
import pytest
import torch

from emo_osc.studio.line import features
from emo_osc.studio.line.beats import beats_of, events_of
from emo_osc.studio.line.places import beat_forms, repeats
from emo_osc.studio.line.sample import Order, sample
from emo_osc.studio.nets.note_net import LINE, RHYTHM
from emo_osc.studio.nets.rhythm_net import CLASSES
from tests.studio.line.small_nets import plans, small_nets

pytestmark = pytest.mark.torch


def test_every_class_is_within_its_table() -> None:
    nets, plan = small_nets(), plans().of(np.array([0, 1, 2]), 4)
    tokens = sample(nets, Order(plan, np.full((3, 3), np.nan), torch.zeros(3, 16, 8), [1, 2, 3]))
    told = repeats(beat_forms(tokens)[0])
    beats = features.beat_classes(beats_of(tokens), plan.places, told, plan.profile)
    onsets = features.Onsets.of(events_of(tokens), plan.places, told, plan.profile)
    line, _ = features.note_lines(tokens, onsets)
    for classes, sizes in ((beats, CLASSES), (onsets.classes, RHYTHM), (line, LINE)):
        assert classes.shape[-1] == len(sizes)
        assert (classes.reshape(-1, len(sizes)).max(0) < np.array(sizes)).all()
