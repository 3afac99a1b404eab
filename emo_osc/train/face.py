"""Trains the face network on FER2013: `emo-osc train face`.

Classes are sampled by the square root of their size, since only 436 faces are labelled disgust; the loss corrects the
logits for it (Menon et al. 2021), so that probabilities match the natural distribution. A second head, not shipped,
predicts the votes of FER+ from the same features: ten votes per face are less noisy than one label. The image size
grows during training, which is faster.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from emo_osc.face.vgg16 import EXPRESSIONS, VGG16, VGG16Config
from emo_osc.train.corpora.faces import PUBLIC_TEST, TRAINING, VOTES, Faces, Variation, for_training, load_faces, varied
from emo_osc.train.loop import Recipe, Scores

RECIPE = Recipe(steps=15_000, batch=128, rate=1.5e-3, seed=1, warmup=300, decay=0.05, validate_every=225)


@dataclass(frozen=True, slots=True)
class FaceChoices:
    """Settings of this training.

    `sizes`: share of the run -> side of the pictures from there on; `balance`: a class is drawn by its size to this
    power; `votes`: weight of the second head; `smoothing` of the labels.
    """

    sizes: tuple[tuple[float, int], ...] = ((0.0, 32), (0.5, 40), (0.8, 48))
    balance: float = 0.5
    votes: float = 0.5
    smoothing: float = 0.1
    variation: Variation = field(default_factory=Variation)

    def size_at(self, share: float) -> int:
        """The side of the pictures at a share of the run.

        >>> FaceChoices().size_at(0.5)
        40
        """
        return next(size for begins, size in reversed(self.sizes) if share >= begins)


class FaceNet(nn.Module):
    """The shipped network with the additional head of training."""

    def __init__(self, config: VGG16Config) -> None:
        super().__init__()
        self.vgg16 = VGG16(config)
        self.votes = nn.Linear(self.vgg16.channels, VOTES)

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the expressions (N, 7) and of the votes (N, 10) of faces (N, 1, H, W) in [0, 1]."""
        features = self.vgg16.dropout(self.vgg16.encode(faces))
        return self.vgg16.classifier(features), self.votes(features)


class FaceTask:
    """Training task: augmented faces of Training; validated on PublicTest."""

    def __init__(self, folder: Path, config: VGG16Config, choices: FaceChoices, device: torch.device) -> None:
        self.net: nn.Module = FaceNet(config)
        self.config, self.choices, self.device = config, choices, device
        self.faces = for_training(load_faces(folder, TRAINING))
        self.valid = load_faces(folder, PUBLIC_TEST)
        sizes = np.bincount(self.faces.labels, minlength=len(EXPRESSIONS)).astype(np.float64)
        drawn = sizes**choices.balance
        self.probabilities = torch.from_numpy((drawn / sizes)[self.faces.labels])
        offset = np.log(drawn / drawn.sum()) - np.log(sizes / sizes.sum())
        self.offset = torch.from_numpy(offset.astype(np.float32)).to(device)

    def loss(self, size: int, generator: torch.Generator, share: float) -> dict[str, Tensor]:
        """Cross-entropy of both heads on `size` newly drawn and augmented faces."""
        rows = torch.multinomial(self.probabilities, size, replacement=True, generator=generator).numpy()
        side = self.choices.size_at(share)
        faces = varied(to_faces(self.faces.images[rows], self.device), side, self.choices.variation, generator)
        logits, votes = self.net(faces.to(memory_format=torch.channels_last))
        labels = torch.from_numpy(self.faces.labels[rows]).to(self.device)
        smoothing = self.choices.smoothing
        label = functional.cross_entropy(logits.float() + self.offset, labels, label_smoothing=smoothing)
        people = functional.cross_entropy(votes.float(), torch.from_numpy(self.faces.votes[rows]).to(self.device))
        return {"loss": label + self.choices.votes * people, "label": label, "votes": people}

    def validate(self, net: nn.Module) -> Scores:
        """Accuracy and loss on PublicTest, unaugmented, with one view."""
        assert isinstance(net, FaceNet)
        logits = logits_of(net.vgg16, self.valid, self.device)
        labels = torch.from_numpy(self.valid.labels)
        hits = logits.argmax(dim=1) == labels
        recalls = [float(hits[labels == label].float().mean()) for label in range(len(EXPRESSIONS))]
        return {
            "valid_accuracy": float(hits.float().mean()),
            "valid_mean_recall": sum(recalls) / len(recalls),
            "valid_nats": float(functional.cross_entropy(logits, labels)),
        }


def to_faces(images: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], device: torch.device) -> Tensor:
    """Grey images (N, H, W) as faces (N, 1, H, W) in [0, 1]."""
    return torch.from_numpy(images).to(device).float().unsqueeze(1) / 255


@torch.no_grad()
def logits_of(net: VGG16, faces: Faces, device: torch.device) -> Tensor:
    """Logits (N, 7) of faces as they are, on the CPU."""
    parts = [
        net(to_faces(part, device).to(memory_format=torch.channels_last)).float().cpu()
        for part in np.array_split(faces.images, max(1, len(faces.images) // 256))
    ]
    return torch.cat(parts)
