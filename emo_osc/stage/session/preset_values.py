"""How an instrument takes over the values of a preset."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.stage.player.rule_weights import RuleWeights

if TYPE_CHECKING:
    from emo_osc.stage.session.instrument import Instrument


def check_rules(presets: Mapping[str, StagePreset]) -> None:
    """Check the rules of every preset before one is played.

    Raises:
        EmoOscError: a rule is unknown, or a weight out of its range.
    """
    for name, preset in presets.items():
        try:
            RuleWeights(**preset.rules)
        except (TypeError, ValueError) as error:
            raise EmoOscError(f"presets.{name}.rules: {error}") from None


def take_values(instrument: "Instrument", preset: StagePreset, now_s: float) -> float | None:
    """Set what a preset names; the tick at which the last of it is heard, None where only play will tell.

    First the tempo, which ends `tempo_follow`; then every setting; then what asks for another melody.
    """
    values, performer = preset.values, instrument.performer
    if "tempo" in values and instrument.transport.clock.is_ours:  # or the tempo is somebody else's
        instrument.set("tempo", (values["tempo"],), now_s)
    if "latency_ms" in values:
        instrument.set("latency_ms", (values["latency_ms"],), now_s)
    settings = performer.settings.holding_all(values)
    instrument.play_by(replace(settings, cc74=preset.cc74, cc1=preset.cc1, rules=RuleWeights(**preset.rules)))
    landing: float | None = -inf
    for name in ("intensity", "mood"):
        if name in values:
            landing = instrument.set(name, (values[name],), now_s)
    return landing
