"""Likeness to people's melodies: what it reads, whom it takes, and that it survives a checkpoint."""

import numpy as np
import pytest
import torch

from emo_osc.studio.likeness import Likeness, features

pytestmark = pytest.mark.torch


def melodies(count: int, seed: int, widest: int) -> np.ndarray:
    """Melodies of eighths whose steps go up to so many semitones."""
    rng = np.random.default_rng(seed)
    tokens = np.zeros((count, 256), np.int64)
    steps = rng.integers(-widest, widest + 1, (count, 128))
    tokens[:, ::2] = np.clip(50 + np.cumsum(steps, axis=1) % 12, 2, 89)
    return tokens


@pytest.fixture(scope="module")
def likeness() -> Likeness:
    return Likeness.between(features(melodies(300, 1, 1)), features(melodies(300, 2, 7)))


def test_one_kind_of_melody_is_told_from_another(likeness: Likeness) -> None:
    assert (likeness.logits(melodies(100, 3, 1)) > 0).float().mean() > 0.95
    assert (likeness.logits(melodies(100, 4, 7)) < 0).float().mean() > 0.95


def test_it_survives_a_checkpoint_and_is_absent_where_there_is_none(likeness: Likeness) -> None:
    again = Likeness.of(likeness.tensors())
    assert again is not None
    tokens = melodies(10, 6, 4)
    assert torch.equal(again.logits(tokens), likeness.logits(tokens))
    assert Likeness.of({}) is None


def test_silence_and_a_single_note_have_features() -> None:
    tokens = np.zeros((2, 256), np.int64)
    tokens[1, 8] = 45
    assert np.isfinite(features(tokens)).all()
