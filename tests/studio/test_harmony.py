"""Chords that fit a melody: the shipped tables, Viterbi, and the share of chord tones."""

import itertools

import numpy as np
import pytest

from emo_osc.studio.harmony import (
    CHORDS,
    HALVES,
    TONES,
    Harmony,
    chord_tone_ratio,
    chords_of,
    chords_of_weights,
    half_bars,
    shipped,
    triad,
)
from emo_osc.studio.outline import Outline

pytestmark = pytest.mark.torch


def melody(*pitches: int) -> np.ndarray:
    """Sixteen bars of eighths that go through these MIDI pitches again and again."""
    tokens = np.zeros(256, np.int64)
    tokens[::2] = [pitches[at % len(pitches)] - 19 for at in range(128)]
    return tokens


@pytest.mark.parametrize(("pitches", "chord"), [((60, 64, 67, 72), 0), ((60, 63, 67, 72), 12), ((65, 69, 72, 69), 5)])
def test_a_broken_chord_is_heard_as_that_chord(pitches: tuple[int, ...], chord: int) -> None:
    chords = chords_of(melody(*pitches)[None])
    assert chords.shape == (1, HALVES)
    assert (chords == chord).mean() > 0.9


def test_the_likeliest_way_is_found() -> None:
    rng = np.random.default_rng(1)
    harmony = Harmony(
        np.log(rng.dirichlet(np.ones(CHORDS))),
        np.log(rng.dirichlet(np.ones(CHORDS), (2, CHORDS))),
        np.log(rng.dirichlet(np.ones(12), CHORDS)),
        0.3,
    )
    weights = rng.integers(0, 5, (1, 3, 12)).astype(float)
    said = harmony.sharpness * weights[0] @ harmony.note.T

    def likelihood(way: tuple[int, ...]) -> float:
        changes = sum(harmony.change[half % 2, way[half - 1], way[half]] for half in (1, 2))
        return float(harmony.first[way[0]] + changes + sum(said[half, chord] for half, chord in enumerate(way)))

    best = max(itertools.product(range(CHORDS), repeat=3), key=likelihood)
    assert tuple(harmony.fit(weights)[0]) == best


def test_chords_of_an_outline_are_those_of_its_notes() -> None:
    rng = np.random.default_rng(2)
    tokens = np.where(rng.random((8, 256)) < 0.3, rng.integers(41, 62, (8, 256)), 0)
    outline = Outline.of(tokens)
    assert np.array_equal(half_bars(tokens), outline.weight.flatten(1, 2).numpy())
    assert np.array_equal(chords_of_weights(outline.weight).numpy(), chords_of(tokens))


def test_notes_of_the_chord_are_counted_by_number_length_and_on_beats() -> None:
    tokens = np.zeros((1, 256), np.int64)
    tokens[0, 0], tokens[0, 6], tokens[0, 8] = 41, 43, 45  # C for six steps on a beat, D for two off it, E to the end
    ratio = chord_tone_ratio(tokens, np.zeros((1, HALVES), np.int64))
    assert ratio["count"][0] == pytest.approx(2 / 3)
    assert ratio["duration"][0] == pytest.approx(254 / 256)
    assert ratio["beats"][0] == 1.0
    assert chord_tone_ratio(np.zeros((1, 256), np.int64), np.zeros((1, HALVES), np.int64))["count"][0] == 0.0


def test_the_tables_are_probabilities_and_hold_each_chord_longest_over_its_own_tones() -> None:
    harmony = shipped()
    for table in (harmony.first, harmony.change, harmony.note):
        assert np.exp(table).sum(axis=-1) == pytest.approx(1.0, abs=1e-4)
    own = np.exp(harmony.note)
    diatonic = [0, 5, 7, 21, 14, 16, 12, 17, 8, 10, 3]  # chords that melodies in C rest on
    assert all(own[chord] @ TONES[chord] > 0.5 for chord in diatonic)
    assert all(set(triad(chord)) == set(np.nonzero(TONES[chord])[0]) for chord in range(CHORDS))
