"""A cue: which melody enters next, and when; and what sounds until then."""

from dataclasses import dataclass

from emo_osc.core.score import Melody
from emo_osc.protocol.messages import Ready


@dataclass(frozen=True, slots=True)
class Cue:
    """A melody and the tick at which it enters; `is_asked` unless the performer chose it to follow a phrase.

    One that `is_joined` continues the melody that sounds; one that `is_nearest` was found for an affect, and gives way
    to a melody of that affect that continues what sounds.
    """

    ready: Ready
    tick: int
    is_asked: bool = True
    is_joined: bool = False
    is_nearest: bool = False

    @property
    def is_wish(self) -> bool:
        """Whether this very melody was asked for, as by `/emo/next`; not one for an affect."""
        return self.is_asked and not self.is_nearest

    def is_as(self, other: "Cue | None") -> bool:
        """Whether the same melody enters at the same tick."""
        return other is not None and self.ready is other.ready and self.tick == other.tick

    def is_version_of(self, phrase: Ready | None) -> bool:
        """Whether it has the melody of a phrase, so that at most the accompaniment changes when it enters."""
        return phrase is not None and self.ready.melody == phrase.melody


@dataclass(frozen=True, slots=True)
class Sounding:
    """The melody that sounds until a cue enters, at the 16th `step` 0..255 of it, as `messages.Recompose`."""

    melody: Melody
    step: int
    cue: Cue
