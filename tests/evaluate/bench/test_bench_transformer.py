"""The bench of the transformer: every figure it promises, with a checkpoint and without."""

from pathlib import Path

import pytest
import torch

from emo_osc.evaluate.bench import bench_transformer as bench
from emo_osc.studio.music_transformer import NAME
from emo_osc.studio.nets.music_transformer import MusicTransformer, MusicTransformerConfig
from emo_osc.studio.streams import MOST_EVENTS
from emo_osc.weights import checkpoints

pytestmark = pytest.mark.torch


def test_figures_of_a_checkpoint_fit_together(tmp_path: Path) -> None:
    torch.manual_seed(1)
    config = MusicTransformerConfig(width=32, layers=1, heads=2, context=64, feeling=8)
    tensors = MusicTransformer(config).state_dict()
    path = checkpoints.save(tmp_path, NAME, tensors, {"transformer": config.as_dict()})

    rows = bench.bench_transformer(0.2, path)

    assert set(rows) == {"event", "mean bar", "busiest bar", "first bar", "opening", "composed"}
    assert rows["busiest bar"]["ms"] == pytest.approx(MOST_EVENTS * rows["event"]["ms"])
    assert rows["mean bar"]["real_time"] == pytest.approx(2000 / rows["mean bar"]["ms"])
    assert rows["composed"]["p95_ms"] >= rows["composed"]["ms"] > 0


def test_a_missing_checkpoint_is_not_measured_as_if_it_were_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "checkpoint_folders", tuple)

    rows = bench.bench_transformer(0.1)

    assert "composed" not in rows
    assert rows["event"]["ms"] > 0
