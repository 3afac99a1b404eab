"""Controls that Live knows as parameters: automated, mapped to MIDI, stored with the set."""

from collections.abc import Iterable
from typing import Any

FLOAT, ENUM = 0, 2  # Live's types of parameters
AS_FLOAT = 1  # how a dial writes its number


def parameter(kind: int, long: str, low: float, high: float, start: float, **more: Any) -> dict[str, Any]:
    """What makes a control a parameter, in [low, high]; `kind` is FLOAT or ENUM."""
    about = {
        "parameter_initial": [start],
        "parameter_initial_enable": 1,
        "parameter_longname": long,
        "parameter_mmax": high,
        "parameter_mmin": low,
        "parameter_shortname": long,
        "parameter_type": kind,
        **more,
    }
    return {"parameter_enable": 1, "varname": long, "saved_attribute_attributes": {"valueof": about}}


def choice(long: str, items: Iterable[str], start: str) -> dict[str, Any]:
    """What makes a menu a parameter that shows `start` at first."""
    names = list(items)
    return parameter(ENUM, long, 0, len(names) - 1, names.index(start), parameter_enum=names)
