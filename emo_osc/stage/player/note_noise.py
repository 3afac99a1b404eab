"""Random numbers that depend on the note alone, so that a kept phrase sounds the same again."""

from math import sqrt

_MASK = (1 << 64) - 1
_SPREAD = sqrt(3.0)


def luck_of(seed: int, index: int) -> float:
    """A number of mean 0 and spread 1 that belongs to a note of a phrase, so that a kept phrase sounds the same again.

    The sum of four uniform numbers, [-3.5, 3.5], out of a 64-bit mix (splitmix64, Steele et al. 2014).

    >>> luck_of(7, 0) == luck_of(7, 0), luck_of(7, 0) == luck_of(7, 1)
    (True, False)
    """
    mixed = (seed * 0x9E3779B97F4A7C15 + index * 0xD1B54A32D192ED03) & _MASK
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & _MASK
    mixed ^= mixed >> 31
    # Written out, since every note asks twice: a loop takes a microsecond more.
    total = (mixed & 0xFFFF) + (mixed >> 16 & 0xFFFF) + (mixed >> 32 & 0xFFFF) + (mixed >> 48)
    return (total / 65535.0 - 2.0) * _SPREAD
