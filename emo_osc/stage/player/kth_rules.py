"""KTH performance rules as a table: velocity changes by a note's place in its melody, mean about 0.

The shapes are those of the KTH rule system (Friberg, Bresin and Sundberg 2006, Advances in Cognitive Psychology 2).
It gives amounts in decibels; 4 velocities a decibel is what the square law of many synthesisers gives in the middle of
their range. Where the system leaves an amount to the player, ours is a design choice, marked `taste`.
"""

from collections.abc import Callable
from math import log2

from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR, TICKS_PER_BEAT, TICKS_PER_STEP, Note
from emo_osc.protocol.messages import Measured

VELOCITY_PER_DB = 4.0
BAR_ACCENT, BEAT_ACCENT, OFFBEAT_ACCENT = 4.0, 2.0, -2.0
PART_TICKS = 4 * TICKS_PER_BAR
ARCH = 3.0  # 1.1 decibels from the ends of a part to its middle, and again of the whole phrase; taste
CONTRAST = 2.0  # half a decibel for each doubling of length; taste
PITCH_DB = 0.25  # a semitone, which is 3 dB an octave (Sundberg, Askenfelt and Fryden 1983, "high loud")
MAX_PITCH_SHIFT = 12.0
CHARGE_DB = 0.2
CHARGES = (0.0, 6.5, 1.0, 4.5, 4.0, 2.5, 6.0, 1.0, 5.5, 3.0, 3.5, 5.0)
"""Melodic charge of each pitch class over C: the distance from the root on the circle of fifths, shorter on the
dominant's side (Sundberg, Friberg and Fryden 1991)."""
MEAN_CHARGE = 2.3  # of the seven tones of a major scale

Shape = Callable[[Note, Measured], float]


def accent(tick: int) -> float:
    """Velocities for a position in the bar: the metrical levels of 4/4 in Lerdahl and Jackendoff (1983).

    >>> [accent(tick) for tick in (0, 480, 240, 120)]
    [4.0, 2.0, 0.0, -2.0]
    """
    if tick % TICKS_PER_BAR == 0:
        return BAR_ACCENT
    if tick % TICKS_PER_BEAT == 0:
        return BEAT_ACCENT
    return OFFBEAT_ACCENT if (tick // TICKS_PER_STEP) % 2 else 0.0


def phrase_arch(tick: int) -> float:
    """A rise to the middle and a fall to the end, of each four bars and of all 16 (Friberg 1995, "phrase arch").

    >>> phrase_arch(0), phrase_arch(PHRASE_TICKS // 2 + PART_TICKS // 2) > 2.5
    (-6.0, True)
    """
    part = 2.0 * (tick % PART_TICKS) / PART_TICKS - 1.0
    whole = 2.0 * (tick % PHRASE_TICKS) / PHRASE_TICKS - 1.0
    return ARCH * (1.0 - 1.5 * (part * part + whole * whole))


def length_contrast(note: Note, measured: Measured) -> float:
    """How much longer a note is than the melody's usual note, in doublings of length, -2..2.

    >>> length_contrast(Note(0, 960, 60), Measured(4.0, 60.0, 0.5))
    1.0
    """
    doublings = log2(note.duration_tick * max(0.25, measured.notes_per_bar) / TICKS_PER_BAR)
    return max(-2.0, min(2.0, doublings))


def _high_loud(note: Note, measured: Measured) -> float:
    asked = VELOCITY_PER_DB * PITCH_DB * (note.pitch - measured.mean_pitch)
    return max(-MAX_PITCH_SHIFT, min(MAX_PITCH_SHIFT, asked))


SHAPES: dict[str, Shape] = {
    "accent": lambda note, _: accent(note.start_tick),
    "phrase_arch": lambda note, _: phrase_arch(note.start_tick),
    "duration_contrast": lambda note, measured: CONTRAST * length_contrast(note, measured),
    "high_loud": _high_loud,
    "melodic_charge": lambda note, _: VELOCITY_PER_DB * CHARGE_DB * (CHARGES[note.pitch % 12] - MEAN_CHARGE),
}
"""Rule -> velocities to add to a note, from the note and the measurements of its melody."""
