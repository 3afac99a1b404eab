"""Rhythm as beats: there and back without loss."""

import numpy as np

from emo_osc.studio.line.beats import (
    FIRST,
    ONSETS,
    SOUNDS_AFTER,
    SWEPT,
    beats_of,
    events_from,
    events_of,
    run_class,
    run_lengths,
    shifted,
)


def _tokens(seed: int = 0) -> np.ndarray:
    luck = np.random.default_rng(seed)
    tokens = np.zeros((8, 256), dtype=np.uint8)
    tokens[:, ::2] = luck.choice([0, 0, 41, 45, 48], (8, 128))
    tokens[:, 3::4] = np.where(tokens[:, 2::4] > 1, luck.choice([0, 1], (8, 64)), 0)
    return tokens


def test_beats_hold_the_whole_rhythm() -> None:
    tokens = _tokens()
    assert np.array_equal(events_from(beats_of(tokens)), events_of(tokens))
    assert np.array_equal(ONSETS[beats_of(tokens)].sum(1), (tokens > 1).sum(1))


def test_a_note_that_does_not_sound_cannot_end() -> None:
    end_first, note_then_end, hold = 27, 2 * 27 + 1, 0
    assert SWEPT[:, end_first].tolist() == [hold, end_first]
    assert SOUNDS_AFTER[:, end_first].tolist() == [False, False]
    assert SWEPT[:, note_then_end].tolist() == [note_then_end] * 2
    assert SOUNDS_AFTER[:, 2].tolist() == [True, True]
    assert SOUNDS_AFTER[:, hold].tolist() == [False, True]


def test_runs_count_what_went_before_without_a_gap() -> None:
    same = np.array([[True, True, False, True, True]])
    assert run_lengths(same).tolist() == [[0, 1, 2, 0, 1]]
    assert run_class(np.array([0, 1, 2, 3, 5, 12, 200])).tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_what_stands_before_the_beginning_is_told_apart() -> None:
    values = np.array([[1, 2, 3]])
    assert shifted(values, 2, FIRST).tolist() == [[FIRST, FIRST, 1]]
    assert shifted(values, 9, FIRST).tolist() == [[FIRST] * 3]
