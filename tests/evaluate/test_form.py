"""The measures of form, on melodies made so that the answer is known."""

import numpy as np
import pytest

from emo_osc.evaluate.form import MEASURES, cells, copied_share


def melody(bars: list[list[int]]) -> np.ndarray:
    """Tokens of sixteen bars; each bar lists the MIDI pitches of its quarters, 0 for none."""
    tokens = np.zeros((1, 16, 16), dtype=np.int64)
    for index, pitches in enumerate(bars):
        for quarter, pitch in enumerate(pitches):
            tokens[0, index, 4 * quarter] = pitch - 19 if pitch else 0
    return tokens.reshape(1, 256)


A, B = [60, 62, 64, 65], [67, 65, 64, 62]
PERIOD = melody([A, B, A, B] * 4)
CHROMATIC = melody([[60 + (4 * bar + quarter) % 12 for quarter in range(4)] for bar in range(16)])

EXPECTED = [
    ("notes per bar", PERIOD, 4.0),
    ("mean pitch", PERIOD, 63.625),
    ("pitch range", PERIOD, 7.0),
    ("entropy, 1 bar", PERIOD, 2.0),
    ("groove similarity", PERIOD, 1.0),
    ("steps", PERIOD, 1.0),
    ("repeated pitches", PERIOD, 0.0),
    ("leaps over 7", PERIOD, 0.0),
    ("silence", PERIOD, 0.0),
    ("bars repeated", PERIOD, 14 / 15),
    ("bars repeated in rhythm", PERIOD, 1.0),
    ("in scale", PERIOD, 1.0),
    ("in scale", CHROMATIC, 38 / 64),
    ("likeness at lag 1", PERIOD, 1 / 7),
    ("likeness at lag 2", PERIOD, 1.0),
    ("likeness at lag 8", PERIOD, 1.0),
    ("rhythm at lag 1", PERIOD, 1.0),
    ("entropy, whole", CHROMATIC, 3.5794),
]


@pytest.mark.parametrize(("name", "tokens", "expected"), EXPECTED)
def test_a_measure_gives_what_the_page_gives(name: str, tokens: np.ndarray, expected: float) -> None:
    assert MEASURES[name](tokens)[0] == pytest.approx(expected, abs=2e-4)


def test_every_measure_answers_one_number_a_melody() -> None:
    both = np.concatenate([PERIOD, CHROMATIC])
    assert {measure(both).shape for measure in MEASURES.values()} == {(2,)}


def test_a_copy_in_another_key_is_found_and_a_new_tune_is_not() -> None:
    known = cells(PERIOD, 4)
    moved = np.where(PERIOD >= 2, PERIOD + 3, PERIOD)
    assert copied_share(moved, known, 4) == 1.0
    assert copied_share(CHROMATIC, known, 4) == 0.0
