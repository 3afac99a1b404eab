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


def published(net: VGG16) -> dict[str, torch.Tensor]:
    """The tensors of a network as if they were published: three colours, and a head of another shape."""
    tensors = {name: torch.rand_like(value.float()) for name, value in net.state_dict().items()}
    first = tensors["features.0.weight"]
    return tensors | {"features.0.weight": first.repeat(1, 3, 1, 1), "classifier.0.weight": torch.rand(5, 5)}


def test_published_convolutions_are_taken_with_their_colours_summed() -> None:
    net = VGG16(SMALL)
    head = net.classifier.weight.clone()
    tensors = published(net)
    net.with_published(tensors)
    assert torch.allclose(net.features[0].get_parameter("weight"), tensors["features.0.weight"].sum(1, keepdim=True))
    assert torch.equal(net.features[40].get_parameter("weight"), tensors["features.40.weight"])
    assert torch.equal(net.classifier.weight, head)


def test_tensors_of_another_network_are_refused_by_name() -> None:
    tensors = published(VGG16(SMALL))
    del tensors["features.14.bias"]
    with pytest.raises(ValueError, match=r"features\.14\.bias"):
        VGG16(SMALL).with_published(tensors)
    with pytest.raises(ValueError, match="vgg16_bn"):
        VGG16(VGG16Config(width=0.25)).with_published(published(VGG16(SMALL)))
