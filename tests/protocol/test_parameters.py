"""The table of parameters: one row is enough for every table that is made from it."""

import subprocess
import sys

from emo_osc.protocol.parameters import VALUES
from emo_osc.stage.player.settings import SETTING_NAMES, Settings

NEW_ROW = """
from emo_osc.protocol import parameters as table

argument = table.Argument("tremolo", "f", 0.0, 4.0)
table.VALUES["tremolo"] = table.Value("tremolo", (argument,), "how deep", section="performance", default=0.5, unit="x")

from emo_osc.config.preset import Preset, schema
from emo_osc.config.preset_loading import parse_preset
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.commands import ROUTES, SetValue
from emo_osc.surface.oscquery import answer
from tools.manual import osc_page

assert ROUTES["/emo/set/tremolo"].forms == ((argument,),)
status, node = answer("/emo/set/tremolo", "", {})
assert (status, node["RANGE"], node["UNIT"]) == (200, [{"MIN": 0.0, "MAX": 4.0}], ["x"]), node
field = schema()["$defs"]["PerformanceSection"]["properties"]["tremolo"]
assert (field["default"], field["minimum"], field["maximum"], field["description"]) == (0.5, 0.0, 4.0, "how deep")
assert "| `tremolo` | number | 0..4 | how deep | `performance.tremolo`, 0.5 |" in osc_page()
assert Preset().values()["tremolo"] == 0.5
assert parse_preset("performance: {tremolo: 3}", "club").values()["tremolo"] == 3.0
for text, said in (("tremolo: 5", "club.performance.tremolo: input should be less"), ("tremlo: 1", "mean 'tremolo'?")):
    try:
        parse_preset("performance: {" + text + "}", "club")
    except EmoOscError as error:
        assert said in str(error), error
    else:
        raise AssertionError(text)
"""


def test_one_row_appears_in_osc_oscquery_schema_presets_and_docs() -> None:
    done = subprocess.run([sys.executable, "-c", NEW_ROW], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_the_stage_begins_with_the_defaults_of_the_table() -> None:
    begun = {name: getattr(Settings(), name) for name in SETTING_NAMES if name in VALUES}

    assert begun == {name: VALUES[name].default for name in begun}
