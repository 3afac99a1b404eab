"""The settings of the performer, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from emo_osc.protocol.parameters import VALUES
from emo_osc.stage.player.rule_weights import ALL_RULES, RuleWeights


def _number(name: str) -> float:
    return float(VALUES[name].start)


def _whole(name: str) -> int:
    return int(VALUES[name].start)


def _text(name: str) -> str:
    return str(VALUES[name].start)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings by the names, within the ranges and with the start values of `parameters.VALUES`.

    `cc74` and `cc1` say which controllers are sent; `rules` can be set in a preset only.
    """

    quantize: str = _text("quantize")
    key: str = _text("key")
    scale: str = _text("scale")
    transpose: int = _whole("transpose")
    register: int = _whole("register")
    density: float = _number("density")
    velocity: float = _number("velocity")
    gate: float = _number("gate")
    swing: float = _number("swing")
    humanize: float = _number("humanize")
    evolve: float = _number("evolve")
    intensity: float = _number("intensity")
    tempo_follow: float = _number("tempo_follow")
    channel: int = _whole("channel")
    chords: float = _number("chords")
    bass: float = _number("bass")
    auto_accompany: int = _whole("auto_accompany")
    chords_channel: int = _whole("chords_channel")
    bass_channel: int = _whole("bass_channel")
    cc74: bool = True
    cc1: bool = False
    rules: RuleWeights = ALL_RULES

    def holding(self, name: str, value: float | str) -> "Settings":
        """These settings with one changed, by its name in `VALUES`.

        >>> Settings().holding("channel", 3).channel
        3
        """
        return self.holding_all({name: value})

    def holding_all(self, values: Mapping[str, float | str]) -> "Settings":
        """These settings with those of the values that are settings; other names in `VALUES` are ignored."""
        # The table of values has checked types and ranges.
        changes: dict[str, Any] = {name: value for name, value in values.items() if name in SETTING_NAMES}
        return replace(self, **changes)


SETTING_NAMES = tuple(field.name for field in fields(Settings))
