"""Maps probabilities of expressions to an affect. Knows no picture."""

from collections.abc import Sequence

from emo_osc.core.affect import MOODS, Affect
from emo_osc.face.vgg16 import EXPRESSIONS

POINTS = tuple(
    next(mood.affect for mood in MOODS if (mood.id, mood.vocabulary) == (name, "expressions")) for name in EXPRESSIONS
)
"""The point of each expression, in the network's order (Yoon et al., as published)."""


def affect_of(probabilities: Sequence[float]) -> Affect:
    """The mean of the expressions' points, weighted by their probabilities.

    >>> affect_of([0, 0, 0, 0.5, 0, 0, 0.5])  # half happy, half neutral
    Affect(valence=0.3, arousal=0.425)

    Raises:
        ValueError: these are not seven shares that add up to 1.
    """
    shares = [float(share) for share in probabilities]
    if len(shares) != len(POINTS) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-3:
        raise ValueError(f"probabilities must be {len(POINTS)} shares that add up to 1, got {shares}")
    pairs = list(zip(shares, POINTS, strict=True))
    return Affect.clamped(
        sum(share * point.valence for share, point in pairs), sum(share * point.arousal for share, point in pairs)
    )


def strongest(probabilities: Sequence[float]) -> tuple[str, float]:
    """The likeliest expression, and its probability.

    >>> strongest([0, 0, 0.2, 0, 0.7, 0, 0.1])
    ('sadness', 0.7)
    """
    share, name = max(zip((float(share) for share in probabilities), EXPRESSIONS, strict=True))
    return name, share
