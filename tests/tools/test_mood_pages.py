"""The moods' pages: what they say is what the tables say, and the files beside them play."""

import re
from pathlib import Path

import mido
import pytest

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import MOODS, Mood
from emo_osc.core.targets import tempo_hint
from emo_osc.studio.attributes import targets
from emo_osc.studio.generators import build
from tools import diagrams, mood_pages

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.id)
def test_every_mood_has_a_page_that_is_current(mood: Mood) -> None:
    text = (DOCS / "mood" / f"{mood.id}.md").read_text(encoding="utf-8")

    assert f"Valence {mood.affect.valence:+.2f}, arousal {mood.affect.arousal:+.2f}" in text
    assert ", ".join(mood.aliases) in text
    assert f"| notes a bar | {targets(mood.affect)[0]:.1f} |" in text
    assert f"program change {MOODS.index(mood)} calls it" in text
    assert all(line in text for line in mood_pages.touch_rows(mood))
    assert mood_pages.colour_text(mood) in text


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.id)
def test_its_melody_plays_at_its_tempo(mood: Mood) -> None:
    track = mido.MidiFile(DOCS / "mood" / f"{mood.id}.mid").tracks[0]

    (tempo,) = [message.tempo for message in track if message.type == "set_tempo"]
    assert mido.tempo2bpm(tempo) == pytest.approx(tempo_hint(mood.affect), abs=0.01)
    assert sum(message.type == "note_on" for message in track) >= 24


def words(picture: Path) -> list[str]:
    """What is written in a picture; its outlines depend on the version of the library that draws."""
    return re.findall(r"<!-- (.*?) -->", picture.read_text(encoding="utf-8"))


def test_pages_pictures_and_files_are_written_from_any_generator(tmp_path: Path) -> None:
    mood_pages.write(build(GeneratorSection(name="canned")), tmp_path, MOODS[:1])

    assert {path.name for path in (tmp_path / "mood").iterdir()} == {"intense.md", "intense.mid", "intense.png"}
    drawn = words(tmp_path / "images" / "plane.svg")
    assert drawn == words(DOCS / "images" / "plane.svg")
    assert {mood.id for mood in MOODS} <= set(drawn)


def test_the_pictures_of_how_it_works_are_current(tmp_path: Path) -> None:
    diagrams.write(tmp_path)

    for name in ("rooms.svg", "message.svg"):
        assert words(tmp_path / "images" / name) == words(DOCS / "images" / name) != []
