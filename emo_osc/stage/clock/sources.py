"""The clock that a setup names, built from the table of clocks."""

from importlib import import_module
from typing import cast

from emo_osc.config.clocks import find
from emo_osc.protocol.stage_setup import Setup
from emo_osc.stage.clock.clock import Clock


def build(setup: Setup) -> Clock:
    """The clock of `setup.clock`.

    Raises:
        EmoOscError: there is no such clock, or what it needs is not installed.
    """
    module, function = find(setup.clock).build.split(":")
    return cast(Clock, getattr(import_module(module), function)(setup))
