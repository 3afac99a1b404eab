from importlib import import_module

import pytest

from emo_osc.config.clocks import CLOCKS, ClockRow
from emo_osc.core.affect import MOODS
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.stage_setup import Setup, StagePreset
from emo_osc.stage.clock.clock import Clock, InternalClock
from emo_osc.stage.clock.link_clock import LinkClock
from emo_osc.stage.clock.midi_slave import MidiSlave
from emo_osc.stage.clock.sources import build

KINDS: dict[str, type[Clock]] = {"internal": InternalClock, "midi": MidiSlave, "link": LinkClock}


class Pendulum(InternalClock):
    """A clock that only this file and one row know."""


def build_pendulum(setup: Setup) -> Pendulum:
    return Pendulum()


def setup_with(clock: str) -> Setup:
    return Setup("127.0.0.1", 0, "", "", {}, "", 1, True, "own", {"own": StagePreset({}, MOODS)}, clock=clock)


@pytest.mark.parametrize("name", CLOCKS)
def test_a_clock_says_of_itself_what_its_row_says(name: str) -> None:
    module, function = CLOCKS[name].build.split(":")

    assert callable(getattr(import_module(module), function))
    assert vars(KINDS[name])["is_ours"] is CLOCKS[name].is_ours


@pytest.mark.parametrize("name", ["internal", "midi"])
def test_a_row_builds_its_clock(name: str) -> None:
    assert type(build(setup_with(name))) is KINDS[name]


def test_a_new_clock_is_one_file_and_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CLOCKS, "pendulum", ClockRow(f"{__name__}:build_pendulum", "a weight on a string"))

    assert isinstance(build(setup_with("pendulum")), Pendulum)


def test_a_clock_that_is_in_no_row_is_refused() -> None:
    with pytest.raises(EmoOscError, match="no clock 'sun'"):
        build(setup_with("sun"))
