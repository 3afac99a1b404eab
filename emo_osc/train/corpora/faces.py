"""FER2013 as a table of faces, and how a face is varied for training. Reads `fer2013_train.npz` of a data folder."""

from dataclasses import dataclass
from math import pi
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import open_regular

FILE = "fer2013_train.npz"
TRAINING, PUBLIC_TEST = 0, 1
NOT_A_FACE = 9
VOTES = 10
"""People per face in FER+ (Barsoum et al. 2016): neutral, happiness, surprise, .., contempt, unknown, not a face."""


@dataclass(frozen=True, slots=True)
class Faces:
    """N grey faces with what they express: `images` uint8 (N, 48, 48), `labels` int64 (N,) 0..6 in FER's order.

    `votes` float32 (N, 10): shares of the people of FER+; `is_copy` bool (N,): its pixels also occur in Training.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    votes: NDArray[np.float32]
    is_copy: NDArray[np.bool_]

    def select(self, rows: NDArray[np.bool_]) -> "Faces":
        """The faces of some rows."""
        return Faces(self.images[rows], self.labels[rows], self.votes[rows], self.is_copy[rows])


def load_faces(folder: Path, split: int) -> Faces:
    """The faces of Training or PublicTest, all of them.

    Raises:
        EmoOscError: the file is missing or is not FER2013.
    """
    path = folder / FILE
    try:
        with open_regular(path) as opened, np.load(opened) as file:
            rows = file["split"] == split
            votes = file["ferplus"][rows].astype(np.float32)
            return Faces(
                images=file["images"][rows],
                labels=file["labels"][rows].astype(np.int64),
                votes=votes / np.maximum(votes.sum(axis=1, keepdims=True), 1.0),
                is_copy=file["copy_of_training"][rows],
            )
    except FileNotFoundError:
        raise EmoOscError(f"{path}: not there; name the folder that holds FER2013 with --data") from None
    except (KeyError, ValueError, OSError, BadZipFile) as error:
        raise EmoOscError(f"{path}: not the faces of FER2013 ({error}); fetch it again") from None


def for_training(faces: Faces) -> Faces:
    """Faces without blank pictures and without those most annotators marked as no face."""
    is_blank = faces.images.reshape(len(faces.images), -1).std(axis=1) < 1.0
    return faces.select(~is_blank & (faces.votes[:, NOT_A_FACE] < 0.5))


@dataclass(frozen=True, slots=True)
class Variation:
    """How far a face is moved for training: flips and rotations are Yoon et al.'s, the rest is usual for FER2013.

    `turn` degrees to either side; `zoom` and `shift` shares of the side; `light` and `contrast` shares of full scale;
    `erased` the chance that a rectangle of up to `hole` of the side is made grey.
    """

    turn: float = 15.0
    zoom: float = 0.15
    shift: float = 0.1
    light: float = 0.15
    contrast: float = 0.3
    erased: float = 0.5
    hole: float = 0.4


def varied(faces: Tensor, size: int, amount: Variation, generator: torch.Generator) -> Tensor:
    """Faces (N, 1, H, W) in [0, 1], each moved at random, as (N, 1, size, size); `generator` is on the CPU."""
    count = len(faces)

    def either(most: float) -> Tensor:
        return (2 * torch.rand(count, generator=generator) - 1) * most

    turn, zoom = either(amount.turn * pi / 180), 1 + either(amount.zoom)
    flip = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(turn) * zoom, torch.sin(turn) * zoom
    across = torch.stack([cos * flip, -sin, either(2 * amount.shift)], dim=1)
    down = torch.stack([sin * flip, cos, either(2 * amount.shift)], dim=1)
    grid = functional.affine_grid(torch.stack([across, down], dim=1), [count, 1, size, size], align_corners=False)
    moved = functional.grid_sample(faces, grid.to(faces), padding_mode="reflection", align_corners=False)
    light, contrast = either(amount.light).view(-1, 1, 1, 1), 1 + either(amount.contrast).view(-1, 1, 1, 1)
    lit = ((moved - 0.5) * contrast.to(faces) + 0.5 + light.to(faces)).clamp(0.0, 1.0)
    return torch.where(_holes(count, size, amount, generator).to(faces.device), torch.full_like(lit, 0.5), lit)


def _holes(count: int, size: int, amount: Variation, generator: torch.Generator) -> Tensor:
    """Where pictures are erased (Zhong et al. 2020), bool (N, 1, size, size)."""
    sides = torch.rand(2, count, generator=generator) * amount.hole * size
    centres = torch.rand(2, count, generator=generator) * size
    is_erased = torch.rand(count, generator=generator) < amount.erased
    places = torch.arange(size) + 0.5
    inside = (places - centres[..., None]).abs() < sides[..., None] / 2
    return (inside[0][:, :, None] & inside[1][:, None, :] & is_erased[:, None, None])[:, None]
