"""Places in phrases and forms."""

import numpy as np
import pytest

from emo_osc.studio.line.places import (
    BARS,
    HEIGHTS,
    LAGS,
    OTHER,
    UNKNOWN,
    beat_forms,
    context,
    form_of,
    places,
    profiles,
    repeats,
)


def test_what_is_unknown_and_what_is_far_are_told_apart() -> None:
    since, until = np.array([[-1, 3, 11]]), np.array([[0, -1, 2]])
    assert places(since, until).tolist() == [[[UNKNOWN, 0], [3, UNKNOWN], [8, 2]]]


def test_a_form_names_the_first_of_equal_bars() -> None:
    tokens = np.zeros((1, 256), dtype=np.uint8)
    for bar, pitch in enumerate([41, 43, 41, 45, 43, *range(50, 61)]):
        tokens[0, 16 * bar] = pitch
    assert form_of(tokens)[0, :5].tolist() == [0, 1, 0, 3, 1]


@pytest.mark.parametrize(("place", "lag"), list(enumerate(LAGS)))
def test_a_repeat_is_told_by_how_far_back_it_is(place: int, lag: int) -> None:
    form = np.arange(16)[None].copy()
    form[0, 15] = form[0, 15 - lag]
    assert repeats(form)[0].tolist() == [0] * 15 + [place + 1]


def test_a_repeat_keeps_its_lag_while_it_can_and_a_far_one_is_another() -> None:
    form = np.arange(16)[None].copy()
    form[0, 8:12] = [0, 1, 0, 1]
    form[0, 14] = 3
    assert repeats(form)[0, 8:].tolist() == [4, 4, 2, 2, 0, 0, OTHER, 0]


def test_a_beat_repeats_as_far_back_as_its_bar_would() -> None:
    form = np.arange(64)[None].copy()
    form[0, 16:18] = [0, 1]
    form[0, 20:22] = [16 - 12, 5]
    assert repeats(form)[0, 15:23].tolist() == [0, 3, 3, 0, 0, 3, 3, 0]


def _bar(*pitches: int) -> list[int]:
    """Four quarters, a note on each; 0 holds the one before."""
    return [token for pitch in pitches for token in (pitch, 0, 0, 0)]


def test_a_varied_bar_repeats_the_beats_that_it_keeps() -> None:
    bars = [_bar(41 + k, 44 + k, 47 + k, 50 - k) for k in range(14)]
    kept_head, new = [*bars[3][:12], 80, 0, 0, 0], _bar(60, 0, 0, 61)
    _, notes = beat_forms(np.array([*bars, kept_head, new]).reshape(1, -1))
    assert notes[0, 56:60].tolist() == [12, 13, 14, 59]
    assert notes[0, 60:].tolist() == [60, 61, 62, 63], "one bar that shares nothing is new from end to end"


def test_what_is_repeated_is_itself_new_and_equal() -> None:
    tokens = np.random.default_rng(1).integers(40, 43, (20, 256))
    tokens[:, 64:128] = tokens[:, :64]
    tokens[:, 100] = 50
    rhythm, notes = beat_forms(tokens)
    beats = tokens.reshape(20, 64, 4)
    for form, written in ((rhythm, np.minimum(beats, 2)), (notes, beats)):
        assert (np.take_along_axis(form, form.astype(int), axis=1) == form).all()
        assert (np.take_along_axis(written, form[..., None].astype(int), axis=1) == written).all()
    assert (notes[:, 16:25] == np.arange(9)).all(), "bars 5 and 6 return, but for the varied beat"


def test_a_profile_tells_full_from_empty_and_high_from_low() -> None:
    tokens = np.zeros((1, BARS, 16), dtype=np.int64)
    tokens[0, :8, ::4], tokens[0, 8:15, 0] = 50, 74
    full, high = profiles(tokens.reshape(1, -1))[0].T.tolist()
    assert full[0] > full[8] > full[15] == 0
    assert high[0] < high[8]
    assert high[15] == HEIGHTS - 1, "a silent bar has no height"
    assert (profiles(np.where(tokens > 1, tokens + 5, tokens).reshape(1, -1))[0, :, 1] == high).all()


def test_a_context_has_one_number_for_each_class() -> None:
    told = context(np.array([[[0, 3]] * 16]), np.array([4]), 4)
    assert told.shape == (1, 16, 25)
    assert told.sum(-1).tolist() == [[3.0] * 16]
    assert told[0, 0, -1] == 1.0, "the repertoire is open"
