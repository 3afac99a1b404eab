"""What enters next, and when."""

from dataclasses import dataclass

from emo_osc.messages import Ready


@dataclass(frozen=True, slots=True)
class Booking:
    """A melody and the tick at which it enters; `is_asked` unless we chose it ourselves, to go on after a phrase."""

    ready: Ready
    tick: int
    is_asked: bool = True
