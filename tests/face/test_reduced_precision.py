"""A face network in every precision: nearly the same probabilities, on processors with and without integer kernels."""

from pathlib import Path

import numpy as np
import pytest
import torch

from emo_osc.face.estimate import Estimator, judging_choice
from emo_osc.face.reduced_precision import _Int8
from emo_osc.weights import measured_cache as measured
from emo_osc.weights import precision
from tests.face.test_estimate import pictures, small_net

pytestmark = pytest.mark.torch
TOLERANCE = {"float32": 0.0, "bf16": 0.05, "int8": 0.05}
"""Of a probability; these faces are noise, of which the network is never sure."""


@pytest.mark.parametrize("said", TOLERANCE)
def test_every_precision_judges_nearly_alike(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = Estimator(small_net(), views=2).probabilities(pictures(5))
    monkeypatch.setenv(precision.VARIABLE, said)

    estimator = Estimator(small_net(), views=2)

    assert estimator.choice.precision == precision.NAMES[said]
    assert np.abs(estimator.probabilities(pictures(5)) - expected).max() <= TOLERANCE[said]


def test_a_processor_without_integer_kernels_rounds_alike() -> None:
    torch.manual_seed(1)
    convolution, x = torch.nn.Conv2d(8, 12, 3, padding=1), 3 * torch.rand(2, 8, 6, 6)
    packed, plain = _Int8(convolution), _Int8(convolution)
    plain._packed = None

    with torch.inference_mode():
        made, expected = packed(x), convolution(x)
        assert torch.allclose(made, plain(x), atol=1e-4)
        assert float((made - expected).abs().max() / expected.abs().max()) < 0.02


def test_a_picture_of_one_shade_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(precision.VARIABLE, "int8")

    assert np.isfinite(Estimator(small_net()).probabilities(np.full((1, 48, 48), 128, np.uint8))).all()


def test_what_is_repeatable_is_float32_and_a_camera_takes_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(precision, "_CHOSEN", {})
    monkeypatch.delenv(precision.VARIABLE, raising=False)
    measured.write(f"{measured.machine()}; judging, width 0.0625, 1 views", {"float32": 9.0, "bfloat16": 1.0})

    assert Estimator(small_net()).choice.precision == "float32"
    assert Estimator(small_net(), is_repeatable=False).choice.precision == "bfloat16"
    assert "float32 " in judging_choice(small_net(), 2, is_repeatable=False).why
