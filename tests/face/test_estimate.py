"""What faces express: shapes, views, temperature, checkpoints that are none; and real faces where there are some."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from emo_osc.core.errors import EmoOscError
from emo_osc.face import estimate
from emo_osc.face.estimate import Estimator, classify, folded
from emo_osc.face.vgg16 import EXPRESSIONS, SIZE, VGG16, VGG16Config
from emo_osc.face.views import VIEWS, seen
from emo_osc.weights import checkpoints

pytestmark = pytest.mark.torch
SMALL = VGG16Config(width=0.0625)


def small_net() -> VGG16:
    """A network that never learned anything, but whose normalisation is not the identity."""
    torch.manual_seed(3)
    net = VGG16(SMALL)
    with torch.no_grad():
        net.classifier.weight *= 20  # opinions that differ
        net(torch.rand(32, 1, SIZE, SIZE))
    return net.eval()


def pictures(count: int, seed: int = 0) -> estimate.Images:
    return np.random.default_rng(seed).integers(0, 256, (count, SIZE, SIZE), dtype=np.uint8)


def test_folding_changes_no_judgement() -> None:
    net, faces = small_net(), torch.rand(3, 1, SIZE, SIZE)

    with torch.inference_mode():
        assert torch.allclose(folded(net)(faces), net(faces), atol=1e-4)
    assert any(isinstance(layer, torch.nn.BatchNorm2d) for layer in net.features)


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("views", [1, 2, 7])
def test_probabilities_add_up_to_one_for_any_number_of_faces(count: int, views: int) -> None:
    shares = Estimator(small_net(), views).probabilities(pictures(count))

    assert shares.shape == (count, len(EXPRESSIONS))
    assert shares.dtype == np.float32
    assert np.allclose(shares.sum(axis=1), 1.0, atol=1e-5)


def test_a_face_is_judged_alike_alone_and_in_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "BATCH", 4)
    faces, one = pictures(5), Estimator(small_net(), views=2)

    together = one.probabilities(faces)

    assert np.allclose(together[3], one.probabilities(faces[3:4])[0], atol=1e-5)
    assert np.ptp(together, axis=0).max() > 1e-3


def test_two_views_do_not_know_left_from_right_and_one_does() -> None:
    faces, net = pictures(2), small_net()
    mirrored = faces[:, :, ::-1]

    both, single = Estimator(net, views=2), Estimator(net)

    assert np.allclose(both.logits(faces), both.logits(mirrored), atol=1e-3)
    assert not np.allclose(single.logits(faces), single.logits(mirrored), atol=1e-3)


def test_every_view_is_another_look_at_the_same_face() -> None:
    face = torch.rand(1, 1, SIZE, SIZE)

    looks = seen(face, VIEWS)

    assert torch.allclose(looks[0], face[0], atol=1e-5)
    assert torch.allclose(looks[1], face[0].flip(2), atol=1e-5)
    assert all(not torch.allclose(a, b, atol=0.05) for i, a in enumerate(looks) for b in looks[:i])


def test_a_temperature_above_one_makes_it_less_sure_of_the_same() -> None:
    net, faces = small_net(), pictures(4)

    sure, calm = Estimator(net).probabilities(faces), Estimator(net, temperature=3.0).probabilities(faces)

    assert (calm.max(axis=1) < sure.max(axis=1)).all()
    assert (calm.argmax(axis=1) == sure.argmax(axis=1)).all()


@pytest.mark.parametrize(("views", "temperature"), [(0, 1.0), (len(VIEWS) + 1, 1.0), (1, 0.0), (1, float("nan"))])
def test_views_and_temperatures_out_of_range_are_refused(views: int, temperature: float) -> None:
    with pytest.raises(ValueError, match=r"views|temperature"):
        Estimator(small_net(), views, temperature)


@pytest.mark.parametrize(
    ("images", "error", "words"),
    [
        (np.zeros((2, 48, 48), np.float32), TypeError, "uint8.*float32"),
        ([[0]], TypeError, "uint8.*list"),
        (np.zeros((48, 48), np.uint8), ValueError, r"\(48, 48\)"),
        (np.zeros((1, 64, 64), np.uint8), ValueError, r"\(1, 64, 64\)"),
        (np.zeros((1, 48, 48, 3), np.uint8), ValueError, r"\(1, 48, 48, 3\)"),
    ],
)
def test_what_is_no_grey_face_is_refused(images: estimate.Images, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Estimator(small_net()).probabilities(images)


def kept(folder: Path, config: dict[str, object]) -> Path:
    tensors = {
        name: value.half() if value.is_floating_point() else value for name, value in small_net().state_dict().items()
    }
    return checkpoints.save(folder, estimate.NAME, tensors, config)


def test_a_checkpoint_in_half_precision_comes_back_with_its_temperature(tmp_path: Path) -> None:
    path = kept(tmp_path, {"vgg16": SMALL.as_dict(), "temperature": 1.7})
    faces = pictures(3)

    one = Estimator.of_checkpoint(str(path))

    assert one.temperature == 1.7
    assert np.allclose(one.logits(faces), Estimator(small_net()).logits(faces), atol=0.05)


@pytest.mark.parametrize(
    "config",
    [{}, {"vgg16": {"depth": 3}}, {"vgg16": {"width": 0.125}}, {"vgg16": SMALL.as_dict(), "temperature": -1}],
)
def test_a_checkpoint_of_something_else_is_refused_by_name(tmp_path: Path, config: dict[str, object]) -> None:
    path = kept(tmp_path, config)

    with pytest.raises(EmoOscError, match=f"{re.escape(path.name)}: not a face network"):
        Estimator.of_checkpoint(str(path))


@pytest.mark.slow
def test_it_reads_real_faces_far_better_than_chance() -> None:
    try:
        checkpoints.find(estimate.NAME)
    except EmoOscError as error:
        pytest.skip(str(error))
    path = Path(os.environ.get("EMO_OSC_DATA", "")) / "fer2013_train.npz"
    if "EMO_OSC_DATA" not in os.environ or not path.is_file():
        pytest.skip("FER2013 is not here: EMO_OSC_DATA names the folder of fer2013_train.npz")
    with np.load(path) as file:
        rows = np.flatnonzero((file["split"] == 1) & ~file["copy_of_training"])[:64]
        images, labels = file["images"][rows], file["labels"][rows]

    found = classify(images)

    assert (found.argmax(axis=1) == labels).mean() > 0.4  # the commonest class has a quarter
