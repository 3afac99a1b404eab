"""The density loss, heard and counted, on melodies small enough to know the answer."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tools.energy import (
    Synthesiser,
    agreement,
    counted,
    density_loss,
    heard,
    random_aims,
    windowed,
)


def steady(notes_per_bar: int) -> NDArray[np.int64]:
    tokens = np.zeros((1, 16, 16), dtype=np.int64)
    tokens[0, :, : 16 : 16 // notes_per_bar] = 50
    return tokens.reshape(1, 256)


def any_melodies(count: int, seed: int) -> NDArray[np.int64]:
    """Melodies of all densities, uneven from bar to bar, with notes long and short."""
    luck = np.random.default_rng(seed)
    chance = luck.uniform(0.1, 0.6, (count, 1)) * luck.uniform(0.3, 1.5, (count, 16)).repeat(16, axis=1)
    tokens = np.where(luck.random((count, 256)) < chance, luck.integers(36, 66, (count, 256)), 0)
    return np.where((tokens == 0) & (luck.random(tokens.shape) < 0.05), 1, tokens)


EVEN = np.ones((1, 256))


@pytest.mark.parametrize("notes_per_bar", [1, 2, 4, 8, 16])
def test_both_forms_count_the_same_notes(notes_per_bar: int) -> None:
    tokens = steady(notes_per_bar)

    assert counted(tokens, EVEN)[0].tolist() == [notes_per_bar] * 16
    assert heard(tokens, EVEN)[0] == pytest.approx(np.full(16, notes_per_bar), rel=0.15)


def test_energy_goes_with_the_square_of_velocity() -> None:
    assert heard(steady(4), 0.5 * EVEN) == pytest.approx(0.25 * heard(steady(4), EVEN))
    assert counted(steady(4), 0.5 * EVEN) == pytest.approx(0.25 * counted(steady(4), EVEN))


def test_an_empty_bar_is_silent() -> None:
    tokens = steady(4)
    tokens[0, 64:96] = 0
    tokens[0, 64] = 1

    assert heard(tokens, EVEN)[0, 4:6] == pytest.approx([0.0, 0.0], abs=0.2)  # a frame reaches over the bar line
    assert heard(tokens, EVEN)[0, 6] == pytest.approx(4.0, rel=0.1)


def test_a_held_note_sounds_no_more_than_a_short_one() -> None:
    held, short = steady(1), steady(1)
    short[0, 1::16] = 1

    assert heard(held, EVEN) == pytest.approx(heard(short, EVEN), rel=0.02)
    assert heard(held, EVEN, decay_s=0.5).sum() > 1.5 * heard(short, EVEN, decay_s=0.5).sum()


def test_the_loss_is_least_where_the_density_is_what_was_asked_for() -> None:
    losses = [density_loss(counted(steady(notes), EVEN), np.array([4.0]))[0] for notes in (1, 2, 4, 8, 16)]

    assert losses[2] == 0.0
    assert losses[0] > losses[1] > losses[2] < losses[3] < losses[4]


def test_one_busy_bar_does_not_pay_for_fifteen_empty_ones() -> None:
    busy = np.zeros((1, 16))
    busy[0, 3] = 64.0

    assert windowed(busy, np.array([4.0]))[0] > 10 * windowed(np.full((1, 16), 5.0), np.array([4.0]))[0]


def test_the_two_forms_rank_melodies_alike() -> None:
    found = agreement(any_melodies(40, seed=1), random_aims(40, seed=2))

    assert found["loss"] >= 0.95
    assert found["windows"] >= 0.95
    assert found["melodies"] == 40


def test_a_long_decay_hears_what_is_held_and_ranks_otherwise() -> None:
    melodies, aims = any_melodies(40, seed=1), random_aims(40, seed=2)

    assert agreement(melodies, aims, decay_s=1.0)["energy"] < agreement(melodies, aims)["energy"]


def test_a_rendered_melody_lasts_sixteen_bars() -> None:
    sound = Synthesiser().render(steady(1)[0], EVEN[0])

    assert len(sound) / 16_000 == pytest.approx(16 * 4 * 60 / 110, abs=0.05)
    assert np.isfinite(sound).all()


def test_human_melodies_are_ranked_alike() -> None:
    if not os.environ.get("EMO_OSC_DATA"):
        pytest.skip("EMO_OSC_DATA does not name the corpus folder")
    from emo_osc.train.corpora.corpus import load_corpus

    human = load_corpus(Path(os.environ["EMO_OSC_DATA"]), "test").tokens[::20].astype(np.int64)

    assert agreement(human, random_aims(len(human)))["loss"] >= 0.95
