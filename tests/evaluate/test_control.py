"""The figures of control, on makers whose control is known."""

from dataclasses import replace

import numpy as np
import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.targets import tempo_hint
from emo_osc.evaluate.baselines import edited, paced_bpm, sampled, tonal
from emo_osc.evaluate.control import FIGURES, Sweep, control_table, plane, sweep
from emo_osc.evaluate.identity import NINE, confusion, contour_correlation, identity_table, mood_table, rhythm_jaccard
from emo_osc.studio.attributes import measure_table

SEEDS = range(12)
GRID = plane(5)
HUMAN = tonal(Affect(0.0, 0.0), range(100, 110))


@pytest.fixture(scope="module")
def random_notes() -> Sweep:
    """Notes by rule: density and register as asked."""
    return sweep(GRID, lambda affect: tonal(affect, SEEDS), HUMAN[:12], is_aligned=True)


@pytest.fixture(scope="module")
def deaf() -> Sweep:
    """A maker that hears no affect."""
    still = tonal(Affect(0.0, 0.0), SEEDS)
    return sweep(GRID, lambda affect: still, still, is_aligned=True)


def test_whoever_follows_is_told_from_whoever_does_not(random_notes: Sweep, deaf: Sweep) -> None:
    table = control_table({"follows": random_notes, "deaf": deaf})
    for figure in ("Spearman, density", "Spearman, register", "linearity, density"):
        assert table[figure]["follows"] > 0.9
        assert abs(table[figure]["deaf"]) < 0.1 if "deaf" in table[figure] else True
        assert table[figure]["met"] == 1.0
    assert table["density, |ln ratio|"]["follows"] < 0.02 < 0.2 < table["density, |ln ratio|"]["deaf"]
    assert table["monotonicity, density"]["follows"] > 0.99
    assert "deaf" not in table["monotonicity, density"]


def test_the_first_maker_is_judged(random_notes: Sweep, deaf: Sweep) -> None:
    table = control_table({"deaf": deaf, "follows": random_notes})
    assert table["density, |ln ratio|"]["met"] == 0.0
    assert table["density, |ln ratio|"]["at_most"] == 0.15


def test_density_that_goes_with_valence_is_a_leak(random_notes: Sweep) -> None:
    leaking = random_notes.measured.copy()
    leaking[..., 0] += 2.0 * random_notes.axis("valence")[:, None]
    tell = FIGURES["leakage, valence to density"].compute
    assert tell(random_notes) < 0.05
    assert tell(replace(random_notes, measured=leaking)) > 0.4


def test_what_moves_with_another_axis_is_less_restricted(random_notes: Sweep) -> None:
    drifting = random_notes.measured.copy()
    drifting[..., 1] += 6.0 * random_notes.axis("arousal")[:, None]
    tell = FIGURES["restrictiveness, register"].compute
    assert tell(random_notes) > 0.8 > tell(replace(random_notes, measured=drifting))


def test_a_maker_without_sources_has_no_monotonicity(random_notes: Sweep) -> None:
    table = control_table({"chosen": replace(random_notes, is_aligned=False)})
    assert set(table["monotonicity, density"]) == set()


def test_the_source_itself_is_the_same_tune_and_a_stranger_is_not(deaf: Sweep) -> None:
    row = identity_table({"deaf": deaf})["deaf"]
    assert (row["rhythm"], row["met"]) == (1.0, 1.0)
    assert row["contour"] == pytest.approx(1.0)
    assert row["rhythm_unrelated"] < 0.6
    assert abs(row["contour_unrelated"]) < 0.3


def test_transposed_melodies_share_rhythm_and_contour() -> None:
    moved = np.where(HUMAN >= 2, HUMAN + 3, HUMAN)
    assert rhythm_jaccard(HUMAN, moved).tolist() == [1.0] * len(HUMAN)
    assert contour_correlation(HUMAN, moved) == pytest.approx(np.ones(len(HUMAN)))


def test_moods_are_found_by_who_follows_and_one_melody_for_all_is_alike(deaf: Sweep) -> None:
    moods = [mood.affect for mood in NINE]
    follows = sweep(moods, lambda affect: tonal(affect, SEEDS))
    one = sweep(moods, lambda affect: np.repeat(HUMAN[:1], 3, axis=0))
    table = mood_table({"follows": follows, "one": one})
    assert table["follows"]["nearest_is_asked"] > 0.5
    assert table["one"]["nearest_is_asked"] == pytest.approx(1 / 9)
    assert table["one"]["two_of_a_mood_alike"] == 1.0
    assert table["follows"]["two_of_a_mood_alike"] < 0.1
    assert confusion(follows).sum() == len(NINE) * len(SEEDS)


def test_tonal_melodies_are_as_dense_and_high_as_asked() -> None:
    measured = measure_table(tonal(Affect(1.0, 1.0), range(20)))
    assert measured[:, 0] == pytest.approx(np.full(20, 8.38), abs=0.05)
    assert measured[:, 1].mean() == pytest.approx(76.5, abs=0.7)


def test_edited_melodies_keep_their_rhythm_and_take_the_mode() -> None:
    own = sampled(HUMAN, range(40))
    glad, sad = (edited(HUMAN, Affect(valence, 0.0), range(40)) for valence in (1.0, -1.0))
    assert rhythm_jaccard(own, glad).tolist() == [1.0] * 40
    assert measure_table(glad)[:, 2].mean() > 0.2 + measure_table(sad)[:, 2].mean()
    assert measure_table(glad)[:, 1].mean() > measure_table(sad)[:, 1].mean()


def test_a_sparse_melody_is_paced_faster_than_a_dense_one() -> None:
    affect = Affect(0.0, 0.0)
    sparse, asked, dense = (tonal(Affect(0.0, arousal), [1]) for arousal in (-0.5, 0.0, 0.5))
    assert paced_bpm(asked, affect)[0] == pytest.approx(tempo_hint(affect), rel=0.02)
    assert paced_bpm(sparse, affect)[0] > tempo_hint(affect) > paced_bpm(dense, affect)[0]
