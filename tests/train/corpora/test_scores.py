"""Reconstruction scores on melodies small enough to count by hand."""

import numpy as np

from emo_osc.train.corpora.scores import all_hold_accuracy, reconstruction

ORIGINAL = np.array([[43, 0, 0, 1, 45, 0, 47, 0]])


def test_a_perfect_copy_scores_one_everywhere() -> None:
    assert set(reconstruction(ORIGINAL, ORIGINAL).values()) == {1.0}


def test_a_right_rhythm_with_wrong_pitches_keeps_onsets_only() -> None:
    scores = reconstruction(ORIGINAL, np.where(ORIGINAL >= 2, ORIGINAL + 1, ORIGINAL))
    assert (scores["onset_f1"], scores["note_f1"], scores["pitch_at_onsets"]) == (1.0, 0.0, 0.0)
    assert scores["sounding"] == 1 / 8  # only the silent step


def test_holding_all_the_time_is_the_floor() -> None:
    silent = np.zeros_like(ORIGINAL)
    assert reconstruction(ORIGINAL, silent)["step_accuracy"] == all_hold_accuracy(ORIGINAL) == 0.5
    assert reconstruction(ORIGINAL, silent)["note_f1"] == 0.0
