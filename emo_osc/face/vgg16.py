"""VGG16 with batch normalisation for small grey faces (Simonyan and Zisserman 2015, configuration D; Yoon et al.).

Layers carry the names of the published networks (`features.0.weight`, ..). The published head of three wide layers is
for 1,000 classes at 224 x 224; a face of 48 x 48 leaves one place after the fifth pooling, so its channels are averaged
over what is left and read by one layer.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

SIZE = 48
"""Side of a face, in pixels."""
EXPRESSIONS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
"""The classes in the order of FER2013 (Goodfellow et al. 2013)."""
BLOCKS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
"""Channels of the convolutions between two poolings, at full width."""


@dataclass(frozen=True, slots=True)
class VGG16Config:
    """Sizes of the network: `width` is the share of the published channels, `dropout` before the last layer.

    Raises:
        ValueError: a share is out of range.
    """

    width: float = 1.0
    dropout: float = 0.3

    def __post_init__(self) -> None:
        if not 1 / 64 <= self.width <= 8.0 or not 0.0 <= self.dropout < 1.0:
            raise ValueError(f"width must be in [1/64, 8], dropout in [0, 1), got {self.width}, {self.dropout}")

    def as_dict(self) -> dict[str, float]:
        """What a checkpoint keeps."""
        return asdict(self)


class VGG16(nn.Module):
    """Thirteen 3 x 3 convolutions, five poolings, one linear layer.

    >>> VGG16(VGG16Config(width=0.125))(torch.zeros(2, 1, 48, 48)).shape
    torch.Size([2, 7])
    """

    def __init__(self, config: VGG16Config) -> None:
        super().__init__()
        self.config = config
        self.channels = round(BLOCKS[-1][-1] * config.width)
        self.features = nn.Sequential(*_layers(config.width))
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(self.channels, len(EXPRESSIONS))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def encode(self, faces: Tensor) -> Tensor:
        """What the convolutions see in faces (N, 1, H, W) in [0, 1], H and W at least 32: (N, channels)."""
        seen: Tensor = self.features((faces - 0.5) / 0.25)
        return seen.mean(dim=(2, 3))

    def forward(self, faces: Tensor) -> Tensor:
        """Logits (N, 7) of faces (N, 1, H, W) in [0, 1], H and W at least 32."""
        logits: Tensor = self.classifier(self.dropout(self.encode(faces)))
        return logits


def _layers(width: float) -> Iterator[nn.Module]:
    before = 1
    for block in BLOCKS:
        for published in block:
            channels = round(published * width)
            convolution = nn.Conv2d(before, channels, kernel_size=3, padding=1)
            nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
            yield from (convolution, nn.BatchNorm2d(channels), nn.ReLU(inplace=True))
            before = channels
        yield nn.MaxPool2d(kernel_size=2, stride=2)
