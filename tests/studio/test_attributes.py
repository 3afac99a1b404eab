"""Attributes: measured on notes, against melodies whose answer is known by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import MOODS, Affect
from emo_osc.core.targets import major_belief
from emo_osc.studio.attributes import (
    NoteGrid,
    distances,
    flaws,
    in_c,
    major_share,
    measure,
    measure_table,
    outside_key,
    targets,
)

C_MAJOR = (0, 2, 4, 5, 7, 9, 11, 12)
C_MINOR = (0, 2, 3, 5, 7, 8, 10, 12)


def line(degrees: tuple[int, ...], every: int = 4, tonic: int = 60) -> np.ndarray:
    """A melody that walks through degrees, a note every so many steps."""
    tokens = np.zeros((1, 256), dtype=np.int64)
    for index, step in enumerate(range(0, 256, every)):
        tokens[0, step] = tonic + degrees[index % len(degrees)] - 19
    return tokens


def test_density_and_register_are_counted_on_onsets() -> None:
    measured = measure(line((0, 4), every=8))
    assert (measured.notes_per_bar, measured.mean_pitch) == (2.0, 62.0)


def test_a_note_ends_at_its_note_off_or_the_next_note_or_the_end() -> None:
    tokens = np.zeros((1, 256), dtype=np.int64)
    tokens[0, [0, 3, 8, 10]] = 41, 1, 43, 45
    grid = NoteGrid.of(tokens)
    assert [int(grid.duration[0, step]) for step in (0, 8, 10)] == [3, 2, 246]


@pytest.mark.parametrize("tonic", range(48, 60))
def test_major_and_minor_are_told_apart_in_every_key(tonic: int) -> None:
    major, minor = measure_table(line(C_MAJOR, tonic=tonic))[0, 2], measure_table(line(C_MINOR, tonic=tonic))[0, 2]
    assert major > 0.5 > minor


def test_silence_measures_as_nothing_and_lies_far_from_every_target() -> None:
    measured = measure_table(np.zeros((1, 256), dtype=np.int64))
    assert measured[0, :2].tolist() == [0.0, 0.0]
    assert distances(measured, targets(Affect(0.0, 0.0)))[0] > 10


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_targets_stay_inside_what_people_write(valence: float, arousal: float) -> None:
    density, pitch, major = targets(Affect(valence, arousal))
    assert 2.4 < density < 9.5
    assert 62.7 < pitch < 79.4
    assert 0.1 < major < 0.9


def test_more_arousal_asks_for_more_notes_and_more_valence_for_major() -> None:
    calm, excited = targets(Affect(0.0, -0.8)), targets(Affect(0.0, 0.8))
    sad, happy = targets(Affect(-0.8, 0.0)), targets(Affect(0.8, 0.0))
    assert calm[0] < excited[0]
    assert sad[2] < 0.5 < happy[2]


def test_distance_is_zero_at_the_target_and_one_at_one_tolerance_each() -> None:
    wanted = targets(MOODS[0].affect)
    exact = np.array([[wanted[0], wanted[1], major_belief(wanted[2])]])
    off = exact + np.array([[0.0, 2.0, 0.0]])
    assert distances(exact, wanted)[0] == pytest.approx(0.0)
    assert distances(off, wanted)[0] == pytest.approx(np.sqrt(1 / 3))


@given(st.lists(st.integers(0, 40), min_size=12, max_size=12).filter(any), st.integers(1, 11))
def test_mode_does_not_depend_on_the_key(histogram: list[int], semitones: int) -> None:
    here = np.array([histogram], dtype=float)
    assert major_share(here)[0] == pytest.approx(major_share(np.roll(here, semitones, axis=1))[0])


def test_a_melody_people_would_write_has_no_flaws_and_noise_has_many() -> None:
    period = np.tile(line((0, 2, 4, 5, 7, 5, 4, 2, 4, 7, 5, 2, 0, 4, 2, 0))[:, :64], 4)
    noise = np.random.default_rng(0).integers(20, 70, (1, 256))
    assert flaws(period)[0] == 0.0
    assert flaws(noise)[0] > 3.0


def test_every_flaw_counts() -> None:
    period = np.tile(line((0, 2, 4, 5, 7, 5, 4, 2, 4, 7, 5, 2, 0, 4, 2, 0))[:, :64], 4)
    rest, leaps, shapeless = period.copy(), period.copy(), line((0, 2, 4, 5, 7, 9, 11))
    rest[0, 64:128] = 0
    rest[0, 64] = 1
    leaps[0, ::16] += 24
    assert all(flaws(worse)[0] > 0.5 for worse in (rest, leaps, shapeless))


def test_minor_with_its_raised_leading_note_stays_in_key() -> None:
    harmonic = line((0, 2, 3, 5, 7, 8, 11, 12))
    assert outside_key(NoteGrid.of(harmonic))[0] == 0.0


def test_melodies_are_moved_home_whatever_their_key() -> None:
    moved = [in_c(line(C_MAJOR, tonic=tonic)) for tonic in range(55, 67)]
    assert len({tuple((row[row >= 2] % 12).tolist()) for (row,) in moved}) == 1
