"""What may follow in a bar: the given melody as it is, the accompaniment under it, not too many notes."""

import numpy as np

from emo_osc.studio.duet.accompaniment_rules import LINE, LOW_KEY, MOST_BACKING, BarRules
from emo_osc.studio.events import BAR, KEYS, LENGTHS, LOWEST, MELODY, Sound

TUNE = [(4, 51, LENGTHS.index(4)), (12, 48, LENGTHS.index(4))]


def keys(rules: BarRules, place: int) -> list[int]:
    """The keys that the accompaniment may take."""
    return [int(note) - KEYS for note in np.flatnonzero(rules.notes(place)) if note >= KEYS]


def test_a_given_melody_comes_before_what_lies_beyond_it() -> None:
    rules = BarRules(TUNE)

    assert np.flatnonzero(rules.places()).tolist() == [0, 1, 2, 3, 4]
    for note in TUNE:
        assert rules.forced == note
        rules.add(note)
    assert np.flatnonzero(rules.places()).tolist() == [12, 13, 14, 15, BAR]
    assert not rules.notes(13)[:KEYS].any()
    assert rules.events == [LINE, *TUNE]


def test_the_accompaniment_stays_under_the_melody_that_sounds_or_comes_next() -> None:
    rules = BarRules(TUNE, held=(2, 60))

    assert max(keys(rules, 1)) == 59  # it is held from the bar before
    assert max(keys(rules, 3)) == 50
    rules.add(TUNE[0])
    assert max(keys(rules, 5)) == 50
    assert max(keys(rules, 8)) == 47


def test_a_low_melody_leaves_the_accompaniment_its_room() -> None:
    assert max(keys(BarRules([(0, LOW_KEY - 9, 0)]), 0)) == LOW_KEY - 1


def test_a_note_ends_before_a_lower_melody_begins_also_in_the_next_bar() -> None:
    low = Sound(2, MELODY, LOWEST + 40, 4)
    rules = BarRules(TUNE, [low])

    assert LENGTHS[int(np.flatnonzero(rules.lengths(6, KEYS + 49))[-1])] == 6
    assert LENGTHS[int(np.flatnonzero(rules.lengths(6, KEYS + 41))[-1])] == 12
    assert rules.lengths(6, KEYS + LOW_KEY - 1).all()


def test_notes_of_a_place_rise_and_a_bar_gets_full() -> None:
    rules = BarRules(None)

    rules.add((0, KEYS + 20, 0))
    assert keys(rules, 0)[0] == 21
    for at in range(MOST_BACKING - 1):
        rules.add((15, KEYS + 21 + at, 0))
    assert keys(rules, 15) == []


def test_what_sounds_past_the_bar_line_is_held_into_the_next() -> None:
    rules = BarRules([(12, 51, LENGTHS.index(10))])
    assert rules.held is None
    rules.add((12, 51, LENGTHS.index(10)))
    assert rules.held == (6, 51)
