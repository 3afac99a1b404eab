"""What an affect asks of music: one function for each cue, and `Targets`, which a preset's measurements bend.

Every formula stands here and nowhere else. Sources: regressions on 1,043 melodies of EMOPIA and VGMIDI, shaped to stay
inside what people write (emotion reference, section 3); where an amount is a design choice, the function says `taste`.
"""

from collections.abc import Callable, Iterable
from math import exp, log, pow, prod

from emo_osc.core.affect import Affect, Reference

NEUTRAL_NOTES = 4.6
NOTES_BY_AROUSAL, NOTES_BY_VALENCE = 0.50, 0.10
FIXED_TEMPO_NOTES = (2.4, 9.5)
MODE_SLOPE = 2.0
NEUTRAL_VELOCITY, NEUTRAL_BRIGHTNESS = 66.0, 64.0
MIN_GATE, MAX_GATE = 0.40, 1.00
MIN_HINT, MAX_HINT = 55.0, 180.0
OFFBEAT_SHARE, OFFBEAT_BY_AROUSAL = 0.40, 0.12
"""Off-beat share of onsets at neutral, and how much one unit of arousal adds (slope measured on people: .115)."""

WIDTH = 0.2
"""Of the Gaussian kernel around a reference's point, on the plane: half of it is left .24 away, a tenth .43 away, so
that each of the nine moods, .35 apart or more, is bent by its own music and hardly by its neighbours'."""


def notes_per_bar(affect: Affect) -> float:
    """Notes in a 4/4 bar, 2.5..8.4, where the tempo may follow the affect.

    >>> notes_per_bar(Affect(0.0, 0.0)), round(notes_per_bar(Affect(0.8, 0.35)), 1)
    (4.6, 5.9)
    """
    return NEUTRAL_NOTES * exp(NOTES_BY_AROUSAL * affect.arousal + NOTES_BY_VALENCE * affect.valence)


def notes_per_bar_at_fixed_tempo(affect: Affect) -> float:
    """Notes in a 4/4 bar, 2.4..9.5, where a host owns the tempo: the notes must do what the tempo cannot.

    >>> round(notes_per_bar_at_fixed_tempo(Affect(-0.15, 0.85)), 1)
    8.2
    """
    return _clip(NEUTRAL_NOTES * exp(0.73 * affect.arousal + 0.31 * affect.valence), *FIXED_TEMPO_NOTES)


def mean_pitch(affect: Affect) -> float:
    """The mean MIDI pitch, 65.5..76.5."""
    return 71.0 + 4.0 * affect.valence + 1.5 * affect.arousal


def major_share(affect: Affect) -> float:
    """The share of melodies that should be in major, 0.12..0.88.

    >>> major_share(Affect(0.0, 0.9))
    0.5
    """
    return 1.0 / (1.0 + exp(-MODE_SLOPE * affect.valence))


def major_belief(share: float) -> float:
    """The belief in major that one melody should give where a share [0, 1] of melodies should be major.

    A melody is in one mode: clear affects ask for a clear mode, and only those near neutral for an open one.

    >>> [round(major_belief(share), 2) for share in (0.2, 0.5, 0.8)]
    [0.05, 0.5, 0.95]
    """
    return _clip(0.5 + 1.5 * (share - 0.5), 0.05, 0.95)


def tempo_hint(affect: Affect) -> float:
    """Beats per minute, 55..180: what VGMIDI's tempo does with valence and arousal.

    >>> round(tempo_hint(Affect(0.8, 0.35))), round(tempo_hint(Affect(-0.6, -0.45)))
    (141, 85)
    """
    return _clip(110.0 * exp(0.37 * affect.arousal + 0.15 * affect.valence), MIN_HINT, MAX_HINT)


def followed_tempo(tempo_bpm: float, affect: Affect, follow: float) -> float:
    """The tempo, a share `follow` in [0, 1] of the way from `tempo_bpm` to the hint, in ratios as musicians hear it.

    >>> followed_tempo(100.0, Affect(0.0, 0.0), 0.0), round(followed_tempo(100.0, Affect(0.0, 0.0), 1.0))
    (100.0, 110)
    """
    return tempo_bpm * pow(tempo_hint(affect) / tempo_bpm, follow)


def velocity_shift(affect: Affect) -> float:
    """MIDI velocity to add to the neutral 66, -20..20 (EMOPIA's velocities by arousal, r .75)."""
    return 20.0 * affect.arousal


def gate_share(affect: Affect) -> float:
    """The share of its written length that a note sounds, 0.62..1 (Eerola, Friberg and Bresin 2013; EMOPIA)."""
    return _clip(0.88 - 0.18 * affect.arousal - 0.08 * affect.valence, MIN_GATE, MAX_GATE)


def brightness_shift(affect: Affect) -> float:
    """CC74 to add to the neutral 64, -50..50. Taste: timbre is the weakest cue."""
    return 30.0 * affect.arousal + 20.0 * affect.valence


def modulation(affect: Affect) -> float:
    """CC1 (vibrato), -30..90; below 0 means none. Taste, not evidence."""
    return 30.0 + 60.0 * affect.arousal


def affect_of(notes: float, major: float) -> Affect:
    """The affect whose formulas ask for `notes` per bar (> 0) and a share `major` [0, 1], to two digits.

    >>> here = Affect(0.5, -0.25)
    >>> affect_of(notes_per_bar(here), major_share(here)) == here
    True
    """
    share = _clip(major, 0.01, 0.99)
    valence = _clip(log(share / (1.0 - share)) / MODE_SLOPE, -1.0, 1.0)
    arousal = (log(notes / NEUTRAL_NOTES) - NOTES_BY_VALENCE * valence) / NOTES_BY_AROUSAL
    return Affect.clamped(round(valence, 2), round(arousal, 2))


class Targets:
    """What an affect asks of a melody, for a performer's own music where a preset has measured any.

    At a reference's point the targets are the reference, far from all of them the formulas; between, never outside of
    what the references around say. With a tempo that a host owns, `is_tempo_fixed`.

    >>> mine = Targets((Reference(Affect(0.0, 0.0), notes_per_bar=8.0),))
    >>> round(mine.notes_per_bar(Affect(0.0, 0.0)), 3), round(mine.notes_per_bar(Affect(0.0, 0.0), density=0.5), 1)
    (8.0, 11.3)
    """

    def __init__(self, references: Iterable[Reference] = (), *, is_tempo_fixed: bool = False) -> None:
        known = tuple(references)
        self._notes = notes_per_bar_at_fixed_tempo if is_tempo_fixed else notes_per_bar
        self._log_notes_misses = _misses(
            lambda affect: log(self._notes(affect)),
            ((r.affect, r.notes_per_bar and log(r.notes_per_bar)) for r in known),
        )
        self._pitch_misses = _misses(mean_pitch, ((r.affect, r.mean_pitch) for r in known))
        self._major_misses = _misses(major_share, ((r.affect, r.major) for r in known))

    def notes_per_bar(self, affect: Affect, density: float = 0.0) -> float:
        """Notes in a 4/4 bar, > 0; `density` in [-1, 1] halves to doubles them."""
        return self._notes(affect) * self.times(affect, density)

    def times(self, affect: Affect, density: float = 0.0) -> float:
        """How many times as many notes are asked for as the formulas ask for, > 0; 1 where nothing bends them.

        >>> Targets().times(Affect(0.5, 0.5)), Targets().times(Affect(0.5, 0.5), density=-1.0)
        (1.0, 0.5)
        """
        bent = exp(_bend(affect, self._log_notes_misses)) if self._log_notes_misses else 1.0
        return bent * pow(2.0, density)

    def mean_pitch(self, affect: Affect) -> float:
        """The mean MIDI pitch, 21..108."""
        return mean_pitch(affect) + _bend(affect, self._pitch_misses)

    def major_share(self, affect: Affect) -> float:
        """The share of melodies that should be in major, 0..1."""
        return _clip(major_share(affect) + _bend(affect, self._major_misses), 0.0, 1.0)


_Misses = tuple[tuple[Affect, float], ...]
"""Points where an attribute was measured, each with how much the formula misses it there."""


def _misses(formula: Callable[[Affect], float], known: Iterable[tuple[Affect, float | None]]) -> _Misses:
    return tuple((affect, value - formula(affect)) for affect, value in known if value is not None)


def _bend(affect: Affect, misses: _Misses) -> float:
    """A miss for a point, from those that are known: their mean, the nearer the more, fading with the distance."""
    if not misses:
        return 0.0
    apart = [max(affect.distance(point) ** 2, 1e-12) for point, _ in misses]
    kernels = [exp(-each / (2 * WIDTH**2)) for each in apart]
    weights = [kernel / each for kernel, each in zip(kernels, apart, strict=True)]  # at its own point one counts alone
    nearness = 1.0 - prod(1.0 - kernel for kernel in kernels)
    mean = sum(weight * miss for weight, (_, miss) in zip(weights, misses, strict=True)) / max(sum(weights), 1e-300)
    return nearness * mean


def _clip(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


FORMULAS = Targets()
"""The targets where no music was measured and the tempo may follow."""
