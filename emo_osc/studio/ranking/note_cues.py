"""Cues of valence and arousal in the notes, beyond density, register and mode: a table with sources.

Theory of operation. A cue is a number measured on a melody. It is standardised over people's training melodies,
clipped, and multiplied by its weight; the mean over the cues of an axis says where a melody lies on that axis. `fit` is
what ranking rewards: a positive valence asks for the cues of valence, a negative one for their opposite, a neutral one
for nothing. Signs come from studies of listeners. A weight is 1; a half where a cue measures nearly the same as another
one, or where people have less of it in dense melodies, which are the aroused ones; 0 where a judge or people's labels
contradict the study. No number is fitted to labels (docs/training.md has what was measured). Imports no torch.
"""

# N melodies, L notes of the longest

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.studio.attributes import (
    MAJOR_PROFILE,
    MINOR_PROFILE,
    STEPS_PER_BAR,
    Floats,
    NoteGrid,
    Tokens,
    key_correlations,
    likeness,
)

STRENGTH = {"valence": 0.5, "arousal": 0.25}
"""Reward in ranking for each deviation towards an affect of 1; with more, melodies are told from people's."""

FARTHEST = 2.0  # deviations from people's mean that count
BEAT, LONG = 4, 6  # steps; a note is long from here to the next onset, as at the ends of phrases
FOURTH, FIFTH, OCTAVE = 5, 7, 12  # semitones
SIXTEENTH = 1  # steps
MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
FIFTHS = np.array([0, -5, 2, -3, 4, -1, 0, 1, -4, 3, -2, 5])
"""Place of each pitch class on the line of fifths above a tonic of C; the raised fourth counts as the tonic, since
Lydian is not happier than major (Temperley and Tan 2013)."""

Flags = NDArray[np.bool_]


class Notes:
    """The notes of N melodies (N, 256) in C, with what cues read more than once.

    (N, L): `is_note`, `onset` and `sounding` in steps, `pitch`, and `wait`, the steps from each onset to the next or to
    the end. (N, L - 1): `moves`, semitones to the next note, and `is_move`. (N, 12): `held`, the steps that each pitch
    class sounds, and `classes`, its share of the time.
    """

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = np.asarray(tokens, dtype=np.int64)
        grid = NoteGrid.of(self.tokens)
        width = max(3, int(grid.is_onset.sum(axis=1).max(initial=0)))
        order = np.argsort(~grid.is_onset, axis=1, kind="stable")[:, :width]
        end = self.tokens.shape[1]
        self.is_note: Flags = np.take_along_axis(grid.is_onset, order, axis=1)
        self.onset = np.where(self.is_note, order, end)
        self.pitch = np.take_along_axis(grid.pitch, order, axis=1)
        self.sounding = np.take_along_axis(grid.duration, order, axis=1)
        self.wait = np.diff(self.onset, axis=1, append=end)
        self.moves, self.is_move = np.diff(self.pitch, axis=1), self.is_note[:, 1:]
        self.held = grid.pitch_classes()
        self.classes = self.held / np.maximum(self.held.sum(axis=1, keepdims=True), 1.0)

    @cached_property
    def keys(self) -> tuple[Floats, Floats]:
        """The best correlation with a major and with a minor key, (N,) each."""
        major, minor = (key_correlations(self.held, profile).max(axis=1) for profile in (MAJOR_PROFILE, MINOR_PROFILE))
        return major, minor


Measure = Callable[[Notes], Floats]


@dataclass(frozen=True, slots=True)
class Cue:
    """A row: what is measured, its mean and deviation over people's training melodies, its signed weights, a source."""

    measure: Measure
    mean: float
    deviation: float
    valence: float
    arousal: float
    source: str

    def standardised(self, notes: Notes) -> Floats:
        """Deviations from people's mean, within `FARTHEST`, (N,)."""
        return np.clip((self.measure(notes) - self.mean) / self.deviation, -FARTHEST, FARTHEST)


def fit(tokens: Tokens, affect: Affect) -> Floats:
    """How far the cues of melodies (N, 256) in C lie towards an affect, in costs of ranking, (N,); 0 for a neutral one.

    >>> melodies = np.array([[41, 0, 45, 0, 48, 0, 53, 0] * 32, [41, 0, 44, 0, 49, 0, 48, 0] * 32])
    >>> major, minor = fit(melodies, Affect(0.5, 0.0))
    >>> bool(major > minor), fit(melodies, Affect(0.0, 0.0)).tolist()
    (True, [0.0, 0.0])
    """
    notes = Notes(tokens)
    return sum(
        (getattr(affect, axis) * STRENGTH[axis] * _along(axis, notes) for axis in STRENGTH), np.zeros(len(tokens))
    )


def _along(axis: str, notes: Notes) -> Floats:
    """The weighed mean of an axis' cues, (N,)."""
    weights = {name: float(getattr(cue, axis)) for name, cue in CUES.items()}
    used = {name: weight for name, weight in weights.items() if weight}
    total = sum(weight * CUES[name].standardised(notes) for name, weight in used.items())
    return np.asarray(total / sum(map(abs, used.values())))


def brightness(notes: Notes) -> Floats:
    """Mean place of the sounding time on the line of fifths above C: the lower the darker."""
    return np.asarray(notes.classes @ FIFTHS)


def pitch_class(number: int) -> Measure:
    """The share of time on one pitch class."""
    return lambda notes: notes.classes[:, number]


def third(notes: Notes) -> Floats:
    """The share of time on the major third, less that on the minor third."""
    return np.asarray(notes.classes[:, 4] - notes.classes[:, 3])


def mode_clarity(notes: Notes) -> Floats:
    """Best correlation with a major key less best correlation with a minor one."""
    major, minor = notes.keys
    return major - minor


def tonal_strength(notes: Notes) -> Floats:
    """Best correlation with any key."""
    return np.asarray(np.maximum(*notes.keys))


def chromatic(notes: Notes) -> Floats:
    """Share of time outside the major scale (or its natural minor) that holds most."""
    inside = [notes.classes[:, [(degree + key) % 12 for degree in MAJOR_SCALE]].sum(axis=1) for key in range(12)]
    return np.asarray(1.0 - np.max(inside, axis=0))


def mean_interval(notes: Notes) -> Floats:
    """Semitones."""
    return _mean(np.abs(notes.moves), notes.is_move)


def intervals(*semitones: int) -> Measure:
    """The share of moves by one of some intervals, up or down."""
    return lambda notes: _mean(np.isin(np.abs(notes.moves), semitones), notes.is_move)


def leaps(notes: Notes) -> Floats:
    """The share of moves by a fourth or more."""
    return _mean(np.abs(notes.moves) >= FOURTH, notes.is_move)


def span(notes: Notes) -> Floats:
    """Semitones from the lowest to the highest note."""
    low = np.where(notes.is_note, notes.pitch, np.inf).min(axis=1)
    high = np.where(notes.is_note, notes.pitch, -np.inf).max(axis=1)
    return np.where(np.isfinite(low), high - low, 0.0)


def rises(notes: Notes) -> Floats:
    """The share of moves up among moves up or down."""
    return _mean(notes.moves > 0, notes.is_move & (notes.moves != 0))


def falling_ends(notes: Notes) -> Floats:
    """The share of moves down among those into long notes."""
    return _mean(notes.moves < 0, notes.is_move & (notes.wait[:, 1:] >= LONG))


def repetition(notes: Notes) -> Floats:
    """How alike bars eight apart are."""
    return likeness(notes.tokens, 8)


def rhythmic_variety(notes: Notes) -> Floats:
    """Entropy of the times from onset to onset, in bits."""
    steps = range(1, 2 * STEPS_PER_BAR + 1)
    share = np.stack([_mean(notes.wait == step, notes.is_note) for step in steps], axis=1)
    return np.asarray(-(share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=1))


def syncopation(notes: Notes) -> Floats:
    """The share of onsets off the beat after which nothing starts before or on the next beat."""
    is_off = notes.onset % BEAT != 0
    is_held_over = (notes.onset + notes.wait - 1) // BEAT != notes.onset // BEAT
    return _mean(is_off & is_held_over & (notes.wait > SIXTEENTH), notes.is_note)


def offbeat(notes: Notes) -> Floats:
    """The share of onsets off the beat."""
    return _mean(notes.onset % BEAT != 0, notes.is_note)


def sixteenths(notes: Notes) -> Floats:
    """The share of notes that another follows a sixteenth later."""
    return _mean(notes.wait == SIXTEENTH, notes.is_note)


def legato(notes: Notes) -> Floats:
    """The mean share that a note sounds of the time to the next onset."""
    return _mean(notes.sounding / np.maximum(notes.wait, 1), notes.is_note)


def _mean(values: NDArray[np.generic], keep: Flags) -> Floats:
    """The mean of what is kept of each row, 0 where nothing is, (N,)."""
    return np.asarray(np.where(keep, values, 0.0).sum(axis=1) / np.maximum(keep.sum(axis=1), 1))


HEVNER, EEROLA = "Hevner 1935", "Eerola, Friberg and Bresin 2013"
TEMPERLEY = "Temperley and Tan 2013: happier as degrees are raised"
COSTA = "Costa, Fine and Ricci Bitti 2004"
THOMPSON = "Thompson and Robitaille 1992"
GABRIELSSON = "Gabrielsson and Lindström 2010"
HURON = "Huron 2008; Huron and Davis 2013"
KELLER = "Keller and Schubert 2011"

CUES: dict[str, Cue] = {
    "major less minor fit": Cue(mode_clarity, 0.085, 0.168, +1.0, 0.0, f"{HEVNER}; {EEROLA}"),
    "tonal strength": Cue(tonal_strength, 0.808, 0.0965, +1.0, 0.0, f"{COSTA}: pleasant; {THOMPSON}: joy"),
    "notes off the scale": Cue(chromatic, 0.0345, 0.060, -1.0, 0.0, f"{GABRIELSSON}: sad, angry"),
    "brightness of degrees": Cue(brightness, 0.715, 1.10, +0.5, 0.0, TEMPERLEY),
    "major less minor third": Cue(third, 0.048, 0.151, 0.0, 0.0, "Lindström 2006"),
    "flat sixths": Cue(pitch_class(8), 0.025, 0.046, 0.0, 0.0, TEMPERLEY),
    "leading tones": Cue(pitch_class(11), 0.040, 0.047, 0.0, 0.0, TEMPERLEY),
    "mean interval": Cue(mean_interval, 2.54, 0.608, +1.0, 0.0, f"{HURON}: small is sad"),
    "minor seconds": Cue(intervals(1), 0.144, 0.092, -0.5, 0.0, f"{GABRIELSSON}: melancholy"),
    "fourths and fifths": Cue(intervals(FOURTH, FIFTH), 0.107, 0.062, +1.0, 0.0, f"{COSTA}: pleasant"),
    "leaps": Cue(leaps, 0.154, 0.080, 0.0, 0.0, f"{THOMPSON}: excitement"),
    "span": Cue(span, 16.4, 3.55, +0.5, 0.0, f"{GABRIELSSON}: joy"),
    "rising moves": Cue(rises, 0.480, 0.064, 0.0, 0.0, f"{GABRIELSSON}: happiness"),
    "falling ends": Cue(falling_ends, 0.350, 0.296, 0.0, 0.0, f"{GABRIELSSON}: sadness"),
    "repetition": Cue(repetition, 0.281, 0.296, 0.0, 0.0, "Livingstone, Palmer and Schubert 2012"),
    "rhythmic variety": Cue(rhythmic_variety, 1.59, 0.572, +1.0, 0.0, f"{THOMPSON}: joy"),
    "syncopation": Cue(syncopation, 0.045, 0.078, +1.0, 0.0, f"{KELLER}: happier"),
    "off the beat": Cue(offbeat, 0.429, 0.165, 0.0, +0.5, f"{KELLER}: arousal"),
    "sixteenths": Cue(sixteenths, 0.158, 0.198, 0.0, +1.0, "Fernández-Sotos et al. 2016"),
    "repeated notes": Cue(intervals(0), 0.167, 0.123, 0.0, +0.5, f"{COSTA}: vigour"),
    "legato": Cue(legato, 0.937, 0.100, 0.0, -0.5, f"{EEROLA}; Carr, Olsen and Thompson 2023"),
}
"""Name -> row; each cue is measured in the notes alone."""
