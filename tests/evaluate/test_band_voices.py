"""Figures of the band's voices, on chords and melodies whose parallels and clashes can be told by hand."""

import numpy as np
import pytest

from emo_osc.evaluate.band_voices import BandVoices, crossed, parallels, voice_figures
from tests.evaluate.test_band import C, F, G, chords, held

pytestmark = pytest.mark.torch


def test_a_band_on_one_chord_has_no_parallels_and_moves_nothing() -> None:
    told = voice_figures(held(79), chords(C))
    assert set(told.values()) == {0.0}


def test_the_voices_are_those_that_the_stage_plays() -> None:
    voices = BandVoices.of(held(79, 84), chords(C, G))
    assert (voices.chord % 12).tolist()[0][:2] == [[7, 0, 4], [7, 11, 2]]
    assert voices.bass.tolist()[0][:2] == [36, 43]
    assert voices.melody.tolist()[0][:2] == [79, 84]
    assert voices.is_on.all()


@pytest.mark.parametrize(
    ("low", "high", "is_found"),
    [
        ([36, 41], [67, 72], True),  # fifths
        ([36, 41], [60, 65], True),  # octaves
        ([36, 41], [64, 69], False),  # thirds
        ([36, 36], [67, 67], False),  # nothing moves
        ([36, 41], [65, 70], False),  # fourths
        ([36, 43], [67, 62], True),  # a fifth and a twelfth by contrary motion
    ],
)
def test_fifths_and_octaves_on_both_sides_of_a_move_are_parallels(
    low: list[int], high: list[int], is_found: bool
) -> None:
    assert parallels(*(np.array([each])[..., None] for each in (low, high))).tolist() == [[is_found]]


def test_a_melody_below_the_chord_is_crossed_and_one_beside_it_is_a_semitone() -> None:
    chord = np.array([[[55, 60, 64]] * 32])
    assert crossed(held(64, 65), chord) == 0.5
    assert voice_figures(held(77), chords(C))["semitone"] == 0.0  # two octaves away
    assert voice_figures(held(61), chords(C))["semitone"] == 1.0  # a minor second or ninth from some voice
    assert voice_figures(held(78), chords(C))["tritone"] == 1.0


def test_the_melody_in_view_leaves_fewer_parallels_than_chords_alone() -> None:
    told = voice_figures(held(76, 72, 79, 81, 77, 79, 72, 74), chords(C, F, G, C, F, G, C, G))
    assert told["bass with melody"] + told["chord with melody"] + told["chord with bass"] < 0.5
    assert 0 < told["moved"] < 8
