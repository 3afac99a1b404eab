from pathlib import Path

import pytest

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import MOODS, NEUTRAL, Affect, Reference
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import Melody, Note
from emo_osc.studio.aims import Aims
from emo_osc.studio.canned import build, read_shelf, shelf_path
from emo_osc.studio.generators import build as build_by_name

SECTION = GeneratorSection(name="canned")


def test_the_same_seed_chooses_the_same_melodies() -> None:
    canned = build(SECTION)

    assert canned.compose(Affect(0.1, 0.2), 3, 7) == canned.compose(Affect(0.1, 0.2), 3, 7)
    assert len({canned.compose(Affect(0.1, 0.2), 1, seed)[0].melody for seed in range(20)}) > 1


def test_the_nearest_comes_first() -> None:
    distances = [made.distance for made in build(SECTION).compose(Affect(0.8, 0.35), 5, 1)]

    assert len(distances) == 5
    assert distances == sorted(distances)


def test_more_than_there_are_cannot_be_had() -> None:
    canned = build(SECTION)

    assert 16 <= len(canned.compose(Affect(0.0, 0.0), 10_000, 1)) < 10_000


def test_every_mood_has_melodies_of_its_own() -> None:
    path = shelf_path()
    assert path is not None
    made_for = {ready.affect for ready in read_shelf(path)}

    assert made_for >= {mood.affect for mood in MOODS}


def test_it_is_found_by_name_and_runs_on_the_processor() -> None:
    canned = build_by_name(SECTION)

    assert (canned.name, canned.device) == ("canned", "cpu")


@pytest.mark.parametrize("text", ["not a message\n", '{"kind": "Loaded"}\n', None])
def test_a_broken_shelf_is_one_clear_line(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "shelf.jsonl"
    if text is not None:
        path.write_text(text)

    with pytest.raises(EmoOscError, match="the shelf cannot be read"):
        build(GeneratorSection(name="canned", checkpoint=str(path)))


@pytest.mark.parametrize("amount", [None, 0.5])
def test_a_held_density_chooses_and_varies_towards_more_or_fewer_notes(amount: float | None) -> None:
    here, notes = Affect(0.1, 0.2), []
    source = build(SECTION).compose(here, 1, 7)[0].melody
    for density in (-1.0, 0.0, 1.0):
        canned = build_by_name(SECTION, Aims(density=density))
        made = canned.compose(here, 8, 3) if amount is None else canned.vary(source, "", here, amount, 4, 3)
        notes.append(sum(len(each.melody.notes) for each in made) / len(made) / 16)

    assert notes[0] < 0.95 * notes[1] < 0.9 * notes[2], notes


def test_targets_that_nothing_bends_choose_as_the_formulas_do() -> None:
    plain, bent = build(SECTION), build(SECTION, Aims())
    source = plain.compose(Affect(0.1, 0.2), 1, 7)[0].melody

    for seed in range(4):
        assert plain.compose(Affect(0.1, 0.2), 3, seed) == bent.compose(Affect(0.1, 0.2), 3, seed)
        assert plain.vary(source, "", NEUTRAL, 0.4, 2, seed) == bent.vary(source, "", NEUTRAL, 0.4, 2, seed)


def test_a_variation_says_how_far_it_lies_from_a_presets_own_music() -> None:
    aims = Aims((Reference(NEUTRAL, notes_per_bar=9.0),))
    source = build(SECTION).compose(NEUTRAL, 1, 7)[0].melody

    plain, told = (build(SECTION, aim).vary(source, "", NEUTRAL, 0.0, 1, 1)[0].distance for aim in (None, aims))
    assert told > plain + 0.5


def test_a_variation_by_nothing_is_the_same_melody_to_the_note() -> None:
    canned = build(SECTION)
    source = canned.compose(Affect(0.1, 0.2), 1, 7)[0]

    varied = canned.vary(source.melody, "", Affect(0.8, 0.3), 0.0, 2, 1)
    assert [made.melody for made in varied] == [source.melody] * 2


@pytest.mark.parametrize("amount", [0.1, 0.5, 0.9, 1.0])
def test_a_variation_is_another_melody_and_the_same_again_by_seed(amount: float) -> None:
    canned = build(SECTION)
    source = canned.compose(Affect(0.1, 0.2), 1, 7)[0]

    varied, again, other = (canned.vary(source.melody, "", Affect(0.1, 0.2), amount, 2, seed) for seed in (1, 1, 2))
    assert varied == again != other
    assert source.melody not in [made.melody for made in varied]


def test_the_more_it_is_varied_the_less_it_is_like_its_source() -> None:
    canned = build(SECTION)
    source = canned.compose(Affect(0.1, 0.2), 1, 7)[0].melody
    own = set(source.notes)

    shared = [
        sum(len(own & set(made.melody.notes)) for made in canned.vary(source, "", Affect(0.1, 0.2), amount, 5, 3))
        for amount in (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
    ]
    assert shared == sorted(shared, reverse=True)
    assert len(set(shared)) == len(shared)


@pytest.mark.parametrize("bars", [1, 2, 3, 5, 8, 16])
def test_a_melody_of_any_length_becomes_a_phrase(bars: int) -> None:
    short = Melody((Note(0, 480, 60), Note(480, 240, 64), Note(960, 960, 67)), bars)

    for amount in (0.0, 0.3):
        made = build(SECTION).vary(short, "", Affect(0.1, 0.2), amount, 1, 3)[0]
        assert made.melody.bars == 16
        assert made.melody.notes[0].pitch in (60, 64, 67) or amount


def test_silence_is_varied_into_a_melody() -> None:
    assert build(SECTION).vary(Melody(()), "", Affect(0.1, 0.2), 0.3, 1, 3)[0].melody.notes
