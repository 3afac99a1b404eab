"""Seeded noise for each note of a phrase, so that a kept phrase sounds the same again.

What people do differently from note to note is not white: it drifts, as 1/f noise does (Voss and Clarke 1975; Gilden,
Thornton and Mallon 1995; in drummers' times Hennig et al. 2011). So a part of the noise is the same for a few notes.
"""

from math import sqrt

_MASK = (1 << 64) - 1
_SPREAD = sqrt(3.0)
PAIR, PHRASE = 2, 8  # notes that share a value
OWN_SHARE, PAIR_SHARE, PHRASE_SHARE = 0.60, 0.22, 0.18  # of the variance
_OWN, _PAIR, _PHRASE = sqrt(OWN_SHARE), sqrt(PAIR_SHARE), sqrt(PHRASE_SHARE)
_PAIR_SEED, _PHRASE_SEED = 0x5851F42D4C957F2D, 0x14057B7EF767814F


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


def drifting_noise(seed: int, index: int) -> float:
    """As `note_noise`, but like that of the notes before: correlated by .27 with the last one, .14 with the one before.

    The sum of noise for each note, for two and for eight at a time, as Voss makes 1/f noise.

    >>> drifting_noise(7, 0) == drifting_noise(7, 0), drifting_noise(7, 0) == drifting_noise(7, 1)
    (True, False)
    """
    own, pair = note_noise(seed, index), note_noise(seed ^ _PAIR_SEED, index // PAIR)
    return _OWN * own + _PAIR * pair + _PHRASE * note_noise(seed ^ _PHRASE_SEED, index // PHRASE)
