"""Seeded noise for each note of a phrase, so that a kept phrase sounds the same again."""

from math import sqrt

_MASK = (1 << 64) - 1
_SPREAD = sqrt(3.0)


def note_noise(seed: int, index: int) -> float:
    """A number of mean 0 and standard deviation 1 for the note at `index` of a phrase, always the same.

    The sum of four uniform numbers, in [-3.5, 3.5], from a 64-bit hash (splitmix64, Steele et al. 2014).

    >>> note_noise(7, 0) == note_noise(7, 0), note_noise(7, 0) == note_noise(7, 1)
    (True, False)
    """
    mixed = (seed * 0x9E3779B97F4A7C15 + index * 0xD1B54A32D192ED03) & _MASK
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & _MASK
    mixed ^= mixed >> 31
    # Written out, since it is computed twice a note: a loop takes a microsecond more.
    total = (mixed & 0xFFFF) + (mixed >> 16 & 0xFFFF) + (mixed >> 32 & 0xFFFF) + (mixed >> 48)
    return (total / 65535.0 - 2.0) * _SPREAD
