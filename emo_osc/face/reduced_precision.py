"""Face network inference in reduced precision: convolutions in bf16 or int8.

In int8 the first convolution, which sees the picture itself, and the last layer stay float32; between them what a
convolution sees is positive, and is rounded to 1/255 of the largest number in the batch.
"""

from functools import cache

import torch
from torch import Tensor, nn

from emo_osc.face.vgg16 import VGG16
from emo_osc.weights.precision import Precision

_SHAPE = ([1, 1], [1, 1], [1, 1], 1)  # stride, padding, dilation and groups of every convolution of the network


def rounded(net: VGG16, precision: Precision) -> nn.Module:
    """A folded network (`estimate.folded`) at a precision: faces (N, 1, H, W) float32 to logits (N, 7) float32."""
    if precision == "bfloat16":
        return _Bf16(net.bfloat16())
    if precision == "int8":
        first, *others = net.features
        net.features = nn.Sequential(first, *(_Int8(each) if isinstance(each, nn.Conv2d) else each for each in others))
    return net


class _Bf16(nn.Module):
    def __init__(self, net: VGG16) -> None:
        super().__init__()
        self._net = net

    def forward(self, faces: Tensor) -> Tensor:
        logits: Tensor = self._net(faces.bfloat16())
        return logits.float()


class _Int8(nn.Module):
    """A convolution of positive numbers; where the processor has no kernel for integers, by floats that are whole."""

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        assert convolution.bias is not None  # the normalisation is in it
        weight, self._bias = convolution.weight.detach(), convolution.bias.detach()
        self._scale = weight.abs().amax((1, 2, 3)).clamp(min=1e-12) / 127
        self._whole = (weight / self._scale[:, None, None, None]).round()  # (C, channels, 3, 3), integers
        self._zeros = torch.zeros(len(weight), dtype=torch.int32)
        self._packed = self._pack() if _has_exact_int8() else None

    def forward(self, x: Tensor) -> Tensor:
        step = float(x.max().clamp(min=1e-12)) / 255
        steps = torch.add(0.5, x, alpha=1 / step).clamp_(0, 255)
        if self._packed is None:
            made = nn.functional.conv2d(steps.floor_(), self._whole, None, padding=1)
            return made * (step * self._scale)[:, None, None] + self._bias[:, None, None]
        weight = self._packed, self._scale, self._zeros, self._bias
        return _convolved(steps.to(torch.uint8), step, *weight)

    def _pack(self) -> Tensor:
        return _blocked(self._whole.to(torch.int8), self._scale)


@cache
def _has_exact_int8() -> bool:
    """Whether this processor sums products of integers exactly: without VNNI, pairs of large ones overflow 16 bits."""
    scale, zeros = torch.ones(16), torch.zeros(16, dtype=torch.int32)
    faces = torch.full((1, 16, 3, 3), 255, dtype=torch.uint8).contiguous(memory_format=torch.channels_last)
    try:
        weight = _blocked(torch.full((16, 16, 3, 3), 127, dtype=torch.int8), scale)
        middle = _convolved(faces, 1.0, weight, scale, zeros, zeros.float())[0, :, 1, 1]
    except (RuntimeError, AttributeError, NotImplementedError):
        return False
    return bool((middle == 255 * 127 * 16 * 9).all())


def _blocked(weight: Tensor, scale: Tensor) -> Tensor:
    packed: Tensor = torch.ops.onednn.qconv_prepack(weight, scale, 1.0, 0, *_SHAPE, None)
    return packed


def _convolved(x: Tensor, step: float, weight: Tensor, scale: Tensor, zeros: Tensor, bias: Tensor) -> Tensor:
    out: tuple[object, ...] = (1.0, 0, torch.float32, "none", [], "")
    made: Tensor = torch.ops.onednn.qconv2d_pointwise(x, step, 0, weight, scale, zeros, bias, *_SHAPE, *out)
    return made
