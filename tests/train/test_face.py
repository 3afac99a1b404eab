"""Training on faces: what is left out, how a face is varied, and that a small run learns and leaves a checkpoint."""

from math import log
from pathlib import Path

import numpy as np
import pytest
import torch

from emo_osc.core.errors import EmoOscError
from emo_osc.face.vgg16 import VGG16Config
from emo_osc.train.corpora.faces import FILE, PUBLIC_TEST, TRAINING, Variation, for_training, load_faces, varied
from emo_osc.train.face import FaceChoices, FaceTask
from emo_osc.train.run import Run, train_face
from emo_osc.weights import checkpoints

pytestmark = [pytest.mark.torch, pytest.mark.slow]
SMALL = VGG16Config(width=0.0625, dropout=0.0)
STILL = Variation(turn=0, zoom=0, shift=0, light=0, contrast=0, erased=0)


def write_faces(folder: Path, per_class: int = 12) -> None:
    """Faces of seven kinds that a network can tell apart: a bright stripe at one of seven heights."""
    rng = np.random.default_rng(0)
    labels = np.tile(np.arange(7, dtype=np.uint8), per_class)
    stripes = np.abs(np.arange(48) - (4 + 6.5 * labels[:, None])) < 3
    images = (stripes[:, :, None] * 160 + 50 + rng.normal(0, 8, (len(labels), 48, 48))).clip(0, 255).astype(np.uint8)
    images[0] = 90  # blank
    votes = np.zeros((len(labels), 10), dtype=np.uint8)
    votes[np.arange(len(labels)), labels] = 10
    votes[1] = [0] * 9 + [10]  # nobody saw a face
    split = (np.arange(len(labels)) >= len(labels) * 2 // 3).astype(np.uint8)
    copies = np.zeros(len(labels), dtype=bool)
    np.savez(folder / FILE, images=images, labels=labels, split=split, ferplus=votes, copy_of_training=copies)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faces")
    write_faces(path)
    return path


def test_blank_pictures_and_no_faces_are_left_out(folder: Path) -> None:
    faces = load_faces(folder, TRAINING)
    kept = for_training(faces)
    assert len(kept.labels) == len(faces.labels) - 2
    assert np.array_equal(kept.images, faces.images[2:])
    assert len(load_faces(folder, PUBLIC_TEST).labels) == 28


def test_a_face_that_is_not_moved_stays_as_it_is_or_is_mirrored() -> None:
    faces = torch.rand(64, 1, 48, 48)
    moved = varied(faces, 48, STILL, torch.Generator().manual_seed(0))
    same = (moved - faces).abs().amax(dim=(1, 2, 3)) < 1e-4
    mirrored = (moved - faces.flip(3)).abs().amax(dim=(1, 2, 3)) < 1e-4
    assert bool((same ^ mirrored).all())
    assert 16 < int(mirrored.sum()) < 48


def test_a_turn_moves_the_corners_more_than_the_centre() -> None:
    faces = torch.zeros(32, 1, 48, 48)
    faces[:, :, 20:28, 20:28] = 1.0
    turned = varied(
        faces, 48, Variation(zoom=0, shift=0, light=0, contrast=0, erased=0), torch.Generator().manual_seed(0)
    )
    changed = (turned - faces).abs().mean(dim=0)[0]
    assert float(changed[22:26, 22:26].mean()) < 0.01 < float(changed[20:28, 20:28].mean())


def test_a_part_of_the_faces_is_erased_and_the_light_stays_in_range() -> None:
    faces = torch.full((400, 1, 48, 48), 0.9)
    only_holes = Variation(turn=0, zoom=0, shift=0, light=0, contrast=0, erased=0.5, hole=0.4)
    has_hole = (varied(faces, 32, only_holes, torch.Generator().manual_seed(0)) == 0.5).flatten(1).any(dim=1)
    assert 120 < int(has_hole.sum()) < 240
    lit = varied(faces, 32, Variation(light=0.5), torch.Generator().manual_seed(0))
    assert float(lit.min()) >= 0.0
    assert float(lit.max()) == 1.0


def test_a_rare_class_is_drawn_more_often_and_the_loss_knows_it(folder: Path) -> None:
    task = FaceTask(folder, SMALL, FaceChoices(), torch.device("cpu"))
    sizes = np.bincount(task.faces.labels, minlength=7)
    share = np.array([float(task.probabilities[task.faces.labels == label].sum()) for label in range(7)])
    share /= share.sum()
    natural = sizes / sizes.sum()
    assert np.allclose(task.offset.numpy(), np.log(share / natural), atol=1e-6)
    rare, common = natural.argmin(), natural.argmax()
    assert share[rare] / natural[rare] > share[common] / natural[common]


def test_a_small_run_learns_and_leaves_a_checkpoint_in_half_precision(folder: Path, tmp_path: Path) -> None:
    path = train_face(Run(folder, tmp_path, device="cpu", steps=40, batch=32), SMALL)
    kept = checkpoints.load(path)
    assert kept.config["training"]["face"]["data"] == ["fer2013"]
    assert kept.tensors["features.0.weight"].dtype == torch.float16
    assert not any(name.startswith("votes") for name in kept.tensors)
    last = kept.config["training"]["face"]["last"]
    assert last["valid_nats"] < log(7) - 0.03
    assert last["valid_accuracy"] > 1 / 7


def test_a_folder_without_faces_is_told(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match="--data"):
        load_faces(tmp_path, TRAINING)
    (tmp_path / FILE).write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(EmoOscError, match="FER2013"):
        load_faces(tmp_path, TRAINING)
