"""The shipped generator, with the shipped weights: repeatable, near its targets, in the seam's terms."""

from pathlib import Path

import numpy as np
import pytest
import torch

from emo_osc.affect import Affect
from emo_osc.errors import EmoOscError
from emo_osc.lab.evaluate import evaluate
from emo_osc.preset import GeneratorSection
from emo_osc.studio import checkpoints
from emo_osc.studio.attributes import in_c, measure, targets
from emo_osc.studio.generators import build
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.tokens import tokens_of
from emo_osc.train.magenta import import_magenta

pytestmark = pytest.mark.torch
CALM, EXCITED = Affect(0.4, -0.7), Affect(0.4, 0.7)


@pytest.fixture(scope="module")
def shipped() -> MusicVAE:
    generator = build(GeneratorSection(device="cpu"))
    assert isinstance(generator, MusicVAE)
    return generator


def test_the_same_seed_makes_the_same_melodies_and_another_makes_others(shipped: MusicVAE) -> None:
    first, again, other = (shipped.compose(CALM, 2, seed) for seed in (3, 3, 4))
    assert first == again
    assert first[0].melody != other[0].melody


def test_melodies_come_nearest_first_and_measured(shipped: MusicVAE) -> None:
    composed = shipped.compose(EXCITED, 3, seed=1)
    assert [c.distance for c in composed] == sorted(c.distance for c in composed)
    assert composed[0].measured == measure(np.array([tokens_of(composed[0].melody)]))
    assert len({c.seed for c in composed}) == 3


def test_an_excited_melody_has_more_notes_than_a_calm_one(shipped: MusicVAE) -> None:
    calm, excited = (shipped.compose(affect, 4, seed=2) for affect in (CALM, EXCITED))
    density = [np.mean([c.measured.notes_per_bar for c in side]) for side in (calm, excited)]
    asked = [targets(affect)[0] for affect in (CALM, EXCITED)]
    assert np.abs(np.log(np.array(density) / asked)).max() < 0.25


def test_a_melody_does_not_depend_on_its_neighbours(shipped: MusicVAE) -> None:
    together = shipped.draw(CALM, [11, 12, 13])
    alone = shipped.draw(CALM, [12])
    assert (together[1] == alone[0]).mean() > 0.98  # sums in another order may turn a close call


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    path = checkpoints.save(tmp_path, "music_vae", {"weights": torch.zeros(2)}, {"kind": "other"})
    with pytest.raises(EmoOscError, match="not a music_vae checkpoint"):
        build(GeneratorSection(checkpoint=str(path)))


def test_an_imported_music_vae_plays_too_and_comes_home_to_c(tmp_path: Path) -> None:
    tar = Path(__file__).parent.parent / "golden" / "small" / "hierdec-mel_16bar.tar"
    path = import_magenta(tar, tmp_path / "small.safetensors")
    generator = build(GeneratorSection(checkpoint=str(path), device="cpu"))
    assert isinstance(generator, MusicVAE)
    tokens = generator.draw(None, range(4))
    assert np.array_equal(in_c(tokens), tokens)
    with pytest.raises(EmoOscError, match="imported network"):
        evaluate(generator, tmp_path)
    assert len(generator.compose(CALM, 1, seed=0)) == 1
