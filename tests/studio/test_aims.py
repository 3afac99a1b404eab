"""Aims: a reference holds at its own point, the formulas far away, and nothing outside of both between."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import MOODS, Affect, Reference
from emo_osc.core.targets import notes_per_bar_at_fixed_tempo
from emo_osc.studio.aims import Aims
from emo_osc.studio.attributes import targets

axes = st.floats(-1.0, 1.0)
affects = st.builds(Affect, axes, axes)
NINE = tuple(mood for mood in MOODS if mood.vocabulary == "moods")


@given(affects)
def test_without_references_the_formulas_hold(affect: Affect) -> None:
    assert Aims()(affect) == pytest.approx(targets(affect))
    asked = [notes_per_bar_at_fixed_tempo(affect), *targets(affect)[1:]]
    assert Aims(locked=True)(affect) == pytest.approx(asked)


@pytest.mark.parametrize("locked", [False, True])
def test_every_reference_holds_at_its_own_point(locked: bool) -> None:
    references = tuple(
        Reference(mood.affect, 1.0 + row / 2, 60.0 + 2 * row, row / 20) for row, mood in enumerate(MOODS)
    )
    aims = Aims(references, locked=locked)

    for each in references:
        assert aims(each.affect) == pytest.approx([each.notes_per_bar, each.mean_pitch, each.major], rel=1e-4, abs=1e-4)


def test_far_from_a_reference_the_formulas_hold() -> None:
    aims = Aims((Reference(Affect(0.8, 0.8), 12.0, 90.0, 0.0),))

    assert aims(Affect(-0.3, -0.3)) == pytest.approx(targets(Affect(-0.3, -0.3)), rel=1e-3)


def test_what_a_reference_does_not_know_stays_with_the_formula() -> None:
    here = Affect(0.2, -0.4)
    density, pitch, major = Aims((Reference(here, mean_pitch=60.0),))(here)

    assert (density, major) == pytest.approx((targets(here)[0], targets(here)[2]))
    assert pitch == pytest.approx(60.0)


@given(affects, st.lists(st.tuples(affects, st.floats(1.0, 12.0)), min_size=1, max_size=5, unique_by=lambda e: e[0]))
def test_between_references_nothing_is_asked_that_none_of_them_says(
    affect: Affect, known: list[tuple[Affect, float]]
) -> None:
    aims = Aims(tuple(Reference(point, notes_per_bar=density) for point, density in known))
    bent = np.log(aims(affect)[0] / targets(affect)[0])
    misses = [0.0, *(np.log(density / targets(point)[0]) for point, density in known)]

    assert min(misses) - 1e-9 <= bent <= max(misses) + 1e-9


def test_a_tempo_of_somebody_elses_asks_more_of_the_notes_and_stays_in_its_range() -> None:
    densities = [notes_per_bar_at_fixed_tempo(mood.affect) for mood in NINE]

    assert [round(density, 1) for density in densities] == [8.2, 7.6, 9.5, 3.6, 5.5, 5.8, 2.7, 4.0, 3.2]
    assert notes_per_bar_at_fixed_tempo(Affect(1.0, 1.0)) == 9.5
    assert notes_per_bar_at_fixed_tempo(Affect(-1.0, -1.0)) == 2.4
