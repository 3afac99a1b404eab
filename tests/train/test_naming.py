"""Names from energy and valence: every corner has one, and where the rule and the paper's table differ is written."""

from pathlib import Path

import numpy as np
import pytest

from emo_osc.core.affect import MOODS, Affect
from emo_osc.train.naming import OTHERS, REGIONS, affect_of_unit, label_of, table_affect, unit_of

DOCS = Path(__file__).parents[2] / "docs" / "labelling.md"
FEELINGS = [region.label for region in REGIONS]
FACES = [mood for mood in MOODS if mood.vocabulary == "expressions"]


@pytest.mark.parametrize(
    ("energy", "valence", "label"),
    [
        (0.9, 0.9, "Happiness"),
        (0.51, 0.61, "Happiness"),
        (0.9, 0.5, "Surprise"),
        (0.9, 0.6, "Surprise"),
        (0.9, 0.4, "Anger"),
        (1.0, 0.0, "Anger"),
        (0.5, 0.4, "Sadness"),
        (0.0, 0.0, "Sadness"),
        (0.5, 0.5, "Others"),
        (0.5, 1.0, "Others"),
        (0.0, 0.41, "Others"),
    ],
)
def test_every_part_of_the_plane_has_its_name(energy: float, valence: float, label: str) -> None:
    assert label_of(energy, valence) == label


def test_no_two_regions_hold_one_point() -> None:
    steps = np.linspace(0, 1, 41).round(3)

    assert max(sum(region.holds(e, v) for region in REGIONS) for e in steps for v in steps) == 1


@pytest.mark.parametrize(("energy", "valence"), [(-0.01, 0.5), (0.5, 1.01), (float("nan"), 0.5)])
def test_what_is_no_share_is_refused(energy: float, valence: float) -> None:
    with pytest.raises(ValueError, match=r"must be in \[0, 1\]"):
        label_of(energy, valence)


def test_a_point_goes_to_units_and_back() -> None:
    assert affect_of_unit(*unit_of(Affect(-0.6, 0.25))) == Affect(-0.6, 0.25)


@pytest.mark.parametrize("label", FEELINGS)
def test_the_four_feelings_of_the_table_have_their_own_names(label: str) -> None:
    assert label_of(*unit_of(table_affect(label))) == label


def test_the_manual_names_every_face_of_the_table_and_what_the_rule_calls_it() -> None:
    manual = DOCS.read_text(encoding="utf-8")

    for face in FACES:
        point = f"{face.affect.valence:+.2f} {face.affect.arousal:+.2f}"
        assert f"| {face.id} | {point} | {label_of(*unit_of(face.affect))} |" in manual


def test_the_manual_says_how_often_the_rule_and_the_nearest_face_agree() -> None:
    grid = [Affect(v, a) for v in np.linspace(-1, 1, 101).tolist() for a in np.linspace(-1, 1, 101).tolist()]
    nearest = [min((*FEELINGS, OTHERS), key=lambda label: table_affect(label).distance(point)) for point in grid]
    share = np.mean([label_of(*unit_of(point)) == near for point, near in zip(grid, nearest, strict=True)])

    assert f"{share:.0%} of the plane" in DOCS.read_text(encoding="utf-8").replace(" %", "%")
