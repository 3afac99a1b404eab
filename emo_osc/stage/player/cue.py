"""A cue: which melody enters next, and when."""

from dataclasses import dataclass

from emo_osc.protocol.messages import Ready


@dataclass(frozen=True, slots=True)
class Cue:
    """A melody and the tick at which it enters; `is_asked` unless the performer chose it to follow a phrase.

    One that `is_joined` continues the melody that sounds.
    """

    ready: Ready
    tick: int
    is_asked: bool = True
    is_joined: bool = False
