"""Emotion names of energy and valence after Yoon et al.: four emotions, and others.

Energy and valence are as streaming services give them, both in [0, 1]. The paper names the two quantities and the five
labels; the bounds of the labels are not published and are our interpretation (docs/labelling.md).
"""

from dataclasses import dataclass

from emo_osc.core.affect import MOODS, NEUTRAL, Affect

OTHERS = "Others"
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of energy and valence with a name; it begins above its lower bounds and holds its upper ones."""

    label: str
    energy: tuple[float, float]
    valence: tuple[float, float]

    def holds(self, energy: float, valence: float) -> bool:
        """Whether the point lies in it."""
        return self.energy[0] < energy <= self.energy[1] and self.valence[0] < valence <= self.valence[1]


FROM_NOTHING = -0.01  # so that 0 itself is inside
REGIONS = (
    Region("Happiness", energy=(0.5, 1.0), valence=(0.6, 1.0)),
    Region("Surprise", energy=(0.5, 1.0), valence=(0.4, 0.6)),
    Region("Anger", energy=(0.5, 1.0), valence=(FROM_NOTHING, 0.4)),
    Region("Sadness", energy=(FROM_NOTHING, 0.5), valence=(FROM_NOTHING, 0.4)),
)
"""What has a name; all the rest is others. No two overlap."""


def label_of(energy: float, valence: float) -> str:
    """The name of a point; both in [0, 1].

    >>> label_of(0.9, 0.8), label_of(0.3, 0.1), label_of(0.2, 0.9)
    ('Happiness', 'Sadness', 'Others')

    Raises:
        ValueError: one of them is outside [0, 1], or is NaN.
    """
    for name, value in (("energy", energy), ("valence", valence)):
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"{name} must be in [0, 1], got {value!r}")
    return next((region.label for region in REGIONS if region.holds(energy, valence)), OTHERS)


def affect_of_unit(energy: float, valence: float) -> Affect:
    """Energy and valence in [0, 1] as a point of the plane: energy is taken for arousal.

    >>> affect_of_unit(0.75, 0.5)
    Affect(valence=0.0, arousal=0.5)
    """
    return Affect(2.0 * valence - 1.0, 2.0 * energy - 1.0)


def unit_of(affect: Affect) -> tuple[float, float]:
    """A point of the plane as energy and valence in [0, 1].

    >>> unit_of(Affect(0.0, 0.5))
    (0.75, 0.5)
    """
    return HALF * (affect.arousal + 1.0), HALF * (affect.valence + 1.0)


def table_affect(label: str) -> Affect:
    """Where the paper's own table of valence and arousal puts a label; others are where it puts a neutral face.

    >>> table_affect("Sadness")
    Affect(valence=-0.7, arousal=-0.2)
    """
    return next((mood.affect for mood in MOODS if mood.id == label.casefold()), NEUTRAL)
