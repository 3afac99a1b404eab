"""The mode and the octave of what is heard: re-spelled at once, held on, and left alone where it is right."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import PLAIN, Affect, Colour
from emo_osc.core.scales import SCALES
from emo_osc.core.score import Melody, Note
from emo_osc.core.targets import mean_pitch
from emo_osc.protocol.messages import Measured, Ready
from emo_osc.stage.player.pitch_mapping import PitchMapping
from emo_osc.stage.player.settings import Settings
from tests.twin import NO_RULES, VirtualStage

C_SCALE = (60, 62, 64, 65, 67, 69, 71)
C_MINOR = (60, 62, 63, 65, 67, 68, 70)


def melody(share: float, valence: float = 0.0) -> Ready:
    return Ready(Melody((Note(0, 480, 60),)), Affect(valence, 0.0), Measured(4.0, 60.0, share), 0.0, 1, -1)


def heard(spelling: PitchMapping, *written: int, settings: Settings | None = None, colour: Colour = PLAIN) -> list[int]:
    pitches = spelling.pitches(settings or Settings(), colour)
    return [pitches[pitch] for pitch in written]


def spelled(share: float, *valences: float) -> PitchMapping:
    """A melody that enters with the first valence and hears the others."""
    spelling = PitchMapping()
    spelling.begin(melody(share), Affect(valences[0], 0.0))
    for valence in valences[1:]:
        spelling.follow(Affect(valence, 0.0))
    return spelling


def test_before_any_melody_notes_are_as_written() -> None:
    assert PitchMapping().pitches(Settings()) == tuple(range(128))


@pytest.mark.parametrize(
    ("share", "valences", "minor"),
    [
        (0.9, (0.5,), False),
        (0.9, (-0.5,), True),
        (0.9, (-0.05,), False),
        (0.9, (0.5, -0.05), False),
        (0.9, (0.5, -0.11), True),
        (0.9, (0.5, -0.11, 0.05), True),
        (0.9, (0.5, -0.11, 0.11), False),
    ],
)
def test_a_major_melody_turns_minor_past_the_margin(share: float, valences: tuple[float, ...], minor: bool) -> None:
    assert heard(spelled(share, *valences), *C_SCALE) == list(C_MINOR if minor else C_SCALE)


def test_a_minor_melody_turns_major_and_back() -> None:
    assert heard(spelled(0.1, -0.5), *C_MINOR) == list(C_MINOR)
    assert heard(spelled(0.1, -0.5, 0.5), *C_MINOR) == list(C_SCALE)
    assert heard(spelled(0.1, -0.5, 0.5, -0.5), *C_MINOR) == list(C_MINOR)


@pytest.mark.parametrize("share", [0.46, 0.5, 0.54])
def test_a_melody_of_neither_mode_is_left_alone(share: float) -> None:
    assert heard(spelled(share, 0.9, -0.9, 0.9), *range(60, 72)) == list(range(60, 72))


def test_a_rule_of_no_weight_a_key_and_a_scale_win() -> None:
    sad = spelled(0.9, -0.5)

    assert heard(sad, *C_SCALE, settings=Settings(rules=NO_RULES)) == list(C_SCALE)
    assert heard(sad, 64, 69, 71, settings=Settings(scale="major")) == [64, 69, 71]
    assert heard(sad, 60, 64, settings=Settings(key="D")) == [62, 65], "D minor: its third is F"


def test_a_colours_scale_is_reached_tone_for_tone() -> None:
    assert heard(spelled(0.9, 0.2), *C_SCALE, colour=Colour("lydian")) == [60, 62, 64, 66, 67, 69, 71]
    assert heard(spelled(0.9, -0.8), *C_SCALE, colour=Colour("phrygian")) == [60, 61, 63, 65, 67, 68, 70]


@given(st.sampled_from(sorted(SCALES)), st.floats(-1, 1), st.floats(0, 1))
def test_whatever_is_felt_a_colour_keeps_its_scale_and_a_lock_wins(scale: str, valence: float, share: float) -> None:
    spelling = spelled(share, valence)

    assert {pitch % 12 for pitch in heard(spelling, *range(40, 90), colour=Colour(scale))} <= set(SCALES[scale])
    locked = heard(spelling, *range(40, 90), settings=Settings(key="C", scale="dorian"), colour=Colour(scale, -5))
    assert {pitch % 12 for pitch in locked} <= set(SCALES["dorian"])


def test_a_colours_register_is_added_and_never_leaves_a_key() -> None:
    low = Colour(register=-7)

    assert heard(spelled(0.5, 0.0), 60, colour=low) == [53]
    assert heard(spelled(0.5, 0.0), 60, colour=low, settings=Settings(key="C")) == [48]


def test_an_octave_is_added_only_far_from_what_the_melody_was_made_for_and_held() -> None:
    spelling = PitchMapping()
    spelling.begin(melody(0.5, -0.9), Affect(-0.9, 0.0))
    moved = []
    for valence in (-0.5, 0.5, 0.9, 0.3, -0.2):
        spelling.follow(Affect(valence, 0.0))
        moved += [heard(spelling, 60)[0] - 60]

    assert moved == [0, 0, 12, 12, 0]
    assert heard(spelling, 60, settings=Settings(register=1)) == [72]
    spelling.follow(Affect(0.9, 0.5))
    assert heard(spelling, 60, settings=replace(Settings(), rules=NO_RULES)) == [60]


def test_the_register_is_the_references() -> None:
    assert mean_pitch(Affect(0.8, 0.35)) == pytest.approx(74.7, abs=0.05)
    assert mean_pitch(Affect(-0.6, -0.45)) == pytest.approx(67.9, abs=0.05)


def test_a_phrase_that_is_pinned_sounds_at_once_as_it_will_come_back(stage: Callable[..., VirtualStage]) -> None:
    bright = replace(melody(1.0), melody=Melody((Note(0, 480, 64),)))
    playing = stage((bright,), Settings(evolve=0.0))
    playing.ask("/emo/play")
    playing.ask("/emo/valence", -0.5)
    held = [playing.ask("/emo/valence", -0.05), playing.performer.pitches[64]][1]
    playing.ask("/emo/keep", "tune")
    pinned = playing.performer.pitches[64]
    playing.ask("/emo/recall", "tune")
    playing.run_until(playing.now_s + 10.0)

    assert held == 63, "minor is held on inside the margin"
    assert pinned == 64
    assert playing.performer.pitches[64] == pinned
