import json
import subprocess
import sys

import pytest

from emo_osc.config.clocks import CLOCKS, find
from emo_osc.config.preset import Preset, schema
from emo_osc.core.errors import EmoOscError

ADD_A_ROW = """
from emo_osc.config.clocks import CLOCKS, ClockRow
CLOCKS["pendulum"] = ClockRow("clocks_of_mine:build", "a weight on a string", needs_midi_in=True)
import json
from click.testing import CliRunner
from emo_osc.cli.main import commands
from emo_osc.config.preset import Preset, schema
from emo_osc.supervisor.child_setups import stage_setup
preset = Preset(clock={"source": "pendulum"})
setup = stage_setup(preset)
print(json.dumps([
    schema()["$defs"]["ClockSection"]["properties"]["source"]["enum"], preset.clock.is_locked, setup.clock,
    setup.midi_in != "", "pendulum (a weight on a string)" in
    " ".join(CliRunner().invoke(commands, ["serve", "--help"]).output.split()),
]))
"""


def test_a_new_row_is_a_choice_of_command_line_preset_and_schema() -> None:
    run = subprocess.run([sys.executable, "-c", ADD_A_ROW], capture_output=True, text=True, check=True)

    assert json.loads(run.stdout) == [[*CLOCKS, "pendulum"], True, "pendulum", True, True]


def test_the_schema_offers_every_clock_of_the_table() -> None:
    assert schema()["$defs"]["ClockSection"]["properties"]["source"]["enum"] == list(CLOCKS)


@pytest.mark.parametrize("name", CLOCKS)
def test_the_tempo_is_locked_where_the_clock_is_not_ours(name: str) -> None:
    preset = Preset.model_validate({"clock": {"source": name}})

    assert preset.clock.is_locked is not CLOCKS[name].is_ours


def test_a_clock_that_nobody_knows_is_refused_with_those_that_are() -> None:
    with pytest.raises(EmoOscError, match=f"no clock 'sun'; clocks are {', '.join(CLOCKS)}"):
        find("sun")
