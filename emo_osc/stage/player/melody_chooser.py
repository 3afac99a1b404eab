"""Chooses the melody for an affect from the shelf. Knows no time and no cue."""

from emo_osc.core.affect import Affect
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.cursor import Cursor
from emo_osc.stage.player.shelf import Shelf

NEARER = 0.05  # how much nearer a melody from the studio must be to replace the one that is cued
JOINED = 0.12  # by how much a melody that continues what sounds may be farther: of such the shelf takes any
ROUGH_LEAP = 7  # semitones; a wider step from the old melody into the new one is avoided where there is a choice


class MelodyChooser:
    """Weighs melodies of a shelf by their affect and density, and by the step into them from the phrase that plays.

    `density` in [-1, 1] is the setting of this name: half to twice the notes that the shelf's targets ask for.
    """

    def __init__(self, shelf: Shelf, cursor: Cursor) -> None:
        self._shelf, self._cursor = shelf, cursor

    def choose(
        self,
        affect: Affect,
        density: float,
        boundary: int,
        without: tuple[Ready | None, ...] = (),
        keep: Ready | None = None,
    ) -> Ready | None:
        """The melody to enter at a boundary, in ticks: none of `without`, and `keep` if it is near; None if none is."""
        return self._shelf.choose(
            affect,
            density,
            without,
            keep,
            lambda other: self._cursor.leap_into(other, boundary) > ROUGH_LEAP,
        )

    def is_near(self, ready: Ready, affect: Affect, density: float) -> bool:
        """Whether a melody that was asked for is near enough to an affect to stay."""
        return self._shelf.choose(affect, density, keep=ready) is ready

    def is_nearer(self, ready: Ready, rival: Ready, affect: Affect, density: float) -> bool:
        """Whether a melody is nearer to an affect than its rival by enough to replace it."""
        return self._shelf.cost(ready, affect, density) + NEARER < self._shelf.cost(rival, affect, density)

    def is_as_near(self, ready: Ready, rival: Ready, affect: Affect, density: float) -> bool:
        """Whether a melody that continues what sounds is near enough to an affect to take the place of a rival."""
        return self._shelf.cost(ready, affect, density) < self._shelf.cost(rival, affect, density) + JOINED
