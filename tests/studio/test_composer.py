"""The composer: quick from its pool, a second go where the first misses, afresh without haste; themes as before."""

from collections.abc import Sequence

import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody, Note
from emo_osc.protocol.messages import Measured, Recompose
from emo_osc.studio.composer import FEWEST_SOURCES, WITHIN, Composer
from emo_osc.studio.generators import Composed
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.pool.pool import Pool
from emo_osc.studio.pool.refining import Refiner
from tests.studio.sketch import Sketch

MILD, FAR = Affect(0.0, 0.0), Affect(1.0, 1.0)
THEME = Melody(tuple(Note(480 * beat, 480, 60 + beat) for beat in range(4)), 1)


def filled(sketch: Sketch, count: int = 200) -> Composer:
    composer = Composer(sketch, seed=1)
    composer.draw(count)
    return composer


def test_an_order_is_answered_by_refining_once_and_drawing_nothing() -> None:
    sketch = Sketch()
    composer = filled(sketch)
    made = composer.answer(MILD, 1)

    assert [made[0].distance < WITHIN, len(sketch.refined), len(sketch.drawn)] == [True, 1, 200]
    assert [len(sketch.refined[0]), sketch.composed] == [sketch.proposer.tried, []]
    assert made[0].seed in sketch.refined[0]


def test_a_miss_gets_a_second_go_from_other_sources_and_the_nearer_is_kept() -> None:
    sketch = Sketch(highest=45)
    composer = filled(sketch)
    (made,) = composer.answer(FAR, 1)

    first, second = sketch.refined
    assert not set(first) & set(second)
    again = Refiner(Sketch())
    nearest = [
        again.refine([each for each in composer.pool.sources() if each.seed in seeds], FAR, 1)[0].distance
        for seeds in (first, second)
    ]
    assert made.distance == min(nearest) >= WITHIN


def test_without_haste_a_miss_is_drawn_for_the_very_affect() -> None:
    sketch = Sketch(highest=45)
    composer = filled(sketch)
    hasty, patient = composer.answer(FAR, 1), composer.compose(FAR, 1)

    assert patient[0].distance < hasty[0].distance
    assert sketch.composed == [FAR]


def test_the_same_wish_over_and_over_never_gets_the_same_source_while_there_are_others() -> None:
    composer = filled(Sketch())
    seeds = [composer.answer(MILD, 1)[0].seed for _ in range(40)]

    assert len(set(seeds)) == len(seeds)


def test_evenings_differ_unless_a_seed_says_so() -> None:
    def evening(seed: int | None) -> list[Composed]:
        composer = Composer(Sketch(), seed)
        composer.draw(FEWEST_SOURCES)
        return composer.answer(MILD, 4)

    assert evening(7) == evening(7)
    assert evening(None) != evening(None)
    assert evening(7) != evening(8)


def test_while_there_are_hardly_any_sources_it_composes_afresh() -> None:
    sketch = Sketch()
    composer = Composer(sketch, seed=1)
    bare = []
    for count in (FEWEST_SOURCES - 1, 1):
        composer.draw(count)
        bare.append(composer.has_few_sources)
        composer.answer(MILD, 1)

    assert (bare, sketch.composed, len(sketch.refined)) == ([True, False], [MILD], 1)


def test_several_melodies_of_one_order_come_of_as_many_sources() -> None:
    made = filled(Sketch()).answer(MILD, 8)

    assert len({each.seed for each in made}) == 8
    assert [each.distance for each in made] == sorted(each.distance for each in made)


def test_a_theme_goes_before_all_sources_until_it_is_forgotten() -> None:
    sketch = Sketch()
    composer = filled(sketch)
    composer.learn(THEME)
    around = [composer.answer(MILD, 1), composer.compose(MILD, 1)]
    composer.learn(None)
    free = composer.answer(MILD, 1)

    assert all(len(each[0].melody.notes) == len(THEME.notes) for each in around)
    assert len(free[0].melody.notes) > len(THEME.notes)
    assert len(sketch.refined) == 1


def test_a_theme_of_too_few_notes_is_refused() -> None:
    with pytest.raises(ValueError, match="2 notes are too few"):
        Composer(Sketch()).learn(Melody(THEME.notes[:2], 1))


def test_a_refiner_reads_what_it_wrote_and_nothing_else() -> None:
    refiner = Refiner(Sketch())
    (source,) = refiner.draw([5])

    assert refiner.reads(source.text)
    assert not any(refiner.reads(text) for text in ("", "nonsense", source.text[:-4], "é"))
    assert refiner.draw([5]) == [source]
    assert refiner.refine([source], MILD, 1)[0].seed == 5


def test_sources_are_decoded_once_and_all_together() -> None:
    sketch = Sketch()
    drawn = Refiner(sketch).draw([5, 6, 7])

    assert sketch.calls == ["sources", "decoded"]
    assert drawn == [Refiner(Sketch()).draw([seed])[0] for seed in (5, 6, 7)]


def test_after_it_was_told_to_stop_it_composes_afresh() -> None:
    sketch = Sketch()
    composer = filled(sketch)
    composer.stop_refining()
    composer.answer(MILD, 1)

    assert (composer.draw(3), composer.refines, composer.has_room, sketch.composed) == ([], False, False, [MILD])


def test_an_empty_pool_that_was_given_is_the_one_that_is_filled() -> None:
    pool = Pool()
    composer = Composer(Sketch(), 1, pool)
    composer.draw(3)

    assert composer.pool is pool
    assert len(pool) == 3


class Continuing(Sketch):
    """A sketch that can go on from what sounds: it says from which of its sources, and what it heard."""

    can_recompose = True

    def recompose(self, melody: Melody, step: int, affect: Affect, sources: Sequence[Latent], seed: int) -> Composed:
        self.refined.append([source.seed for source in sources])
        chosen = sources[0].seed if sources else seed
        return Composed(melody.transposed(step), Measured(4.0, 60.0, 0.5), 0.5, chosen)


def test_what_sounds_is_continued_from_sources_of_the_pool_and_each_comes_once() -> None:
    sketch = Continuing()
    composer = filled(sketch)
    order = Recompose(THEME, 5, MILD, 7)
    made = [composer.recompose(order)[0] for _ in range(40)]

    assert made[0].melody == THEME.transposed(5)
    assert [len(seeds) for seeds in sketch.refined] == [sketch.proposer.tried] * 40
    assert len({each.seed for each in made}) == 40
    assert made == [composer.recompose(order)[0] for composer in [filled(Continuing())] for _ in range(40)]


def test_without_sources_the_seed_is_continued_from() -> None:
    sketch = Continuing()
    Composer(sketch, seed=3).recompose(Recompose(THEME, 5, MILD, 7))

    assert sketch.refined == [[]]


def test_around_a_theme_or_where_it_is_impossible_any_melody_is_composed() -> None:
    order = Recompose(THEME, 5, MILD, 7)
    plain, themed = filled(Sketch()), filled(Continuing())
    themed.learn(THEME)

    assert (plain.recomposes, themed.recomposes) == (False, True)
    assert len(plain.recompose(order)[0].melody.notes) > len(THEME.notes)
    assert len(themed.recompose(order)[0].melody.notes) == len(THEME.notes)
