"""A face network for judging, in another precision than float32: convolutions in bf16, or in int8.

In int8 the first convolution, which sees the picture itself, and the last layer stay float32; between them what a
convolution sees is positive, and is rounded to 1/255 of the largest number in the batch.
"""

import torch
from torch import Tensor, nn

from emo_osc.face.vgg16 import VGG16
from emo_osc.weights.precision import Precision

_STRIDE, _PADDING, _DILATION, _GROUPS = [1, 1], [1, 1], [1, 1], 1  # of every convolution of the network


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
        try:
            self._packed: Tensor | None = self._pack()
            self(torch.ones(1, weight.shape[1], 3, 3).contiguous(memory_format=torch.channels_last))
        except (RuntimeError, AttributeError, NotImplementedError):
            self._packed = None

    def forward(self, x: Tensor) -> Tensor:
        step = float(x.max().clamp(min=1e-12)) / 255
        steps = torch.add(0.5, x, alpha=1 / step).clamp_(0, 255)
        if self._packed is None:
            made = nn.functional.conv2d(steps.floor_(), self._whole, None, padding=1)
            return made * (step * self._scale)[:, None, None] + self._bias[:, None, None]
        shape = _STRIDE, _PADDING, _DILATION, _GROUPS
        weight = self._packed, self._scale, self._zeros, self._bias
        out: tuple[object, ...] = (1.0, 0, torch.float32, "none", [], "")
        summed: Tensor = torch.ops.onednn.qconv2d_pointwise(steps.to(torch.uint8), step, 0, *weight, *shape, *out)
        return summed

    def _pack(self) -> Tensor:
        packed: Tensor = torch.ops.onednn.qconv_prepack(
            self._whole.to(torch.int8), self._scale, 1.0, 0, _STRIDE, _PADDING, _DILATION, _GROUPS, None
        )
        return packed
