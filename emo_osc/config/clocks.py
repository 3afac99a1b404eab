"""Who may own the time, by name, with where the clock is built. Imports none of it."""

from dataclasses import dataclass

from emo_osc.core.errors import EmoOscError


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One clock: the import string of a function from `Setup` to `Clock`, and what the parent process must know of it.

    `is_ours` must say the same as the clock's own property. A clock that `needs_midi_in` opens a MIDI input where the
    preset names none.
    """

    build: str
    help: str
    is_ours: bool = False
    needs_midi_in: bool = False


CLOCKS = {
    "internal": ClockRow("emo_osc.stage.clock.clock:build", "our own", is_ours=True),
    "midi": ClockRow("emo_osc.stage.clock.midi_slave:build", "a MIDI clock", needs_midi_in=True),
    "link": ClockRow("emo_osc.stage.clock.link:build", "an Ableton Link session"),
}
"""`clock.source` -> its clock. A new clock is a file in `stage/clock` and a row here."""


def find(name: str) -> ClockRow:
    """The row of a clock, without importing what it builds.

    Raises:
        EmoOscError: there is no such clock.
    """
    if name not in CLOCKS:
        raise EmoOscError(f"clock.source: no clock {name!r}; clocks are {', '.join(CLOCKS)}")
    return CLOCKS[name]


def choices_help() -> str:
    """The clocks in one line, each with what it is."""
    return ", ".join(f"{name} ({row.help})" for name, row in CLOCKS.items())
