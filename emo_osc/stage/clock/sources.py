"""Which clock a setup asks for: our own, a MIDI master's, or a Link session's."""

from collections.abc import Callable

from emo_osc.protocol.stage_setup import Setup
from emo_osc.stage.clock.clock import Clock, InternalClock
from emo_osc.stage.clock.link import LinkSession
from emo_osc.stage.clock.link_clock import LinkClock
from emo_osc.stage.clock.midi_slave import MidiSlave


def _link_clock(setup: Setup) -> LinkClock:
    tempo = setup.presets[setup.preset].values.get("tempo", 120.0)
    return LinkClock(LinkSession(float(tempo), setup.is_transport_shared))


CLOCKS: dict[str, Callable[[Setup], Clock]] = {
    "internal": lambda _: InternalClock(),
    "midi": lambda setup: MidiSlave(starts_itself=setup.starts_itself),
    "link": _link_clock,
}
"""`clock.source` -> the clock; `link` raises EmoOscError where the Link library is not installed."""
