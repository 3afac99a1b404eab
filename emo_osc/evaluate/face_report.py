"""Accuracy of the face network on FER2013's PublicTest: `emo-osc eval --face`.

PublicTest was not trained on, but the number of views and the temperature were chosen on it; published figures are for
PrivateTest, which is not used here. 280 faces of PublicTest are also in Training: accuracy without them is reported
too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from emo_osc.evaluate.control import judged
from emo_osc.evaluate.listening.chance import wilson
from emo_osc.evaluate.plots import INK, QUIET, save_picture, style_axes
from emo_osc.face.estimate import CAREFUL_VIEWS, Estimator, Probabilities
from emo_osc.face.feeling import POINTS
from emo_osc.face.vgg16 import EXPRESSIONS
from emo_osc.train.corpora.faces import PUBLIC_TEST, Faces, load_faces

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEAST_RIGHT = 0.70
"""Accuracy that the authors of FER2013 report for networks of this kind; people reach about .65."""
BINS = 10

Floats = NDArray[np.floating]
Labels = NDArray[np.int64]
Table = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class FaceReport:
    """Tables by title, and the share of each predicted expression (7 columns) for each label (7 rows)."""

    tables: dict[str, Table]
    confusion: Floats


def report(data: Path, checkpoint: str) -> FaceReport:
    """Measure a checkpoint, given by name or `.safetensors` path, with many views and with the camera's one view.

    Raises:
        EmoOscError: the faces or the checkpoint are missing.
    """
    faces = load_faces(data, PUBLIC_TEST)
    seen = {views: Estimator.of_checkpoint(checkpoint, views) for views in (CAREFUL_VIEWS, 1)}
    judged_by = {views: estimator.probabilities(faces.images) for views, estimator in seen.items()}
    raw = Estimator.of_checkpoint(checkpoint, CAREFUL_VIEWS)
    raw.temperature = 1.0
    careful = judged_by[CAREFUL_VIEWS]
    tables = {
        "PublicTest": right(judged_by, faces),
        "expressions": recalls(careful, faces.labels),
        "how sure it is": confidence(
            {"as shipped": careful, "at temperature 1": raw.probabilities(faces.images)}, faces
        ),
        "right by how sure it is": reliability(careful, faces.labels),
        "points on the plane": on_the_plane(careful, faces.labels),
    }
    return FaceReport(tables, confused(careful, faces.labels))


def right(shares: Mapping[int, Probabilities], faces: Faces) -> Table:
    """Accuracy by number of views, on all faces and on those that are not in Training."""
    table: Table = {}
    for views, each in shares.items():
        for name, rows in (("all", np.ones_like(faces.is_copy)), ("without copies of Training", ~faces.is_copy)):
            hits = (each.argmax(axis=1) == faces.labels)[rows]
            low, high = wilson(int(hits.sum()), len(hits))
            mean = np.mean([hits[faces.labels[rows] == label].mean() for label in np.unique(faces.labels[rows])])
            row = {"right": float(hits.mean()), "low": low, "high": high, "mean_recall": float(mean)}
            table[f"{name}, {views} view{'s' * (views > 1)}"] = row | {"faces": float(len(hits))}
    first = next(iter(table.values()))
    first |= judged(first["right"], least=LEAST_RIGHT)
    return table


def recalls(shares: Probabilities, labels: Labels) -> Table:
    """Recall and precision of each expression."""
    predicted = shares.argmax(axis=1)
    table: Table = {}
    for label, name in enumerate(EXPRESSIONS):
        is_there, is_seen = labels == label, predicted == label
        both = float((is_there & is_seen).sum())
        table[name] = {
            "recall": both / max(1.0, float(is_there.sum())),
            "precision": both / max(1.0, float(is_seen.sum())),
            "faces": float(is_there.sum()),
        }
    return table


def confidence(sets: Mapping[str, Probabilities], faces: Faces) -> Table:
    """Mean negative log-likelihood in nats, calibration error, and mean probability of the prediction."""
    rows = np.arange(len(faces.labels))
    return {
        name: {
            "nats": float(-np.log(shares[rows, faces.labels].clip(1e-9)).mean()),
            "calibration_error": calibration_error(shares, faces.labels),
            "mean_probability": float(shares.max(axis=1).mean()),
        }
        for name, shares in sets.items()
    }


def calibration_error(shares: Probabilities, labels: Labels) -> float:
    """The expected calibration error over bins of equal width (Guo et al. 2017), 0..1."""
    table = reliability(shares, labels)
    return sum(row["faces"] * abs(row["right"] - row["probability"]) for row in table.values()) / len(labels)


def reliability(shares: Probabilities, labels: Labels) -> Table:
    """Mean probability of the prediction and its accuracy, over bins of that probability."""
    most, hits = shares.max(axis=1), shares.argmax(axis=1) == labels
    of = np.minimum((most * BINS).astype(int), BINS - 1)
    return {
        f"{each / BINS:.1f} to {(each + 1) / BINS:.1f}": {
            "probability": float(most[of == each].mean()),
            "right": float(hits[of == each].mean()),
            "faces": float((of == each).sum()),
        }
        for each in range(BINS)
        if (of == each).any()
    }


def on_the_plane(shares: Probabilities, labels: Labels) -> Table:
    """Correlation and mean error, per axis, of the sent affect with the affect of the label."""
    points = np.array([(point.valence, point.arousal) for point in POINTS])
    sent, wanted = shares @ points, points[labels]
    return {
        axis: {
            "correlation": float(np.corrcoef(sent[:, index], wanted[:, index])[0, 1]),
            "mean_error": float(np.abs(sent[:, index] - wanted[:, index]).mean()),
        }
        for index, axis in enumerate(("valence", "arousal"))
    }


def confused(shares: Probabilities, labels: Labels) -> Floats:
    """The share of each predicted expression (columns) for each label (rows), (7, 7).

    >>> confused(np.eye(7, dtype=np.float32)[[0, 0, 3]], np.array([0, 1, 3]))[:2, :2].tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    counts = np.zeros((len(EXPRESSIONS), len(EXPRESSIONS)))
    np.add.at(counts, (labels, shares.argmax(axis=1)), 1.0)
    return np.asarray(counts / counts.sum(axis=1, keepdims=True).clip(1.0))


def face_plots(result: FaceReport, folder: Path) -> list[Path]:
    """Draws `face_confusion.png` and `face_reliability.png` into a folder; returns the files.

    Raises:
        EmoOscError: matplotlib is not installed, or a file cannot be written.
    """
    return [
        save_picture(folder, "face_confusion", (5.6, 5.0), partial(draw_confusion, shares=result.confusion)),
        save_picture(folder, "face_reliability", (4.6, 4.4), partial(draw_reliability, result=result)),
    ]


def draw_confusion(figure: "Figure", shares: Floats) -> None:
    """Confusions in percent of each label."""
    panel = figure.subplots()
    panel.imshow(100 * shares, cmap="Blues", vmin=0, vmax=100)
    for (label, seen), share in np.ndenumerate(100 * shares):
        shade = "white" if share > 55 else INK
        panel.text(seen, label, f"{share:.0f}", ha="center", va="center", fontsize=9, color=shade)
    panel.set_title("FER2013, PublicTest: percent of each label", loc="left", fontsize=10, color=INK)
    panel.set_xticks(range(len(EXPRESSIONS)), EXPRESSIONS, rotation=35, ha="right", rotation_mode="anchor")
    panel.set_yticks(range(len(EXPRESSIONS)), EXPRESSIONS)
    panel.set_xlabel("seen", color=INK)
    panel.set_ylabel("labelled", color=INK)
    style_axes(panel)


def draw_reliability(figure: "Figure", result: FaceReport) -> None:
    """Accuracy of the prediction over its probability; the thin line is perfect calibration."""
    panel = figure.subplots()
    rows = list(result.tables["right by how sure it is"].values())
    sizes = [row["faces"] for row in rows]
    panel.plot([0, 1], [0, 1], color=QUIET, linewidth=1)
    probability, hits = ([row[name] for row in rows] for name in ("probability", "right"))
    panel.plot(probability, hits, color="#4a7fc1", linewidth=1.5)
    panel.scatter(probability, hits, s=[12 + 120 * size / max(sizes) for size in sizes], color="#4a7fc1")
    panel.set(xlim=(0, 1.02), ylim=(0, 1.02))
    panel.set_xlabel("probability of the likeliest expression", color=INK)
    panel.set_ylabel("how often it is right (larger: more faces)", color=INK)
    style_axes(panel)
