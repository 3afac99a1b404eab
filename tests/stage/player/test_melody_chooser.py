"""Choosing a melody: by affect, by density, and by the step into it."""

from collections.abc import Callable

from emo_osc.core.affect import Affect
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.cursor import Cursor
from emo_osc.stage.player.melody_chooser import NEARER, MelodyChooser
from emo_osc.stage.player.shelf import Shelf

MakeReady = Callable[..., Ready]
HERE = Affect(0.0, 0.0)


def test_a_held_density_decides_between_melodies_of_one_affect(ready: MakeReady) -> None:
    sparse, dense = ready(60, notes_a_bar=2), ready(62, notes_a_bar=8)
    chooser = MelodyChooser(Shelf((sparse, dense)), Cursor())

    assert chooser.choose(HERE, -1.0, 0) == sparse
    assert chooser.choose(HERE, 1.0, 0) == dense


def test_a_melody_without_a_wide_leap_is_preferred_to_a_nearer_one(ready: MakeReady) -> None:
    cursor, far, near = Cursor(), ready(84), ready(62, 0.05)
    chooser = MelodyChooser(Shelf((far, near)), cursor)

    assert chooser.choose(HERE, 0.0, 1920) == far, "nothing plays, so there is no leap"

    cursor.phrase = ready(60)

    assert chooser.choose(HERE, 0.0, 1920) == near


def test_a_rival_that_is_a_little_farther_stays(ready: MakeReady) -> None:
    chooser = MelodyChooser(Shelf(), Cursor())

    assert not chooser.is_nearer(ready(60), ready(62, NEARER / 2), HERE, 0.0)
    assert chooser.is_nearer(ready(60), ready(62, NEARER * 2), HERE, 0.0)
