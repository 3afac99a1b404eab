"""How phrases end: where, and that their last notes yield."""

import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR, Note
from emo_osc.protocol.messages import Measured
from emo_osc.stage.player.expression import BREATH_TICKS, END_DELAY_TICKS, END_SOFTNESS, Expression
from emo_osc.stage.player.phrase_ends import closeness
from tests.twin import NO_RULES

USUAL = Measured(4.0, 60.0, 0.5)
QUARTERS = tuple(Note(tick, 480, 60) for tick in range(0, PHRASE_TICKS, 480))


def test_every_four_bars_have_one_end() -> None:
    near = closeness(QUARTERS)

    assert [index for index, each in enumerate(near) if each == 1.0] == [15, 31, 47, 63]
    assert near[11:16] == (0.0, 0.0625, 0.25, 0.5625, 1.0)
    assert near[16] == 0.0, "the next phrase is on time again"


def test_an_end_is_the_note_with_the_longest_wait_and_a_pickup_is_none() -> None:
    last_bar = 3 * TICKS_PER_BAR
    bar = (Note(last_bar, 240, 62), Note(last_bar + 240, 960, 64), Note(last_bar + 1440, 240, 65))
    notes = (Note(0, 480, 60), *bar, Note(4 * TICKS_PER_BAR, 480, 67))

    assert closeness(notes) == (0.0, 0.765625, 1.0, 0.0, 0.0)


@pytest.mark.parametrize("notes", [(), (Note(0, 480, 60),)], ids=["silence", "a note in bar 1"])
def test_bars_without_a_note_have_no_end(notes: tuple[Note, ...]) -> None:
    assert closeness(notes) == (0.0,) * len(notes)


def test_the_last_note_is_later_softer_and_held() -> None:
    touch, note = Expression(Affect(0.4, 0.8)), QUARTERS[63]

    assert touch.delay_of(QUARTERS, 60, 1, 1.0) == END_DELAY_TICKS, "a downbeat has no other delay"
    assert touch.velocity_of(note, USUAL, 0.0, 1.0) == touch.velocity_of(note, USUAL, 0.0) - END_SOFTNESS
    assert touch.length_of(note, USUAL, 0.5, 480) == touch.length_of(note, USUAL) < note.duration_tick
    assert touch.length_of(note, USUAL, 1.0, 480) == note.duration_tick


def test_a_breath_is_left_where_the_next_phrase_follows_at_once() -> None:
    legato = Expression(Affect(-0.5, -1.0))

    assert legato.length_of(QUARTERS[63], USUAL, 1.0, 0) == 480 - BREATH_TICKS
    assert legato.length_of(Note(0, 60, 60), Measured(32.0, 60.0, 0.5), 1.0, 0) == 30, "half of a short one sounds"
    assert legato.length_of(QUARTERS[63], USUAL) == 480


def test_without_humanize_ends_are_on_the_grid_and_without_rules_plain() -> None:
    note = QUARTERS[63]
    plain = Expression(rules=NO_RULES)

    assert Expression(humanize=0.0).delay_of(QUARTERS, 60, 1, 1.0) == 0
    assert plain.delay_of(QUARTERS, 63, 1, 1.0) == 0
    assert plain.velocity_of(note, USUAL, 1.0, 1.0) == 66
    assert plain.length_of(note, USUAL, 1.0, 0) == 480
