"""The player's settings, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from emo_osc.core.scales import AUTO
from emo_osc.stage.player.rule_weights import ALL_RULES, RuleWeights


@dataclass(frozen=True, slots=True)
class Settings:
    """What a player has set, within the ranges of `values.VALUES`; `cc74` and `cc1` say which controllers are sent.

    `rules` are the preset's alone.
    """

    quantize: str = "bar"
    key: str = AUTO
    scale: str = AUTO
    transpose: int = 0
    register: int = 0
    density: float = 0.0
    velocity: float = 1.0
    gate: float = 1.0
    swing: float = 0.0
    humanize: float = 1.0
    evolve: float = 1.0
    intensity: float = 1.0
    tempo_follow: float = 0.0
    channel: int = 1
    chords: float = 0.0
    bass: float = 0.0
    chords_channel: int = 2
    bass_channel: int = 3
    cc74: bool = True
    cc1: bool = False
    rules: RuleWeights = ALL_RULES

    def holding(self, name: str, value: float | str) -> "Settings":
        """These settings with one changed, by the name it has in `VALUES`.

        >>> Settings().holding("channel", 3).channel
        3
        """
        return self.holding_all({name: value})

    def holding_all(self, values: Mapping[str, float | str]) -> "Settings":
        """These settings with those of the values that are settings, by the names they have in `VALUES`."""
        # The table of values has checked types and ranges.
        changes: dict[str, Any] = {name: value for name, value in values.items() if name in SETTING_NAMES}
        return replace(self, **changes)


SETTING_NAMES = tuple(field.name for field in fields(Settings))
