"""What a preset that is loaded changes of the values that were set by hand."""

from emo_osc.core.affect import MOODS
from emo_osc.protocol.stage_setup import StagePreset
from tests.twin import make_ready, make_stage


def test_a_preset_sets_density_and_leaves_a_latency_that_it_does_not_name() -> None:
    instrument = make_stage((make_ready(60),)).instrument
    instrument.set("density", (0.5,), 0.0)
    instrument.set("latency_ms", (23.0,), 0.0)
    instrument._presets["plain"] = StagePreset({"density": 0.0, "tempo": 90.0, "tempo_follow": 0.4}, MOODS)
    instrument._presets["late"] = StagePreset({"latency_ms": 40.0}, MOODS)

    instrument.load_preset("plain", 0.0)
    plain = [instrument.read(name, 0.0) for name in ("density", "latency_ms", "tempo_follow")]
    instrument.load_preset("late", 0.0)

    assert plain == [(0.0,), (23.0,), (0.4,)]
    assert instrument.read("latency_ms", 0.0) == (40.0,)
