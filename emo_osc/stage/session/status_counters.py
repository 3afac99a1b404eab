"""Status counters of the loop: the machine and its clients."""

from collections.abc import Callable
from dataclasses import dataclass

MAX_TEXT = 400  # a reply must fit a packet


@dataclass(slots=True)
class StatusCounters:
    """What the loop found out about the machine and tells on."""

    midi_out: str = ""
    midi_in: str = ""
    targets: tuple[str, ...] = ()
    """The ports that a virtual output of ours is connected to, where the system tells."""
    links: str = ""
    """What is connected to a virtual input of ours, as in `messages.Ports`, where the system tells."""
    workers: str = ""
    """Which of the other processes do not run, as the supervisor says; empty while all do."""
    unwatched: str = ""
    """What it means that nobody watches the MIDI ports; empty while somebody does."""
    is_realtime: bool = False
    malformed: int = 0
    received: int = 0
    dropped: int = 0
    unsent: int = 0
    strangers: int = 0
    crowd_spread: float = 0.0
    crowd_count: int = 0

    @property
    def processes(self) -> str:
        """How the other processes fare, as one line for people."""
        return "; ".join(filter(None, (self.workers, self.unwatched)))[:MAX_TEXT] or "all running"


FACTS: dict[str, Callable[[StatusCounters], float | str]] = {
    "midi_in": lambda counters: counters.midi_in,
    "midi_out": lambda counters: counters.midi_out,
    "workers": lambda counters: counters.processes,
    "realtime": lambda counters: int(counters.is_realtime),
    "malformed": lambda counters: counters.malformed,
    "received": lambda counters: counters.received,
    "dropped": lambda counters: counters.dropped,
    "unsent": lambda counters: counters.unsent,
    "crowd_spread": lambda counters: counters.crowd_spread,
    "crowd_count": lambda counters: counters.crowd_count,
    "strangers": lambda counters: counters.strangers,
}
"""Facts that a client may read, by the name they have in `values.VALUES`."""
