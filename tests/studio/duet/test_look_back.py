"""What is read beside each event: the plan of its bar, the melody to come, the bars before."""

from emo_osc.studio.duet.look_back import (
    FIRST_LAG,
    LAG_COLUMNS,
    NO_BAR,
    NO_KEY,
    OPEN_KEY,
    OPEN_PLACE,
    SIZES,
    BarPlan,
    Event,
    LookBack,
)
from emo_osc.studio.events import BAR, KEYS, NO_LENGTH, NO_NOTE

LOW, HIGH, TUNE = (0, KEYS + 20, 3), (8, KEYS + 27, 3), (4, 50, 7)
BARS: tuple[list[Event], ...] = ([LOW, TUNE, HIGH], [LOW, HIGH], [LOW, TUNE, HIGH], [])


OPEN = BarPlan()


def read(before: LookBack, plan: BarPlan = OPEN) -> list[list[int]]:
    return [list(columns) for bar in BARS for columns in (before.begin(plan), *map(before.read, bar))]


def lag(columns: list[int], at: int) -> list[int]:
    return columns[FIRST_LAG + at * LAG_COLUMNS : FIRST_LAG + (at + 1) * LAG_COLUMNS]


def test_every_class_is_one_of_its_column() -> None:
    assert all(0 <= each < size for row in read(LookBack()) for each, size in zip(row, SIZES, strict=True))


def test_what_comes_next_in_the_bars_before_is_read_with_how_long_they_were_followed() -> None:
    rows = read(LookBack())

    assert lag(rows[0], 0) == [NO_BAR, NO_NOTE, NO_LENGTH, 0]
    assert lag(rows[4], 0) == [*LOW, 0]  # the second bar line, no bar of which was followed yet
    assert lag(rows[5], 0) == [*TUNE, 1]
    assert lag(rows[6], 0) == [BAR, NO_NOTE, NO_LENGTH, 0]  # the tune was left out
    assert lag(rows[9], 1) == [*HIGH, 2]  # two bars before: the chord and the tune
    assert lag(rows[10], 1) == [BAR, NO_NOTE, NO_LENGTH, 3]


def test_a_given_melody_is_read_ahead_and_another_is_open() -> None:
    given, unknown = read(LookBack(), BarPlan(melody=(TUNE,))), read(LookBack())

    assert given[0][6:11] == [*TUNE, BAR, NO_KEY]
    assert given[2][6:11] == [BAR, NO_KEY, NO_LENGTH, BAR, NO_KEY]
    assert unknown[0][6:11] == [OPEN_PLACE, OPEN_KEY, NO_LENGTH, OPEN_PLACE, OPEN_KEY]
    assert (given[1][11], given[3][11], given[4][11]) == (NO_KEY, 50, NO_KEY)


def test_bars_that_are_taken_back_leave_no_trace() -> None:
    straight, changed = LookBack(), LookBack()
    read(straight)
    read(changed)
    for _ in range(2):
        changed.begin(BarPlan())
        changed.read((3, KEYS + 9, 2))

    changed.go_back_to(len(BARS))

    for each in (LOW, TUNE):
        assert changed.begin(BarPlan()).tolist() == straight.begin(BarPlan()).tolist()
        assert changed.read(each).tolist() == straight.read(each).tolist()
