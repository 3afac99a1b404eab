import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.scales import KEYS, LIVE_SCALES, SCALES, pitch_map


def test_auto_leaves_every_note() -> None:
    assert pitch_map("auto", "auto", 0) == tuple(range(128))


MOVES = {"C": 0, "C#": 1, "Db": 1, "D": 2, "F#": 6, "Gb": 6, "G": -5, "A": -3, "Bb": -2, "B": -1}


@pytest.mark.parametrize(("key", "semitones"), MOVES.items())
def test_a_key_is_reached_by_the_smaller_interval(key: str, semitones: int) -> None:
    assert pitch_map(key, "auto", 0)[60] == 60 + semitones


@given(st.sampled_from(sorted(KEYS)), st.sampled_from(sorted(SCALES)), st.integers(-48, 48))
def test_every_note_lands_in_the_scale_and_on_the_keyboard(key: str, scale: str, semitones: int) -> None:
    pitches = pitch_map(key, scale, semitones)

    assert all(0 <= pitch <= 127 for pitch in pitches)
    assert {(pitch - semitones - KEYS[key]) % 12 for pitch in pitches} <= set(SCALES[scale])


@pytest.mark.parametrize("scale", SCALES)
def test_a_note_of_the_scale_stays(scale: str) -> None:
    assert all(pitch_map("C", scale, 0)[60 + tone] == 60 + tone for tone in SCALES[scale])


def test_every_scale_of_lives_is_another_of_ours() -> None:
    assert len(LIVE_SCALES) == 36, "the 35 of Live 12, and Chromatic"
    assert set(LIVE_SCALES.values()) == set(SCALES) - {"auto"}


@pytest.mark.parametrize("mode", [3, 4, 5, 6, 7])
def test_a_mode_of_limited_transposition_is_itself_again_a_tritone_higher_or_lower(mode: int) -> None:
    tones = set(SCALES[f"messiaen_{mode}"])
    step = 4 if mode == 3 else 6

    assert {(tone + step) % 12 for tone in tones} == tones
