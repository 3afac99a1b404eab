"""Affects and moods: points stay on the plane, and a performer's word finds its mood."""

from math import inf, isclose, nan, sqrt
from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import MOODS, NEUTRAL, PLAIN, Affect, Colour, Mood, MoodBook, Reference, name_key

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
axes = st.floats(-1.0, 1.0)
affects = st.builds(Affect, axes, axes)
numbers = st.floats(allow_nan=False)
BOOK = MoodBook(MOODS)


@pytest.mark.parametrize(("valence", "arousal"), [(1.01, 0.0), (0.0, -1.01), (nan, 0.0), (0.0, nan), (inf, 0.0)])
def test_a_point_off_the_plane_cannot_exist(valence: float, arousal: float) -> None:
    with pytest.raises(ValueError, match=r"must be in \[-1, 1\]"):
        Affect(valence, arousal)


@given(numbers, numbers)
def test_clamping_gives_the_nearest_point(valence: float, arousal: float) -> None:
    affect = Affect.clamped(valence, arousal)

    assert affect == Affect(sorted((-1.0, valence, 1.0))[1], sorted((-1.0, arousal, 1.0))[1])


@given(affects)
def test_clamping_leaves_points_of_the_plane_alone(affect: Affect) -> None:
    assert Affect.clamped(affect.valence, affect.arousal) == affect


@pytest.mark.parametrize(("valence", "arousal"), [(nan, 0.0), (0.0, nan)])
def test_nan_is_refused_even_by_clamping(valence: float, arousal: float) -> None:
    with pytest.raises(ValueError, match="nan"):
        Affect.clamped(valence, arousal)


@given(affects, affects)
def test_distance_is_the_same_both_ways_and_at_most_the_diagonal(one: Affect, other: Affect) -> None:
    assert one.distance(other) == other.distance(one)
    assert 0.0 <= one.distance(other) <= 2 * sqrt(2) + 1e-12
    assert one.distance(one) == 0.0


@given(affects, st.floats(0.0, 1.0))
def test_intensity_draws_a_feeling_straight_towards_neutral(affect: Affect, intensity: float) -> None:
    scaled = affect.scaled(intensity)

    assert isclose(scaled.distance(NEUTRAL), intensity * affect.distance(NEUTRAL), abs_tol=1e-12)
    assert scaled.valence * affect.valence >= 0.0
    assert scaled.arousal * affect.arousal >= 0.0


def test_the_vocabularies_are_the_published_nine_and_seven() -> None:
    sizes = {name: sum(mood.vocabulary == name for mood in MOODS) for name in ("moods", "expressions")}

    assert sizes == {"moods": 9, "expressions": 7}
    assert len({mood.id for mood in MOODS}) == len({mood.affect for mood in MOODS}) == 16


def test_no_name_means_two_moods() -> None:
    names = [name_key(name) for mood in MOODS for name in (mood.id, *mood.aliases)]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("mood", "name"), [(mood, name) for mood in MOODS for name in (mood.id, *mood.aliases)])
def test_every_name_finds_its_mood_in_any_case(mood: Mood, name: str) -> None:
    assert BOOK.find(name) is mood
    assert BOOK.find(f"  {name.upper()} ") is mood


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize(("mood", "name"), [(mood, name) for mood in MOODS for name in (mood.id, *mood.aliases)])
def test_every_name_is_found_however_its_letters_are_taken_apart(mood: Mood, name: str, form: Form) -> None:
    assert BOOK.find(normalize(form, name)) is mood


@pytest.mark.parametrize("name", ["calm face", "Calm_Face", "calm-face", "calmface", "CALM  FACE"])
def test_spaces_and_what_stands_for_them_make_no_difference(name: str) -> None:
    assert BOOK.find(name).id == "neutral"


def test_an_id_comes_before_an_alias() -> None:
    book = MoodBook((Mood("storm", Affect(0, 1)), Mood("rain", Affect(0, 0.5), ("storm",))))

    assert book.find("storm").id == "storm"


def test_every_shipped_mood_has_names_in_both_languages() -> None:
    for mood in MOODS:
        assert any("가" <= letter <= "힣" for alias in mood.aliases for letter in alias)
        assert any(alias.isascii() for alias in mood.aliases)


def test_four_moods_have_a_colour_and_it_is_no_part_of_the_point() -> None:
    coloured = {mood.id: mood.colour.scale for mood in MOODS if mood.colour != PLAIN}

    assert coloured == {"mysterious": "lydian", "gloomy": "phrygian", "clear": "pentatonic", "refreshing": ""}
    assert BOOK.find("gloomy").affect == Affect(-0.80, -0.15)


@pytest.mark.parametrize(
    ("register", "brightness", "said"),
    [(25, 0, "register must be in -24..24, got 25"), (0, -65, "brightness must be in -64..63"), (0, 64, "got 64")],
)
def test_a_colour_out_of_range_cannot_exist(register: int, brightness: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Colour("", register, brightness)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"notes_per_bar": 0.1}, "notes_per_bar must be in 0.25..16, got 0.1"),
        ({"mean_pitch": 109.0}, "mean_pitch must be in 21..108"),
        ({"major": nan}, "major must be in 0..1, got nan"),
    ],
)
def test_a_reference_out_of_range_cannot_exist(values: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Reference(NEUTRAL, **values)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("brihgt", "did you mean 'bright'?"), ("우울", "did you mean '우울함'?"), ("xyzzy", "moods are intense, bright")],
)
def test_an_unknown_name_is_answered_with_the_nearest_one_or_with_all(name: str, hint: str) -> None:
    with pytest.raises(KeyError) as caught:
        BOOK.find(name)

    assert hint in caught.value.args[0]


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.id)
def test_every_mood_is_the_nearest_to_its_own_point(mood: Mood) -> None:
    assert BOOK.nearest(mood.affect, mood.vocabulary) is mood


@given(affects)
def test_the_nearest_mood_lies_no_farther_than_any_other(affect: Affect) -> None:
    nearest = BOOK.nearest(affect, "moods")

    assert all(
        nearest.affect.distance(affect) <= mood.affect.distance(affect) for mood in MOODS if mood.vocabulary == "moods"
    )


def test_the_plane_begins_at_neutral_in_both_vocabularies_and_a_moved_preset_has_its_own_names() -> None:
    storm = Mood("storm", Affect(0.7, 0.72))
    book = MoodBook((*MOODS, storm))

    assert BOOK.nearest(NEUTRAL, "moods").id == BOOK.nearest(NEUTRAL, "expressions").id == "neutral"
    assert book.nearest(storm.affect, "moods") is book.nearest(storm.affect, "expressions") is storm
    assert [BOOK.nearest(Affect(-0.75, -0.19), name).id for name in ("moods", "expressions")] == ["gloomy", "sadness"]
