"""Probabilities of facial expressions: `classify` for batches, `Estimator` for live use.

The logits of several views of a face are averaged; docs/face_model.md has the accuracy by number of views.
"""

from copy import deepcopy
from functools import cache, partial
from math import inf

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from emo_osc.face.reduced_precision import rounded
from emo_osc.face.vgg16 import EXPRESSIONS, SIZE, VGG16, VGG16Config
from emo_osc.face.views import VIEWS, seen
from emo_osc.weights import checkpoints
from emo_osc.weights.precision import PRECISIONS, Choice, Precision, Run, fastest, settled
from emo_osc.weights.size_checks import fitted, one_line_errors

# N faces, V views

NAME = "face"
"""The checkpoint's name, `face-HASH8.safetensors`."""
CAREFUL_VIEWS = 14
"""Views of `classify`: the face, nearer, farther, moved to each side, each mirrored too; all that `VIEWS` has."""
BATCH = 256
"""Pictures at once: the first layers of more would fill hundreds of megabytes."""

Images = NDArray[np.uint8]
Probabilities = NDArray[np.float32]


def classify(images: Images) -> Probabilities:
    """What faces express: uint8 grey (N, 48, 48), 0 black, to probabilities (N, 7) that add up to 1.

    The order is FER2013's: anger, disgust, fear, happiness, sadness, surprise, neutral. A face is a square crop with
    little background, upright. The newest checkpoint `face` is loaded at the first call and kept.

    Raises:
        TypeError: the images are no array of uint8.
        ValueError: their shape is not (N, 48, 48).
        EmoOscError: there is no checkpoint of that name, or it is not one of a face network.
    """
    return _careful().probabilities(images)


@cache
def _careful() -> "Estimator":
    return Estimator.of_checkpoint(views=CAREFUL_VIEWS)


class Estimator:
    """A face network for inference, with normalisation folded into the convolutions.

    `views` 1..14 looks a face: one is quickest, more are a little more often right. `temperature` divides the logits,
    so that a probability of .8 is right eight times of ten. What need not be repeatable on every machine is computed in
    the precision that is fastest here.

    Raises:
        ValueError: `views` or `temperature` is out of range.
        EmoOscError: `EMO_OSC_PRECISION` is invalid.
    """

    def __init__(self, net: VGG16, views: int = 1, temperature: float = 1.0, is_repeatable: bool = True) -> None:
        if not 1 <= views <= len(VIEWS):
            raise ValueError(f"views must be in 1..{len(VIEWS)}, got {views!r}")
        if not 0.0 < temperature < inf:
            raise ValueError(f"temperature must be a number above 0, got {temperature!r}")
        self.views, self.temperature = VIEWS[:views], temperature
        self.choice = judging_choice(net, views, is_repeatable)
        """The precision, and why."""
        self._net = rounded(folded(net), self.choice.precision)

    @classmethod
    def of_checkpoint(cls, name: str = NAME, views: int = 1, is_repeatable: bool = True) -> "Estimator":
        """The estimator of a checkpoint, by name or `.safetensors` path; its config may say the temperature.

        Raises:
            EmoOscError: there is no such checkpoint, or it is not one of a face network.
        """
        path = checkpoints.find(name)
        kept = checkpoints.load(path)
        with one_line_errors(path, "a face network", "make one with emo-osc train face"):
            net = fitted(VGG16, VGG16Config, kept.config["vgg16"], kept.tensors)
            return cls(net, views, float(kept.config.get("temperature", 1.0)), is_repeatable)

    @torch.inference_mode()
    def logits(self, images: Images) -> NDArray[np.float32]:
        """Mean logits (N, 7) over the views of grey faces (N, 48, 48), before the temperature.

        Raises:
            TypeError: the images are no array of uint8.
            ValueError: their shape is not (N, 48, 48).
        """
        _check(images)
        step = max(1, BATCH // len(self.views))
        parts = [self._judged(images[start : start + step]) for start in range(0, len(images), step)]
        return np.concatenate([np.zeros((0, len(EXPRESSIONS)), np.float32), *parts])

    def probabilities(self, images: Images) -> Probabilities:
        """Probabilities (N, 7) of grey faces (N, 48, 48), in the order of `EXPRESSIONS`; raises as `logits` does."""
        scaled = self.logits(images) / np.float32(self.temperature)
        powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        shares: Probabilities = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def _judged(self, images: Images) -> NDArray[np.float32]:
        faces = torch.from_numpy(np.ascontiguousarray(images)).unsqueeze(1).float() / 255
        views = seen(faces, self.views).contiguous(memory_format=torch.channels_last)
        logits: NDArray[np.float32] = self._net(views).unflatten(0, (len(images), len(self.views))).mean(dim=1).numpy()
        return logits


def judging_choice(net: VGG16, views: int, is_repeatable: bool) -> Choice:
    """The precision in which a network judges one face in so many views fastest; float32 for what repeats."""
    if (choice := settled("cpu", is_repeatable)) is not None:
        return choice
    faces = torch.full((views, 1, SIZE, SIZE), 0.5).contiguous(memory_format=torch.channels_last)

    def trial(precision: Precision) -> Run:
        own = rounded(folded(net), precision)

        @torch.inference_mode()
        def run() -> None:
            own(faces)

        return run

    work = f"judging, width {net.config.width:g}, {views} views"
    return fastest(work, {precision: partial(trial, precision) for precision in PRECISIONS})


def folded(net: VGG16) -> VGG16:
    """The same network for judging only: every normalisation is in the convolution before it."""
    own = deepcopy(net).eval()
    layers: list[nn.Module] = []
    for layer in own.features:
        if isinstance(layer, nn.BatchNorm2d):
            convolution = layers.pop()
            assert isinstance(convolution, nn.Conv2d)  # as `VGG16` is built
            layer = fuse_conv_bn_eval(convolution, layer)
        layers.append(layer)
    own.features = nn.Sequential(*layers)
    own.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs leave this form out
    return own


def _check(images: Images) -> None:
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8:
        found = images.dtype if isinstance(images, np.ndarray) else type(images).__name__
        raise TypeError(f"images must be a numpy array of uint8, 0 black to 255 white, got {found}")
    if images.ndim != 3 or images.shape[1:] != (SIZE, SIZE):
        raise ValueError(f"images must be grey faces of shape (N, {SIZE}, {SIZE}), got {images.shape}")
