"""Events for two parts: what goes in comes out, in order, and nothing leaves the piano."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.studio.events import (
    BACKING,
    BAR,
    BAR_STEPS,
    LENGTHS,
    MELODY,
    NO_LENGTH,
    NO_NOTE,
    Sound,
    bar_of,
    decode,
    encode,
    transposed,
)

BARS = 3
sounds = st.builds(
    Sound, st.integers(0, BARS * BAR_STEPS - 1), st.integers(0, 1), st.integers(21, 108), st.sampled_from(LENGTHS)
)
pieces = st.lists(sounds, max_size=24, unique_by=lambda sound: (sound.step, sound.part, sound.pitch))


def rows(piece: list[Sound]) -> np.ndarray:
    return np.array([[sound.step, sound.part, sound.pitch, sound.length] for sound in piece]).reshape(-1, 4)


@given(pieces)
def test_notes_come_back_in_order(piece: list[Sound]) -> None:
    assert decode(encode(rows(piece), BARS)) == sorted(piece)


@given(pieces)
def test_every_bar_begins_with_its_line_and_the_melody_comes_first(piece: list[Sound]) -> None:
    events = encode(rows(piece), BARS)

    assert (events[:, 0] == BAR).sum() == BARS
    assert bar_of(events).tolist() == sorted(bar_of(events).tolist())
    order = [
        (bar, place + 1 if place != BAR else 0, note)
        for bar, (place, note, _) in zip(bar_of(events), events, strict=True)
    ]
    assert order == sorted(order)


def test_a_note_that_is_said_twice_or_lies_outside_counts_not() -> None:
    heard = Sound(0, MELODY, 60, 4)
    piece = [heard, Sound(0, MELODY, 60, 8), Sound(BAR_STEPS * BARS, BACKING, 50, 1), Sound(1, BACKING, 20, 1)]

    assert decode(encode(rows(piece), BARS)) == [heard]


def test_lengths_are_the_nearest_there_is() -> None:
    piece = [Sound(step, MELODY, 60, length) for step, length in enumerate((9, 11, 17, 26, 30, 99))]

    assert [sound.length for sound in decode(encode(rows(piece), 1))] == [8, 10, 16, 24, 28, 32]


@given(pieces, st.integers(-11, 11))
def test_a_transposed_piece_keeps_its_pitch_classes_and_stays_on_the_piano(piece: list[Sound], semitones: int) -> None:
    events = encode(rows(piece), BARS)
    moved = transposed(events, semitones)

    assert [(sound.pitch - semitones) % 12 for sound in decode(moved)] == [s.pitch % 12 for s in decode(events)]
    assert all(21 <= sound.pitch <= 108 for sound in decode(moved))
    assert (moved[:, [0, 2]] == events[:, [0, 2]]).all()


def test_a_bar_line_is_no_note() -> None:
    assert encode(rows([]), 2).tolist() == [[BAR, NO_NOTE, NO_LENGTH]] * 2
