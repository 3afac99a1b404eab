"""Benchmark of face detection and classification: a drawn face in simulated camera frames, on one thread."""

from pathlib import Path
from time import perf_counter, thread_time

import cv2
import numpy as np
import torch

from emo_osc.face.boxes import cut
from emo_osc.face.drawn import blank, draw_face
from emo_osc.face.estimate import Estimator
from emo_osc.face.haar import HaarFinder
from emo_osc.face.look import Looker
from emo_osc.face.yunet import YuNetFinder

Figures = dict[str, dict[str, float]]


def bench(model: str, yunet: Path | None = None, looks: int = 200) -> Figures:
    """Milliseconds of a look at 640 x 480 and of its parts, `looks` times: p50 and p95 of wall time and of CPU time.

    Raises:
        EmoOscError: the checkpoint or YuNet's file is missing.
    """
    torch.set_num_threads(1)
    haar, estimator = HaarFinder(), Estimator.of_checkpoint(model, is_repeatable=False)
    net = YuNetFinder(yunet) if yunet else None
    looker = Looker((lambda picture, _: net.find(picture)) if net else (lambda _, grey: haar.find(grey)), estimator)
    wall = blank()
    times: dict[str, list[tuple[float, float]]] = {"a look": [], "the network alone": []}
    for step in range(looks):
        place = 150 + 100 * np.sin(step / 25), 120 + 40 * np.sin(step / 17), 150 + 50 * np.sin(step / 40)
        picture = draw_face(wall, *(round(value) for value in place))
        begun = perf_counter(), thread_time()
        look = looker.look(picture)
        times["a look"].append((perf_counter() - begun[0], thread_time() - begun[1]))
        for box in look.boxes:
            face = cut(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8), box)[None]
            begun = perf_counter(), thread_time()
            estimator.probabilities(face)
            times["the network alone"].append((perf_counter() - begun[0], thread_time() - begun[1]))
    return {name: _spread(spent) for name, spent in times.items()}


def _spread(spent_s: list[tuple[float, float]]) -> dict[str, float]:
    """Percentiles in milliseconds, without the first ten, which warm up."""
    wall, own = np.array(spent_s[10:]).T * 1000
    return {
        "p50 ms": float(np.percentile(wall, 50)),
        "p95 ms": float(np.percentile(wall, 95)),
        "own p50 ms": float(np.percentile(own, 50)),
        "own p95 ms": float(np.percentile(own, 95)),
        "looks": float(len(spent_s)),
    }
