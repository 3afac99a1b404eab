"""The bench of a farm, short: on the plain service, and with the command on a real Ray."""

import json
from collections.abc import Callable
from importlib.util import find_spec
from math import isnan
from pathlib import Path

import pytest
from click.testing import CliRunner

from emo_osc.cli import main as cli
from emo_osc.config.preset import GeneratorSection
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.bench.bench_farm import FEELING_S, PHRASE_S, Tables, bench_farm
from emo_osc.evaluate.bench.farm_process import FarmProcess
from emo_osc.evaluate.bench.farm_stage import FarmStage
from tests.farm.conftest import farm  # noqa: F401
from tests.farm.plain_farm import TOKEN, PlainFarm

CANNED = GeneratorSection(name="canned")


def measured(url: str, *stages: int, section: GeneratorSection = CANNED) -> Tables:
    return bench_farm(section, stages, 0.5, lambda _: None, running=FarmProcess(url, TOKEN))


def test_stages_and_a_bare_maker_are_measured_beside_each_other(farm: Callable[..., PlainFarm]) -> None:  # noqa: F811
    tables = measured(farm().url, 1, 3)

    assert list(tables) == ["bare", "ray", "farm", "feeds"]
    rows = tables["farm"]
    assert [row["served"] for row in rows.values()] == [1, 3]
    for row in [*rows.values(), *tables["bare"].values()]:
        assert row["melodies_a_s"] > 0
        assert 0 < row["p50_ms"] <= row["p99_ms"]
    best = max(row["melodies_a_s"] for row in rows.values())
    assert [row["this_farm"] for row in tables["feeds"].values()] == [FEELING_S * best, PHRASE_S * best]
    assert all(isnan(row["a_core"]) for row in tables["feeds"].values())  # the CPU of others is not known


def test_a_full_farm_is_counted_and_tried_again(farm: Callable[..., PlainFarm]) -> None:  # noqa: F811
    one = farm(most=1, slow_s=0.05)
    row = measured(one.url, 4)["farm"]["4 stages"]

    assert row["full"] >= 1
    assert row["waiting"] + row["served"] >= 4


def test_a_farm_of_another_generator_is_one_line(farm: Callable[..., PlainFarm]) -> None:  # noqa: F811
    url = farm().url

    with pytest.raises(EmoOscError, match="composes with canned, not music_vae"):
        FarmStage(GeneratorSection(), url, TOKEN)


def test_numbers_of_stages_are_checked_first() -> None:
    result = CliRunner().invoke(cli.commands, ["bench", "farm", "--stages", "1,x"])

    assert "write numbers from 1 to 1000" in str(result.exception)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(find_spec("ray") is None, reason="needs the extra farm: pip install '.[farm]'")
def test_a_farm_is_started_measured_and_ended(tmp_path: Path) -> None:
    out = tmp_path / "farm.json"
    options = ["--generator", "canned", "--stages", "1,4", "--seconds", "1", "--cpus", "0.5", "--json", str(out)]
    result = CliRunner().invoke(cli.commands, ["bench", "farm", *options])

    assert result.exit_code == 0, result.output
    tables = json.loads(out.read_text())
    assert [row["served"] for row in tables["farm"].values()] == [1, 4]
    assert all(row["cpu_ms"] > 0 for row in tables["farm"].values())
    assert tables["ray"]["an order"]["p50_ms"] > tables["ray"]["bare"]["p50_ms"]
