"""Chords that fit a melody: the shipped tables, Viterbi, and the share of chord tones."""

import itertools

import numpy as np
import pytest
import torch

from emo_osc.studio.harmony import (
    CHORDS,
    HALVES,
    PLACES,
    TONES,
    Harmony,
    chord_tone_ratio,
    chords_of,
    chords_of_weights,
    half_bars,
    harmony_of,
    shipped,
    triad,
)
from emo_osc.studio.outline import Outline
from emo_osc.weights.checkpoints import Checkpoint

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


def drawn_tables(rng: np.random.Generator) -> Harmony:
    return Harmony(
        np.log(rng.dirichlet(np.ones(CHORDS))),
        np.log(rng.dirichlet(np.ones(CHORDS), (PLACES, 2, CHORDS))),
        np.log(rng.dirichlet(np.ones(12), CHORDS)),
        0.3,
    )


@pytest.mark.parametrize("until", [[0, 7], [1, 0], [-1, -1]])
def test_the_likeliest_way_is_found(until: list[int]) -> None:
    rng = np.random.default_rng(1)
    harmony = drawn_tables(rng)
    weights = rng.integers(0, 5, (1, 3, 12)).astype(float)
    said = harmony.sharpness * weights[0] @ harmony.note.T
    places = {0: 0, 1: 1, 7: 3, -1: None}

    def likelihood(way: tuple[int, ...]) -> float:
        bars = [places[each] if each >= 0 else 3 - bar for bar, each in enumerate(until)]
        changes = sum(harmony.change[bars[half // 2], half % 2, way[half - 1], way[half]] for half in (1, 2))
        return float(harmony.first[way[0]] + changes + sum(said[half, chord] for half, chord in enumerate(way)))

    best = max(itertools.product(range(CHORDS), repeat=3), key=likelihood)
    assert tuple(harmony.fit(weights, np.array([until + [0] * 14]))[0]) == best


def test_phrases_of_four_bars_are_taken_for_granted() -> None:
    rng = np.random.default_rng(4)
    tokens = np.where(rng.random((4, 256)) < 0.3, rng.integers(41, 62, (4, 256)), 0)
    regular = np.tile([3, 2, 1, 0], 4)[None]
    assert np.array_equal(chords_of(tokens), chords_of(tokens, regular))
    assert np.array_equal(chords_of(tokens), chords_of(tokens, np.full((4, 16), -1)))
    assert not np.array_equal(chords_of(tokens), chords_of(tokens, np.roll(regular, 2)))


def test_a_bar_that_leaves_the_mode_open_has_the_melodys_own() -> None:
    tokens = melody(60, 64, 69, 65, 67, 62, 71, 67)[None]
    tokens[:, 240:] = 0
    tokens[:, 240] = 41  # the last bar is one long C
    assert chords_of(tokens)[0, -1] == 0
    in_minor = np.select([tokens == 45, tokens == 50, tokens == 52], [44, 49, 51], tokens)
    assert chords_of(in_minor)[0, -1] == 12


def test_tables_of_older_versions_have_no_places_and_still_load() -> None:
    rng = np.random.default_rng(5)
    change = np.log(rng.dirichlet(np.ones(CHORDS), (2, CHORDS)))
    old = {"first": np.zeros(CHORDS), "change": change, "note": np.zeros((CHORDS, 12))}
    harmony = harmony_of(
        Checkpoint({"sharpness": 0.15}, {name: torch.from_numpy(table) for name, table in old.items()})
    )
    assert harmony.change.shape == (PLACES, 2, CHORDS, CHORDS)
    assert all(np.array_equal(place, change) for place in harmony.change)
    assert not harmony.mode.any()


@pytest.mark.parametrize("name", ["first", "change", "note", "mode"])
def test_tables_of_another_shape_are_refused(name: str) -> None:
    tables = {"first": torch.zeros(24), "change": torch.zeros(2, 24, 24), "note": torch.zeros(24, 12)}
    with pytest.raises(ValueError, match=r"tables of|broadcast"):
        harmony_of(Checkpoint({"sharpness": 0.15}, tables | {name: torch.zeros(5)}))


def test_a_held_note_is_heard_in_every_half_bar_it_reaches() -> None:
    tokens = np.zeros((1, 256), np.int64)
    tokens[0, 6], tokens[0, 28] = 41, 1
    weights = half_bars(tokens)[0]
    assert weights[:, 0].tolist() == [2.0, 16.0, 16.0, 8.0] + [0.0] * 28
    assert weights.sum() == 42.0


def test_chords_of_an_outline_are_those_of_its_notes() -> None:
    rng = np.random.default_rng(2)
    tokens = np.where(rng.random((8, 256)) < 0.3, rng.integers(41, 62, (8, 256)), 0)
    tokens[:, 7::8] = 1  # no note is held into the next half bar
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
