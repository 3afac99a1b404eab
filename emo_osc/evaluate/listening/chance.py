"""Statistics of shares: confidence intervals, and sample sizes from exact binomial sums."""

from collections.abc import Sequence
from math import ceil, exp, lgamma, log, sqrt
from random import Random

Z = 1.959964  # 95 %
SIGNIFICANCE, POWER = 0.05, 0.8
Z_SIGNIFICANCE, Z_POWER = 1.645, 0.842  # of a normal distribution, one-sided
MOST_ANSWERS = 2000
DRAWS = 2000


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson 1927); (0, 1) for no answers.

    >>> [round(end, 3) for end in wilson(16, 23)]
    [0.491, 0.844]

    Raises:
        ValueError: `right` is not in 0..`total`.
    """
    if not 0 <= right <= total:
        raise ValueError(f"{right} of {total} cannot be right")
    if not total:
        return 0.0, 1.0
    share, width = right / total, Z * Z / total
    middle = (share + width / 2) / (1 + width)
    reach = Z * sqrt(share * (1 - share) / total + width / total / 4) / (1 + width)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def answers_for_width(half_width: float, share: float = 0.8) -> int:
    """The number of answers for which the 95 % interval of a share has this half width.

    >>> answers_for_width(0.05), answers_for_width(0.10)
    (246, 62)
    """
    return ceil(share * (1 - share) * (Z / half_width) ** 2)


def answers_above_chance(truth: float, chance: float) -> tuple[int, int]:
    """Answers needed to show a true share above chance (5 %, one-sided, power 0.8), and how many must be right.

    >>> [answers_above_chance(truth, 0.2)[0] for truth in (0.6, 0.5, 0.4)]
    [10, 17, 35]
    >>> answers_above_chance(0.75, 0.5)
    (23, 16)

    Raises:
        ValueError: `truth` is not above `chance`, or 2,000 answers do not show the difference.
    """
    if not 0 < chance < truth < 1:
        raise ValueError(f"a share of {truth:g} is not between chance, {chance:g}, and 1")
    for total in range(_search_start(truth, chance), MOST_ANSWERS + 1):
        least = fewest_right(total, chance)
        if least <= total and at_least(least, total, truth) >= POWER:
            return total, least
    raise ValueError(f"{MOST_ANSWERS} answers do not tell {truth:g} from {chance:g}")


def _search_start(truth: float, chance: float) -> int:
    """Where the search starts: half of the normal approximation's sample size."""
    needed = Z_SIGNIFICANCE * sqrt(chance * (1 - chance)) + Z_POWER * sqrt(truth * (1 - truth))
    return max(1, int((needed / (truth - chance)) ** 2 / 2))


def fewest_right(total: int, chance: float) -> int:
    """The fewest right answers significantly above chance (5 %, one-sided); `total` + 1 where none would be.

    >>> fewest_right(23, 0.5), fewest_right(1, 0.2)
    (16, 2)
    """
    tail = 0.0
    for right in range(total, -1, -1):
        tail += _binomial(right, total, chance)
        if tail > SIGNIFICANCE:
            return right + 1
    return 0


def at_least(right: int, total: int, share: float) -> float:
    """The binomial probability of `right` or more right answers of `total`, given the true share.

    >>> round(at_least(16, 23, 0.5), 4)
    0.0466
    """
    return sum(_binomial(number, total, share) for number in range(right, total + 1))


def by_rater(votes: Sequence[Sequence[bool]], seed: int = 0) -> tuple[float, float] | None:
    """The 95 % bootstrap interval of a share, resampling raters, since answers of one rater are correlated.

    `votes` holds whether each answer of each rater is right; None for fewer than two raters.

    >>> by_rater([[True] * 10, [False] * 10, [True] * 10, [False] * 10])
    (0.0, 1.0)
    """
    counts = [(sum(each), len(each)) for each in votes if each]
    if len(counts) < 2:
        return None
    random = Random(seed)
    shares = []
    for _ in range(DRAWS):
        drawn = random.choices(counts, k=len(counts))
        shares.append(sum(right for right, _ in drawn) / sum(total for _, total in drawn))
    shares.sort()
    return shares[round(0.025 * (DRAWS - 1))], shares[round(0.975 * (DRAWS - 1))]


def _binomial(right: int, total: int, share: float) -> float:
    if share in (0.0, 1.0):
        return float(right == total * share)
    ways = lgamma(total + 1) - lgamma(right + 1) - lgamma(total - right + 1)
    return exp(ways + right * log(share) + (total - right) * log(1.0 - share))
