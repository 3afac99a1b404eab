"""The frontier of control against distance: what each method starts from, and what its strength does."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.frontier import Point, frontier
from emo_osc.evaluate.frontier_plot import frontier_png
from emo_osc.studio.line.proposer import LineProposer
from emo_osc.studio.music_vae import MusicVAE

pytestmark = [pytest.mark.torch, pytest.mark.slow]


@pytest.fixture(scope="module")
def points(shipped: MusicVAE) -> list[Point]:
    return frontier(shipped, sources=12, pool=24)


def of(points: list[Point], method: str) -> dict[float, Point]:
    return {point.strength: point for point in points if point.method == method}


def test_with_no_strength_the_source_stays(points: list[Point]) -> None:
    for method in ("actor", "attribute vectors", "gradient"):
        still = of(points, method)[0.0]
        assert still.moved == pytest.approx(0.0, abs=1e-3)
        assert still.rhythm == pytest.approx(1.0)


def test_the_farther_the_actor_goes_the_more_it_moves(points: list[Point]) -> None:
    actor = of(points, "actor")
    assert [actor[way].moved for way in (0.0, 0.5, 1.0)] == sorted(actor[way].moved for way in (0.0, 0.5, 1.0))
    assert actor[1.0].error < 0.6 * actor[0.0].error


def test_of_more_draws_the_nearest_is_nearer_and_strange_to_the_source(points: list[Point]) -> None:
    drawn = of(points, "rejection")
    assert drawn[16].error < drawn[1].error
    assert drawn[16].rhythm < 0.6


def test_a_decoder_that_is_told_comes_nearer_than_one_that_is_not(points: list[Point]) -> None:
    assert of(points, "told alone")[1.0].error < 0.7 * of(points, "actor")[0.0].error
    assert of(points, "told alone")[1.0].moved == 0.0


def test_it_is_drawn(points: list[Point], tmp_path: Path) -> None:
    frontier_png(points, tmp_path / "frontier.png")
    assert (tmp_path / "frontier.png").stat().st_size > 10_000
    with pytest.raises(EmoOscError, match="cannot be written"):
        frontier_png(points, tmp_path / "nowhere" / "frontier.png")


def test_a_generator_without_an_actor_is_refused(shipped: MusicVAE) -> None:
    own = shipped.proposer
    assert isinstance(own, LineProposer)
    bare = MusicVAE(LineProposer(own.nets, own.plans, own.prior, torch.device("cpu")), replace(shipped.sampling))
    with pytest.raises(EmoOscError, match="has no actor"):
        frontier(bare)
