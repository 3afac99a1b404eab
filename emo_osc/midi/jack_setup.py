"""The messages between the stage and the process of a JACK output. Knows no JACK and no process."""

import struct
from dataclasses import dataclass

from emo_osc.protocol.child_setup import ChildSetup

TIME = struct.Struct("<d")
"""Before each MIDI message: when it is due, in seconds on `perf_counter`."""
MAX_PACKET = 1 << 16
NO_JACK, SHUT_DOWN = 3, 4
"""Exit codes of the process: the server does not let it in; the server has gone."""


@dataclass(frozen=True, slots=True)
class JackSetup(ChildSetup):
    """The client's name and its port's; the port it `joins`, empty for none, and those `targets` that are there."""

    client: str
    port: str
    joins: str = ""
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JackState(ChildSetup):
    """What is open, told twice a second: the server's `period` in frames, its `rate` in Hz, where the port leads to.

    `fault` is the one line that says why the port cannot be played; the rest may then be empty.

    Raises:
        ValueError: nothing is wrong and yet the server has no period or no rate.
    """

    name: str = ""
    period: int = 0
    rate: int = 0
    targets: tuple[str, ...] = ()
    fault: str = ""

    def __post_init__(self) -> None:
        if not self.fault and not (self.period > 0 and self.rate > 0):
            raise ValueError(f"period and rate must be above 0, got {self.period} and {self.rate}")
