"""The face network: published layer names, any side from 32 pixels on, published weights as a start."""

import pytest
import torch

from emo_osc.face.vgg16 import EXPRESSIONS, VGG16, VGG16Config

pytestmark = pytest.mark.torch
SMALL = VGG16Config(width=0.125)
CONVOLUTIONS = (0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40)  # where vgg16_bn has them
PUBLISHED_WEIGHTS = 14_723_136  # of the convolutions of vgg16_bn with their normalisation


def test_its_layers_are_named_and_shaped_as_the_published_ones() -> None:
    with torch.device("meta"):
        net = VGG16(VGG16Config())
    shapes = {name: tuple(value.shape) for name, value in net.state_dict().items()}
    assert [
        index
        for index in range(44)
        if f"features.{index}.weight" in shapes and len(shapes[f"features.{index}.weight"]) == 4
    ] == list(CONVOLUTIONS)
    assert shapes["features.40.weight"] == (512, 512, 3, 3)
    grey = 64 * 2 * 9  # a published first layer sees three colours
    assert sum(value.numel() for value in net.features.parameters()) + grey == PUBLISHED_WEIGHTS


@pytest.mark.parametrize("side", [32, 40, 48])
def test_it_reads_faces_of_several_sides(side: int) -> None:
    assert VGG16(SMALL).eval()(torch.rand(3, 1, side, side)).shape == (3, len(EXPRESSIONS))
