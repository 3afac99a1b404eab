"""The interface of generators that compose bar by bar. Imports no torch."""

from typing import Protocol, runtime_checkable

from emo_osc.core.affect import Affect
from emo_osc.studio.generators import Composed


class BarStream(Protocol):
    """An endless piece, composed on request."""

    def go_on(self, affect: Affect, bar: int, tempo_bpm: float) -> Composed:
        """A phrase of sixteen bars that holds only the given bar, at its place, composed for a tempo.

        Bars are requested in order; the last may be requested again. Any other bar begins a new piece.
        """


@runtime_checkable
class BarStreaming(Protocol):
    """A generator that can compose bar by bar."""

    def bar_stream(self, seed: int) -> BarStream:
        """An endless piece; the same seed, bars and affects give the same notes."""
