"""Targets: the formulas in one place, and measured music bends what the stage and the studio ask alike."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import MOODS, NEUTRAL, Affect, Reference
from emo_osc.core.score import Melody, Note
from emo_osc.core.targets import FORMULAS, Targets, major_share, mean_pitch, notes_per_bar
from emo_osc.protocol.messages import Measured, Ready
from emo_osc.stage.player.pitch_mapping import PitchMapping
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.shelf import Shelf
from emo_osc.studio.aims import Aims
from tests.twin import VirtualStage

MakeReady = Callable[..., Ready]
axes = st.floats(-1.0, 1.0)
affects = st.builds(Affect, axes, axes)
BUSY = Reference(NEUTRAL, notes_per_bar=8.0)
# The table of the emotion reference, section 3: notes a bar, mean pitch, share of major.
KNOWN = {"bright": (5.9, 74.7, 0.83), "melancholy": (3.5, 67.9, 0.23), "gloomy": (3.9, 67.6, 0.17)}


def dense(ready: MakeReady, pitch: int, notes: float) -> Ready:
    return replace(ready(pitch), measured=Measured(notes, pitch, 0.5))


@pytest.mark.parametrize("mood", [mood for mood in MOODS if mood.id in KNOWN], ids=lambda mood: mood.id)
def test_a_mood_asks_for_what_the_reference_says(mood: object) -> None:
    affect = mood.affect  # type: ignore[attr-defined]  # a Mood
    asked = (notes_per_bar(affect), mean_pitch(affect), major_share(affect))

    assert asked == pytest.approx(KNOWN[mood.id], rel=0.02)  # type: ignore[attr-defined]  # a Mood


@given(affects)
def test_without_references_targets_are_the_formulas_to_the_bit(affect: Affect) -> None:
    asked = (FORMULAS.notes_per_bar(affect), FORMULAS.mean_pitch(affect), FORMULAS.major_share(affect))

    assert asked == (notes_per_bar(affect), mean_pitch(affect), major_share(affect))


@given(affects, st.floats(1.0, 12.0), st.booleans(), axes)
def test_the_studio_asks_what_the_stage_asks(affect: Affect, notes: float, is_fixed: bool, density: float) -> None:
    known = (Reference(Affect(0.2, 0.1), notes, 60.0, 0.9),)
    stage, studio = Targets(known, is_tempo_fixed=is_fixed), Aims(known, locked=is_fixed, density=density)

    asked = [stage.notes_per_bar(affect, density), stage.mean_pitch(affect), stage.major_share(affect)]
    assert studio(affect).tolist() == asked


def test_density_up_prefers_the_denser_melody_where_music_was_measured(ready: MakeReady) -> None:
    sparse, busy = dense(ready, 60, 6.5), dense(ready, 61, 11.3)
    shelf = Shelf((sparse, busy))
    shelf.set_targets(Targets((BUSY,)))

    assert Targets((BUSY,)).notes_per_bar(NEUTRAL, 0.5) == pytest.approx(11.3, abs=0.05)
    assert shelf.cost(busy, NEUTRAL, 0.5) < shelf.cost(sparse, NEUTRAL, 0.5)


def test_a_stage_whose_preset_has_a_reference_plays_the_denser_melody(
    stage: Callable[..., VirtualStage], ready: MakeReady
) -> None:
    playing = stage((dense(ready, 60, 6.5), dense(ready, 61, 11.3)))
    instrument = playing.instrument
    chosen = {}
    for name, known in (("plain", ()), ("busy", (BUSY,))):
        instrument.learn_preset(name, replace(instrument.preset, references=known))
        playing.ask("/emo/preset", name)
        playing.ask("/emo/set/density", 0.5)
        assert playing.performer.phrase
        chosen[name] = playing.performer.phrase.seed

    assert chosen == {"plain": 60, "busy": 61}


def test_a_measured_mode_and_pitch_are_heard_on_the_stage() -> None:
    sad = Affect(-0.5, 0.0)
    major = Ready(Melody((Note(0, 480, 64),)), NEUTRAL, Measured(4.0, 64.0, 0.9), 0.0, 1, -1)
    heard = []
    for known in ((), (Reference(sad, major=0.9),), (Reference(sad, mean_pitch=84.0),)):
        mapping = PitchMapping(Targets(known))
        mapping.begin(major, sad)
        heard.append(mapping.pitches(Settings())[64])

    assert heard == [63, 64, 75], "minor; major, as measured; minor, an octave higher"
