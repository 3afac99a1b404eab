"""Where the phrases of a melody end, as far as its notes tell: one end in every four bars. Knows no time and no port.

The stage is not told the phrases that a generator had in mind. An end is the note of the fourth bar that is followed by
the longest wait (Cambouropoulos 2001, local boundaries): of the ends found in POP909, OpenEWLD and the tunes, whose
phrases of eight bars have half as many, .40 to .50 lie in a bar where people put one; by chance it would be .12 to .14.
"""

from bisect import bisect_left
from itertools import pairwise

from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR, Note

PART_TICKS = 4 * TICKS_PER_BAR


def closeness(notes: tuple[Note, ...]) -> tuple[float, ...]:
    """How near each note of 16 bars is to the end of its phrase, 0..1: 0 for most, 1 for the last note.

    Over the bar before an end it rises with the square of time, as a final ritard does (Friberg and Sundberg 1999).

    >>> closeness(tuple(Note(tick, 480, 60) for tick in range(0, 7680, 480)))[-5:]
    (0.0, 0.0625, 0.25, 0.5625, 1.0)
    """
    starts = [note.start_tick for note in notes]
    near = [0.0] * len(notes)
    for part_end in range(PART_TICKS, PHRASE_TICKS + 1, PART_TICKS):
        low, high = bisect_left(starts, part_end - TICKS_PER_BAR), bisect_left(starts, part_end)
        if low < high:
            end = _longest_wait([*starts[low:high], starts[high] if high < len(starts) else PHRASE_TICKS]) + low
            for index in range(bisect_left(starts, starts[end] - TICKS_PER_BAR), end + 1):
                near[index] = (1.0 - (starts[end] - starts[index]) / TICKS_PER_BAR) ** 2
    return tuple(near)


def _longest_wait(starts: list[int]) -> int:
    """The index of the start that the next is farthest from; the last of several."""
    waits = [(after - start, index) for index, (start, after) in enumerate(pairwise(starts))]
    return max(waits)[1]
