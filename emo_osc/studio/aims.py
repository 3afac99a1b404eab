"""What a feeling asks of a melody: the formulas of the plane, bent where somebody has measured music.

Imports no torch.
"""

from math import log

import numpy as np

from emo_osc.core.affect import REFERENCE_RANGES, Affect, Reference
from emo_osc.studio.attributes import Floats, targets

WIDTH = 0.2
"""Of the Gaussian kernel around a reference's point, on the plane: half of it is left .24 away, a tenth .43 away, so
that each of the nine moods, .35 apart or more, is bent by its own music and hardly by its neighbours'."""

LOCKED_RANGE = (2.4, 9.5)
_COLUMNS = tuple(REFERENCE_RANGES)


class Aims:
    """Targets for affects, for a performer's own music where there is any.

    At a reference's point they are the reference, far from all of them the formulas; between, never outside of what the
    references around say. `locked` is for a tempo that somebody else owns: it cannot follow the feeling, so the notes
    must (emotion reference, section 3).

    >>> Aims()(Affect(0.0, 0.0)).tolist()
    [4.6, 71.0, 0.5]
    >>> round(float(Aims((Reference(Affect(0.0, 0.5), notes_per_bar=8.0),))(Affect(0.0, 0.5))[0]), 3)
    8.0
    """

    def __init__(self, references: tuple[Reference, ...] = (), *, locked: bool = False) -> None:
        self._formula = locked_targets if locked else targets
        self.refer(references)

    def refer(self, references: tuple[Reference, ...]) -> None:
        """Bend the formulas to other music from now on."""
        self._misses = [self._misses_of(column, references) for column in range(len(_COLUMNS))]

    def __call__(self, affect: Affect) -> Floats:
        """Notes per bar, mean pitch and share of major, `(3,)`."""
        bent = _scaled(self._formula(affect)) + [_spread(affect, *misses) for misses in self._misses]
        wanted = _unscaled(bent)
        wanted[2] = np.clip(wanted[2], 0.0, 1.0)
        return wanted

    def _misses_of(self, column: int, references: tuple[Reference, ...]) -> tuple[Floats, Floats]:
        """The points (R, 2) where one attribute is known, and by how much the formula misses it there (R,)."""
        known = [(each.affect, getattr(each, _COLUMNS[column])) for each in references]
        known = [(affect, value) for affect, value in known if value is not None]
        points = np.array([(affect.valence, affect.arousal) for affect, _ in known]).reshape(-1, 2)
        scaled = [np.log(value) if column == 0 else value for _, value in known]
        formula = [_scaled(self._formula(affect))[column] for affect, _ in known]
        return points, np.array(scaled) - np.array(formula)


def locked_targets(affect: Affect) -> Floats:
    """As `attributes.targets`, with the notes per bar of a tempo that does not follow the affect, `(3,)`.

    >>> round(float(locked_targets(Affect(-0.15, 0.85))[0]), 1)
    8.2
    """
    wanted = targets(affect)
    wanted[0] = np.clip(4.6 * np.exp(0.73 * affect.arousal + 0.31 * affect.valence), *LOCKED_RANGE)
    return wanted


def affect_of(notes_per_bar: float, major: float) -> Affect:
    """Where the formulas of `attributes.targets` ask for that density and that share of major: they turned round.

    >>> affect_of(*targets(Affect(0.5, -0.25))[[0, 2]].tolist())
    Affect(valence=0.5, arousal=-0.25)
    """
    share = min(max(major, 0.01), 0.99)
    valence = min(1.0, max(-1.0, 0.5 * log(share / (1.0 - share))))
    arousal = (log(notes_per_bar / 4.6) - 0.10 * valence) / 0.50
    return Affect.clamped(round(valence, 2), round(arousal, 2))


def _spread(affect: Affect, points: Floats, misses: Floats) -> float:
    """A miss for a point, from those that are known: their mean, the nearer the more, fading with the distance."""
    if not len(misses):
        return 0.0
    apart = np.maximum(((points - [affect.valence, affect.arousal]) ** 2).sum(axis=1), 1e-12)
    kernel = np.exp(-apart / (2 * WIDTH**2))
    weight = kernel / apart  # without end at a point of its own, where no other then counts
    nearness = 1.0 - np.prod(1.0 - kernel)
    return float(nearness * (weight @ misses) / max(weight.sum(), 1e-300))


def _scaled(wanted: Floats) -> Floats:
    """Targets as they are added up: density by its logarithm."""
    return np.array([np.log(wanted[0]), wanted[1], wanted[2]])


def _unscaled(scaled: Floats) -> Floats:
    return np.array([np.exp(scaled[0]), scaled[1], scaled[2]])
