"""Every tell on melodies written so that the answer is known."""

from collections.abc import Callable

import numpy as np
import pytest

from emo_osc.evaluate.judges.features import Floats
from emo_osc.evaluate.melodies import pitch_tells, repetition_tells, rhythm_tells
from emo_osc.evaluate.melodies.melody_view import MelodyView
from emo_osc.evaluate.melodies.rhythm_tells import longest_waits
from emo_osc.evaluate.melodies.tells import TELLS, filled, tell_table, tells_of
from tests.evaluate.melodies.lines import by_lot, melody

EIGHTHS = {step: 60 + step % 4 for step in range(0, 16, 2)}
HALVES = {0: 60, 8: 67}
FINE = {0: 60, 1: 62, 4: 64, 8: 65, 12: 67}
DOTTED = {0: 60, 3: 62, 8: 64, 11: 65}
UP = {0: 60, 8: 72}  # a fall of an octave at every bar line
RESTED = {0: 60, 4: 0, 8: 64, 12: 0}

CASES: list[tuple[Callable[[MelodyView], Floats], tuple[dict[int, int], ...], float]] = [
    (rhythm_tells.on_eighths, (EIGHTHS, FINE), 0.5),
    (rhythm_tells.on_quarters, (HALVES, EIGHTHS), 0.5),
    (rhythm_tells.plain_eighths, (EIGHTHS, HALVES, HALVES, HALVES), 0.25),
    (rhythm_tells.dotted_beats, (DOTTED,), 1.0),
    (rhythm_tells.gaps_of(8, 256), (HALVES,), 1.0),
    (rhythm_tells.gap_as_before, (EIGHTHS,), 1.0),
    (rhythm_tells.gap_variety, (EIGHTHS,), 0.0),
    (rhythm_tells.off_beats, (EIGHTHS,), 0.5),
    (rhythm_tells.held_over_beats, ({0: 60, 2: 62, 6: 64},), 2 / 3),
    (rhythm_tells.starts_on_one, ({4: 60}, HALVES), 0.5),
    (rhythm_tells.silence, (RESTED,), 0.5),
    (rhythm_tells.rests, (RESTED,), 31.0),
    (rhythm_tells.empty_bars, ({}, HALVES, HALVES, HALVES), 0.25),
    (rhythm_tells.ends_in_bar(3), (EIGHTHS, EIGHTHS, EIGHTHS, {0: 60}), 0.75),
    (pitch_tells.join, (UP,), 0.0),
    (pitch_tells.join, ({0: 60, 8: 62}, {0: 65, 8: 67}), (3 * 8 + 7 * 7) / 15 - 2.0),
    (pitch_tells.leaps_at_joins, (UP,), 1.0),
    (pitch_tells.interval(4, 4), ({0: 60, 8: 64},), 1.0),
    (pitch_tells.mean_interval, (UP,), 12.0),
    (pitch_tells.turned_back, ({0: 60, 4: 67, 8: 65, 12: 60},), 16 / 31),
    (pitch_tells.pitch_range, (UP,), 12.0),
    (pitch_tells.pitch_spread, (UP,), 6.0),
    (pitch_tells.quarter_arch(0), ({0: 60},) * 4 + ({0: 64},) * 12, -3.0),
    (pitch_tells.new_moves, (UP,), 2 / 30),
    (pitch_tells.tonic_notes, ({0: 60, 4: 64, 8: 67, 12: 60},), 0.5),
    (pitch_tells.ends_on_tonic, ({0: 60, 4: 64, 8: 67, 12: 60},), 1.0),
    (pitch_tells.off_scale, ({0: 60, 4: 62, 8: 64, 12: 61},), 0.25),
    (pitch_tells.last_length, (HALVES,), 8.0),
    (repetition_tells.literal_share, (EIGHTHS,), 15 / 16),
    (repetition_tells.varied_share, (EIGHTHS, EIGHTHS | {14: 72}), 1 / 16),
    (repetition_tells.variation, (EIGHTHS,), 0.0),
    (repetition_tells.rhythm_copies, ({0: 60}, {0: 62}), 15 / 16),
    (repetition_tells.copies_at(1), ({0: 60}, {0: 62}), 0.0),
    (repetition_tells.copies_at(2), ({0: 60}, {0: 62}), 1.0),
    (repetition_tells.rhythm_at(1), ({0: 60}, {0: 62}), 1.0),
]


@pytest.mark.parametrize(("tell", "bars", "expected"), CASES)
def test_a_tell_measures_what_was_written(
    tell: Callable[[MelodyView], Floats], bars: tuple[dict[int, int], ...], expected: float
) -> None:
    assert tell(MelodyView.of(melody(*bars))).tolist() == pytest.approx([expected])


def test_waits_that_tie_share_the_places_that_are_left() -> None:
    view = MelodyView.of(melody({0: 60, 8: 64}))
    ends = longest_waits(view)
    assert ends.sum() == pytest.approx(4.0)
    assert ends[0, -1] == 0.0  # the last note's wait is cut off
    assert np.ptp(ends[0, :-1]) == pytest.approx(0.0)


def test_one_note_has_no_intervals_and_the_other_tells_stand() -> None:
    lone = np.zeros((1, 256), dtype=np.int64)
    lone[0, 0] = 41
    values = dict(zip(TELLS, tells_of(lone)[0], strict=True))
    assert np.isnan(values["mean interval, semitones"])
    assert values["bars without an onset"] == pytest.approx(15 / 16)
    assert np.isfinite(np.concatenate(filled(tells_of(lone), tells_of(by_lot(3, 0))))).all()


def test_the_table_says_which_tell_gives_away() -> None:
    ours, people = tells_of(by_lot(40, 1, every=1)), tells_of(by_lot(40, 2))
    table = tell_table(ours, people)
    assert table["bars on the 8th grid only"] == {"ours": pytest.approx(0.0, abs=0.02), "people": 1.0, "auc": 1.0}
    assert table["range, semitones"]["auc"] < 0.7
