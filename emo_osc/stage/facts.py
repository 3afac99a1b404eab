"""What the loop found out about the machine and its guests."""

from dataclasses import dataclass


@dataclass(slots=True)
class Facts:
    """What the loop found out about the machine and tells on."""

    midi_out: str = ""
    midi_in: str = ""
    is_realtime: bool = False
    malformed: int = 0
    received: int = 0
    dropped: int = 0
    unsent: int = 0
    strangers: int = 0
