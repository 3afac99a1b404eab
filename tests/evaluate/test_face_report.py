"""What the face network is said to see: figures that can be counted by hand, and a whole run on a small network."""

from pathlib import Path

import numpy as np
import pytest
import torch

from emo_osc.cli import main as cli
from emo_osc.evaluate.face_report import calibration_error, confused, recalls, reliability, report, right
from emo_osc.face.estimate import CAREFUL_VIEWS, Estimator
from emo_osc.face.vgg16 import EXPRESSIONS, VGG16, VGG16Config
from emo_osc.train.calibration import nats, temperature_of
from emo_osc.train.corpora.faces import PUBLIC_TEST, Faces, load_faces
from emo_osc.weights import checkpoints
from tests.train.test_face import SMALL, write_faces

pytestmark = pytest.mark.torch


def sure(of: list[int], share: float = 0.9) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Probabilities of faces of which each is seen as one expression."""
    shares = np.full((len(of), 7), (1 - share) / 6, np.float32)
    shares[np.arange(len(of)), of] = share
    return shares


def test_copies_are_counted_with_and_without() -> None:
    labels = np.array([0, 0, 1, 1])
    faces = Faces(np.zeros((4, 48, 48), np.uint8), labels, np.zeros((4, 10), np.float32), np.array([1, 0, 0, 0], bool))

    table = right({2: sure([0, 1, 1, 1])}, faces)

    assert table["all, 2 views"]["right"] == 0.75
    assert table["all, 2 views"]["mean_recall"] == 0.75
    assert table["all, 2 views"]["met"] == 1.0
    apart = table["without copies of Training, 2 views"]
    assert apart["right"] == pytest.approx(2 / 3)
    assert (apart["mean_recall"], apart["faces"]) == (0.5, 3.0)
    assert apart["low"] < 2 / 3 < apart["high"]


def test_recall_is_of_the_labelled_and_precision_of_the_seen() -> None:
    table = recalls(sure([3, 3, 3, 6]), np.array([3, 3, 6, 6]))

    assert table["happiness"] == {"recall": 1.0, "precision": pytest.approx(2 / 3), "faces": 2.0}
    assert table["neutral"] == {"recall": 0.5, "precision": 1.0, "faces": 2.0}
    assert confused(sure([3, 3, 3, 6]), np.array([3, 3, 6, 6]))[6].tolist() == [0, 0, 0, 0.5, 0, 0, 0.5]


def test_who_is_as_often_right_as_said_is_calibrated() -> None:
    said = sure([0] * 10, 0.85)
    honest, boastful = np.array([0] * 8 + [1] * 2), np.array([0] * 3 + [1] * 7)

    assert calibration_error(said, honest) == pytest.approx(0.05, abs=1e-6)
    assert calibration_error(said, boastful) == pytest.approx(0.55, abs=1e-6)
    assert reliability(said, honest) == {
        "0.8 to 0.9": {"probability": pytest.approx(0.85), "right": 0.8, "faces": 10.0}
    }


def test_a_temperature_mends_logits_that_are_too_sure() -> None:
    luck = np.random.default_rng(0)
    honest = luck.normal(0, 1.5, (4000, 7))
    labels = np.array([luck.choice(7, p=np.exp(row) / np.exp(row).sum()) for row in honest])

    found = temperature_of(3 * honest, labels)

    assert found == pytest.approx(3.0, rel=0.08)
    assert nats(3 * honest / found, labels) < nats(3 * honest, labels)


def test_a_run_measures_draws_and_writes_a_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_faces(tmp_path, per_class=24)
    torch.manual_seed(3)
    net = VGG16(SMALL)
    tensors = {name: value.half() if value.is_floating_point() else value for name, value in net.state_dict().items()}
    path = checkpoints.save(tmp_path, "face", tensors, {"vgg16": SMALL.as_dict(), "temperature": 2.0, "training": {}})
    files = {name: tmp_path / name for name in ("figures.json", "card.md", "plots")}

    code = cli.main(
        f"eval --face {path} --data {tmp_path} --json {files['figures.json']} --plots {files['plots']} "
        f"--card {files['card.md']}".split()
    )

    assert code == 0
    faces = load_faces(tmp_path, PUBLIC_TEST)
    shares = Estimator.of_checkpoint(str(path), CAREFUL_VIEWS).probabilities(faces.images)
    expected = float((shares.argmax(axis=1) == faces.labels).mean())
    told = report(tmp_path, str(path))
    assert told.tables["PublicTest"][f"all, {CAREFUL_VIEWS} views"]["right"] == pytest.approx(expected)
    assert told.tables["how sure it is"]["at temperature 1"] != told.tables["how sure it is"]["as shipped"]
    assert np.allclose(told.confusion.sum(axis=1), 1.0)
    assert {file.name for file in files["plots"].iterdir()} == {"face_confusion.png", "face_reliability.png"}
    card = files["card.md"].read_text(encoding="utf-8")
    assert "for research only" in card
    assert all(f"| {name} |" in card for name in EXPRESSIONS)
    assert "PublicTest" in capsys.readouterr().out


def test_a_face_network_is_not_measured_without_faces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = VGG16Config(width=0.0625)
    path = checkpoints.save(tmp_path, "face", VGG16(config).state_dict(), {"vgg16": config.as_dict()})

    assert cli.main(["eval", "--face", str(path)]) == 2
    assert "--data" in capsys.readouterr().err
    assert cli.main(["eval", "--face", str(path), "--data", str(tmp_path)]) == 2
    assert "fer2013_train.npz" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--quick", "--judge", "--samples 8", "--generator canned"])
def test_what_a_face_network_has_no_use_for_is_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(f"eval --face {option}".split()) == 2
    assert f"--face has no use for {option.split()[0]}" in capsys.readouterr().err
