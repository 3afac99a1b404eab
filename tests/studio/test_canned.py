from pathlib import Path

import pytest

from emo_osc.affect import MOODS, Affect
from emo_osc.errors import EmoOscError
from emo_osc.preset import GeneratorSection
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
