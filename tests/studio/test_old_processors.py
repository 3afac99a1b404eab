"""Every precision on a processor of ten years ago: oneDNN and ATen are held to its instructions in another process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.torch, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
OLD = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "OMP_NUM_THREADS": "1"}
PROGRAM = """
import torch
from emo_osc.face.reduced_precision import _Int8
from emo_osc.studio.decoding.lstm import Gates, State, layer
from emo_osc.studio.decoding.products import adder, linear

torch.manual_seed(0)
weight, x = torch.randn(256, 64).sign(), torch.rand(16, 64).round()  # pairs of the largest numbers there are
total = torch.zeros(16, 256)
adder(weight, "int8")(total, x)
assert (total - x @ weight.T).abs().max() < 0.2, "sums of integers overflow"
for precision in ("float32", "bfloat16", "int8"):
    made = linear(weight, torch.zeros(256), precision)(x).float()
    assert (made - x @ weight.T).abs().max() < 0.5, precision
    one = layer(weight[:, :64], torch.zeros(256), precision)
    rows = torch.zeros(16, 64, dtype=one.dtype)
    one.step(Gates.of(torch.zeros(16, 256, dtype=one.dtype)), x.to(one.dtype), State(rows.clone(), rows))
    assert rows.isfinite().all() and rows.abs().max() > 0.1, precision
convolution = torch.nn.Conv2d(16, 16, 3, padding=1)
convolution.weight.data.sign_()
with torch.no_grad():
    pictures = 5 * torch.rand(1, 16, 6, 6).round().contiguous(memory_format=torch.channels_last)
    assert (_Int8(convolution)(pictures) - convolution(pictures)).abs().max() < 0.5, "convolutions overflow"
"""


def test_an_old_processor_computes_every_precision_rightly() -> None:
    environment = {**os.environ, **OLD, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, check=False)

    assert done.returncode == 0, done.stderr
