"""Extracts melodies from performed music, as for MusicVAE's training data. Imports no torch.

The rules equal those of Magenta's OneHotMelodyConverter with the settings of `hierdec-mel_16bar` (magenta/magenta at
526d3eb, note-seq 0.0.5), without its limit of 5 random windows per sequence.
"""

from bisect import bisect_left
from dataclasses import dataclass

from emo_osc.studio.performance import Performance, Piece, Played
from emo_osc.studio.tokens import BAR_STEPS, FIRST_NOTE, HIGHEST_PITCH, HOLD, LOWEST_PITCH, OFF, STEPS, written

STEPS_PER_QUARTER = 4
GAP_STEPS = BAR_STEPS  # a rest this long ends a melody
MAX_STEPS = 100 * BAR_STEPS

Tokens = list[int]


@dataclass(frozen=True, slots=True)
class _Step:
    """A played note on the grid, in steps from the piece's start."""

    start: int
    end: int
    note: Played


def windows(performance: Performance) -> list[Tokens]:
    """All distinct 16-bar windows of all melodies, one bar apart; notes held into a window are dropped."""
    found = (
        tuple(_begun(melody[end - STEPS : end]))
        for piece in performance.pieces()
        for melody in melodies(piece)
        for end in range(STEPS, len(melody) + 1, BAR_STEPS)
    )
    return [list(window) for window in dict.fromkeys(found)]


def melodies(piece: Piece) -> list[Tokens]:
    """The melodies of each instrument, 1 to 100 whole bars each: the highest note wins, a bar's rest ends one.

    A piece whose bars are not 16 16ths has none.
    """
    beats, unit = piece.signature
    if not beats == unit > 0 or unit & (unit - 1):
        return []
    steps = sorted(
        (_quantised(note, piece.tempo) for note in piece.notes if LOWEST_PITCH <= note.pitch <= HIGHEST_PITCH),
        key=lambda step: (step.start, -step.note.pitch),
    )
    instruments = sorted({step.note.instrument for step in steps})
    return [
        melody
        for instrument in instruments
        for melody in _of_instrument([step for step in steps if step.note.instrument == instrument])
    ]


def _quantised(note: Played, tempo: float) -> _Step:
    steps_per_second = STEPS_PER_QUARTER * tempo / 60.0
    start, end = (int(time_s * steps_per_second + 0.5) for time_s in (note.start_s, note.end_s))
    return _Step(start, end + (end == start), note)


def _of_instrument(steps: list[_Step]) -> list[Tokens]:
    found: list[Tokens] = []
    search = at = 0  # a bar line, and the first note not before it
    while (at := bisect_left(steps, search, lo=at, key=lambda step: step.start)) < len(steps):
        first = search + (steps[at].start - search) // BAR_STEPS * BAR_STEPS
        spans = _line(steps, at, first)
        if not spans:
            break
        length = -(-spans[-1][1] // BAR_STEPS) * BAR_STEPS
        found.append(written([span for span in spans if span[0] < MAX_STEPS], min(length, MAX_STEPS)))
        search = first + length
    return found


def _line(steps: list[_Step], at: int, first: int) -> list[tuple[int, int, int]]:
    """Spans (start, end, pitch) counted from `first`: the notes from number `at` on, up to the first rest of a bar."""
    spans: list[tuple[int, int, int]] = []
    for step in map(steps.__getitem__, range(at, len(steps))):
        start, end = step.start - first, step.end - first
        if step.note.is_drum or not step.note.velocity or (spans and start == spans[-1][0]):
            continue
        if spans and start - spans[-1][1] >= GAP_STEPS:
            break
        spans.append((start, end, step.note.pitch))
    return spans


def _begun(window: Tokens) -> Tokens:
    """A window with the note-offs before its first note turned to holds."""
    first = next((step for step, token in enumerate(window) if token >= FIRST_NOTE), len(window))
    return [HOLD if step < first and token == OFF else token for step, token in enumerate(window)]
