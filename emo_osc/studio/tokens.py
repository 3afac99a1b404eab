"""Converts between melodies and MusicVAE's melody tokens. Imports no torch.

One of 90 tokens per 16th: 0 holds (a note or a rest), 1 ends the note, 2..89 start pitch 21 (A0) .. 108 (C8).
As Magenta's OneHotMelodyConverter reads and writes them (magenta/magenta at 526d3eb, note-seq 0.0.5).
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from emo_osc.core.score import BARS, TICKS_PER_STEP, Melody, Note

HOLD, OFF, FIRST_NOTE = 0, 1, 2
LOWEST_PITCH, HIGHEST_PITCH = 21, 108
CLASSES = FIRST_NOTE + HIGHEST_PITCH - LOWEST_PITCH + 1  # 90
BAR_STEPS = 16
STEPS = BARS * BAR_STEPS  # 256
VELOCITY = 80  # Magenta's, since tokens carry none


def token_of(pitch: int) -> int:
    """The token that starts a pitch in 21..108.

    >>> token_of(60)
    41
    """
    return pitch - LOWEST_PITCH + FIRST_NOTE


def pitch_of(token: int) -> int:
    """The pitch that a token in 2..89 starts.

    >>> pitch_of(41)
    60
    """
    return token - FIRST_NOTE + LOWEST_PITCH


def melody_of(tokens: Iterable[int], velocity: int = VELOCITY) -> Melody:
    """Decode tokens of whole bars to a melody; a note ends at the next note, a note-off, or the melody's end.

    >>> melody_of([41, 0, 0, 0, 43, 0, 1, *[0] * 9]).notes
    (Note(start_tick=0, duration_tick=480, pitch=60, velocity=80), Note(start_tick=480, duration_tick=240, pitch=62, \
velocity=80))

    Raises:
        ValueError: a token is outside 0..89, or the last bar is not whole.
    """
    line = [int(token) for token in tokens]
    if len(line) % BAR_STEPS or not all(0 <= token < CLASSES for token in line):
        raise ValueError(f"tokens must be 0..{CLASSES - 1} and fill whole bars of {BAR_STEPS}, got {len(line)} of them")
    events = [*(step for step, token in enumerate(line) if token != HOLD), len(line)]
    notes = (
        Note(start * TICKS_PER_STEP, (end - start) * TICKS_PER_STEP, pitch_of(line[start]), velocity)
        for start, end in pairwise(events)
        if line[start] >= FIRST_NOTE
    )
    return Melody(tuple(notes), len(line) // BAR_STEPS)


def tokens_of(melody: Melody) -> list[int]:
    """Encode a melody on the grid of 16ths, 16 tokens per bar; pitches outside 21..108 are left out, as in Magenta.

    Starts and ends go to the nearest step, the later one when halfway; a note keeps one step at least; of notes that
    fall on one step the highest stays. `tokens_of(melody_of(tokens))` gives `clean(tokens)` back.
    """
    steps = melody.bars * BAR_STEPS
    spans = (
        (*_span(note.start_tick, note.end_tick), note.pitch)
        for note in melody.notes
        if LOWEST_PITCH <= note.pitch <= HIGHEST_PITCH
    )
    return written((span for span in spans if span[0] < steps), steps)


def written(spans: Iterable[tuple[int, int, int]], steps: int) -> list[int]:
    """Tokens of notes given as (start step, end step, pitch), in any order; a later note cuts an earlier one off.

    >>> written([(0, 8, 60), (0, 2, 64), (3, 4, 62)], 8)
    [45, 0, 1, 43, 1, 0, 0, 0]
    """
    tokens, started = [HOLD] * steps, -1
    for start, end, pitch in sorted(spans, key=lambda span: (span[0], -span[2])):
        if start == started:
            continue
        tokens[start:] = [token_of(pitch), *[HOLD] * (steps - start - 1)]
        if end < steps:
            tokens[end] = OFF
        started = start
    return tokens


def clean(tokens: Sequence[int]) -> list[int]:
    """Tokens without note-offs where nothing sounds: those become holds.

    >>> clean([1, 41, 1, 1, 0, 1])
    [0, 41, 1, 0, 0, 0]
    """
    kept, is_sounding = [], False
    for token in tokens:
        kept.append(token if token != OFF or is_sounding else HOLD)
        is_sounding = is_sounding if token == HOLD else token >= FIRST_NOTE
    return kept


def _span(start_tick: int, end_tick: int) -> tuple[int, int]:
    start, end = (int(tick / TICKS_PER_STEP + 0.5) for tick in (start_tick, end_tick))
    return start, max(end, start + 1)
