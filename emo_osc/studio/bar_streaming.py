"""The interfaces of generators that compose bar by bar, or melodies in steps. Imports no torch."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody
from emo_osc.studio.generators import Composed, Generator
from emo_osc.studio.interruption import Steps, at_once


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


@runtime_checkable
class Stepwise(Protocol):
    """A generator whose melodies take so long that other requests are served meanwhile."""

    def compose_in_steps(self, affect: Affect, count: int, seed: int) -> Steps[list[Composed]]:
        """`Generator.compose` in steps."""

    def vary_in_steps(
        self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int
    ) -> Steps[list[Composed]]:
        """`Generator.vary` in steps."""


@runtime_checkable
class Accompanying(Protocol):
    """A generator that accompanies songs."""

    def accompany(self, phrases: Sequence[Melody], affect: Affect, seed: int) -> list[Composed]:
        """A song's phrases, sixteen bars each but the last, with one accompaniment; no note of theirs is changed."""


class AtOnce:
    """Any generator as a stepwise one: all in one step."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    def compose_in_steps(self, affect: Affect, count: int, seed: int) -> Steps[list[Composed]]:
        """As the generator composes."""
        return at_once(lambda: self._generator.compose(affect, count, seed))

    def vary_in_steps(
        self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int
    ) -> Steps[list[Composed]]:
        """As the generator varies."""
        return at_once(lambda: self._generator.vary(melody, latent, affect, amount, count, seed))
