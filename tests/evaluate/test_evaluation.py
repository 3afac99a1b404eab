"""One run of `emo-osc eval` with the shipped generator, without a corpus, as small as it can be."""

import json
from io import StringIO
from pathlib import Path

import pytest
import torch
from rich.console import Console

from emo_osc.config.preset import GeneratorSection
from emo_osc.evaluate.evaluation import NO_CORPUS, Choices, run
from emo_osc.evaluate.makers import Size
from emo_osc.studio.music_vae import checkpoint_path, load
from emo_osc.studio.proposers import SamplingParameters

SMALL = Size(2, 2, 1)


def test_control_is_printed_kept_and_drawn_without_a_corpus(tmp_path: Path) -> None:
    told = StringIO()
    hasty = load(checkpoint_path(GeneratorSection()), torch.device("cpu"), SamplingParameters())
    choices = Choices(size=SMALL, json_out=tmp_path / "out.json", plots_out=tmp_path / "plots")
    tables = run(hasty, choices, Console(file=told, width=160))
    density = tables["control over the plane"]["Spearman, density"]
    assert {"played", "tonal", "at_least", "met"} <= set(density)
    assert "edited" not in density
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == tables
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {"plane.png", "curves.png", "confusion.png"}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in (tmp_path / "plots").iterdir())
    assert NO_CORPUS[:9] in told.getvalue()
    assert "met" in told.getvalue()


@pytest.mark.parametrize("wrong", [(1, 2, 1), (2, 1, 1), (2, 2, 3), (2, 2, 0)])
def test_a_size_that_shows_nothing_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="a size needs"):
        Size(*wrong)
