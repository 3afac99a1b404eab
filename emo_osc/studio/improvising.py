"""Generators that can go on bar by bar: what they offer. Loads nothing."""

from typing import Protocol, runtime_checkable

from emo_osc.core.affect import Affect
from emo_osc.studio.generators import Composed


class Piece(Protocol):
    """A piece that goes on for as long as bars are asked for."""

    def go_on(self, affect: Affect, bar: int, tempo_bpm: float) -> Composed:
        """A phrase in which that bar, heard at a tempo, is new, at its place among sixteen, and all others are empty.

        Bars follow each other; the last may be asked for again. Any other begins a piece anew.
        """


@runtime_checkable
class Improvising(Protocol):
    """A generator that can go on."""

    def piece(self, seed: int) -> Piece:
        """A piece; the same seed, bars and feelings make the same."""
