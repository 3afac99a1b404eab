from collections.abc import Callable
from dataclasses import replace

from emo_osc.core.affect import Affect, Reference
from emo_osc.core.targets import FORMULAS, Targets
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.shelf import MAX_MELODIES, Shelf

MakeReady = Callable[..., Ready]


def test_the_nearest_affect_is_chosen(ready: MakeReady) -> None:
    bright, gloomy = ready(60, 0.8, 0.35), ready(62, -0.8, -0.15)
    shelf = Shelf((gloomy, bright))

    assert shelf.choose(Affect(0.7, 0.3)) is bright
    assert shelf.choose(Affect(-0.7, 0.0)) is gloomy


def test_an_empty_shelf_gives_nothing() -> None:
    assert Shelf().choose(Affect(0.0, 0.0)) is None


def test_another_melody_is_of_the_same_affect_or_none(ready: MakeReady) -> None:
    one, other, foreign = ready(60), ready(61, 0.2, 0.2), ready(62, 0.9, 0.9)
    shelf = Shelf((one, other, foreign))

    assert shelf.choose(one.affect, without=(one,)) is other
    assert shelf.choose(one.affect, without=(one, other)) is None


def test_near_melodies_take_turns(ready: MakeReady) -> None:
    shelf = Shelf((ready(60), ready(61), ready(62)))
    played = []
    for _ in range(6):
        chosen = shelf.choose(Affect(0.0, 0.0))
        assert chosen is not None
        shelf.mark_played(chosen)
        played.append(chosen.seed)

    assert sorted(played[:3]) == sorted(played[3:]) == [60, 61, 62]


def test_what_is_near_enough_is_kept(ready: MakeReady) -> None:
    near, far, exact = ready(60, 0.1), ready(61, 0.5), ready(62)
    shelf = Shelf((near, far, exact))

    assert shelf.choose(Affect(0.0, 0.0), keep=near) is near
    assert shelf.choose(Affect(0.0, 0.0), keep=far) is exact


def test_density_prefers_the_busier_melody(ready: MakeReady) -> None:
    calm, busy = ready(60, notes_a_bar=2), ready(61, notes_a_bar=8)
    shelf = Shelf((calm, busy))

    assert shelf.choose(Affect(0.0, 0.0), density=-1.0) is calm
    assert shelf.choose(Affect(0.0, 0.0), density=1.0) is busy


def test_melodies_made_for_a_held_density_are_left_when_it_is_let_go(ready: MakeReady) -> None:
    usual = ready(60)
    made_dense = [replace(ready(61 + n, notes_a_bar=8), asked_notes=9.2) for n in range(3)]
    shelf = Shelf((usual,))
    for each in made_dense:
        shelf.add(each)

    assert shelf.choose(Affect(0.0, 0.0), 1.0) in made_dense
    assert shelf.choose(Affect(0.0, 0.0)) is usual
    assert shelf.choose(Affect(0.0, 0.0), keep=made_dense[0]) is usual


def test_where_music_was_measured_melodies_of_its_density_come_first(ready: MakeReady) -> None:
    plain, own = ready(60), replace(ready(61, notes_a_bar=8), asked_notes=8.0)
    shelf = Shelf((plain,))
    shelf.set_targets(Targets((Reference(Affect(0.0, 0.0), notes_per_bar=8.0),)))
    shelf.add(own)
    measured = shelf.choose(Affect(0.0, 0.0))
    shelf.set_targets(FORMULAS)

    assert measured is own
    assert shelf.choose(Affect(0.0, 0.0)) is plain, "another preset without that music"


def test_the_same_melody_lies_there_once(ready: MakeReady) -> None:
    shelf = Shelf((ready(60),))

    assert not shelf.add(ready(60, 0.5))
    assert shelf.add(ready(61))
    assert len(shelf) == 2


def test_the_shelf_is_bounded_and_the_seeds_stay(ready: MakeReady) -> None:
    seed = ready(0)
    shelf = Shelf((seed,))
    many = [ready(pitch, notes_a_bar=notes) for pitch in range(1, 128) for notes in (1, 2, 4, 8)]

    assert all(shelf.add(made) for made in many)
    assert len(shelf) == MAX_MELODIES
    assert shelf.choose(seed.affect, without=tuple(many)) is seed


def test_a_full_shelf_of_seeds_takes_nothing_more(ready: MakeReady) -> None:
    seeds = tuple(ready(pitch, notes_a_bar=notes) for pitch in range(100) for notes in (1, 2, 4, 8))

    assert not Shelf(seeds).add(ready(127))


def test_what_belongs_to_the_theme_is_chosen_first_and_the_rest_is_not_lost(ready: MakeReady) -> None:
    free, themed, foreign = ready(60), ready(61, 0.1, 0.1), ready(62, 0.9, 0.9)
    shelf = Shelf((free,))
    shelf.begin_theme()
    assert shelf.choose(free.affect) is free, "nothing of the theme is there yet"
    shelf.add(themed)
    shelf.add(foreign)

    assert shelf.choose(free.affect) is themed
    assert shelf.choose(free.affect, without=(themed,)) is free
    assert shelf.choose(free.affect, density=0.5) is themed
    shelf.end_theme()
    assert shelf.choose(free.affect) is free
    shelf.begin_theme()
    assert shelf.choose(free.affect) is free, "another theme has begun"
